/**
 * Locks a store with an exclusive SQLite transaction on a file beside it, which the system ends when the process dies.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { textOfFile } from '../diagnostic/regular-file.js';
import { DirectoryError } from '../directory/errors.js';
import type { Ledger, Lock, LockHolder } from './ledger.js';
import { whoRuns } from './run-history.js';

const pause = 100;

/** The lock of the store in `file`, absolute. */
export function fileLock(file: string): Required<Pick<Ledger, 'lock' | 'unlock'>> {
  return {
    lock: (command, timeout, signal) => {
      const holder = { who: whoRuns(process.env), process: process.pid, command };
      return acquireLock(file, holder, timeout, signal);
    },
    unlock: async () => {
      const holder = lockHolder(file);
      return { free: await clearLock(file), holder };
    },
  };
}

/**
 * Takes the lock, waiting up to `timeout` milliseconds for another holder. The system frees it when the holder
 * dies, however it dies. Throws DirectoryError `locked`, which says who holds it since when.
 */
async function acquireLock(
  path: string,
  holder: Omit<LockHolder, 'since'>,
  timeout: number,
  signal: AbortSignal,
): Promise<Lock> {
  const database = new Database(`${path}.lock`);
  const until = Date.now() + timeout;
  for (;;) {
    try {
      // Waiting inside SQLite would block everything else in this process.
      database.exec('PRAGMA busy_timeout = 0');
      // Only one can reserve it, and whoever does has it; for all of it two could be in each other's way, and neither get it.
      database.exec('BEGIN IMMEDIATE');
      break;
    } catch (error) {
      if (!/busy|locked/i.test((error as Error).message)) {
        database.close();
        throw new DirectoryError('unreachable', `${path}.lock: ${(error as Error).message}`, {
          cause: error,
        });
      }
      if (Date.now() >= until || signal.aborted) {
        database.close();
        signal.throwIfAborted();
        throw new DirectoryError('locked', heldMessage(path), { cause: error });
      }
      await sleep(Math.min(pause, Math.max(1, until - Date.now())));
    }
  }
  const held: LockHolder = { ...holder, since: new Date().toISOString() };
  writeFileSync(holderFile(path), JSON.stringify(held), { mode: 0o600 });
  return {
    release: async () => {
      rmSync(holderFile(path), { force: true });
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

/** Who holds the lock of a store, as far as it is known. */
function lockHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(textOfFile(holderFile(path), 64 * 1024) ?? '') as LockHolder;
  } catch {
    return undefined;
  }
}

/** Removes what a holder that died left behind. False when the lock is really held. */
async function clearLock(path: string): Promise<boolean> {
  try {
    const lock = await acquireLock(path, unlocking(), 0, new AbortController().signal);
    await lock.release();
    return true;
  } catch (error) {
    if (error instanceof DirectoryError && error.code === 'locked') return false;
    throw error;
  }
}

function unlocking(): Omit<LockHolder, 'since'> {
  return { who: '', process: process.pid, command: 'unlock' };
}

function heldMessage(path: string): string {
  const holder = lockHolder(path);
  const by = holder
    ? `by ${holder.who} (${holder.command}, process ${holder.process}) since ${holder.since}`
    : 'by another process';
  return `the directory is locked ${by}; wait with --lock-timeout, or end that process`;
}

function holderFile(path: string): string {
  return `${path}.lock.json`;
}
