/** Finds the folders to watch so that no change of the watched paths is missed, links included. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, sep } from 'node:path';
import type { WatchedPaths } from './files.js';
import { type Folder, isBlueprintName, isHidden, isIgnored, type Survey } from './files-rules.js';

/** As many links as Linux follows on one way before it calls them a circle. */
const mostLinks = 40;

/** A survey of nothing. */
export const emptySurvey: Survey = {
  folders: new Map(),
  ways: new Map(),
  special: new Set(),
  ignored: new Set(),
};

/**
 * Looks where the watched paths lead to. Each path is followed name by name: a folder in which a link of the way, the
 * path's last name or a missing name lies is to be watched for that name, so that the `..data` link of a mounted
 * volume is one of them, and so is the folder where a missing path would begin. With `states`, what each file is like
 * (size, times) is noted, to be compared with the next survey.
 */
export async function survey(paths: WatchedPaths, states: boolean): Promise<Survey> {
  const found: Survey = {
    folders: new Map(),
    ways: new Map(),
    special: new Set(),
    ignored: await withoutLinks(paths.ignored),
    states: states ? new Map() : undefined,
  };
  const seen = new Map<string, Promise<BigIntStats | undefined>>();
  const factsOf = (path: string): Promise<BigIntStats | undefined> => {
    let facts = seen.get(path);
    if (!facts) {
      facts = lstat(path, { bigint: true }).catch(() => undefined);
      seen.set(path, facts);
    }
    return facts;
  };
  const placeOf = async (path: string): Promise<Folder> => {
    const facts = await factsOf(path);
    let place = found.folders.get(path);
    if (!place) {
      place = { id: idOf(facts), trees: new Set(), names: new Map() };
      found.folders.set(path, place);
    }
    return place;
  };
  const watchName = async (folder: string, name: string, label: string): Promise<void> => {
    const { names } = await placeOf(folder);
    const labels = names.get(name);
    if (labels) labels.add(label);
    else names.set(name, new Set([label]));
  };

  /** Follows a path to its end, which it gives without links; undefined where the way ends before. */
  const follow = async (path: string, label: string): Promise<string | undefined> => {
    let at = parse(path).root;
    const rest = namesOf(path);
    let links = 0;
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      if (name === '..') {
        at = dirname(at);
        continue;
      }
      found.ways.set(at, idOf(await factsOf(at)));
      const next = join(at, name);
      const facts = await factsOf(next);
      if (facts?.isSymbolicLink()) {
        await watchName(at, name, label);
        found.special.add(next);
        const target = await readlink(next).catch(() => undefined);
        if (target === undefined || ++links > mostLinks) return undefined;
        rest.unshift(...namesOf(target));
        if (isAbsolute(target)) at = parse(target).root;
        continue;
      }
      if (facts?.isDirectory()) found.special.add(next);
      if (rest.length === 0 || !facts?.isDirectory()) {
        await watchName(at, name, label);
        return facts && rest.length === 0 ? next : undefined;
      }
      at = next;
    }
    return at;
  };

  const walk = async (folder: string, shown: string): Promise<void> => {
    const place = await placeOf(folder);
    if (place.trees.has(shown)) return;
    place.trees.add(shown);
    found.states?.set(shown, place.id);
    const items: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const steps = items.map(async (item) => {
      const path = join(folder, item.name);
      const label = join(shown, item.name);
      if (isHidden(item.name)) return;
      if (isIgnored(path, found.ignored) || isIgnored(label, found.ignored)) return;
      if (item.isDirectory()) {
        found.special.add(path);
        await walk(path, label);
      } else if (isBlueprintName(item.name)) {
        if (item.isSymbolicLink()) await follow(path, label);
        found.states?.set(label, await stateOf(path));
      } else if (item.isSymbolicLink()) {
        found.special.add(path);
      }
    });
    await Promise.all(steps);
  };

  for (const path of [...paths.blueprints, ...paths.files]) {
    const end = await follow(path, path);
    if (isIgnored(path, found.ignored)) continue;
    found.states?.set(path, await stateOf(path));
    if (end === undefined || !paths.blueprints.includes(path)) continue;
    const facts = await factsOf(end);
    if (!facts?.isDirectory()) continue;
    found.ways.set(end, idOf(facts));
    await walk(end, path);
  }
  return found;
}

/** Is a folder on the way to a watched path no longer the one that the survey met? */
export async function isStale({ ways }: Survey): Promise<boolean> {
  const now = await Promise.all(
    [...ways.keys()].map((path) => lstat(path, { bigint: true }).catch(() => undefined)),
  );
  return [...ways.values()].some((id, index) => id !== idOf(now[index]));
}

/** Is there a folder or a link under the path? */
export async function isFolderOrLink(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts !== undefined && (facts.isDirectory() || facts.isSymbolicLink());
}

/** Which of the blueprints and files changed after a moment (milliseconds since 1970). */
export async function changedSince(moment: number, paths: WatchedPaths): Promise<string[]> {
  const { states } = await survey(paths, true);
  const changed = [...(states?.keys() ?? [])].map(async (path) => {
    const facts = await stat(path).catch(() => undefined);
    return facts && Math.max(facts.ctimeMs, facts.mtimeMs) >= moment ? [path] : [];
  });
  return (await Promise.all(changed)).flat();
}

function namesOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== '' && name !== '.');
}

/** The number of a removed folder is given to the next one made, so its birth and who may read it belong to it. */
function idOf(facts: BigIntStats | undefined): string {
  if (!facts) return 'missing';
  return [facts.dev, facts.ino, facts.birthtimeNs, facts.mode, facts.uid, facts.gid].join(':');
}

async function stateOf(path: string): Promise<string> {
  try {
    const facts = await stat(path, { bigint: true });
    if (facts.isDirectory()) return idOf(facts);
    return [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(':');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

async function withoutLinks(paths: readonly string[]): Promise<Set<string>> {
  const ends = paths.map(async (path) => {
    const folder = await realpath(dirname(path)).catch(() => undefined);
    const end = await realpath(path).catch(() => folder && join(folder, basename(path)));
    return end ? [path, end] : [path];
  });
  return new Set((await Promise.all(ends)).flat());
}
