/** Reads the blueprints with everything that belongs to them, so that a watch can keep the last good set. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { stampOf } from '../blueprint/file-stamp.js';
import { type Loaded, textOf } from '../blueprint/load.js';
import type { ReadBlueprints } from '../blueprint/read.js';
import { environmentOf, type ReadEnvironment } from '../config/environment.js';
import { fixedPart } from '../config/patterns.js';
import { isFileProblem, readRegularFile } from '../diagnostic/regular-file.js';
import { loadFiles, type Request, read } from '../reconcile/request.js';

/** Blueprints as they were read, with the configuration, variables and files that belong to them. */
export interface BlueprintSet {
  readonly request: Request;
  readonly files: ReadBlueprints;
  readonly environment: ReadEnvironment;
  /** The files as they were when they were read. */
  readonly loaded: Loaded;
}

/**
 * Reads a set. A set keeps what its `!File` targets held when they were first asked for; where those are known to be
 * as they were, pass the `environment` of the set before.
 */
export async function readSet(
  request: Request,
  environment: ReadEnvironment = environmentOf(request),
): Promise<BlueprintSet> {
  const loaded = await loadFiles(request);
  const files = await read(request, loaded);
  return { request: { ...request, environment }, files, environment, loaded };
}

/** Whether the files of a set are still as they were when they were read. */
export function isUnchanged({ request: { cwd }, loaded }: BlueprintSet): boolean {
  const texts = new Map(loaded.sources.map((one) => [resolve(cwd, one.path), one.text]));
  for (const [path, before] of loaded.stamps) {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts || stampOf(facts).stamp !== before.stamp) return false;
    if (before.young && texts.has(path) && textAt(path) !== texts.get(path)) return false;
  }
  return true;
}

function textAt(path: string): string | undefined {
  const bytes = readRegularFile(path);
  return isFileProblem(bytes) ? undefined : textOf(bytes);
}

/** Where the blueprints of a request come from. */
export type BlueprintPlaces = Pick<Request, 'cwd' | 'config' | 'paths'>;

/** The files and folders in which the blueprints of a request are looked for; absolute, whether they exist or not. */
export function blueprintFolders({ cwd, config, paths }: BlueprintPlaces): string[] {
  const named = paths.flatMap((one) => (typeof one === 'string' ? [resolve(cwd, one)] : []));
  const isConfigured = paths.length === 0 || paths.some((one) => typeof one !== 'string');
  const patterns = isConfigured ? (config?.blueprints ?? []) : [];
  return [...new Set([...named, ...patterns.map(({ path }) => resolve(config!.folder, fixedPart(path)))])];
}
