/** The quick look that finds nothing to tell must find nothing only where the comparison finds nothing. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/model/kinds.js';
import { idIn } from '../../src/model/live-model.js';
import type { Attributes, Value } from '../../src/model/model.js';
import { isAsDesired } from '../../src/plan/as-desired.js';
import { diffResource } from '../../src/plan/diff.js';
import { fingerprintsOver, liveOf, refOf } from './models.js';

const user = catalogue().byName.get('user')!;
const teams = ['aa', 'bb', 'cc'];
const leaf = fc.oneof(fc.constantFrom<Value>('x', 'y', 1, true, null), fc.array(fc.constantFrom('x', 'y')));
const map = fc.dictionary(
  fc.constantFrom('a', 'b'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('c', 'd'), leaf, { maxKeys: 2 })),
  { maxKeys: 2 },
);
const many = fc.array(fc.nat({ max: 30 }).map(String), { minLength: 7, maxLength: 12 });
const attributes = fc.record(
  {
    name: fc.constantFrom('Ada', 'Bob'),
    email: fc.constantFrom<Value>('', 'a@b.c'),
    is_active: fc.boolean(),
    type: fc.constantFrom('internal', 'external'),
    password: fc.constant('secret'),
    attributes: map,
    permissions: fc.oneof(fc.array(fc.constantFrom('a.b', 'a.c'), { maxLength: 3 }), many),
    groups: fc.array(fc.constantFrom(...teams), { maxLength: 3 }),
  },
  { requiredKeys: ['name'] },
);

/** How the two sides differ: not at all, everywhere, or in one attribute. */
const ways = ['equal', 'other', 'attributes', 'permissions', 'groups', 'email', 'is_active'] as const;

test('what is as desired has no differences', () => {
  let same = 0;
  fc.assert(
    fc.property(attributes, attributes, fc.constantFrom(...ways), (wanted, other, way) => {
      const equal = way === 'equal';
      const one = equal || way === 'other' ? {} : { [way]: other[way] ?? wanted[way] };
      const { password: _, ...there } = way === 'other' ? other : { ...other, ...wanted, ...one };
      const live = liveOf({
        group: Object.fromEntries(teams.map((id) => [id, { name: id }])),
        user: { 1: { username: 'ada', groups: [], ...there } },
      });
      const refs = (wanted.groups ?? []).map((id) => refOf(live, 'group', id));
      const desired: Attributes = { ...(wanted as Attributes), ...(wanted.groups && { groups: refs }) };
      const ref = refOf(live, 'user', 1);
      const { fields } = diffResource(
        user,
        { ref, attributes: desired, origins: new Map() },
        live.of(ref)!,
        undefined,
        {
          fingerprints: fingerprintsOver(live),
          idOf: (one, family) => idIn(live.of(one), family),
          normalize: (_kind, _field, value) => value,
          passwordUnchanged: () => false,
          writesSecrets: () => true,
          otherSide: () => undefined,
        },
      );
      const quick = isAsDesired(user, desired, live.of(ref)!);
      if (quick) expect(fields).toEqual([]);
      // Nor does it leave to the comparison what plainly is the same.
      if (equal && wanted.password === undefined && fields.length === 0) {
        const repeats = new Set(wanted.permissions).size < (wanted.permissions?.length ?? 0);
        const empties = JSON.stringify(wanted.attributes ?? 0).includes('{}');
        if (!repeats && !empties) expect(quick).toBe(true);
        same++;
      }
    }),
    { numRuns: 6_000 },
  );
  expect(same).toBeGreaterThan(30);
});

test('the order of a set means nothing, and every element counts', () => {
  const ids = Array.from({ length: 12 }, (_, at) => `g${at}`);
  const live = liveOf({
    group: Object.fromEntries(ids.map((id) => [id, { name: id }])),
    user: { 1: { username: 'few', groups: ids.slice(0, 2) }, 2: { username: 'many', groups: ids } },
  });
  const same = (id: number, groups: readonly string[]): boolean =>
    isAsDesired(
      user,
      { groups: groups.map((one) => refOf(live, 'group', one)) },
      live.of(refOf(live, 'user', id))!,
    );
  expect(same(1, ['g1', 'g0'])).toBe(true);
  expect(same(1, ['g0', 'g0'])).toBe(false);
  expect(same(1, ['g0', 'g2'])).toBe(false);
  expect(same(2, [...ids].reverse())).toBe(true);
  expect(same(2, [...ids.slice(1), 'g1'])).toBe(false);
});
