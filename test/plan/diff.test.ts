import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/model/kinds.js';
import type { LiveModel } from '../../src/model/live-model.js';
import { idIn } from '../../src/model/live-model.js';
import { type Attributes, Deferred, Ref, Unavailable, type Value } from '../../src/model/model.js';
import { type Difference, diffResource } from '../../src/plan/diff.js';
import { sameValue } from '../../src/plan/values.js';
import { fingerprintsOver, liveOf, recordOf, refOf } from './models.js';

interface Sides {
  readonly desired: Attributes;
  /** What was applied last; none for an adoption. */
  readonly applied?: Attributes;
  readonly reverts?: boolean;
}

function diff(live: LiveModel, ref: Ref, { desired, applied, reverts }: Sides): Difference {
  return diffResource(
    catalogue().kinds.get(ref.kind)!,
    { ref, attributes: desired, origins: new Map() },
    live.of(ref)!,
    applied && recordOf(live, ref, applied),
    {
      fingerprints: fingerprintsOver(live),
      idOf: (one, family) => idIn(live.of(one), family),
      normalize: (_kind, _field, value) => value,
      passwordUnchanged: () => false,
      writesSecrets: () => false,
      otherSide: () => undefined,
    },
    reverts,
  );
}

/** `field.path before → after (reason)` for each change. */
function lines({ fields }: Difference): string[] {
  const text = (value: Value | undefined): string =>
    value === undefined ? '·' : value instanceof Ref ? value.address : JSON.stringify(value);
  return fields.map(({ field, path, before, after, set, reason }) => {
    const change = set
      ? [...set.added.map((one) => `+${text(one)}`), ...set.removed.map((one) => `-${text(one)}`)].join(' ')
      : `${text(before)} → ${text(after)}`;
    return `${[field, ...path].join('.')} ${change} (${reason})`;
  });
}

const user = (attributes: object): [LiveModel, Ref] => {
  const live = liveOf({ user: { 1: { username: 'ada', name: 'Ada', ...attributes } } });
  return [live, refOf(live, 'user', 1)];
};

describe('three sides of a plain attribute', () => {
  test.each<[string, string, string | undefined, string | undefined, string[]]>([
    ['all agree', 'a', 'a', 'a', []],
    ['the blueprint was edited', 'a', 'b', 'a', ['email "a" → "b" (edited)']],
    ['the directory drifted', 'x', 'a', 'a', ['email "x" → "a" (drifted)']],
    ['both moved apart', 'x', 'b', 'a', ['email "x" → "b" (edited)']],
    ['both moved to the same', 'b', 'b', 'a', []],
    ['it was never applied', 'x', 'b', undefined, ['email "x" → "b" (edited)']],
    ['it is no longer written', 'a', undefined, 'a', ['email "a" → "" (reverted)']],
    ['it is no longer written and is the default already', '', undefined, 'a', []],
  ])('%s', (_title, there, wanted, applied, expected) => {
    const [live, ref] = user({ email: there });
    const sides: Sides = {
      desired: wanted === undefined ? {} : { email: wanted },
      applied: applied === undefined ? {} : { email: applied },
    };
    expect(lines(diff(live, ref, sides))).toEqual(expected);
  });

  test('both reasons are kept where both are true', () => {
    const [live, ref] = user({ email: 'x' });
    expect([...diff(live, ref, { desired: { email: 'b' }, applied: { email: 'a' } }).reasons].sort()).toEqual(
      ['drifted', 'edited'],
    );
  });

  test('nothing is reverted on an adoption, or while reverts are off', () => {
    const [live, ref] = user({ email: 'a' });
    expect(lines(diff(live, ref, { desired: {} }))).toEqual([]);
    expect(lines(diff(live, ref, { desired: {}, applied: { email: 'a' }, reverts: false }))).toEqual([]);
  });

  test('what has no default to go back to is released', () => {
    const [live, ref] = user({});
    const found = diff(live, ref, { desired: {}, applied: { name: 'Ada', email: 'a' } });
    expect(found.released).toEqual(['name']);
    expect(Object.keys(found.write)).toEqual([]);
  });
});

describe('a free map', () => {
  const group = (attributes: object): [LiveModel, Ref] => {
    const live = liveOf({ group: { 1: { name: 'crew', attributes } } });
    return [live, refOf(live, 'group', '1')];
  };

  test.each<[string, object, object, object | undefined, string[], object | undefined]>([
    [
      'keys of others stay',
      { theirs: 1, ours: 1 },
      { ours: 2 },
      { ours: 1 },
      ['attributes.ours 1 → 2 (edited)'],
      { theirs: 1, ours: 2 },
    ],
    ['{} claims nothing', { theirs: 1 }, {}, {}, [], undefined],
    [
      'a dropped key goes',
      { theirs: 1, ours: 1 },
      {},
      { ours: 1 },
      ['attributes.ours 1 → · (reverted)'],
      { theirs: 1 },
    ],
    ['a dropped key that others deleted is no matter', {}, {}, { ours: 1 }, [], undefined],
    [
      'a map that is empty afterwards goes with its last key',
      { a: { b: 1 } },
      {},
      { a: { b: 1 } },
      ['attributes.a.b 1 → · (reverted)'],
      {},
    ],
    [
      'a map with a key of others stays',
      { a: { b: 1, c: 2 } },
      {},
      { a: { b: 1 } },
      ['attributes.a.b 1 → · (reverted)'],
      { a: { c: 2 } },
    ],
    [
      'a list is whole',
      { a: [1, 2] },
      { a: [2, 1] },
      { a: [1, 2] },
      ['attributes.a [1,2] → [2,1] (edited)'],
      { a: [2, 1] },
    ],
    [
      'a leaf becomes a map',
      { a: 1 },
      { a: { b: 1 } },
      { a: 1 },
      ['attributes.a.b · → 1 (edited)'],
      { a: { b: 1 } },
    ],
    [
      'a map becomes a leaf',
      { a: { b: 1 } },
      { a: 1 },
      { a: { b: 1 } },
      ['attributes.a {"b":1} → 1 (edited)'],
      { a: 1 },
    ],
    ['null is a value', { a: 1 }, { a: null }, { a: 1 }, ['attributes.a 1 → null (edited)'], { a: null }],
    [
      'names of properties of every object are names',
      {},
      { constructor: 1, toString: 2 },
      {},
      ['attributes.constructor · → 1 (edited)', 'attributes.toString · → 2 (edited)'],
      { constructor: 1, toString: 2 },
    ],
    [
      'slashes and tildes in keys are told apart',
      { 'a/b': 1, a: { b: 1 } },
      { a: { b: 1 } },
      { 'a/b': 1, a: { b: 1 } },
      ['attributes.a/b 1 → · (reverted)'],
      { a: { b: 1 } },
    ],
  ])('%s', (_title, there, wanted, applied, expected, written) => {
    const [live, ref] = group(there);
    const found = diff(live, ref, {
      desired: { attributes: wanted as Value },
      applied: applied && { attributes: applied as Value },
    });
    expect(lines(found)).toEqual(expected);
    expect(found.write.attributes).toEqual(written);
  });

  test('that is no longer written at all gives back only what was ours', () => {
    const [live, ref] = group({ ours: 1, theirs: 2 });
    const found = diff(live, ref, { desired: {}, applied: { attributes: { ours: 1 } } });
    expect(found.write.attributes).toEqual({ theirs: 2 });
  });
});

describe('a set', () => {
  const members = (groups: number[]): [LiveModel, Ref, (id: string) => Ref] => {
    const live = liveOf({
      group: { 1: { name: 'a' }, 2: { name: 'b' }, 3: { name: 'c' } },
      user: { 1: { username: 'ada', groups: groups.map(String) } },
    });
    return [live, refOf(live, 'user', 1), (id) => refOf(live, 'group', id)];
  };

  test('a written list claims all edges at its node', () => {
    const [live, ref, group] = members([1, 3]);
    const found = diff(live, ref, {
      desired: { groups: [group('1'), group('2')] },
      applied: { groups: [group('1')] },
    });
    expect(lines(found)).toEqual(['groups +group/b -group/c (edited)']);
    expect(found.write.groups).toEqual([group('1'), group('2')]);
  });

  test('another order is no change', () => {
    const [live, ref, group] = members([1, 2]);
    expect(lines(diff(live, ref, { desired: { groups: [group('2'), group('1')] }, applied: {} }))).toEqual(
      [],
    );
  });

  test('a list that is no longer written gives back only the edges that were applied', () => {
    const [live, ref, group] = members([1, 2]);
    expect(lines(diff(live, ref, { desired: {}, applied: { groups: [group('1')] } }))).toEqual([
      'groups -group/a (reverted)',
    ]);
  });

  test('of granted permissions only our own are revoked', () => {
    const live = liveOf({ role: { 1: { name: 'desk', permissions: ['a.ours', 'a.theirs'] } } });
    const ref = refOf(live, 'role', '1');
    const found = diff(live, ref, {
      desired: { permissions: ['a.new'] },
      applied: { permissions: ['a.ours'] },
    });
    expect(lines(found)).toEqual(['permissions +"a.new" -"a.ours" (edited)']);
    expect(found.write.permissions).toEqual(['a.theirs', 'a.new']);
  });
});

describe('values that are not there yet', () => {
  test('an unavailable value leaves the attribute alone', () => {
    const [live, ref] = user({ email: 'x' });
    const missing = new Unavailable({ type: 'env', name: 'MAIL' });
    const found = diff(live, ref, { desired: { email: missing }, applied: { email: 'a' } });
    expect([lines(found), found.unchanged]).toEqual([[], 1]);
  });

  test('two deferred values are the same when they are made of the same', () => {
    const deferred = (recipe: string) => new Deferred(recipe, [], () => recipe);
    expect(sameValue(deferred('a'), deferred('a'))).toBe(true);
    expect(sameValue(deferred('a'), deferred('b'))).toBe(false);
    expect(sameValue(deferred('a'), 'a')).toBe(false);
  });
});
