/** Reads the blueprints with everything that belongs to them, so that a watch can keep the last good set. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReadBlueprints } from '../blueprint/read.js';
import { environmentOf, type ReadEnvironment } from '../config/environment.js';
import { type Request, read } from '../reconcile/request.js';

/** Blueprints as they were read, with the configuration, variables and files that belong to them. */
export interface BlueprintSet {
  readonly request: Request;
  readonly files: ReadBlueprints;
  readonly environment: ReadEnvironment;
  /** Tells whether the files on disk are still those that were read. */
  readonly stamp: string;
}

/**
 * Reads a set. A set keeps what its `!File` targets held when they were first asked for; where those are known to be
 * as they were, it goes on with the `environment` of the set before.
 */
export async function readSet(
  request: Request,
  environment: ReadEnvironment = environmentOf(request),
): Promise<BlueprintSet> {
  const began = Date.now();
  const files = await read(request);
  const stamp = stampOf(request, files);
  const isOvertaken = wasWritten(request, files, began);
  return { request: { ...request, environment }, files, environment, stamp: isOvertaken ? overtaken : stamp };
}

/** Have the files of a set been the same since it was read? */
export function isUnchanged({ request, files, stamp }: BlueprintSet): boolean {
  return stampOf(request, files) === stamp;
}

/** The stamp of a set that was not what is on disk even when its reading ended: it equals none. */
const overtaken = '';
/** How far the clock of files may be behind ours, in milliseconds. */
const clockGrain = 20;

/** Was one of the files written after it was read, while others were still being read? */
function wasWritten({ cwd }: Request, { blueprints }: ReadBlueprints, began: number): boolean {
  return blueprints.some(({ source }) => {
    const path = resolve(cwd, source.path);
    try {
      if (statSync(path).ctimeMs < began - clockGrain) return false;
      return new TextDecoder().decode(readFileSync(path)) !== source.text;
    } catch {
      return true;
    }
  });
}

function stampOf({ cwd }: Request, { blueprints, silent }: ReadBlueprints): string {
  const paths = [...blueprints.map((one) => one.source.path), ...silent];
  return paths
    .map((path) => {
      const facts = statSync(resolve(cwd, path), { throwIfNoEntry: false, bigint: true });
      return facts ? `${path} ${facts.ino} ${facts.size} ${facts.mtimeNs}` : path;
    })
    .join('\n');
}

/** Where the blueprints of a request come from. */
export type BlueprintPlaces = Pick<Request, 'cwd' | 'config' | 'paths'>;

/** The files and folders in which the blueprints of a request are looked for, absolute, whether they are there or not. */
export function blueprintFolders({ cwd, config, paths }: BlueprintPlaces): string[] {
  const named = paths.flatMap((one) => (typeof one === 'string' ? [resolve(cwd, one)] : []));
  const isConfigured = paths.length === 0 || paths.some((one) => typeof one !== 'string');
  const patterns = isConfigured ? (config?.blueprints ?? []) : [];
  return [...new Set([...named, ...patterns.map(({ path }) => resolve(config!.folder, beforeStars(path)))])];
}

/** The folder below which everything lies that a pattern can match. */
function beforeStars(pattern: string): string {
  const steps = pattern.split('/');
  const star = steps.findIndex((step) => step.includes('*'));
  return star === -1 ? pattern : steps.slice(0, star).join('/') || (pattern.startsWith('/') ? '/' : '.');
}
