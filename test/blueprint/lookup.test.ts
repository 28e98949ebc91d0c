import { describe, expect, test } from 'vitest';
import { Ref, type Value } from '../../src/model/model.js';
import { contains, indexKey, questionOf, satisfies } from '../../src/resolve/django-lookups.js';

describe('a name is steps and a lookup', () => {
  test.each([
    ['name', ['name'], 'exact'],
    ['name__iexact', ['name'], 'iexact'],
    ['provider__name', ['provider', 'name'], 'exact'],
    ['provider__name__icontains', ['provider', 'name'], 'icontains'],
    // A single word is a field, whatever lookup it is called after.
    ['in', ['in'], 'exact'],
    ['attributes__team__lead', ['attributes', 'team', 'lead'], 'exact'],
  ])('%s', (name, steps, lookup) => {
    expect(questionOf(name)).toEqual({ steps, lookup });
  });
});

describe('a lookup is answered as Django answers it', () => {
  test.each<[string, Value | undefined, Value, boolean]>([
    ['exact', 'Ada', 'Ada', true],
    ['exact', 'Ada', 'ada', false],
    ['exact', undefined, null, true],
    ['exact', '', null, false],
    ['exact', { a: 1, b: 2 }, { a: 1 }, true],
    ['exact', { a: 1 }, { a: 1, b: 2 }, false],
    ['iexact', 'Ada', 'aDA', true],
    ['iexact', null, 'null', false],
    ['contains', 'Lovelace', 'love', false],
    ['contains', ['a', 'b'], ['b'], true],
    ['contains', null, 'a', false],
    ['icontains', 'Lovelace', 'LOVE', true],
    ['startswith', 'Lovelace', 'Love', true],
    ['istartswith', 'Lovelace', 'love', true],
    ['endswith', 'Lovelace', 'lace', true],
    ['iendswith', 'Lovelace', 'LACE', true],
    ['in', 'a', ['a', 'b'], true],
    ['in', 'c', ['a', 'b'], false],
    ['in', 'a', 'abc', false],
    ['gt', 3, 2, true],
    ['gte', 2, 2, true],
    ['lt', 10, 9, false],
    ['lte', 9, 10, true],
    ['gt', null, 0, false],
    ['isnull', null, true, true],
    ['isnull', 'a', true, false],
    ['isnull', 'a', false, true],
    ['regex', 'Lovelace', '^L.*e$', true],
    ['regex', 'Lovelace', '[', false],
    ['iregex', 'Lovelace', '^l', true],
  ])('%s of %j with %j', (lookup, there, wanted, expected) => {
    expect(satisfies(lookup as Parameters<typeof satisfies>[0], there, wanted)).toBe(expected);
  });

  test('a map contains what it has at every depth, a list its elements in any order', () => {
    expect(contains({ a: { b: 1, c: [1, { d: 2 }] } }, { a: { c: [{ d: 2 }] } })).toBe(true);
    expect(contains({ a: { b: 1 } }, { a: { b: 1, c: 2 } })).toBe(false);
    expect(contains([1, 2, 3], [3, 1])).toBe(true);
    expect(contains({ constructor: 1 }, { toString: 1 })).toBe(false);
  });

  test('an index tells values of different types apart, and references from each other', () => {
    const [one, other] = [new Ref('a.b', 'b/x'), new Ref('a.b', 'b/x')];
    const keys = ['1', 1, true, 'true', null, 'null', one, other].map(indexKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect([indexKey([]), indexKey({})]).toEqual([undefined, undefined]);
  });
});
