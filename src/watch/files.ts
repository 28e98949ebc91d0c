/** Watches the files that trigger a run, and calls back once they changed and are quiet again. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { gitLocks } from './files-git.js';
import { type FolderWatcher, networkMount, watchFolder } from './files-native.js';
import { differences, type FolderEvent, labelsOf, meaningOf, type Survey } from './files-rules.js';
import { changedSince, emptySurvey, isFolderOrLink, isStale, survey } from './files-survey.js';

/** What is watched. All paths are absolute. */
export interface WatchedPaths {
  /** Folders and files of blueprints, searched as `load` does: `*.yaml` at all levels, hidden names left out. They need not exist yet. */
  readonly blueprints: readonly string[];
  /** Further files, whether they are there or not: asbuilt.yaml, targets of !File, credential files. */
  readonly files: readonly string[];
  /** Files and folders that are never a trigger: the database and its -wal, -shm, .lock, .lock.json, `.asbuilt/`. */
  readonly ignored: readonly string[];
}

export interface FileWatchOptions {
  readonly paths: WatchedPaths;
  /**
   * Called when something changed, then was quiet for `quiet` ms, and git is not at work; with the paths that changed
   * (absolute, at most 1,000; a folder stands for what is in it). Not called again before the promise it gave has
   * settled; what changes meanwhile gives one more call.
   */
  readonly changed: (paths: ReadonlySet<string>) => void | Promise<void>;
  /** Told, once each, what stands in the way, such as too few watches of the system. */
  readonly problem: (message: string) => void;
  /** Milliseconds, 50 by default. */
  readonly quiet?: number;
  /**
   * Looks every so many milliseconds instead of waiting for events. Not given: once a second where a path lies on a
   * network mount or the system's events fail.
   */
  readonly poll?: number;
  /** How long at most, in milliseconds, it waits for quiet or for a `.git/index.lock` that stays; 30,000 by default. */
  readonly patience?: number;
  readonly signal: AbortSignal;
}

export interface FileWatch {
  /** Resolves when it watches: whatever changes after that gives a call. */
  readonly ready: Promise<void>;
  /**
   * Watches other paths from now on; watchers of folders that stay are kept. A new path that changed since the last
   * call counts as changed, because it may have been read before it was watched.
   */
  update(paths: WatchedPaths): Promise<void>;
  /** True while an `index.lock` exists in the repository of a watched path, until it is taken for left behind. */
  gitIsBusy(): boolean;
  close(): Promise<void>;
}

/** The most paths that one call names; one with so many may leave some out. */
export const mostPaths = 1_000;
/** The most names of one burst that are looked at one by one, before everything is. */
const mostDoubts = 100;
/** The most surveys in a row, where folders come and go all the time. */
const mostRounds = 20;
/** How often the ways to the watched paths are looked at, and everything where polling was not asked for; in ms. */
const everySecond = 1_000;
/** How often an `index.lock` is looked for while one is there, in milliseconds. */
const lockPause = 20;
/** How far the clock of files may be behind ours, in milliseconds. */
const clockGrain = 20;

/** Begins to watch. */
export function watchFiles(options: FileWatchOptions): FileWatch {
  const { quiet = 50, patience = 30_000, problem } = options;
  const locks = gitLocks(patience, problem);
  const watchers = new Map<string, FolderWatcher & { readonly id: string; gone: boolean }>();
  let paths = options.paths;
  let current: Survey = emptySurvey;
  /** Why the system's events are not enough; undefined while they are. */
  let polling: string | undefined = options.poll === undefined ? undefined : 'asked for';
  let closed = false;
  let lastCall = Date.now();

  let pending = new Set<string>();
  const doubtful = new Map<string, readonly string[]>();
  let lastEvent = 0;
  let marks = 0;
  let wake = (): void => {};

  function mark(labels: Iterable<string>): void {
    for (const label of labels) {
      if (pending.size < mostPaths) pending.add(label);
      marks++;
      lastEvent = performance.now();
    }
    if (pending.size > 0) wake();
  }

  function happened(event: FolderEvent): void {
    if (closed) return;
    const { changed, doubtful: doubt, gone } = meaningOf(event, current);
    const watcher = watchers.get(event.folder);
    if (gone && watcher) watcher.gone = true;
    if (doubt) {
      if (doubtful.size <= mostDoubts) doubtful.set(doubt.path, doubt.shown);
      if (pending.size === 0) lastEvent = performance.now();
      wake();
    }
    mark(changed);
  }

  function failed(error: Error): void {
    if (closed || polling !== undefined) return;
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOSPC'
        ? 'the limit of inotify watches is reached (raise fs.inotify.max_user_watches with sysctl)'
        : code === 'EMFILE'
          ? 'the limit of inotify instances is reached (raise fs.inotify.max_user_instances with sysctl)'
          : error.message;
    pollBecause(reason);
    // What was missed nobody knows.
    mark([...current.folders.values()].flatMap(labelsOf));
  }

  function pollBecause(reason: string): void {
    polling = reason;
    problem(
      `changes of files are looked for every ${everySecond / 1_000} s, not told by the system: ${reason}`,
    );
  }

  let last: Promise<unknown> = Promise.resolve();
  /** Surveys and the changes they make to watchers come one after the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  /**
   * Surveys until all that is found is watched, because what is made between a survey and its watchers tells nobody.
   * What differs from the survey before is marked as changed, the first time only if `marking`.
   */
  async function establish(marking: boolean): Promise<void> {
    for (let round = 1; round <= mostRounds && !closed; round++) {
      const found = await survey(paths, polling !== undefined);
      if (marking || round > 1) mark(differences(current, found));
      current = found;
      await locks.update([...paths.blueprints, ...paths.files, ...found.folders.keys()]);
      if (polling === undefined) {
        const devices = [...found.folders].map(([path, { id }]) => [id.split(':')[0], path] as const);
        const mount = await networkMount(new Map(devices).values());
        if (mount !== undefined) pollBecause(`${mount} is on a network mount`);
      }
      if (!(await adjustWatchers())) return;
    }
  }

  /** Watches what the survey found and nothing else. True when another survey is needed. */
  async function adjustWatchers(): Promise<boolean> {
    const wanted = polling === undefined ? current.folders : new Map<string, { id: string }>();
    for (const [folder, watcher] of watchers) {
      if (!watcher.gone && wanted.get(folder)?.id === watcher.id) continue;
      watchers.delete(folder);
      await watcher.close();
    }
    if (polling !== undefined) return current.states === undefined;
    const added: Promise<void>[] = [];
    for (const [folder, { id }] of current.folders) {
      if (watchers.has(folder) || closed) continue;
      const watcher = { ...watchFolder(folder, happened, failed), id, gone: false };
      watchers.set(folder, watcher);
      added.push(watcher.ready);
    }
    await Promise.all(added);
    return added.length > 0;
  }

  /** Looks after names that may be folders or links, and when polling after everything. True: that found something. */
  async function look(): Promise<boolean> {
    const before = marks;
    const tooMany = doubtful.size > mostDoubts;
    const doubts = tooMany ? [] : [...doubtful];
    doubtful.clear();
    let isOutdated = polling !== undefined || tooMany;
    for (const [path, shown] of doubts) {
      if (!current.special.has(path) && !current.folders.has(path) && !(await isFolderOrLink(path))) continue;
      isOutdated = true;
      mark(shown);
    }
    if (isOutdated) await inTurn(() => establish(true));
    return marks !== before;
  }

  /** Waits until nothing has happened for a while and git is not at work. */
  async function settled(): Promise<void> {
    const until = performance.now() + patience;
    while (!closed) {
      for (let left = quiet; left > 0 && !closed; ) {
        left = Math.min(lastEvent + quiet, until) - performance.now();
        if (left > 0) await pause(Math.ceil(left));
      }
      const isLate = performance.now() >= until;
      // Where the process was held up, events may be waiting that came in time.
      const before = marks;
      await turn();
      if (marks !== before && !isLate) continue;
      if ((await look()) && !isLate) continue;
      if (!locks.busy()) return;
      while (!closed && locks.busy()) await pause(lockPause);
      lastEvent = performance.now();
    }
  }

  const ending = new AbortController();
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: ending.signal }).catch(() => undefined);

  /** Waits for an event, at most so long. */
  async function event(milliseconds: number): Promise<void> {
    if (pending.size > 0 || doubtful.size > 0 || closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!closed) {
      await event(options.poll ?? everySecond);
      if (pending.size === 0 && doubtful.size === 0) {
        if (closed || (polling === undefined && !(await isStale(current)))) continue;
        await inTurn(() => establish(true));
        if (pending.size === 0) continue;
      }
      await settled();
      if (closed || pending.size === 0) continue;
      const changed = pending;
      pending = new Set();
      lastCall = Date.now();
      await options.changed(changed);
    }
  }

  /** An error of the one who is called ends nothing: the next change calls again. */
  async function runOn(): Promise<void> {
    while (!closed) {
      try {
        await run();
      } catch (error) {
        problem(`after files changed: ${error instanceof Error ? error.message : String(error)}`);
        await pause(quiet);
      }
    }
  }

  async function close(): Promise<void> {
    closed = true;
    ending.abort();
    wake();
    options.signal.removeEventListener('abort', onAbort);
    const all = [...watchers.values()];
    watchers.clear();
    await Promise.all([...all.map((one) => one.close()), last]);
    // A survey that was under way may have added some.
    await Promise.all([...watchers.values()].map((one) => one.close()));
  }
  const onAbort = (): void => void close();

  const ready = inTurn(() => establish(false));
  if (options.signal.aborted) void close();
  else options.signal.addEventListener('abort', onAbort, { once: true });
  void ready.then(runOn, () => undefined);

  return {
    ready,
    update: (next) =>
      inTurn(async () => {
        const added = {
          blueprints: next.blueprints.filter((path) => !paths.blueprints.includes(path)),
          files: next.files.filter((path) => !paths.files.includes(path)),
          ignored: next.ignored,
        };
        if (closed || isSame(paths, next)) return;
        // So that what changed under the paths of before is not taken for a change of paths.
        await establish(true);
        paths = next;
        const since = lastCall;
        await establish(false);
        if (added.blueprints.length + added.files.length > 0) {
          mark(await changedSince(since - clockGrain, added));
        }
      }),
    gitIsBusy: locks.busy,
    close,
  };
}

function isSame(one: WatchedPaths, other: WatchedPaths): boolean {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((path, index) => path === b[index]);
  return (
    same(one.blueprints, other.blueprints) && same(one.files, other.files) && same(one.ignored, other.ignored)
  );
}
