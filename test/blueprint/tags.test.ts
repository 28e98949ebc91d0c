import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, hasErrors } from '../../src/diagnostic/diagnostic.js';
import { positionOf } from '../../src/diagnostic/source.js';
import { Deferred, type Id, Ref } from '../../src/model/model.js';
import { evaluate, mergeContext, tagDiagnostic } from '../../src/tags/evaluate.js';
import { checkTags } from '../../src/tags/forms.js';
import { pythonRepr } from '../../src/tags/python.js';
import { jsonValue, rawValue } from '../../src/tags/raw.js';
import type { TagScope } from '../../src/tags/scope.js';
import { TagError, type TagValue, Traced, Uuid, untraced } from '../../src/tags/values.js';
import { type Node, YamlFloat } from '../../src/yaml/node.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

const uuid = '00000000-0000-4000-8000-000000000001';
const contextText = `
a: 1
s: str
n: null
l: [x, y]
m: {k1: v1, k2: 2}
tagged: !Context s
secret: !Env SECRET
inner: [!Context s, z]
numbers: !Enumerate [[5, 6], SEQ, !Format ["%s", 1]]
valued: !Value 0
loop: !Context pool
pool: !Context loop
`;

interface World {
  scope: TagScope;
  group: Ref;
  warnings: Diagnostic[];
}

function world(text: string, ids: ReadonlyMap<Ref, Id> = new Map()): World {
  const group = new Ref('authentik_core.group', 'group/g1');
  const warnings: Diagnostic[] = [];
  const scope: TagScope = {
    source: { path: 'test.yaml', text },
    context: mergeContext([rawValue(readYaml({ path: 'context.yaml', text: contextText }).tree.root!)]),
    env: (name) => ({ SECRET: 'hunter2', EMPTY: '' })[name],
    file: (path) => ({ 'f.txt': '\ufeff \r\nhel\rlo\u001f\n', bad: Uint8Array.of(0xff) })[path],
    keyOf(id, node) {
      if (id === 'group') return group;
      if (id === 'user') return 7;
      throw new TagError('entry_invalid', 'unknown-id', `no entry has the id ${id}`, node);
    },
    find: (_model, pairs) => (untraced(pairs[0]?.[1] ?? null) === 'nobody' ? null : group),
    findObject: () => jsonValue({ name: 'g1', list: [1] }),
    idOf: (ref) => ids.get(ref),
    report: (one) => warnings.push(one),
  };
  return { scope, group, warnings };
}

function parse(text: string): Node {
  const { tree, diagnostics } = readYaml({ path: 'test.yaml', text });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return tree.root!;
}

const run = (text: string, where = world(text)): TagValue => evaluate(parse(text), where.scope);

/** The value as Python prints it. */
const printed = (text: string): string => pythonRepr(run(text), ({ node }) => `<${node.tag}>`);

function failure(text: string): TagError {
  try {
    run(text);
  } catch (error) {
    if (error instanceof TagError) return error;
    throw error;
  }
  throw new Error(`${text} has a value`);
}

describe('what is resolved where', () => {
  test.each([
    ['{a: !Context a, b: [[!Context s]]}', "{'a': 1, 'b': [['str']]}"],
    ['!Context tagged', "'str'"],
    ['!Context inner', "[<Context>, 'z']"],
    ['!Context [missing, !Context s]', "'str'"],
    ['!Context [missing, [!Context s]]', '[<Context>]'],
    ['!Env [UNSET, !Context s]', '<Context>'],
    ['!AtIndex [!Context l, 9, !Context s]', '<Context>'],
    ['!If [true, {a: [!Context a]}, !KeyOf nope]', "{'a': [1]}"],
    ['!Condition [AND, [!Context n]]', 'True'],
    ['!Enumerate [!Context inner, SEQ, !Value 0]', "[<Context>, 'z']"],
    ['!Context 5', 'None'],
    ['!Context [a, 2]', '1'],
    ['!Context [n, 2]', 'None'],
  ])('%s → %s', (text, value) => expect(printed(text)).toBe(value));

  test('a tag that ends as text inside a list is warned of', () => {
    const text = '!Format ["%s", [1, !Context [s, "d"]]]';
    const where = world(text);
    expect(run(text, where)).toBe('[1, d]');
    expect(where.warnings).toMatchObject([
      { code: 'tag-unresolved', severity: 'warning', place: { offset: 19 } },
    ]);
  });
});

describe('!Enumerate', () => {
  test.each([
    ['!Enumerate [!Context m, MAP, [!Value 0, !Index 0]]', "{'v1': 'k1', 2: 'k2'}"],
    ['!Enumerate [ab, seq, [!Index 0, !Value 0]]', "[[0, 'a'], [1, 'b']]"],
    ['!Enumerate [é😀, SEQ, !Value 0]', "['é', '😀']"],
    ['!Enumerate [[1, 2], MAP, {k: [!Value 0], last: !Value 0}]', "{'k': [1, 2], 'last': 2}"],
    ['!Enumerate [[1, 2], MAP, [!Condition [AND, !Value 0], !Value 0]]', '{True: 2}'],
    ['!Enumerate [[], MAP, x]', '{}'],
    [
      '!Enumerate [[[1], [2]], SEQ, !Enumerate [!Value 1, SEQ, [!Value 0, !Value 1]]]',
      '[[[1, [1]]], [[2, [2]]]]',
    ],
    // An Enumerate that is an argument is not on the stack while its body is walked.
    ['!Enumerate [[7], SEQ, !Format ["%s", !Enumerate [[1, 2], SEQ, !Value 0]]]', "['[7, 7]']"],
    ['!Enumerate [[7], SEQ, !Context valued]', '[7]'],
    ['!Context numbers', "['1', '1']"],
  ])('%s → %s', (text, value) => expect(printed(text)).toBe(value));

  test.each([
    ['!Enumerate [5, SEQ, x]', 'entry_invalid'],
    ['!Enumerate [null, SEQ, x]', 'entry_invalid'],
    ['!Enumerate [[1], LIST, x]', 'entry_invalid'],
    ['!Enumerate [[1], 5, x]', 'uncaught'],
    ['!Enumerate [[1], MAP, x]', 'entry_invalid'],
    ['!Enumerate [[1], MAP, [x]]', 'uncaught'],
    ['!Enumerate [[1], MAP, [[x], y]]', 'uncaught'],
    ['!Enumerate [!Value 0, SEQ, x]', 'entry_invalid'],
    ['!Enumerate [!Enumerate [[1], SEQ, !Value 0], SEQ, x]', 'entry_invalid'],
    ['!Enumerate [[1], SEQ, !Value 1]', 'entry_invalid'],
    ['!Enumerate [[1], SEQ, !Value -1]', 'entry_invalid'],
    ['!Format ["%s", !Enumerate [[1], SEQ, !Value 0]]', 'entry_invalid'],
    ['!Index 0', 'entry_invalid'],
  ])('%s fails: %s', (text, outcome) => expect(failure(text).outcome).toBe(outcome));
});

describe('!AtIndex', () => {
  test.each([
    ['!AtIndex [[a, b], -1]', "'b'"],
    ['!AtIndex [[a, b], true]', "'b'"],
    ['!AtIndex [[a, b], -3, d]', "'d'"],
    ['!AtIndex [[a], 99999999999999999999, d]', "'d'"],
    ['!AtIndex [{1: one}, true]', "'one'"],
    ['!AtIndex [{1: one}, 1.0]', "'one'"],
    ['!AtIndex [{1: one}, "1", d]', "'d'"],
    ['!AtIndex [{k: null}, k, d]', 'None'],
    ['!AtIndex [abc, z, d]', "'d'"],
    ['!AtIndex [!FindObject [a.b], list]', '[1]'],
  ])('%s → %s', (text, value) => expect(printed(text)).toBe(value));

  test.each([
    ['!AtIndex [[a], 5]', 'entry_invalid'],
    ['!AtIndex [[a], k, d]', 'entry_invalid'],
    ['!AtIndex [[a], 0.0, d]', 'entry_invalid'],
    ['!AtIndex [{a: 1}, b]', 'entry_invalid'],
    ['!AtIndex [{a: 1}, [b], d]', 'uncaught'],
    ['!AtIndex [abc, a, d]', 'uncaught'],
    ['!AtIndex [abc, 0, d]', 'uncaught'],
    ['!AtIndex [null, k, d]', 'uncaught'],
    ['!AtIndex [5, k, d]', 'uncaught'],
    // A TypeError inside a branch is the one exception that !If catches.
    ['!If [true, !AtIndex [null, k], x]', 'entry_invalid'],
  ])('%s fails: %s', (text, outcome) => expect(failure(text).outcome).toBe(outcome));
});

describe('!Condition and !If', () => {
  const truth: [string, boolean[], boolean][] = [];
  const modes: Record<string, (values: boolean[]) => boolean> = {
    AND: (values) => values.every(Boolean),
    OR: (values) => values.some(Boolean),
    XOR: (values) => values.filter(Boolean).length % 2 === 1,
  };
  for (const [mode, expected] of Object.entries(modes)) {
    for (const values of [[true], [false], [true, false], [true, true], [false, false], [true, true, true]]) {
      truth.push([mode, values, expected(values)]);
      truth.push([mode === 'XOR' ? 'xnor' : `n${mode}`, values, !expected(values)]);
    }
  }
  test.each(truth)('%s of %j is %s', (mode, values, expected) => {
    expect(run(`!Condition [${mode}, ${values.join(', ')}]`)).toBe(expected);
  });

  test.each([
    '0',
    '0.0',
    '""',
    'null',
    '[]',
    '{}',
    'no',
    '!!set {}',
    '!Context n',
    '!Env UNSET',
    '!Find [a.b, [k, nobody]]',
  ])('%s is false', (operand) => expect(run(`!If [${operand}]`)).toBe(false));
  test.each([
    '1',
    '-1',
    '.nan',
    '"0"',
    '[0]',
    '{a: 0}',
    '2024-01-01',
    '!KeyOf group',
    '!Find [a.b, [k, v]]',
    '!Env SECRET',
  ])('%s is true', (operand) => expect(run(`!If [${operand}]`)).toBe(true));
  test.each([
    ['!Condition [AND]', 'entry_invalid'],
    ['!Condition [FOO, 1]', 'entry_invalid'],
    ['!Condition [5, 1]', 'uncaught'],
    ['!Condition [!Context s, 1]', 'uncaught'],
  ])('%s fails: %s', (text, outcome) => expect(failure(text).outcome).toBe(outcome));
});

describe('!Env and !File', () => {
  test('what they give carries where it came from', () => {
    const origins = [{ type: 'env', name: 'SECRET' }];
    expect(run('!Env SECRET')).toEqual(new Traced('hunter2', origins as never));
    for (const text of [
      '!Format ["%s!", [!Env SECRET]]',
      '!Format ["%s!", !Context secret]',
      '!If [true, !Env SECRET, x]',
      '!Format ["%s", !Format ["%s", !Env SECRET]]',
    ]) {
      expect(run(text), text).toMatchObject({ origins });
    }
    expect(run('!Enumerate [!Env SECRET, SEQ, !Value 0]')).toHaveLength(7);
    expect((run('!Enumerate [!Env SECRET, SEQ, !Value 0]') as TagValue[])[0]).toMatchObject({
      value: 'h',
      origins,
    });
    expect(run('!Enumerate [[1], MAP, [!Env SECRET, 1]]')).toMatchObject({ origins });
    expect(run('!If [!Env SECRET, a, b]')).toBe('a');
  });

  test('unset or empty, without a default, they are unavailable, and so is what is made of them', () => {
    const missing = { type: 'env', name: 'UNSET' };
    expect(run('!Env UNSET')).toMatchObject({ value: null, missing });
    expect(run('!Env EMPTY')).toMatchObject({ value: null, missing: { type: 'env', name: 'EMPTY' } });
    expect(run('!File nope')).toMatchObject({ value: null, missing: { type: 'file', name: 'nope' } });
    expect(run('!Format ["%s", !Env UNSET]')).toMatchObject({ value: 'None', missing });
    expect(run('!Find [a.b, [name, !Env UNSET]]')).toMatchObject({ value: null, missing });
    expect(run('!Env [UNSET, null]')).toBeNull();
    expect(run('!Env [EMPTY, d]')).toBe('d');
  });

  test('a file is read as Python reads text, and stripped as Python strips', () => {
    expect(run('!File f.txt')).toMatchObject({ value: '\ufeff \nhel\nlo' });
    expect(failure('!File bad').outcome).toBe('uncaught');
    expect(failure('!Env [5, d]').outcome).toBe('uncaught');
  });
});

describe('!Format with references', () => {
  test('is deferred until ids are known, by recipe the same whatever they are', () => {
    const text = '!Format ["%s-%s", !Format ["<%s>", !KeyOf group], !If [true, [!KeyOf group], x]]';
    const where = world(text);
    const value = run(text, where) as Deferred;
    expect(value).toBeInstanceOf(Deferred);
    expect(value.refs).toEqual([where.group]);
    expect(value.compute(() => uuid)).toBe(`<${uuid}>-[UUID('${uuid}')]`);
    expect(value.compute(() => 7)).toBe('<7>-[7]');
    where.group.address = 'group/renamed';
    expect(JSON.stringify(value.recipe)).toContain('group/renamed');
    expect(JSON.stringify(value.recipe)).not.toContain(uuid);
  });

  test('is text at once when the ids are known', () => {
    const text = '!Format ["%s", !KeyOf group]';
    const { scope, group } = world(text);
    const ids = new Map([[group, uuid]]);
    expect(evaluate(parse(text), { ...scope, idOf: (ref) => ids.get(ref) })).toBe(uuid);
  });

  test('keeps secrets out of the recipe', () => {
    const value = run('!Format ["%s %s", !Env SECRET, !KeyOf group]') as Traced;
    expect(value.origins).toEqual([{ type: 'env', name: 'SECRET' }]);
    expect(JSON.stringify((value.value as Deferred).recipe)).not.toContain('hunter2');
    expect((value.value as Deferred).compute(() => 7)).toBe('hunter2 7');
  });

  test('is checked before any id is known', () => {
    expect(failure('!Format ["%s", !KeyOf group, 1]').outcome).toBe('entry_invalid');
    expect(failure('!Format ["%f", [!KeyOf group]]').outcome).toBe('entry_invalid');
    expect(run('!Format ["%x", !KeyOf group]')).toBeInstanceOf(Deferred);
  });

  test('gives later what it would have given at once', () => {
    fc.assert(
      fc.property(fc.constantFrom('%s', '%r', '%5s|', '%a', '[%s]%%'), fc.nat(), (format, id) => {
        const text = `!Format ["${format}", !If [true, [!KeyOf group, {k: !KeyOf group}], x]]`;
        const { scope, group } = world(text);
        const deferred = evaluate(parse(text), scope) as Deferred;
        const atOnce = evaluate(parse(text), { ...scope, idOf: (ref) => (ref === group ? id : undefined) });
        expect(deferred.compute(() => id)).toBe(atOnce);
      }),
    );
  });
});

describe('lookups and the rest', () => {
  test.each([
    ['!Find [a]', 'uncaught'],
    ['!Find [a.b.c]', 'uncaught'],
    ['!Find [5]', 'uncaught'],
    ['!Find [a.b, [name]]', 'uncaught'],
    ['!Find [a.b, [5, x]]', 'uncaught'],
    ['!KeyOf nope', 'entry_invalid'],
    ['!KeyOf [group]', 'entry_invalid'],
    ['!Context {a: 1}', 'uncaught'],
    ['!ParseJSON {a: 1}', 'uncaught'],
    ['!ParseJSON "{"', 'entry_invalid'],
    ['!Context loop', 'uncaught'],
    ['!Format ["100%"]', 'uncaught'],
    ['!Format [5, 1]', 'entry_invalid'],
  ])('%s fails: %s', (text, outcome) => expect(failure(text).outcome).toBe(outcome));

  test('a context value made from itself is a cycle', () =>
    expect(failure('!Context loop').code).toBe('cycle'));

  test('JSON keeps what Python tells apart', () => {
    expect(run('!ParseJSON "[1, 1.0, NaN, 12345678901234567890]"')).toEqual([
      1,
      new YamlFloat(1),
      new YamlFloat(Number.NaN),
      12345678901234567890n,
    ]);
  });

  test('contexts merge: lists concatenate, maps merge, the rest is replaced, also by null', () => {
    const merged = mergeContext([
      jsonValue({ l: [1], m: { a: 1, b: [1] }, x: 1, y: [1] }),
      jsonValue({ l: [2], m: { b: [2] }, x: null, y: 'z' }),
    ]);
    expect(pythonRepr(merged, String)).toBe("{'l': [1, 2], 'm': {'a': 1, 'b': [1, 2]}, 'x': None, 'y': 'z'}");
  });

  test('work without end is refused', () => {
    const nested = `${'!Enumerate [*l, SEQ, '.repeat(6)}x${']'.repeat(6)}`;
    const list = Array.from({ length: 100 }, () => 'x').join(', ');
    expect(failure(`[&l [${list}], ${nested}]`).message).toContain('steps');
  });

  test('an error says where it is', () => {
    const text = '{a: 1,\n b: !If [true, [!KeyOf nope], x]}';
    const diagnostic = tagDiagnostic(failure(text), { path: 'test.yaml', text });
    expect(diagnostic).toMatchObject({ code: 'unknown-id', severity: 'error' });
    expect(positionOf(diagnostic.place!)).toEqual({ line: 2, column: 17 });
  });

  test('a number for a UUID in %d is the UUID as a number', () => {
    const { scope } = world('');
    const text = '!Format ["%d", !KeyOf group]';
    expect(evaluate(parse(text), { ...scope, keyOf: () => new Uuid(uuid) })).toBe('302240678275694148452353');
  });
});

describe('forms', () => {
  const formErrors = (text: string) =>
    checkTags(parse(text), { path: 'test.yaml', text }).map(({ place }) => place!.offset);

  test.each([
    '!Context [x]',
    '!Context []',
    '!Env [x]',
    '!File []',
    '!Format text',
    '!Format []',
    '!Find a.b',
    '!Find []',
    '!Find {a: b}',
    '!Find [a.b, name]',
    '!Find [a.b, {name: x}]',
    '!Find [a.b, !Context pair]',
    '!Condition AND',
    '!Condition []',
    '!If []',
    '!If [a, b]',
    '!If x',
    '!Enumerate [a, SEQ]',
    '!Enumerate x',
    '!AtIndex [a]',
    '!Index x',
    '!Value [0]',
    '!Value 1.0',
    '!Value ""',
  ])('%s is refused when the file is read', (text) => {
    expect(formErrors(text)).toEqual([0]);
    expect(failure(text).outcome).toBe('parse_error');
  });

  test.each([
    '!If [a, b, c, !Value x]',
    '!Context [a, b, !If []]',
    '!Value " 1_0 "',
    '!KeyOf [!If []]',
    '!Find [a.b, []]',
    '!Env {}',
  ])('%s is not, though it may fail where it is used', (text) => expect(formErrors(text)).toEqual([]));

  test('all of them are found, each once, with its place', () => {
    const text =
      'a: &x [!If []]\nb: *x\nc: !Format ["%s", {d: [!Value x]}]\ne: !Find [a.b, [!Context [], !If []]]';
    expect(formErrors(text).map((offset) => text.slice(offset, offset + 6))).toEqual([
      '!If []',
      '!Value',
      '!Conte',
      '!If []',
    ]);
  });

  test('a tag on a key is pointed out', () => {
    expect(hasErrors(checkTags(parse('{!Context a : 1}'), { path: 'test.yaml', text: '' }))).toBe(true);
  });
});
