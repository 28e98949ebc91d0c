/** Paths in, blueprints out: load, read, parse, with all problems of all files together. */
import { type Diagnostic, diagnose, hasErrors } from '../diagnostic.js';
import type { OwnedRecord } from '../model.js';
import type { Blueprint } from './blueprint.js';
import { type Found, load } from './load.js';
import { instantiateLabel, parseBlueprint } from './parse.js';
import { checkTags } from './tag-forms.js';
import { readYaml } from './yaml.js';

/** The blueprints of some paths. */
export interface ReadBlueprints {
  readonly blueprints: readonly Blueprint[];
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of files that were read but gave no entry, without saying so on purpose. */
  readonly silent: readonly string[];
}

/** Reads the blueprints below `paths`. `progress` is told how far it is. */
export async function readBlueprints(
  paths: readonly (string | Found)[],
  cwd: string,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<ReadBlueprints> {
  const { sources, diagnostics } = await load(paths, cwd);
  const blueprints: Blueprint[] = [];
  const silent: string[] = [];
  for (const [at, source] of sources.entries()) {
    signal.throwIfAborted();
    progress(at, sources.length);
    const before = diagnostics.length;
    const { tree, diagnostics: found } = readYaml(source);
    found.push(...checkTags(tree.root, source));
    diagnostics.push(...found);
    const broken = !tree.root && hasErrors(found);
    const blueprint = broken ? undefined : parseBlueprint(tree, source.named, diagnostics);
    if (blueprint && !source.named && blueprint.labels[instantiateLabel]?.toLowerCase() === 'false') {
      diagnostics.length = before;
      const place = { source, offset: 0 };
      diagnostics.push(diagnose('not-instantiated', 'the file is not applied with its folder', place));
      silent.push(source.path);
      continue;
    }
    if (blueprint) blueprints.push(blueprint);
    if (!blueprint || (blueprint.entries.length === 0 && !blueprint.empty)) silent.push(source.path);
  }
  return { blueprints, diagnostics, silent };
}

/** Why nothing may be pruned or reverted: a file that once gave objects gives none now, and does not say why. */
export function silenceOf(read: ReadBlueprints, owned: Iterable<OwnedRecord>): string | undefined {
  const silent = new Set(read.silent);
  if (silent.size === 0) return undefined;
  for (const { place } of owned) {
    const file = place.slice(0, place.lastIndexOf(':'));
    if (silent.has(file)) {
      return `${file} gave objects before and holds no entry now; write \`entries: []\` if that is meant, or delete the file`;
    }
  }
  return undefined;
}
