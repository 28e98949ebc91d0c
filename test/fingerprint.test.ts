/** The text that is hashed: what a ledger holds was made from it, so it may never change. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '../src/model/canonical.js';
import { fingerprints } from '../src/model/fingerprint.js';
import { catalogue } from '../src/model/kinds.js';
import { Ref, type Value } from '../src/model/model.js';

/** The definition: JSON with sorted keys. */
function byDefinition(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(byDefinition).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const map = value as Record<string, Value>;
  const pairs = Object.keys(map).sort();
  return `{${pairs.map((key) => `${JSON.stringify(key)}:${byDefinition(map[key]!)}`).join(',')}}`;
}

test('the canonical text is JSON with sorted keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonical(value as Value, () => undefined)).toBe(byDefinition(value as Value));
    }),
  );
  const awkward = ['"', '\\', '\n', '\u0000', '\u2028', '\ud800', '😀', 'é', ''];
  for (const text of awkward) expect(canonical(text, () => undefined)).toBe(JSON.stringify(text));
});

test('the fingerprint of the whole depends neither on the order of attributes nor on what was asked before', () => {
  const facts = catalogue().byName.get('user')!;
  const [one, two] = [new Ref('authentik_core.group', 'group/a'), new Ref('authentik_core.group', 'group/b')];
  const ids = new Map([
    [one, 'id-1'],
    [two, 'id-2'],
  ]);
  const key = Buffer.alloc(32, 7);
  const print = fingerprints(key, (ref) => ids.get(ref));
  const forwards = { username: 'ada', email: 'a@b.c', groups: [one, two] };
  const backwards = { groups: [two, one], email: 'a@b.c', username: 'ada' };
  const whole = print.whole(facts, forwards, {});
  expect(print.whole(facts, backwards, {})).toBe(whole);
  expect(print.whole(facts, { username: 'ada' }, {})).not.toBe(whole);
  expect(print.whole(facts, forwards, { a: 'b' })).not.toBe(whole);
  expect(print.whole(facts, forwards, {})).toBe(whole);
  // Recorded by the first version.
  expect(whole).toBe('Nw19WyYjjQZr64lJ');
});
