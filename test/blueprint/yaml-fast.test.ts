import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import { readCarefully } from '../../src/yaml/careful.js';
import { readFast } from '../../src/yaml/fast.js';
import { readYaml } from '../../src/yaml/read-yaml.js';
import { hostileInputs, validTexts } from '../hostile.js';
import { damaged, document, soup } from './yaml-documents.js';

/** Whether the fast reader gives an answer, which then must be the careful one's. */
function readsFast(text: string): boolean {
  const source = { path: 'test.yaml', text };
  const fast = readFast(source);
  if (fast) expect(fast).toStrictEqual(readCarefully(source));
  return fast !== undefined;
}

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

describe('the fast reader gives what the careful one gives, or nothing', () => {
  test.skipIf(!existsSync(corpus))('for the blueprints that authentik ships (../shared/corpus)', () => {
    const names = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.ya?ml$/.test(name),
    );
    const slow = names.filter((name) => !readsFast(readFileSync(join(corpus, name), 'utf8')));
    // It wants brackets to be indented more than the key they belong to; few files do without.
    expect(slow.length).toBeLessThanOrEqual(names.length / 10);
  });

  test('for the blueprints of this repository, all of which it reads', () => {
    for (const text of validTexts()) expect(readsFast(text)).toBe(true);
  });

  test('for generated blueprints', () => {
    for (const { text } of generate({ users: 300, files: 3, edits: 20 })) expect(readsFast(text)).toBe(true);
  });

  test('for hostile texts', () => {
    for (const { bytes } of hostileInputs(120)) if (bytes.length < 50_000) readsFast(bytes.toString());
  });

  test('for documents in every style', () => {
    let fast = 0;
    fc.assert(
      fc.property(document, (text) => {
        if (readsFast(text)) fast++;
      }),
      { numRuns: 500 },
    );
    // Were everything refused, nothing would have been compared.
    expect(fast).toBeGreaterThan(100);
  });

  test('for indicators in no order', () => {
    fc.assert(
      fc.property(soup, (text) => void readsFast(text)),
      { numRuns: 1000 },
    );
  });

  test('for damaged documents and blueprints', () => {
    const blueprint = fc.constantFrom(...validTexts().map((text) => text.slice(0, 1500)));
    fc.assert(
      fc.property(damaged(fc.oneof(document, blueprint)), (text) => void readsFast(text)),
      { numRuns: 500 },
    );
  });
});

describe('the fast reader', () => {
  test.each([
    ['every kind of scalar', 'a: x\nb: "y\\n"\nc: \'z\'\nd: |\n  e\n  f\ng: >-\n  h\n\n  i\nj: k\n  l\n'],
    [
      'lists and maps of both styles',
      '- a: [1, {b: c}, [d: e]]\n  f:\n  - g\n  -\n- - h\n  - {i, j: , "k":l,}\n',
    ],
    [
      'tags, anchors, aliases and merge keys',
      'a: &a {k: !Env x}\nb: &b !Find\n  - *a\nc: {<<: *a}\n*b : d\n',
    ],
    ['comments, CRLF and a document marker', '# c\r\n--- # c\r\na: [ # c\r\n 1 # c\r\n ] # c\r\n# c'],
    ['what is only wrong in its content', 'a: 1\na: yes\nb: !Fnd x\nc: *c\n'],
  ])('reads %s', (_, text) => expect(readsFast(text)).toBe(true));

  test.each([
    ['broken syntax', 'a: [1'],
    ['an empty file', '# nothing\n'],
    ['a second document', 'a: 1\n---\nb: 2\n'],
    ['directives', '%YAML 1.1\n---\na: 1\n'],
    ['explicit keys', '? a\n: b\n'],
    ['tags of YAML itself', 'a: !!str 1\n'],
    ['tabs for indentation', 'a: x\n\ty\n'],
    ['old line breaks', 'a: 1\rb: 2\n'],
    ['a text below a comment below its key', 'a:\n#b\n  c\n'],
    ['a key behind a value on the same line', "a:\n- 'x'b: c\n"],
    ['a closing bracket below its key', 'a: [\n  1\n]\n'],
    ['a key as long as a page', `${'k'.repeat(1025)}: 1\n`],
    ['nesting beyond what is allowed', `${'['.repeat(101)}${']'.repeat(101)}\n`],
  ])('leaves %s to the careful one', (_, text) => expect(readsFast(text)).toBe(false));

  test('is the one that answers where it can', () => {
    const source = { path: 'test.yaml', text: 'a: 1\nb: yes\n' };
    expect(readYaml(source)).toStrictEqual(readFast(source));
  });

  test('keeps one object per repeated alias', () => {
    const { tree } = readFast({ path: 'test.yaml', text: 'a: &x [1]\nb: *x\n' })!;
    if (tree.root?.type !== 'map') throw new Error('a map was written');
    expect(tree.root.pairs[1]!.value).toBe(tree.root.pairs[0]!.value);
  });
});

test('a comment at the start of a line below the last value in braces is one', () => {
  const { diagnostics } = readCarefully({ path: 'test.yaml', text: 'a: {b: c\n# d\n  }\n' });
  expect(diagnostics).toEqual([]);
});
