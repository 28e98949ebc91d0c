import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.js';
import { Deferred, Ref, Unavailable } from '../../src/model/model.js';
import { staticValue, toValue, type ValueTarget } from '../../src/tags/results.js';
import { type TagValue, Traced, UnresolvedTag, Uuid } from '../../src/tags/values.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

function target(text: string, json: boolean): ValueTarget & { problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  return {
    problems,
    source: { path: 'test.yaml', text },
    json,
    isUuid: (ref) => ref.kind === 'authentik_core.group',
    report: (one) => problems.push(one),
  };
}

const parse = (text: string) => readYaml({ path: 'test.yaml', text }).tree.root!;
const codesOf = (problems: Diagnostic[]) => problems.map(({ code, place }) => `${code} ${place!.offset}`);

function fixed(text: string, json = true) {
  const to = target(text, json);
  return { value: staticValue(parse(text), to), problems: codesOf(to.problems) };
}

function converted(value: TagValue, json = true) {
  const to = target('x', json);
  const { value: result, origins } = toValue(value, parse('x'), to);
  return { value: result, origins: Object.fromEntries(origins), problems: codesOf(to.problems) };
}

describe('values without tags', () => {
  test('become plain JSON, with keys as Python writes them', () => {
    expect(fixed('{a: [1, 1.5, yes, ~, "x"], 3: a, true: b, null: c, 2.0: d}')).toEqual({
      value: { a: [1, 1.5, true, null, 'x'], 3: 'a', true: 'b', null: 'c', '2.0': 'd' },
      problems: [],
    });
  });

  test('that JSON lacks are errors in free JSON and text, list or base64 elsewhere', () => {
    const text = '[2024-01-01, 2024-01-01T10:00:00Z, !!set {a}, !!binary aGk=]';
    const value = ['2024-01-01', '2024-01-01T10:00:00+00:00', ['a'], 'aGk='];
    expect(fixed(text, false)).toEqual({ value, problems: [] });
    expect(fixed(text).problems).toEqual(['json-value 1', 'json-value 13', 'json-value 35', 'json-value 46']);
    expect(fixed('[.nan, .inf]', false).problems).toEqual(['json-value 1', 'json-value 7']);
  });

  test('that a number cannot hold exactly are errors', () => {
    expect(fixed('[9007199254740991, 9007199254740993]').problems).toEqual(['yaml-number 19']);
  });

  test('cannot reach the prototype of the object they become', () => {
    const { value } = fixed('{__proto__: {a: 1}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('with two keys that JSON writes alike are errors', () => {
    expect(fixed('{1: a, "1": b}').problems).toEqual(['yaml-duplicate-key 7']);
  });
});

describe('values from tags', () => {
  const origins = [{ type: 'env', name: 'X' }] as const;

  test('carry their origins by pointer', () => {
    const value = new Map<TagValue, TagValue>([
      ['a/b', [1, new Traced('x', origins)]],
      ['c', new Traced(null, origins, origins[0])],
    ]);
    const result = converted(value);
    expect(result.origins).toEqual({ '/a~1b/1': origins, '/c': origins });
    expect(result.value).toEqual({ 'a/b': [1, 'x'], c: new Unavailable(origins[0]) });
  });

  test('that are no longer resolved are errors at the tag', () => {
    expect(converted([new UnresolvedTag(parse('!Context a'))]).problems).toEqual(['tag-unresolved 0']);
    expect(converted(new Map([[new UnresolvedTag(parse('!Context a')), 1]])).problems).toEqual([
      'tag-unresolved 0',
    ]);
  });

  test('that stand for objects by UUID are refused in free JSON only', () => {
    const group = new Ref('authentik_core.group', 'group/a');
    const user = new Ref('authentik_core.user', 'user/a');
    const later = new Deferred('x', [group], () => 'x');
    expect(converted([user, later])).toMatchObject({ value: [user, later], problems: [] });
    expect(converted([group, new Uuid('u')]).problems).toEqual(['json-value 0', 'json-value 0']);
    expect(converted([group, new Uuid('u')], false)).toMatchObject({ value: [group, 'u'], problems: [] });
  });

  test('are placed at the node that they come from', () => {
    const text = '{a: [1, !Context d]}';
    const to = target(text, true);
    toValue(new Map([['a', [1, new Uuid('u')]]]), parse(text), to);
    expect(codesOf(to.problems)).toEqual(['json-value 8']);
  });
});
