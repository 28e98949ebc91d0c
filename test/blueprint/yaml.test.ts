import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionOf } from '../../src/diagnostic/source.js';
import { pythonRepr } from '../../src/tags/python.js';
import { rawValue } from '../../src/tags/raw.js';
import { staticValue } from '../../src/tags/results.js';
import type { MapNode, Node, SequenceNode } from '../../src/yaml/node.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

const read = (text: string) => readYaml({ path: 'test.yaml', text });

/** The value as Python would print it; tags as `<tag>`. */
const printed = (text: string): string => {
  const { tree, diagnostics } = read(text);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return tree.root ? pythonRepr(rawValue(tree.root), ({ node }) => `<${node.tag}>`) : 'nothing';
};

/** `code line:column`, for each problem. */
const problemsOf = (text: string): string[] =>
  read(text).diagnostics.map(({ code, place }) => {
    const { line, column } = positionOf(place!);
    return `${code} ${line}:${column}`;
  });

describe('values', () => {
  test.each([
    ['a: 1\nb: [x, "y", null]', "{'a': 1, 'b': ['x', 'y', None]}"],
    ['\ufeffa: 1', "{'a': 1}"],
    ['a: |\r\n  x\r\n  y\r\nb: 2\r\n', "{'a': 'x\\ny\\n', 'b': 2}"],
    ['{a: 1, b: , "c": \'d\'}', "{'a': 1, 'b': None, 'c': 'd'}"],
    ['=: 1\nyes: 2\n~: 3\n1.5: 4', "{'=': 1, True: 2, None: 3, 1.5: 4}"],
    ['a: !!str 5\nb: !!float 5\nc: ! "5"', "{'a': '5', 'b': 5.0, 'c': 5}"],
    ['!!set {a, b}', "{'a', 'b'}"],
    ['? a\n? b', "{'a': None, 'b': None}"],
    ['--- x\n...\n', "'x'"],
    ['{"json": [true, 1.0, "\\u00e9"]}', "{'json': [True, 1.0, 'é']}"],
    ['', 'nothing'],
    ['# only a comment\n', 'nothing'],
    ['---\n', 'nothing'],
  ])('%j is %s', (text, value) => expect(printed(text)).toBe(value));

  test('merge keys come first, written keys win, and of a list of maps the first', () => {
    expect(printed('x: &x {b: 1, c: 2}\ny: {<<: *x, c: 3, d: 4}')).toBe(
      "{'x': {'b': 1, 'c': 2}, 'y': {'b': 1, 'c': 3, 'd': 4}}",
    );
    expect(printed('{a: 0, <<: [{a: 1, b: 1}, {b: 2, c: 2}]}')).toBe("{'b': 1, 'c': 2, 'a': 0}");
    expect(printed('{<<: {b: 1, <<: {b: 2, c: 2}}}')).toBe("{'b': 1, 'c': 2}");
    expect(printed('{"<<": 1}')).toBe("{'<<': 1}");
  });

  test('JSON is read as JSON', () => {
    const source = { path: 'test.json', text: '' };
    const report = (): never => {
      throw new Error('no problem was expected');
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value, null, 1).replace(
          /[\x7f-\x9f\ufffe\uffff]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        // YAML 1.1 takes `1e+21` for text, having no point before the exponent; JSON cannot write -0 back.
        // Integers that are not exact are refused on purpose.
        fc.pre(!/\de|-0|\d{16}/.test(text));
        const { tree } = read(text);
        expect(staticValue(tree.root!, { source, json: true, report })).toEqual(value);
      }),
    );
  });
});

describe('nodes', () => {
  test('keep the raw text of scalars under tags and where each begins', () => {
    const root = read('a: !Context 5\nb: !Find\n  - x\n  - [k, !Env  &e yes]').tree.root as MapNode;
    const [first, second] = root.pairs.map(({ value }) => value) as [Node, SequenceNode];
    expect(first).toMatchObject({ type: 'scalar', tag: 'Context', text: '5', value: '5', start: 3, end: 13 });
    expect(second).toMatchObject({ type: 'sequence', tag: 'Find', start: 17 });
    const pair = second.items[1] as SequenceNode;
    expect(pair.items[1]).toMatchObject({ tag: 'Env', text: 'yes', start: 37 });
  });

  test('say whether a tag stands on them or below', () => {
    const root = read('a: [1, {b: !Context c}]\nd: [1]\n').tree.root as MapNode;
    expect(root.dynamic).toBe(true);
    expect(root.pairs.map(({ value }) => value.dynamic)).toEqual([true, false]);
  });

  test('an alias is the same node as its anchor', () => {
    const root = read('a: &x [1]\nb: *x\nc: &y 2\nd: *y').tree.root as MapNode;
    const [a, b, c, d] = root.pairs.map(({ value }) => value);
    expect(b).toBe(a);
    expect(d).toBe(c);
  });
});

describe('problems', () => {
  test.each([
    ['a: 1\nb: 2\na: 3', ['yaml-duplicate-key 3:1']],
    ['{1: a, yes: b}', ['yaml-surprise 1:8', 'yaml-duplicate-key 1:8']],
    ['{<<: {a: 1}, a: 2}', []],
    ['a: !Fnd [x]', ['yaml-unknown-tag 1:4']],
    ['a: !!omap [b: 1]', ['yaml-unknown-tag 1:4']],
    ['a: !!python/object:os.system x', ['yaml-unknown-tag 1:4']],
    ['a: !!str [x]', ['wrong-type 1:4']],
    ['a: !!int x', ['invalid-value 1:4']],
    ['a: 2024-02-30', ['invalid-value 1:4']],
    ['a: =\nb: <<', ['yaml-syntax 1:4', 'yaml-syntax 2:4']],
    ['{<<: 5}', ['wrong-type 1:6']],
    ['<<: [{a: 1}, x]', ['wrong-type 1:14']],
    ['<<: !Context m', ['wrong-type 1:5']],
    ['{[a]: 1, {b: 1}: 2, c: 3}', ['wrong-type 1:2', 'wrong-type 1:10']],
    ['a: *b', ['yaml-unknown-alias 1:4']],
    ['&a [1, *a]', ['cycle 1:8']],
    ['- &a 1\n- &a 2', ['yaml-syntax 2:6']],
    ['a: 1\n---\nb: 2', ['yaml-multiple-documents 2:1']],
    ['a: yes\nb: off\nc: True', ['yaml-surprise 1:4', 'yaml-surprise 2:4']],
    [
      '- 010\n- 12:30:45\n- 1_000\n- 0x10\n- 10\n- 2024-01-01',
      ['yaml-surprise 1:3', 'yaml-surprise 2:3', 'yaml-surprise 3:3'],
    ],
    ['- "yes"\n- !Context no', []],
    ['a: \u0007', ['yaml-syntax 1:4']],
    ['a: [1, 2', ['yaml-syntax 1:9']],
    ['a: "x', ['yaml-syntax 1:6']],
    ['a:\n\tb: 1', ['yaml-syntax 2:1']],
    ['a: @x', ['yaml-syntax 1:4']],
    ['a: b: c\nd: "\\q"', ['yaml-syntax 1:4', 'yaml-syntax 2:5']],
  ])('%j: %j', (text, problems) => expect(problemsOf(text)).toEqual(problems));

  test('a duplicate key names both places', () => {
    const { related } = read('a: 1\na: 2').diagnostics[0]!;
    expect(related![0]!.place.offset).toBe(0);
  });

  test('a misspelt tag or alias suggests the right one', () => {
    expect(read('!Fromat [x]').diagnostics[0]!.help).toBe('Did you mean `!Format`?');
    expect(read('- &base 1\n- *bose').diagnostics[0]!.help).toBe('Did you mean `base`?');
  });

  test('a file with syntax errors has no root', () => {
    expect(read('a: [').tree.root).toBeUndefined();
    expect(read('a: 1\na: 2').tree.root).toBeDefined();
  });
});

describe('limits', () => {
  test('a hundred levels are read, one more is not, aliases included', () => {
    expect(problemsOf(`${'['.repeat(100)}1${']'.repeat(100)}`)).toEqual([]);
    expect(problemsOf(`${'['.repeat(101)}${']'.repeat(101)}`)).toEqual(['yaml-too-deep 1:101']);
    for (const level of ['[', '{a: ', '- ', '? ', '- - {x: [']) {
      expect(problemsOf(level.repeat(20_000))[0]).toMatch(/^yaml-too-deep/);
    }
    const chain = Array.from(
      { length: 120 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? 'x' : `*a${at - 1}`}]`,
    );
    expect(problemsOf(chain.join('\n'))[0]).toMatch(/^yaml-too-deep 100:/);
  });

  test('aliases that stand for too many values are refused without writing them out', () => {
    const list = Array.from(
      { length: 30 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? 'x' : `*a${at - 1}, *a${at - 1}`}]`,
    );
    expect(problemsOf(list.join('\n'))[0]).toMatch(/^yaml-too-many-aliases/);
    const merges = list.map((line) => line.replace('[x]', '{x: 1}').replace(/\[(.*)\]/, '{<<: [$1]}'));
    expect(problemsOf(merges.join('\n'))[0]).toMatch(/^yaml-too-many-aliases/);
  });

  test('no text makes the reader throw', () => {
    const pieces = [
      '[',
      ']',
      '{',
      '}',
      ': ',
      '\n',
      '- ',
      '? ',
      '&a ',
      '*a ',
      '!Find ',
      '!!int ',
      '"',
      "'",
      '|',
      '>',
      '#',
      '%',
      'a',
      '1',
      '<<: ',
      ', ',
      '\t',
      '---\n',
      '\r\n',
      '\ufeff',
      '\\',
      '!',
      '=',
      '010',
      '\0',
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        const { diagnostics } = read(one);
        for (const { place } of diagnostics) expect(place!.offset).toBeLessThanOrEqual(one.length);
      }),
      { numRuns: 500 },
    );
  });
});
