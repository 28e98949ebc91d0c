/** Watches the files that trigger a run, and calls back once they changed and are quiet again. */
import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { gitLocks } from './files-git.js';
import { concerns, differences, isStale, lookAt, nothingSeen, type WatchedPaths } from './files-look.js';
import { networkMount } from './files-network.js';

export interface FileWatchOptions {
  readonly paths: WatchedPaths;
  /**
   * Called when something changed, then was quiet for `quiet` ms, and git is not at work; with the paths that changed
   * (absolute, as in `paths`; folders too). Not called again before its promise has settled; what changes meanwhile
   * gives one more call.
   */
  readonly changed: (paths: ReadonlySet<string>) => void | Promise<void>;
  /** Called once for each thing that stands in the way, such as too few watches of the system. */
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
   * Watches other paths from now on. A new path that changed since the last call counts as changed, because it may
   * have been read before it was watched.
   */
  update(paths: WatchedPaths): Promise<void>;
  /** Whether an `index.lock` exists in the repository of a watched path; false once it is taken for left behind. */
  gitIsBusy(): boolean;
  close(): Promise<void>;
}

/** The most looks in a row, where folders come and go all the time. */
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
  const watchers = new Map<string, { readonly id: string; readonly watcher?: FSWatcher }>();
  const ending = new AbortController();
  let paths = options.paths;
  let current = nothingSeen;
  /** Why the system's events are not enough; undefined while they are. */
  let polling: string | undefined = options.poll === undefined ? undefined : 'asked for';
  let closed = false;
  let lastCall = Date.now();
  /** What changed since the last call. */
  let changed = new Set<string>();
  /** Something happened after the last look. */
  let isDue = false;
  let lastEvent = 0;
  let wake = (): void => {};

  function due(): void {
    isDue = true;
    lastEvent = performance.now();
    wake();
  }

  function pollBecause(reason: string): void {
    polling = reason;
    problem(
      `looking for changed files every ${everySecond / 1_000} s instead of waiting for events: ${reason}`,
    );
    due();
  }

  /** Watches the names in one folder, not those below. */
  function watchFolder(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, (_, name) => {
        if (!closed && concerns(current, folder, name)) due();
      });
      return watcher.on('error', failed);
    } catch (error) {
      failed(error as NodeJS.ErrnoException);
      return undefined;
    }
  }

  function failed({ code, message }: NodeJS.ErrnoException): void {
    // What may not be read cannot be read as a blueprint either; what is gone is found out by looking.
    if (closed || polling !== undefined || ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(code ?? ''))
      return;
    const limits: Record<string, string> = {
      ENOSPC: 'the limit of inotify watches is reached (raise fs.inotify.max_user_watches with sysctl)',
      EMFILE: 'the limit of inotify instances is reached (raise fs.inotify.max_user_instances with sysctl)',
    };
    pollBecause(limits[code ?? ''] ?? message);
  }

  let last: Promise<unknown> = Promise.resolve();
  /** Looks, and the changes they make to watchers, come one after the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  /**
   * Looks until all that is found is watched, because nothing tells of what is made before its folder is watched. What
   * differs from the look before has changed, the first time only if `marking`. True when something had.
   */
  async function look(marking: boolean): Promise<boolean> {
    let isNew = false;
    for (let round = 1; round <= mostRounds && !closed; round++) {
      const found = await lookAt(paths, current);
      const different = marking || round > 1 ? differences(current, found) : [];
      for (const path of different) changed.add(path);
      isNew ||= different.length > 0;
      current = found;
      await locks.update([...paths.blueprints, ...paths.files, ...found.folders.keys()]);
      if (polling === undefined) {
        const devices = new Map([...found.folders].map(([path, { id }]) => [id.split(':')[0], path]));
        const mount = await networkMount(devices.values());
        if (mount !== undefined) pollBecause(`${mount} is on a network mount`);
      }
      if (!adjustWatchers()) break;
    }
    return isNew;
  }

  /** Watches the folders that were found and no others. True when one is new. */
  function adjustWatchers(): boolean {
    const wanted = polling === undefined ? current.folders : new Map<string, { id: string }>();
    for (const [folder, { id, watcher }] of watchers) {
      if (wanted.get(folder)?.id === id && !closed) continue;
      watcher?.close();
      watchers.delete(folder);
    }
    let isNew = false;
    for (const [folder, { id }] of wanted) {
      if (watchers.has(folder) || closed || polling !== undefined) continue;
      watchers.set(folder, { id, watcher: watchFolder(folder) });
      isNew = true;
    }
    return isNew;
  }

  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: ending.signal }).catch(() => undefined);

  /** Looks at everything once it is quiet, again where that was disturbed, and waits for git. */
  async function settle(): Promise<void> {
    const until = performance.now() + patience;
    while (!closed) {
      const left = Math.min(lastEvent + quiet, until) - performance.now();
      if (left > 0) {
        await pause(Math.ceil(left));
        // Where the process was held up, events that came in time may be waiting.
        await turn();
        continue;
      }
      isDue = false;
      const isNew = await inTurn(() => look(true));
      const isLate = performance.now() >= until;
      // Without events only a second look shows that a file is no longer being written.
      if (isNew && polling !== undefined) lastEvent = performance.now();
      if ((isDue || (isNew && polling !== undefined)) && !isLate) continue;
      if (changed.size === 0 || !locks.busy()) return;
      while (!closed && locks.busy()) await pause(lockPause);
      lastEvent = performance.now();
    }
  }

  /** Waits until something happens, at most so long. */
  async function event(milliseconds: number): Promise<void> {
    if (isDue || changed.size > 0 || closed) return;
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
      const isNeeded = isDue || changed.size > 0 || polling !== undefined || isStale(current);
      if (closed || !isNeeded) continue;
      await settle();
      if (closed || changed.size === 0) continue;
      const paths = changed;
      changed = new Set();
      lastCall = Date.now();
      try {
        await options.changed(paths);
      } catch (error) {
        problem(`after files changed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  async function close(): Promise<void> {
    closed = true;
    ending.abort();
    wake();
    options.signal.removeEventListener('abort', onAbort);
    adjustWatchers();
    await last;
  }
  const onAbort = (): void => void close();

  const ready = inTurn(() => look(false)).then(() => undefined);
  if (options.signal.aborted) void close();
  else options.signal.addEventListener('abort', onAbort, { once: true });
  void ready.then(run, () => undefined);

  return {
    ready,
    update: (next) =>
      inTurn(async () => {
        if (closed || JSON.stringify(paths) === JSON.stringify(next)) return;
        // So that what changed under the paths of before is not taken for a change of paths.
        await look(true);
        const known = current.files;
        paths = next;
        await look(false);
        for (const [path, state] of current.files) {
          if (!known.has(path) && state.changed >= lastCall - clockGrain) changed.add(path);
        }
        if (changed.size > 0) due();
      }),
    gitIsBusy: locks.busy,
    close,
  };
}
