/** Connects to an SQLite file, and creates it, readable for its owner only, if it does not exist. */

import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { DirectoryError, type DirectoryErrorCode } from '../errors.js';
import type { Bindable, Connection, Row } from './connection.js';
import { tablesRead, textCheck } from './text-check.js';
import { wasUsed } from './url.js';

interface Statement {
  readonly native: Database.Statement;
  readonly reader: boolean;
  /** The tables whose text it gives. */
  readonly tables: readonly string[];
}

/** How long a writer waits for another one before it gives up, in milliseconds. */
const patience = 5_000;
/** How long it waits inside SQLite, which blocks this process, and between two tries. */
const pause = 25;
/** How many prepared statements are kept; the oldest goes first. */
const preparedAtMost = 400;

/** Opens an SQLite file, or `:memory:`. With `readOnly` the file must be there, and whatever writes to it is refused. */
export function openSqlite(path: string, name: string, busyTimeout = patience, readOnly = false): Connection {
  if (path !== ':memory:') (readOnly ? checkFile : prepareFile)(path, name);
  const native = guarded(name, () => new Database(path));
  const prepared = new Map<string, Statement>();

  const statement = (sql: string): Statement => {
    let one = prepared.get(sql);
    if (!one) {
      const made = native.prepare(sql);
      one = { native: made, reader: made.reader, tables: made.reader ? tablesRead(sql) : [] };
      if (one.reader) made.raw(true);
      if (prepared.size >= preparedAtMost) prepared.delete(prepared.keys().next().value!);
      prepared.set(sql, one);
    }
    return one;
  };
  const check = textCheck(native, name);
  const readable = (sql: string): Database.Statement => {
    const one = statement(sql);
    check.reading(one.tables);
    return one.native;
  };
  const all = (sql: string, values: readonly Bindable[] = []): Row[] =>
    guarded(name, () => readable(sql).all(bound(values)) as Row[]);
  const first = (sql: string, values: readonly Bindable[] = []): Row | undefined =>
    guarded(name, () => readable(sql).get(bound(values)) as Row | undefined);
  const run = (sql: string, values: readonly Bindable[] = []): number =>
    guarded(name, () => statement(sql).native.run(bound(values)).changes);

  try {
    all(`PRAGMA busy_timeout = ${Math.trunc(busyTimeout)}`);
    all(readOnly ? 'PRAGMA query_only = ON' : 'PRAGMA journal_mode = WAL');
    all('PRAGMA foreign_keys = ON');
    all(`PRAGMA busy_timeout = ${pause}`);
  } catch (error) {
    native.close();
    throw error;
  }

  /** Tries again while another connection is in the way. Inside a transaction none can be. */
  const patiently = async <T>(call: () => T): Promise<T> => {
    if (native.inTransaction) return call();
    const until = Date.now() + busyTimeout;
    for (;;) {
      try {
        return call();
      } catch (error) {
        if (!(error instanceof DirectoryError && error.code === 'busy') || Date.now() >= until) throw error;
        await sleep(pause);
      }
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    name,
    all: <Result extends Row>(sql: string, values?: readonly Bindable[]) =>
      patiently(() => all(sql, values) as unknown as Result[]),
    first: <Result extends Row>(sql: string, values?: readonly Bindable[]) =>
      patiently(() => first(sql, values) as Result | undefined),
    run: (sql, values) => patiently(() => run(sql, values)),
    transaction: (work) => {
      const turn = last.then(async () => {
        await patiently(() => guarded(name, () => native.exec('BEGIN IMMEDIATE')));
        try {
          guarded(name, check.begun);
          const result = await work();
          guarded(name, () => native.exec('COMMIT'));
          return result;
        } catch (error) {
          // A full disk or a damaged page has already rolled it back.
          if (native.inTransaction) native.exec('ROLLBACK');
          throw error;
        }
      });
      last = turn.catch(() => {});
      return turn;
    },
    revision: async () => Number(all('PRAGMA data_version')[0]?.[0] ?? 0),
    close: async () => {
      await last;
      prepared.clear();
      // The last connection to close removes the log beside the file.
      if (readOnly) native.exec('PRAGMA query_only = OFF');
      native.close();
    },
  };
}

/**
 * Checks values before binding. The library aborts the whole process on a boolean or an object, and truncates big
 * integers, so nothing else may pass.
 */
function bound(values: readonly Bindable[]): Bindable[] {
  for (const value of values) {
    if (value === null || typeof value === 'string') continue;
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    throw new Error(`a value of type ${typeof value} cannot be bound`);
  }
  return values as Bindable[];
}

/** Runs one call of the library; its errors become ours. */
function guarded<T>(name: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(name, error);
  }
}

/** By SQLite's primary result code: the binding has names for some of the extended ones only. */
const meanings: readonly [result: number, code: DirectoryErrorCode, message: string][] = [
  [5, 'busy', 'another process is writing to it; try again when it is done'],
  [6, 'busy', 'another process is writing to it; try again when it is done'],
  [26, 'corrupt', 'the file is not an SQLite database; nothing was written to it'],
  [11, 'corrupt', 'the database is damaged; restore a backup, or move the file away to start over'],
  [14, 'unreachable', 'the file cannot be opened'],
  [8, 'denied', 'no permission to write the file or its folder'],
  [3, 'denied', 'no permission to open the file'],
  [13, 'unreachable', 'the disk is full'],
  [10, 'unreachable', 'the disk failed'],
];

const misfit =
  /^(?:no such (?:table|column|view|index)|malformed|(?:table|index|trigger|view) .* already exists|table .* has (?:no column|\d+ columns)|.* may not be modified)/i;

function translated(name: string, error: unknown): unknown {
  const { rawCode } = error as { rawCode?: unknown };
  const meaning = typeof rawCode === 'number' && meanings.find(([result]) => result === (rawCode & 0xff));
  // Our statements fit our tables, so that other tables are there.
  if (rawCode === 1 && misfit.test((error as Error).message)) {
    const message = `${name}: the database is damaged: ${(error as Error).message}; restore a backup, or move the file away to start over`;
    return new DirectoryError('corrupt', message, { cause: error });
  }
  return meaning ? new DirectoryError(meaning[1], `${name}: ${meaning[2]}`, { cause: error }) : error;
}

/** File systems on which SQLite's locks do not hold: NFS, SMB, CIFS, AFS, Ceph, NCP. */
const networkTypes = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x00c36400, 0x564c]);
const header = 'SQLite format 3\0';
/** In bytes, as https://sqlite.org/fileformat.html has it. */
const headerSize = 100;

/** Makes the folder and the file, and refuses a place or a file that must not be written to. */
function prepareFile(path: string, name: string): void {
  if (existsSync(path)) {
    checkFile(path, name);
    return;
  }
  explained(name, () => {
    const folder = dirname(path);
    const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The directory holds secrets, and is no part of the repository.
    if (made !== undefined && basename(folder) === '.asbuilt')
      writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'a' });
    refuseNetwork(path, name);
    closeSync(openSync(path, 'a+', 0o600));
  });
}

function refuseNetwork(path: string, name: string): void {
  if (networkTypes.has(statfsSync(dirname(path)).type)) {
    const message = `${name}: SQLite needs a local disk, and this folder is a network mount`;
    throw new DirectoryError('unsupported', message);
  }
}

/** Refuses a place or a file that SQLite cannot be trusted with. Throws DirectoryError. */
export function checkFile(path: string, name: string): void {
  explained(name, () => {
    refuseNetwork(path, name);
    // Of a pipe nobody would ever write the beginning.
    if (!statSync(path).isFile() && !statSync(path).isDirectory()) {
      throw new DirectoryError('unreachable', `${name} cannot be opened: it is a device or a pipe`);
    }
    const file = keptOpen(path);
    const start = Buffer.alloc(headerSize);
    const corrupt = (what: string): DirectoryError =>
      new DirectoryError('corrupt', `${name}: the file ${what}; nothing was written to it`);
    const isUsed = wasUsed(path);
    const { size } = isUsed ? sizeWhenMade(file) : fstatSync(file);
    if (size === 0 && isUsed)
      throw corrupt('is empty, and once was a database: restore a backup, or delete it to start over');
    if (size === 0) return;
    const length = readSync(file, start, 0, headerSize, 0);
    if (!start.toString('latin1', 0, length).startsWith(header)) throw corrupt('is not an SQLite database');
    const whole = sizeIn(start);
    // What was cut off may still stand in the log.
    if (size < whole && !existsSync(`${path}-wal`))
      throw corrupt(
        `was cut off after ${size} of ${whole} bytes: restore a backup, or move the file away to start over`,
      );
  });
}

/** Descriptors by device and inode, oldest first. */
const kept = new Map<string, number>();
const keptAtMost = 64;

/**
 * Opens a database file for a look at its header, and keeps it open: closing any descriptor of a file ends all POSIX locks
 * of the process on it (https://sqlite.org/howtocorrupt.html, section 2.2), those of open connections too.
 */
function keptOpen(path: string): number {
  const { dev, ino } = statSync(path, { bigint: true });
  const key = `${dev}:${ino}`;
  let file = kept.get(key);
  if (file === undefined) {
    file = openSync(path, 'r');
    kept.set(key, file);
    const [oldest] = kept;
    if (kept.size > keptAtMost && oldest) {
      kept.delete(oldest[0]);
      closeSync(oldest[1]);
    }
  }
  return file;
}

/** Another process that makes the file has written to it soon; whoever died while it did leaves it empty. */
function sizeWhenMade(file: number): { readonly size: number } {
  for (let tries = 40; ; tries--) {
    const { size } = fstatSync(file);
    if (size > 0 || tries === 0) return { size };
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
}

/** How large a file is by its own header, in bytes; 0 where the header does not say. */
function sizeIn(start: Buffer): number {
  const pageSize = start.readUInt16BE(16) === 1 ? 65_536 : start.readUInt16BE(16);
  // Written by something that does not keep the number of pages.
  if (start.readUInt32BE(24) !== start.readUInt32BE(92)) return headerSize;
  return pageSize * start.readUInt32BE(28);
}

/** Runs work on files; its errors become ours. */
function explained(name: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof DirectoryError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    const reason = code === 'EISDIR' ? 'it is a folder' : (error as Error).message;
    throw new DirectoryError(denied ? 'denied' : 'unreachable', `${name} cannot be opened: ${reason}`, {
      cause: error,
    });
  }
}
