/** Turns loaded files into blueprints and gathers the problems of all of them. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { OwnedRecord } from '../model/model.js';
import { readYaml } from '../yaml/read-yaml.js';
import type { Blueprint } from './blueprint.js';
import { type FileReading, readingOf } from './file-reading.js';
import { type Loaded, type LoadedSource, yamlName } from './load.js';
import type { ReadMemory } from './read-memory.js';

/** The blueprints of some paths. */
export interface ReadBlueprints {
  readonly blueprints: readonly Blueprint[];
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of files that have no entries, and not on purpose (`entries: []`). */
  readonly silent: readonly string[];
  /** Paths of files that would have been read if their names ended in `.yaml`. */
  readonly unread: readonly string[];
}

/**
 * Reads the blueprints in files. `progress` is called with how many files are done; an aborted signal throws its reason.
 * With a `memory`, a source that it gave is parsed once.
 */
export function readBlueprints(
  { sources, diagnostics: found, unread }: Loaded,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
  memory?: ReadMemory,
): ReadBlueprints {
  const diagnostics = [...found];
  const blueprints: Blueprint[] = [];
  const silent: string[] = [];
  for (const [at, source] of sources.entries()) {
    signal.throwIfAborted();
    progress(at, sources.length);
    const reading = memory ? memory.reading(source, readOnce) : readOnce(source);
    for (const one of reading.diagnostics) diagnostics.push(one);
    if (reading.blueprint) blueprints.push(reading.blueprint);
    if (reading.silent) silent.push(source.path);
  }
  memory?.keepOnly(new Set(sources.map((one) => one.path)));
  return { blueprints, diagnostics, silent, unread };
}

function readOnce(source: LoadedSource): FileReading {
  return readingOf(source, readYaml(source));
}

/**
 * Why nothing may be pruned or reverted: a file that once gave objects has no entry now without `entries: []`, or is no
 * longer read because of its name. Undefined when there is no such file.
 */
export function silenceOf(read: ReadBlueprints, owned: Iterable<OwnedRecord>): string | undefined {
  const silent = new Set(read.silent);
  const unread = new Map(read.unread.map((path) => [yamlName(path), path]));
  for (const { source } of read.blueprints) unread.delete(source.path);
  if (silent.size === 0 && unread.size === 0) return undefined;
  for (const { place } of owned) {
    const file = place.slice(0, place.lastIndexOf(':'));
    if (silent.has(file)) {
      return `${file} described objects before and has no entries now; if that is intended, write \`entries: []\` or delete the file`;
    }
    const renamed = unread.get(file);
    if (renamed !== undefined) {
      return `${file} described objects before and is now called ${renamed}, which is not read; rename it to .yaml, or delete or move it if that is intended`;
    }
  }
  return undefined;
}

/** The paths in records of files that were not read. */
export function missingFiles(
  { blueprints, silent }: ReadBlueprints,
  owned: Iterable<OwnedRecord>,
): Set<string> {
  const read = new Set([...blueprints.map((one) => one.source.path), ...silent]);
  const missing = new Set<string>();
  for (const { place } of owned) {
    const path = place.slice(0, place.lastIndexOf(':'));
    if (!read.has(path)) missing.add(path);
  }
  return missing;
}
