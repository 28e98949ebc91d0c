/**
 * Looks at everything that a watch depends on: which files there are and whether each is as it was, and which folders
 * have to be watched to hear of the next change.
 */
import { createHash } from 'node:crypto';
import {
  type Dirent,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, parse, sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { stampOf } from '../blueprint/file-stamp.js';
import { isBlueprintName, isHidden, isIgnored } from './files-names.js';

/** What is watched. All paths are absolute. */
export interface WatchedPaths {
  /** Folders and files of blueprints, searched as `load` does: `*.yaml` at all levels, hidden names left out. They need not exist yet. */
  readonly blueprints: readonly string[];
  /** Further files, whether they are there or not: asbuilt.yaml, targets of !File, credential files. */
  readonly files: readonly string[];
  /** Files and folders that are never a trigger: the database and its -wal, -shm, .lock, .lock.json, `.asbuilt/`. */
  readonly ignored: readonly string[];
}

/** What a file or folder is like. The next look keeps the object while nothing changes. */
export interface FileState {
  readonly stamp: string;
  /** When it was last changed, in milliseconds since 1970. */
  readonly changed: number;
  /** The hash of its content, for as long as its stamp alone does not tell. */
  digest?: string;
}

/** A folder whose events matter. */
export interface WatchedFolder {
  /** Another folder under the same path has another. */
  readonly id: string;
  /** It holds blueprints, so any name in it may matter. */
  isTree: boolean;
  /** Names in it that matter otherwise: links on the way to a watched path, watched files, what is missing. */
  readonly names: Set<string>;
}

/** What was found. */
export interface Look {
  /** Each watched path, and each folder and blueprint below one, as the user knows it. */
  readonly files: ReadonlyMap<string, FileState>;
  /** Folders to watch, by their path without links. */
  readonly folders: ReadonlyMap<string, WatchedFolder>;
  /** The folders on the way to watched paths: when one is replaced, no event tells. */
  readonly ways: ReadonlyMap<string, string>;
  /** Paths that are never a trigger, as the user knows them and without links. */
  readonly ignored: ReadonlySet<string>;
}

/** A look that found nothing. */
export const nothingSeen: Look = {
  files: new Map(),
  folders: new Map(),
  ways: new Map(),
  ignored: new Set(),
};

/** How many links Linux follows on one way before it calls them a circle. */
const mostLinks = 40;

/**
 * Looks at all watched paths. Each is followed name by name through its links, because a folder with such a link (as
 * Kubernetes' `..data`), and the folder in which a missing path would begin, have to be watched too.
 */
export async function lookAt(paths: WatchedPaths, before: Look): Promise<Look> {
  const files = new Map<string, FileState>();
  const folders = new Map<string, WatchedFolder>();
  const ways = new Map<string, string>();
  const ignored = withoutLinks(paths.ignored);
  const folderAt = (path: string): WatchedFolder => {
    let folder = folders.get(path);
    if (!folder) {
      folder = { id: idOf(factsOf(path)), isTree: false, names: new Set() };
      folders.set(path, folder);
    }
    return folder;
  };

  /** Follows a path to its end, which it gives without links; undefined when there is nothing. */
  const follow = (path: string): string | undefined => {
    let at = parse(path).root;
    const rest = namesOf(path);
    let links = 0;
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      if (name === '..') {
        at = dirname(at);
        continue;
      }
      if (!ways.has(at)) ways.set(at, idOf(factsOf(at)));
      const next = join(at, name);
      const facts = factsOf(next);
      if (facts?.isSymbolicLink()) {
        folderAt(at).names.add(name);
        const target = linkTarget(next);
        if (target === undefined || ++links > mostLinks) return undefined;
        rest.unshift(...namesOf(target));
        if (isAbsolute(target)) at = parse(target).root;
        continue;
      }
      if (rest.length === 0 || !facts?.isDirectory()) {
        folderAt(at).names.add(name);
        return facts && rest.length === 0 ? next : undefined;
      }
      at = next;
    }
    return at;
  };

  let count = 0;
  /** Notes what is in a folder of blueprints that the user knows as `shown`. */
  const walk = async (folder: string, shown: string): Promise<void> => {
    const place = folderAt(folder);
    place.isTree = true;
    files.set(shown, stateOf(shown, before));
    for (const item of itemsOf(folder)) {
      // Plain calls are several times as fast as promises; others have their turn in between.
      if (++count % 100 === 0) await turn();
      const path = join(folder, item.name);
      const label = join(shown, item.name);
      if (isHidden(item.name) || ignored.has(path) || ignored.has(label)) continue;
      if (item.isDirectory()) {
        if (!files.has(label)) await walk(path, label);
      } else if (isBlueprintName(item.name)) {
        if (item.isSymbolicLink()) follow(path);
        files.set(label, stateOf(label, before));
      }
    }
  };

  for (const path of new Set([...paths.blueprints, ...paths.files])) {
    const end = follow(path);
    if (isIgnored(path, ignored) || (end !== undefined && isIgnored(end, ignored))) continue;
    const isFolder = end !== undefined && factsOf(end)?.isDirectory() === true;
    if (isFolder) ways.set(end, idOf(factsOf(end)));
    if (isFolder && paths.blueprints.includes(path)) await walk(end, path);
    else files.set(path, stateOf(path, before));
  }
  return { files, folders, ways, ignored };
}

/** The watched paths that came, went or changed from one look to the next. */
export function differences(before: Look, after: Look): string[] {
  const different: string[] = [];
  for (const [path, state] of after.files) if (before.files.get(path) !== state) different.push(path);
  for (const path of before.files.keys()) if (!after.files.has(path)) different.push(path);
  return different;
}

/** Whether something that happened to a name in a watched folder can matter; null where the system gives no name. */
export function concerns({ folders, ignored }: Look, folder: string, name: string | null): boolean {
  const place = folders.get(folder);
  if (!place || name === null) return place !== undefined;
  if (isIgnored(join(folder, name), ignored)) return false;
  return place.names.has(name) || (place.isTree && !isHidden(name));
}

/** Whether a folder on the way to a watched path is no longer the one that was there. */
export function isStale({ ways }: Look): boolean {
  for (const [path, id] of ways) if (idOf(factsOf(path)) !== id) return true;
  return false;
}

/** The state of a file; the object of the look before if nothing changed. */
function stateOf(path: string, { files }: Look): FileState {
  const last = files.get(path);
  let facts: Stats;
  try {
    facts = statSync(path);
  } catch (error) {
    const stamp = String((error as NodeJS.ErrnoException).code);
    return last?.stamp === stamp ? last : { stamp, changed: 0 };
  }
  const changed = Math.max(facts.ctimeMs, facts.mtimeMs);
  const { stamp, young } = facts.isDirectory() ? { stamp: idOf(facts), young: false } : stampOf(facts);
  const isSame = last?.stamp === stamp;
  if (isSame && last.digest === undefined) return last;
  const digest = facts.isFile() && (young || isSame) ? digestOf(path) : undefined;
  if (!isSame || last.digest !== digest) return { stamp, changed, digest };
  if (!young) last.digest = undefined;
  return last;
}

function digestOf(path: string): string {
  try {
    return createHash('sha1').update(readFileSync(path)).digest('base64');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** The number of a removed folder is given to the next one made, so its birth and its rights are part of it. */
function idOf(facts: Stats | undefined): string {
  if (!facts) return 'missing';
  return [facts.dev, facts.ino, facts.birthtimeMs, facts.mode, facts.uid, facts.gid].join(':');
}

function factsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function itemsOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function namesOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== '' && name !== '.');
}

function withoutLinks(paths: readonly string[]): Set<string> {
  const all = new Set(paths);
  for (const path of paths) {
    for (const [from, rest] of [
      [path, ''],
      [dirname(path), basename(path)],
    ] as const) {
      try {
        all.add(join(realpathSync(from), rest));
        break;
      } catch {
        // Not there yet: its folder may be.
      }
    }
  }
  return all;
}
