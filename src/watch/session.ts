/** Keeps a directory open for a watch, with its lock and its change feed, and reopens it when needed. */
import { DirectoryError } from '../directory/errors.js';
import type { Lock } from '../ledger/ledger.js';
import type { Store } from '../reconcile/open-store.js';
import { openRequested, type Request } from '../reconcile/request.js';

/** Keeps one directory open from run to run. */
export interface Session {
  /**
   * The directory of a request. Where it writes, it waits for the lock as long as it takes; `true` when it had to.
   * Throws DirectoryError when the directory can't be opened, and what the signal says once it has come.
   */
  open(request: Request): Promise<{ readonly opened: Store; readonly waited: boolean }>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Does it write, and so need the lock? */
  readonly writes: boolean;
  readonly signal: AbortSignal;
  /** Another process holds the lock; says who. */
  readonly standby: (message: string) => void;
  /** The lock is ours, or none is needed. */
  readonly active: (opened: Store) => void;
  /** Somebody else wrote to the directory. */
  readonly changed: () => void;
}

interface Held {
  readonly key: string;
  readonly opened: Store;
  readonly lock?: Lock;
  readonly feed: AbortController;
  /** Looks whether the store is still the one that is open. */
  readonly look: NodeJS.Timeout;
}

/** In milliseconds. */
const everySecond = 1_000;

/** A session with nothing open yet. */
export function session(options: SessionOptions): Session {
  const { writes, signal, standby, active, changed } = options;
  let held: Held | undefined;

  async function close(): Promise<void> {
    const last = held;
    held = undefined;
    if (!last) return;
    last.feed.abort();
    clearInterval(last.look);
    await last.lock?.release();
    await last.opened.close();
  }

  async function lockOf(opened: Store): Promise<{ lock?: Lock; waited: boolean }> {
    if (!writes || !opened.ledger.lock) return { waited: false };
    try {
      return { lock: await opened.ledger.lock('watch', 0, signal), waited: false };
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'locked')) throw error;
      standby(error.message.split(';')[0]!);
      return { lock: await opened.ledger.lock('watch', Number.POSITIVE_INFINITY, signal), waited: true };
    }
  }

  async function feed(opened: Store, until: AbortSignal): Promise<void> {
    try {
      for await (const _ of opened.directory.changes?.(until) ?? []) changed();
    } catch {
      // A directory that can't be asked any more fails the next run too, which says so.
      if (!until.aborted) changed();
    }
  }

  return {
    async open(request) {
      const { directory, directoryFolder, cwd, ledger } = request;
      const key = JSON.stringify([directory, directoryFolder ?? cwd, ledger]);
      if (held && (held.key !== key || held.opened.isReplaced?.() || held.lock?.lost?.aborted)) await close();
      if (held) return { opened: held.opened, waited: false };
      const opened = await openRequested(request, !writes);
      let lock: Lock | undefined;
      try {
        const taken = await lockOf(opened);
        lock = taken.lock;
        // It may have become free in the very moment in which the watch ended.
        signal.throwIfAborted();
        const look = setInterval(() => {
          if (!opened.isReplaced?.()) return;
          clearInterval(look);
          changed();
        }, everySecond);
        held = { key, opened, lock, feed: new AbortController(), look };
        active(opened);
        void feed(opened, held.feed.signal);
        return { opened, waited: taken.waited };
      } catch (error) {
        await lock?.release();
        await opened.close();
        throw error;
      }
    },
    close,
  };
}
