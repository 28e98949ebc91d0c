/** Decides which watched paths an event of the file system changes. Pure. */
import { dirname, extname, join } from 'node:path';
import { configFile } from '../blueprint/load.js';

/** A folder that is watched. Paths as the user knows them may reach it through links. */
export interface Folder {
  /** Which folder this is: another one under the same path has another. */
  readonly id: string;
  /** The paths under which it is a folder of blueprints, or lies in one. Empty: only `names` matter. */
  readonly trees: Set<string>;
  /** Names in it that matter for themselves, with the watched paths that hang on each. */
  readonly names: Map<string, Set<string>>;
}

/** What a survey found: all folders to watch and what is on the way to them. Keys are paths without links. */
export interface Survey {
  readonly folders: Map<string, Folder>;
  /** Folders that lead to watched paths, with what each is: nothing tells when one of them is replaced. */
  readonly ways: Map<string, string>;
  /** Folders and links: where one of them comes, goes or changes, the survey is out of date. */
  readonly special: Set<string>;
  /** Paths that are never a trigger, as the user knows them and without links. */
  readonly ignored: ReadonlySet<string>;
  /** When asked for: each watched path and blueprint (as the user knows it), with what it is like. */
  readonly states?: Map<string, string>;
}

/** What the file system tells: `rename` when a name comes, goes or is replaced, `change` for all else. */
export interface FolderEvent {
  /** The folder, without links. */
  readonly folder: string;
  readonly type: string;
  /** The name in it; null where the system does not say. */
  readonly name: string | null;
}

/** What an event means. */
export interface Meaning {
  /** Watched paths that changed, as the user knows them. */
  readonly changed: readonly string[];
  /** A path that may have become, or been, a folder or a link; and as what the user knows it. */
  readonly doubtful?: { readonly path: string; readonly shown: readonly string[] };
  /** The folder itself went away, or another one took its place. */
  readonly gone: boolean;
}

const nothing: Meaning = { changed: [], gone: false };

/**
 * Is a file of this name, in a folder of blueprints, read or spoken of by `load`? The swap files, backups and locks
 * of editors are not: they are hidden or end in something else.
 */
export function isBlueprintName(name: string): boolean {
  if (isHidden(name) || name === configFile) return false;
  const suffix = extname(name);
  return suffix === '.yaml' || suffix === '.yml';
}

/** Names that `load` passes over with everything below: hidden ones, and so the `..data` of a mounted volume. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** Is the path one of `ignored`, or below one? */
export function isIgnored(path: string, ignored: ReadonlySet<string>): boolean {
  if (ignored.size === 0) return false;
  for (let at = path; ; at = dirname(at)) {
    if (ignored.has(at)) return true;
    if (at === dirname(at)) return false;
  }
}

/** Tells what an event in a watched folder means. */
export function meaningOf(event: FolderEvent, survey: Survey): Meaning {
  const { folder, type, name } = event;
  const place = survey.folders.get(folder);
  if (!place) return nothing;
  if (name === null) {
    return { changed: labelsOf(place), doubtful: { path: folder, shown: labelsOf(place) }, gone: false };
  }
  const path = join(folder, name);
  if (isIgnored(path, survey.ignored)) return nothing;
  const named = place.names.get(name);
  // A folder that is removed or moved says so with its own name.
  if (type === 'rename' && !named && folder.endsWith(join('/', name)) && !survey.special.has(path)) {
    return { changed: [], doubtful: { path: folder, shown: labelsOf(place) }, gone: true };
  }
  const inTrees = isHidden(name) ? [] : [...place.trees].map((tree) => join(tree, name));
  const shown = [...(named ?? []), ...inTrees.filter((one) => !isIgnored(one, survey.ignored))];
  const changed = isBlueprintName(name) ? shown : [...(named ?? [])];
  const isDoubtful = shown.length > 0 && (type === 'rename' || survey.special.has(path));
  return { changed, doubtful: isDoubtful ? { path, shown } : undefined, gone: false };
}

/** The watched paths, as the user knows them, that differ between two surveys. */
export function differences(before: Survey, after: Survey): Set<string> {
  const different = new Set<string>();
  const add = (place: Folder): void => {
    for (const label of labelsOf(place)) different.add(label);
  };
  for (const [folder, place] of after.folders) {
    const old = before.folders.get(folder);
    if (old?.id === place.id) continue;
    if (old) add(old);
    add(place);
  }
  for (const [folder, place] of before.folders) if (!after.folders.has(folder)) add(place);
  if (before.states && after.states) {
    for (const [path, state] of after.states) if (before.states.get(path) !== state) different.add(path);
    for (const path of before.states.keys()) if (!after.states.has(path)) different.add(path);
  }
  return different;
}

/** All that hangs on a folder, as the user knows it. */
export function labelsOf(place: Folder): string[] {
  return [...new Set([...place.trees, ...[...place.names.values()].flatMap((labels) => [...labels])])];
}
