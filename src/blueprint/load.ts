/** Paths in, sources out: finds blueprint files and reads them. The only file of `blueprint/` that does I/O. */
import { isAscii, isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { leadsAstray } from '../diagnostic/border.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { isFileProblem, readRegularFile, reasonOf } from '../diagnostic/regular-file.js';
import type { Source } from '../diagnostic/source.js';

/** The configuration, which is no blueprint although it may lie among them. */
export const configFile = 'asbuilt.yaml';

/** A file to read: `named` when the user wrote its path, not just its folder's. */
export interface Found {
  readonly path: string;
  readonly named: boolean;
}

export interface LoadedSource extends Source {
  readonly named: boolean;
}

/** The files below some paths. */
export interface Loaded {
  /** Sorted by path, each once. */
  readonly sources: readonly LoadedSource[];
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of files that would have been read if their names ended in `.yaml`. */
  readonly unread: readonly string[];
}

/**
 * Reads the blueprints below `paths` (files and folders, relative to `cwd`). Folders are searched for `*.yaml`
 * through all levels, hidden names left out, as authentik does. Sources come sorted by path, each once; `unread` has
 * the files that were found and only lack the right suffix, each with a warning.
 */
export async function load(paths: readonly (string | Found)[], cwd: string): Promise<Loaded> {
  const diagnostics: Diagnostic[] = [];
  const found = new Map<string, Found>();
  for (const path of paths) {
    const files = typeof path === 'string' ? await find(path, cwd, diagnostics) : [path];
    for (const one of files) {
      const key = resolve(cwd, one.path);
      if (!found.has(key) || one.named) found.set(key, { ...one, path: display(key, cwd) });
    }
  }
  const sources: LoadedSource[] = [];
  const unread: string[] = [];
  const files = [...found.entries()].sort(([, a], [, b]) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const [at, [absolute, file]] of files.entries()) {
    // Many small files are read five times as fast without waiting for each; others have their turn in between.
    if (at % 100 === 99) await turn();
    if (!file.named && !isBlueprint(file.path)) {
      unread.push(file.path);
      const message = `${file.path} was not read: blueprints end in .yaml`;
      diagnostics.push(diagnose('yml-suffix', message));
      continue;
    }
    const text = read(absolute, file.path, diagnostics);
    if (text !== undefined) sources.push({ path: file.path, text, named: file.named });
  }
  return { sources, diagnostics, unread };
}

/** Is this a name that blueprints have, in a folder? */
export function isBlueprint(path: string): boolean {
  return path.endsWith('.yaml') && basename(path) !== configFile;
}

/** Was this meant for a blueprint, or is it one? What has another suffix of YAML is not read, but it is not overlooked. */
export function mayBeBlueprint(path: string): boolean {
  return isBlueprint(yamlName(path));
}

/** The path with the suffix that blueprints have, where it has another one of YAML. */
export function yamlName(path: string): string {
  return path.replace(/\.ya?ml$/i, '.yaml');
}

/** The path as people see it: relative to `cwd` where it lies below, with forward slashes. */
function display(absolute: string, cwd: string): string {
  const below = relative(cwd, absolute);
  const path = below.startsWith('..') && !isAbsolute(below) && below.split(sep).length > 6 ? absolute : below;
  return path.split(sep).join('/');
}

async function find(path: string, cwd: string, diagnostics: Diagnostic[]): Promise<Found[]> {
  const absolute = resolve(cwd, path);
  if (leadsAstray(absolute)) {
    diagnostics.push(diagnose('leads-out', `${path} was not read: a link leads out of where it lies`));
    return [];
  }
  try {
    const facts = await stat(absolute);
    if (!facts.isDirectory()) return [{ path, named: true }];
  } catch (error) {
    diagnostics.push(diagnose('no-such-path', `${path}: ${reasonOf(error)}`));
    return [];
  }
  const files = await walk(absolute, diagnostics, cwd);
  if (!files.some(isBlueprint)) {
    diagnostics.push(diagnose('no-such-path', `${path}: the folder holds no .yaml file`));
  }
  return files.map((file) => ({ path: file, named: false }));
}

async function walk(
  folder: string,
  diagnostics: Diagnostic[],
  cwd: string,
  root = folder,
): Promise<string[]> {
  let items: Dirent[];
  try {
    items = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    diagnostics.push(diagnose('unreadable-file', `${display(folder, cwd)}: ${reasonOf(error)}`));
    return [];
  }
  const files: string[] = [];
  for (const item of items) {
    if (item.name.startsWith('.') || yamlName(item.name) === configFile) continue;
    const path = join(folder, item.name);
    // A mounted ConfigMap shows its files as links, so the target decides; it must not be somebody else's file,
    // whose lines an error would show.
    if (item.isSymbolicLink() && !(await leadsInside(path, root))) {
      const message = `${display(path, cwd)} was not read: the link leads out of the folder`;
      diagnostics.push(diagnose('leads-out', message));
      continue;
    }
    const target = item.isSymbolicLink() ? await stat(path).catch(() => undefined) : item;
    if (!target && extname(item.name) === '.yaml') {
      // Whatever it described would count as no longer wanted.
      const message = `${display(path, cwd)} was not read: the link leads nowhere`;
      diagnostics.push(diagnose('unreadable-file', message));
    } else if (target?.isDirectory()) {
      if (!item.isSymbolicLink()) files.push(...(await walk(path, diagnostics, cwd, root)));
    } else if (target?.isFile() && mayBeBlueprint(item.name)) {
      files.push(path);
    }
  }
  return files;
}

/** Does a link end below the folder? One that leads nowhere leads to nobody else's file. */
async function leadsInside(link: string, root: string): Promise<boolean> {
  try {
    const [target, folder] = await Promise.all([realpath(link), realpath(root)]);
    return target.startsWith(`${folder}${sep}`);
  } catch {
    return true;
  }
}

function read(absolute: string, path: string, diagnostics: Diagnostic[]): string | undefined {
  const bytes = readRegularFile(absolute);
  if (isFileProblem(bytes)) {
    diagnostics.push(diagnose(bytes.code, `${path}: ${bytes.reason}`));
    return undefined;
  }
  if (extname(path) === '.yml') {
    const place = { source: { path, text: '' }, offset: 0 };
    diagnostics.push(diagnose('yml-suffix', 'authentik reads only files that end in .yaml', place));
  }
  // Nearly all files are ASCII, which as Latin-1 is read in a sixth of the time.
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
  const at = firstInvalidByte(bytes);
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, at));
  const place = { source: { path, text }, offset: text.length };
  diagnostics.push(diagnose('invalid-utf8', `byte ${at + 1} of the file is not UTF-8`, place));
  return undefined;
}

/** The offset of the first byte that is not part of valid UTF-8, by bisection over prefixes. */
function firstInvalidByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}
