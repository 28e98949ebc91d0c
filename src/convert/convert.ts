/** Rewrites a blueprint in the compact form, and checks that it asks for the same as before. */
import { parseBlueprint } from '../blueprint/parse.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { checkTags } from '../tags/forms.js';
import { readYaml } from '../yaml/read-yaml.js';
import { differenceOf } from './check.js';
import { moveIntoSections } from './sections.js';
import { documentOf, isHarmless, type YamlMap, yamlText } from './yaml.js';

export interface Converted {
  /** The file in the compact form; undefined when the file has errors. */
  readonly text?: string;
  readonly diagnostics: Diagnostic[];
  /** How many entries moved into sections, and how many stayed. */
  readonly moved: number;
  readonly kept: number;
}

/** Converts a file. */
export function convert(source: Source): Converted {
  const { tree, diagnostics } = readYaml(source);
  if (tree.root) diagnostics.push(...checkTags(tree.root, source));
  const blueprint = tree.root && parseBlueprint(tree, true, diagnostics);
  if (!blueprint || hasErrors(diagnostics)) return { diagnostics, moved: 0, kept: 0 };
  const document = documentOf(source.text);
  const counts = moveIntoSections(document.contents as unknown as YamlMap);
  if (counts.moved === 0 && isHarmless(source.text)) return { text: source.text, diagnostics, ...counts };
  const lines = yamlText(document);
  const text = source.text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
  const changed = differenceOf(source, { path: source.path, text });
  if (changed !== undefined) throw new Error(`converting ${source.path} would change ${changed}`);
  return { text, diagnostics, ...counts };
}
