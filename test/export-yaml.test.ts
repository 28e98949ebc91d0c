/** What is written as YAML is read back as it was. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataNode, fileText, mapNode } from '../src/convert/yaml.js';
import type { Json } from '../src/model/model.js';
import { type Node, YamlFloat } from '../src/yaml/node.js';
import { readYaml } from '../src/yaml/read-yaml.js';

const runs = Number(process.env.LAW_RUNS ?? 15);

describe('texts', () => {
  const odd = fc.constantFrom(
    ...['yes', 'No', 'on', 'y', '010', '0x1F', '1:30', '1_000', '1e3', '1.0e+3', '.5', '.inf', '2024-01-01'],
    ...[
      '',
      ' ',
      '~',
      'null',
      '<<',
      '=',
      '*a',
      '&a',
      '!Find x',
      '- a',
      'a: b',
      'a #b',
      '# a',
      '[a]',
      '{a}',
      '@a',
    ],
    ...['`a`', '%a', '"a"', "'a'", 'a\nb', 'a\n', '\na', ' a\nb', 'a\n\n', '\n', 'a \n b', 'a\tb', '\ta\nb'],
    ...[
      'a\r\nb',
      'a\u0085b',
      'a\u2028b\nc',
      '\ufeffa',
      'a\u007f',
      '\u0000',
      '😀\nb',
      '---',
      '...\na',
      '? a',
      'a:',
    ],
    ...['2024-01-01T00:00:00Z', '-', '|', '>', '__proto__', 'a'.repeat(300), `${'word '.repeat(60)}end`],
  );
  const text = fc.oneof(
    odd,
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.tuple(odd, odd).map((two) => two.join('')),
  );
  const number = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const leaf = fc.oneof(text, text, number, fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(fc.tuple(text, tie('tree')), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));

  const plainOf = (node: Node): unknown => {
    if (node.type === 'sequence') return node.items.map(plainOf);
    if (node.type === 'map')
      return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, plainOf(value)]));
    if (node.value instanceof YamlFloat) return node.value.value;
    return typeof node.value === 'bigint' ? Number(node.value) : node.value;
  };

  test('are read back as they were, without a warning', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const { tree: read, diagnostics } = readYaml({
          path: 'x.yaml',
          text: fileText(mapNode([['value', dataNode(value)]]), ['a comment']),
        });
        expect(diagnostics).toEqual([]);
        const expected = JSON.parse(JSON.stringify({ value }), (_, one) => (Object.is(one, -0) ? 0 : one));
        expect(JSON.parse(JSON.stringify(plainOf(read.root!)))).toEqual(expected);
      }),
      { numRuns: 40 * runs },
    );
  });

  test('of several lines stand as blocks', () => {
    expect(fileText(mapNode([['value', dataNode('# first\nreturn True\n')]]), [])).toBe(
      'value: |\n  # first\n  return True\n',
    );
  });
});
