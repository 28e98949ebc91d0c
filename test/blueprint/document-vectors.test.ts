/**
 * Whole documents that authentik's importer was given: what it refuses we refuse at a place, and what it takes we
 * take, except where we are stricter on purpose. `TAG_VECTORS` names another file of the same form.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseBlueprint } from '../../src/blueprint/parse.js';
import { type Diagnostic, diagnose } from '../../src/diagnostic/diagnostic.js';
import { checkTags } from '../../src/tags/forms.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

interface DocumentVector {
  readonly case: string;
  readonly yaml: string;
  readonly result: { readonly ok: boolean };
}

const file =
  process.env.TAG_VECTORS ??
  fileURLToPath(new URL('../../../shared/facts/tag-vectors.json', import.meta.url));
const vectors: readonly DocumentVector[] = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8')).document_vectors
  : [];

/** What is wrong with a document, the models' names aside: those of the vectors are made up. */
function problems(text: string): Diagnostic[] {
  const source = { path: 'blueprint.yaml', text };
  const { tree, diagnostics } = readYaml(source);
  diagnostics.push(...checkTags(tree.root, source));
  if (tree.root || diagnostics.length === 0) parseBlueprint(tree, true, diagnostics);
  return diagnostics.filter((one) => one.severity === 'error' && one.code !== 'unknown-kind');
}

/** Is it something that authentik lets pass and we do not, so that nobody's mistake goes unnoticed? */
function isStricter({ code, place }: Diagnostic): boolean {
  switch (code) {
    // Keys that authentik ignores, duplicates among them, versions that it refuses when it applies, and entries
    // that it cannot find an object or a grantee for.
    case 'unknown-key':
    case 'wrong-version':
    case 'constraint':
    case 'yaml-duplicate-key':
    case 'duplicate-id':
    case 'no-identifiers':
      return true;
    // A key without a value, which authentik trips over later.
    case 'wrong-type':
      return /^(null|Null|NULL|~)?\s*([,}\]\n#]|$)/.test(place!.source.text.slice(place!.offset));
    default:
      return false;
  }
}

describe.skipIf(vectors.length === 0)(
  `documents${vectors.length === 0 ? ' (skipped: the measured documents are not beside the repository)' : ''}`,
  () => {
    test.each(vectors.map((one) => [one.case, one] as const))('%s', (_name, { yaml, result }) => {
      const found = problems(yaml);
      for (const one of found) expect(one.place, one.message).toBeDefined();
      if (result.ok) expect(found.filter((one) => !isStricter(one)).map((one) => one.message)).toEqual([]);
      else expect(found.length).toBeGreaterThan(0);
    });
  },
);

test('a value that is there is no key without a value', () => {
  const at = (text: string): boolean =>
    isStricter(diagnose('wrong-type', 'x', { source: { path: 'x', text }, offset: 0 }));
  expect(['null}', '~', '', 'null, b: 1'].map(at)).toEqual([true, true, true, true]);
  expect(['[]', 'nullable', '5}', '"null"'].map(at)).toEqual([false, false, false, false]);
});
