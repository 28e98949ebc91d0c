/** The rules that every store of our own shares, where the catalogue has no kind that shows them. */
import { expect, test } from 'vitest';
import { durationOf } from '../../src/directory/computed.js';
import { mergedValue, sameJson } from '../../src/directory/normal.js';
import { planDeletion, superuserGroups } from '../../src/directory/semantics.js';
import { normalDateTime } from '../../src/model/datetime.js';
import type { FieldFacts, OnDelete } from '../../src/model/kinds.js';

/** Deletes `a` where the lines say `source rule target`. */
function deletion(...lines: string[]): Promise<{ deleted: string[]; released: string[] }> {
  const edges = lines.map((line) => line.split(' ') as [source: string, rule: string, target: string]);
  return planDeletion(
    'a',
    async (targets) =>
      edges
        .filter(([, , target]) => targets.includes(target))
        .map(([source, rule, target]) => ({ source, kind: 'thing', field: rule, target })),
    ({ field }) =>
      ({ many: field === 'list', reference: { to: 'thing', onDelete: field as OnDelete } }) as FieldFacts,
  );
}

test('a deletion follows cascades, also in circles', async () => {
  expect(await deletion('b cascade a', 'c cascade b', 'a cascade c', 'd set_null c')).toEqual({
    deleted: ['a', 'b', 'c'],
    released: ['d'],
  });
});

test('a list loses an element whatever its rule', async () => {
  expect(await deletion('b list a')).toEqual({ deleted: ['a'], released: ['b'] });
});

test('a reference may forbid the deletion, unless its holder goes too', async () => {
  await expect(deletion('b restrict a')).rejects.toMatchObject({ code: 'in-use' });
  await expect(deletion('b cascade a', 'c restrict b')).rejects.toMatchObject({ code: 'in-use' });
  expect(await deletion('b cascade a', 'b restrict a')).toEqual({ deleted: ['a', 'b'], released: [] });
});

test('durations are read as authentik writes them', () => {
  expect(durationOf('days=1;hours=2')).toBe(93_600_000);
  expect(durationOf('weeks=1; minutes=0.5')).toBe(604_830_000);
  expect(durationOf('hours=-1')).toBe(-3_600_000);
  expect(durationOf('fortnights=1;hours=1')).toBe(3_600_000);
  expect(durationOf('fortnights=1')).toBeUndefined();
  expect(durationOf('')).toBeUndefined();
});

test('a date has one normal form', () => {
  expect(normalDateTime('2028-12-31T23:59:59Z')).toBe('2028-12-31T23:59:59Z');
  expect(normalDateTime('2028-12-31 23:59:59.000+00:00')).toBe('2028-12-31T23:59:59Z');
  expect(normalDateTime('2028-12-31T23:59:59.123450-0130')).toBe('2029-01-01T01:29:59.12345Z');
  expect(normalDateTime('soon')).toBeUndefined();
});

test('a set takes the difference, everything else the new value', () => {
  expect(mergedValue({ set: 'exact' }, ['x', 'b'], ['b'], ['a'])).toEqual(['a', 'x']);
  expect(mergedValue({ set: 'granted' }, [{ a: 1, b: 2 }], [{ b: 2, a: 1 }], [])).toEqual([]);
  expect(mergedValue({ set: 'exact' }, ['x'], undefined, ['a'])).toEqual(['a']);
  expect(mergedValue({}, ['x', 'b'], ['b'], ['a'])).toEqual(['a']);
});

test('values are equal whatever the order of their keys', () => {
  expect(sameJson({ a: [1, { b: 2, c: 3 }] }, { a: [1, { c: 3, b: 2 }] })).toBe(true);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson('1', 1)).toBe(false);
  expect(sameJson(null, undefined)).toBe(false);
});

test('superuser groups pass it on to their children, also in circles', () => {
  const children: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['a'], d: ['e'] };
  expect([...superuserGroups(['a'], (group) => children[group] ?? [])]).toEqual(['a', 'b', 'c']);
});
