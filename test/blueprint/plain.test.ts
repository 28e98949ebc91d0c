/** What is plain takes a short way through the resolution; it must lead where the long one does. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBlueprint } from '../../src/blueprint/parse.js';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.js';
import { catalogue } from '../../src/model/kinds.js';
import { type Json, type OwnedRecord, Ref, type Value } from '../../src/model/model.js';
import { coerce, coercedTest } from '../../src/resolve/coerce.js';
import { resolve } from '../../src/resolve/resolve.js';
import { readYaml } from '../../src/yaml/read-yaml.js';
import { liveOf, record } from '../semantic/models.js';

const text = fc.oneof(
  fc.constantFrom('', 'ada', ' ada ', 'a/b', '10', 'true', 'internal', 'users/staff', '2027-01-31', 'x@y.zz'),
  fc.string({ maxLength: 6 }),
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '10'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('a value that needs no coercion', () => {
  const fields = [...catalogue().kinds.values()].flatMap((facts) =>
    Object.values(facts.fields).filter((field) => !field.reference),
  );

  test('is what coercion would give', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.oneof(json, fc.double()), (field, value) => {
        if (coercedTest(field)(value)) expect(coerce(field, value)).toEqual({ value });
      }),
      { numRuns: 5_000 },
    );
  });

  test('is what most values are', () => {
    const { fields: user } = catalogue().byName.get('user')!;
    expect(coercedTest(user.name!)('Ada Lovelace')).toBe(true);
    expect(coercedTest(user.is_active!)(false)).toBe(true);
    expect(coercedTest(user.type!)('external')).toBe(true);
    expect(coercedTest(user.attributes!)({ department: 'Field' })).toBe(true);
    expect(coercedTest(user.name!)(' Ada')).toBe(false);
    expect(coercedTest(user.type!)('nobody')).toBe(false);
  });
});

interface Written {
  readonly username: string;
  readonly attrs: Readonly<Record<string, Json>>;
  readonly groups: readonly number[] | undefined;
}

const usernames = ['ada', 'bob', 'eve', 'a/b', ' zoe', '10'];
const written: fc.Arbitrary<Written> = fc.record({
  username: fc.constantFrom(...usernames),
  attrs: fc.record(
    {
      name: fc.oneof(text, fc.integer()),
      email: fc.constantFrom('', 'ada@example.org', 'nonsense'),
      is_active: fc.oneof(fc.boolean(), fc.constantFrom<Json>('no', 'maybe', null)),
      type: fc.constantFrom('internal', 'external', 'robot'),
      path: fc.constantFrom('users', 'users/staff', '/'),
      attributes: fc.dictionary(fc.constantFrom('a', 'b'), json, { maxKeys: 2 }),
    },
    { requiredKeys: [] },
  ),
  groups: fc.option(fc.array(fc.nat({ max: 2 }), { maxLength: 4 }), { nil: undefined }),
});

/** A value as it stands in YAML; the long way leads through a tag that gives the same. */
function asYaml(value: Json, long: boolean): string {
  const plain = JSON.stringify(value);
  return long ? `!If [true, ${plain}, ${plain}]` : plain;
}

/** Groups and users as entries: plain, or with conditions and tags that change nothing but the way they are resolved. */
function entriesOf(users: readonly Written[], long: boolean): string {
  const lines = ['version: 1', 'entries:'];
  const entry = (kind: string, more: readonly string[]): void => {
    const conditions = long ? ', conditions: [true]' : '';
    lines.push(`  - {model: authentik_core.${kind}, ${more.join(', ')}${conditions}}`);
  };
  for (const at of [0, 1, 2]) entry('group', [`id: g${at}`, `identifiers: {name: team-${at}}`]);
  for (const { username, attrs, groups } of users) {
    const pairs = Object.entries(attrs).map(([name, value]) => `${name}: ${asYaml(value, long)}`);
    if (groups) {
      const refs = groups.map((at) => (long ? `!If [true, !KeyOf g${at}, null]` : `!KeyOf g${at}`));
      pairs.push(`groups: [${refs.join(', ')}]`);
    }
    const name = asYaml(username, long);
    entry('user', [`identifiers: {username: ${name}}`, `attrs: {${pairs.join(', ')}}`]);
  }
  return lines.join('\n');
}

const live = (twins: boolean) =>
  liveOf({
    group: [{ id: '0b5c1d8e-0000-4000-8000-000000000001', name: 'team-1' }],
    user: [
      { id: 1, username: 'ada', name: 'Ada' },
      { id: 2, username: 'bob', name: 'Bob', groups: ['0b5c1d8e-0000-4000-8000-000000000001'] },
      { id: 3, username: 'a/b', name: 'Slash' },
      ...(twins ? [{ id: 4, username: 'bob', name: 'Another' }] : []),
    ],
  });

function shown(value: Value): unknown {
  if (value instanceof Ref) return `→ ${value.address}`;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner as Value)]));
}

/** Everything that the resolution says of the entries but where they stand. */
function resolved(yaml: string, twins: boolean, owned: ReadonlyMap<string, OwnedRecord>) {
  const problems: Diagnostic[] = [];
  const { tree, diagnostics } = readYaml({ path: 'a.yaml', text: yaml });
  expect(diagnostics).toEqual([]);
  const blueprint = parseBlueprint(tree, true, problems)!;
  expect(problems).toEqual([]);
  const found = resolve({
    blueprints: [blueprint],
    live: live(twins),
    owned,
    contexts: [],
    environment: { env: () => undefined, file: () => undefined, allows: () => true },
    offline: false,
  });
  return {
    problems: found.diagnostics.map((one) => `${one.code} ${one.message}`).sort(),
    desired: found.desired.map((one) => ({
      address: one.ref.address,
      kind: one.kind,
      state: one.state,
      live: one.live?.id,
      attributes: shown(one.attributes),
      initial: shown(one.initial),
      labels: one.labels,
      origins: [...one.origins],
      places: Object.keys(one.places).sort(),
    })),
  };
}

test('plain entries become what the same entries become by way of tags and conditions', () => {
  const ownedUser = fc.record({
    address: fc.constantFrom('user/ada', 'user/bob', 'user/eve', 'group/team-1', 'user/a%2Fb'),
    id: fc.constantFrom<string | number>(1, 2, 3, 9),
    kind: fc.constantFrom('authentik_core.user', 'authentik_core.group'),
  });
  let plain = 0;
  fc.assert(
    fc.property(
      fc.array(written, { maxLength: 5 }),
      fc.boolean(),
      fc.array(ownedUser, { maxLength: 3 }),
      (users, twins, records) => {
        const owned = new Map(records.map((one) => [one.address, record(one)]));
        const short = resolved(entriesOf(users, false), twins, owned);
        expect(short).toEqual(resolved(entriesOf(users, true), twins, owned));
        const addresses = short.desired.map((one) => one.address);
        expect(addresses).toEqual([...addresses].sort());
        if (short.problems.length === 0 && users.length > 0) plain++;
      },
    ),
    { numRuns: 400 },
  );
  expect(plain).toBeGreaterThan(10);
});
