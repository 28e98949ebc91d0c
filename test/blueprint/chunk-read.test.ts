import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import { readCarefully } from '../../src/yaml/careful.js';
import { doubtful, readFast } from '../../src/yaml/fast.js';
import { readYaml } from '../../src/yaml/read-yaml.js';
import { layoutOf } from '../../src/yaml/split-layout.js';
import { readInChunks } from '../../src/yaml/split-read.js';
import { hostileInputs, validTexts } from '../hostile.js';
import { blueprintFile } from './chunk-documents.js';
import { damaged, document, soup } from './yaml-documents.js';

/** Into how many pieces a text is read, which must give what reading it whole gives; 0 where it is read whole. */
function pieces(text: string): number {
  const source = { path: 'test.yaml', text };
  const layout = doubtful.test(text) ? undefined : layoutOf(text);
  if (!layout) return 0;
  let whole: unknown;
  let read = 0;
  for (const batch of [1, 100, 10_000]) {
    const one = readInChunks(source, layout, batch);
    if (!one) continue;
    whole ??= readFast(source) ?? readCarefully(source);
    expect(one).toStrictEqual(whole);
    read = layout.reduce((sum, part) => sum + 1 + part.items.length, 0);
  }
  return read;
}

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

describe('reading in pieces gives what reading the whole gives, or nothing', () => {
  test.skipIf(!existsSync(corpus))('for the blueprints that authentik ships (../shared/corpus)', () => {
    const names = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.ya?ml$/.test(name),
    );
    const inPieces = names.filter((name) => pieces(readFileSync(join(corpus, name), 'utf8')) > 0);
    expect(inPieces.length).toBeGreaterThan(names.length / 2);
  });

  test('for the blueprints of this repository', () => {
    const texts = validTexts();
    expect(texts.filter((text) => pieces(text) > 1).length).toBeGreaterThan(texts.length / 2);
  });

  test('for generated blueprints', () => {
    for (const { text } of generate({ users: 300, files: 3, edits: 20 })) {
      expect(pieces(text)).toBeGreaterThan(100);
      expect(pieces(text.replaceAll('\n', '\r\n'))).toBeGreaterThan(100);
      expect(pieces(text.replaceAll(/^ {2}/gm, ''))).toBeGreaterThan(100);
    }
  });

  test('for hostile texts', () => {
    for (const { bytes } of hostileInputs(120)) if (bytes.length < 50_000) pieces(bytes.toString());
  });

  test('for files of entries and sections in every style', () => {
    let many = 0;
    fc.assert(
      fc.property(blueprintFile, (text) => {
        if (pieces(text) > 3) many++;
      }),
      { numRuns: 2000 },
    );
    // Were everything refused, nothing would have been compared.
    expect(many).toBeGreaterThan(300);
  });

  test('for damaged files', () => {
    const blueprint = fc.constantFrom(...validTexts().map((text) => text.slice(0, 1500)));
    fc.assert(
      fc.property(damaged(fc.oneof(blueprintFile, blueprint)), (text) => void pieces(text)),
      { numRuns: 1500 },
    );
  });

  test('for documents of any form', () => {
    fc.assert(
      fc.property(fc.oneof(document, soup), (text) => void pieces(text)),
      { numRuns: 1000 },
    );
  });
});

describe('reading in pieces', () => {
  test.each([
    ['entries of a list', 'version: 1\nentries:\n  - a: 1\n\n  # c\n  - b: |+\n      x\n\n  - c\n', 5],
    ['entries at the margin', 'entries:\n- a: 1\n-\n  b: 1\n-\nversion: 1\n', 5],
    ['a section', '---\nusers:\n  ada: {}\n  "bob":\n    name: B\n  # c\n  cy:\n', 4],
    ['an entry that is only wrong in its content', 'entries:\n  - {a: 1, a: 2}\n  - yes: !Fnd x\n', 3],
    ['what is not split', 'entries:\n   - a\n  - b\n', 0],
    ['sections that are empty', 'users:\ngroups: {}\n', 2],
  ])('takes apart %s', (_, text, count) => expect(pieces(text)).toBe(count));

  test.each([
    ['two keys that are the same', 'users:\n  ada: {}\n  bob: {}\n  ada: {}\n'],
    ['two sections that are the same', 'users:\n  ada: {}\nusers:\n  bob: {}\n'],
    ['aliases', 'entries:\n  - &a {b: c}\n  - *a\n'],
    ['merge keys among the keys of a section', 'users:\n  <<: {a: {}}\n  b: {}\n'],
    ['a text that goes on at the margin', 'entries:\n  - a: "x\ny"\n'],
    ['a second document', 'entries:\n  - a\n---\nentries:\n  - b\n'],
    ['an entry that cannot be read', 'entries:\n  - a\n  - [\n  - c\n'],
    ['nesting beyond what is allowed', `entries:\n  - a\n  - ${'['.repeat(99)}${']'.repeat(99)}\n`],
    ['numbers as keys', 'users:\n  1: {}\n  2: {}\n'],
  ])('leaves %s to whoever reads the whole', (_, text) => expect(pieces(text)).toBe(0));

  test('is how large files are read', () => {
    const [{ text } = { text: '' }] = generate({ users: 1000 });
    const source = { path: 'test.yaml', text };
    expect(text.length).toBeGreaterThan(100_000);
    expect(readYaml(source)).toStrictEqual(readFast(source));
    expect(pieces(text)).toBeGreaterThan(1);
  });
});
