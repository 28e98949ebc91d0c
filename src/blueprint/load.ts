/** Finds blueprint files and reads their text. Nothing else in `blueprint/` touches the disk. */
import { isAscii, isUtf8 } from 'node:buffer';
import { type Dirent, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { leadsAstray } from '../diagnostic/border.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { isFileProblem, readRegularFile, reasonOf } from '../diagnostic/regular-file.js';
import type { Source } from '../diagnostic/source.js';
import { type FileStamp, stampOf } from './file-stamp.js';

/** The name of the configuration, which is not a blueprint although it may lie among them. */
export const configFile = 'asbuilt.yaml';

/** A file to read; `named` when the user wrote its path, not just its folder's. */
export interface Found {
  readonly path: string;
  readonly named: boolean;
}

export interface LoadedSource extends Source {
  readonly named: boolean;
}

/** Sources that were loaded before. */
export interface KnownSources {
  /** The source of a file that is as it was when it was read; undefined when it has to be read. */
  unchanged(file: Found, stamp: FileStamp): LoadedSource | undefined;
  /** Remembers a file that was read. Gives the source from before where the text is the same. */
  loaded(source: LoadedSource, stamp: FileStamp): LoadedSource;
}

/** The files below some paths. */
export interface Loaded {
  /** Sorted by path, each once. */
  readonly sources: readonly LoadedSource[];
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of files that would have been read if their names ended in `.yaml`. */
  readonly unread: readonly string[];
  /** What each file was like just before it was read, by its absolute path. */
  readonly stamps: ReadonlyMap<string, FileStamp>;
}

/**
 * Reads the blueprints below `paths` (files and folders, relative to `cwd`). Folders are searched for `*.yaml` at all
 * levels, hidden names left out, as authentik does. Sources come sorted by path, each once; `unread` has the files
 * that only lack the right suffix, each with a warning. A file that is as `memory` knows it is not read again.
 */
export async function load(
  paths: readonly (string | Found)[],
  cwd: string,
  memory?: KnownSources,
): Promise<Loaded> {
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
  const stamps = new Map<string, FileStamp>();
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
    const source = read(absolute, file, { diagnostics, stamps, memory });
    if (!source) continue;
    sources.push(source);
    if (extname(source.path) === '.yml') {
      const place = { source: { path: source.path, text: '' }, offset: 0 };
      diagnostics.push(diagnose('yml-suffix', 'authentik reads only files that end in .yaml', place));
    }
  }
  return { sources, diagnostics, unread, stamps };
}

/** Whether a file of this name in a folder is read as a blueprint. */
export function isBlueprint(path: string): boolean {
  return path.endsWith('.yaml') && basename(path) !== configFile;
}

/** Whether the file is a blueprint or meant to be one. A file with another suffix of YAML is not read, but gives a warning. */
export function mayBeBlueprint(path: string): boolean {
  return isBlueprint(yamlName(path));
}

/** The path with its YAML suffix, if it has one, as blueprints have it. */
export function yamlName(path: string): string {
  return path.replace(/\.ya?ml$/i, '.yaml');
}

/** The path as people see it: relative to `cwd` where it lies below, with forward slashes. */
function display(absolute: string, cwd: string): string {
  // `relative` takes ten times as long, which thousands of files feel.
  const isBelow = absolute.startsWith(cwd) && absolute[cwd.length] === sep;
  const below = isBelow ? absolute.slice(cwd.length + 1) : relative(cwd, absolute);
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
    // A mounted ConfigMap shows its files as links, so the target decides. It must not lie outside the folder: an error
    // would show lines of a file that is not a blueprint.
    if (item.isSymbolicLink() && !(await leadsInside(path, root))) {
      const message = `${display(path, cwd)} was not read: the link leads out of the folder`;
      diagnostics.push(diagnose('leads-out', message));
      continue;
    }
    const target = item.isSymbolicLink() ? await stat(path).catch(() => undefined) : item;
    if (!target && extname(item.name) === '.yaml') {
      // Otherwise what the file described would count as no longer wanted.
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

/** Whether a link ends below the folder. One that leads nowhere cannot show a file from outside. */
async function leadsInside(link: string, root: string): Promise<boolean> {
  try {
    const [target, folder] = await Promise.all([realpath(link), realpath(root)]);
    return target.startsWith(`${folder}${sep}`);
  } catch {
    return true;
  }
}

/** What `load` gathers while it reads. */
interface Gathered {
  readonly diagnostics: Diagnostic[];
  readonly stamps: Map<string, FileStamp>;
  readonly memory: KnownSources | undefined;
}

function read(absolute: string, file: Found, gathered: Gathered): LoadedSource | undefined {
  const { path } = file;
  const { diagnostics, stamps, memory } = gathered;
  const stamp = stampBefore(absolute);
  if (stamp) stamps.set(absolute, stamp);
  const known = stamp && memory?.unchanged(file, stamp);
  if (known) return known;
  const bytes = readRegularFile(absolute);
  if (isFileProblem(bytes)) {
    diagnostics.push(diagnose(bytes.code, `${path}: ${bytes.reason}`));
    return undefined;
  }
  const text = textOf(bytes);
  if (text === undefined) {
    const at = firstInvalidByte(bytes);
    const start = new TextDecoder('utf-8').decode(bytes.subarray(0, at));
    const place = { source: { path, text: start }, offset: start.length };
    diagnostics.push(diagnose('invalid-utf8', `byte ${at + 1} of the file is not UTF-8`, place));
    return undefined;
  }
  const source: LoadedSource = { path, text, named: file.named };
  return stamp && memory ? memory.loaded(source, stamp) : source;
}

/** What a file is like before it is read; undefined for what is not a file, which reading will say. */
function stampBefore(absolute: string): FileStamp | undefined {
  try {
    const facts = statSync(absolute);
    return facts.isFile() ? stampOf(facts) : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a file without its byte order mark; undefined when it is not UTF-8. */
export function textOf(bytes: Buffer): string | undefined {
  // Nearly all files are ASCII, which as Latin-1 is read in a sixth of the time.
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
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
