/** Parses a file's YAML tree into a blueprint and collects every problem with the file. */

import { type Diagnostic, diagnose, hasErrors } from '../diagnostic/diagnostic.js';
import { checkTags } from '../tags/forms.js';
import type { ReadYaml } from '../yaml/node.js';
import type { Blueprint } from './blueprint.js';
import type { LoadedSource } from './load.js';
import { instantiateLabel, parseBlueprint } from './parse.js';

/** The result of reading a file. */
export interface FileReading {
  /** Undefined when the file is not a blueprint, is broken, or is not applied with its folder. */
  readonly blueprint: Blueprint | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** It has no entries, and not on purpose (`entries: []`). */
  readonly silent: boolean;
}

/** Parses a file's tree. */
export function readingOf(source: LoadedSource, { tree, diagnostics }: ReadYaml): FileReading {
  const found = [...diagnostics, ...checkTags(tree.root, source)];
  const broken = !tree.root && hasErrors(found);
  const blueprint = broken ? undefined : parseBlueprint(tree, source.named, found);
  if (blueprint && !source.named && blueprint.labels[instantiateLabel]?.toLowerCase() === 'false') {
    const place = { source, offset: 0 };
    const note = diagnose('not-instantiated', 'the file is not applied with its folder', place);
    return { blueprint: undefined, diagnostics: [note], silent: true };
  }
  const silent = !blueprint || (blueprint.entries.length === 0 && !blueprint.empty);
  return { blueprint, diagnostics: found, silent };
}
