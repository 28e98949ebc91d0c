/** A directory's URL in, the directory and its ledger out. The only file that names drivers. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Directory, DirectoryError } from '../directory/directory.js';
import type { Connection } from '../directory/sql/connection.js';
import type { Lock, LockHolder } from '../directory/sql/lock.js';
import type { Ledger } from '../ledger/ledger.js';
import type { History } from '../ledger/run-history.js';

/** A directory and its ledger, opened together. */
export interface OpenDirectory {
  readonly directory: Directory;
  /** Tells this directory from every other, also when it moves or is named otherwise. */
  readonly identity: string;
  readonly ledger: Ledger;
  /** Of the runs against this directory; its writes are never part of a transaction that fails. */
  readonly history: History;
  /**
   * Runs `work` in one transaction over both, where the directory is atomic. Inside, only `within` may be written
   * to: anything else waits for the end of the transaction.
   */
  transaction<T>(work: (within: { directory: Directory; ledger: Ledger }) => Promise<T>): Promise<T>;
  /** The ledger is another store, which no transaction shares with the directory. */
  readonly separate?: boolean;
  /** Becomes the only run that writes, waiting up to `timeout` milliseconds. Absent where nobody else can reach the store. */
  lock?(command: string, timeout: number, signal: AbortSignal): Promise<Lock>;
  /** Removes what a dead holder left behind; false, with who it is, when the lock is really held. */
  unlock?(): Promise<{ readonly free: boolean; readonly holder?: LockHolder }>;
  /** Is the store another than the one that was opened: moved away, deleted, or put back from a copy? */
  isReplaced?(): boolean;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Folder that relative paths start from; the process's own when absent. */
  readonly cwd?: string;
  /** How long to wait for another writer, in milliseconds. */
  readonly busyTimeout?: number;
  /** URL of a ledger to use in place of the directory's own. */
  readonly ledger?: string;
  /**
   * Nothing is made or changed on disk. A store that is not there counts as empty, and one that may not be written, or
   * of an older version, is read into memory.
   */
  readonly readOnly?: boolean;
}

/** Opens the directory that a URL names. */
export async function openDirectory(url: string, options: OpenOptions = {}): Promise<OpenDirectory> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sqlite') {
    const opened = await openSqliteDirectory(url, options);
    return options.ledger === undefined ? opened : withLedger(opened, options.ledger, options);
  }
  const named =
    scheme === undefined ? 'a directory is named by a URL' : `there is no driver for ${scheme}: URLs`;
  throw new DirectoryError(
    'unsupported',
    `${named}; supported are sqlite:path/to/file.db and sqlite::memory:`,
  );
}

/** Opens a ledger that is kept apart from its directory, and binds it to that directory at the first time. */
export async function openLedger(
  url: string,
  { identity, name }: { readonly identity: string; readonly name: string },
  options: OpenOptions = {},
): Promise<Ledger> {
  if (!/^sqlite:/i.test(url)) {
    throw new DirectoryError('unsupported', 'a ledger of its own is kept in sqlite:path/to/file.db');
  }
  const [{ migrate }, { bindLedger, sqlLedger }] = await Promise.all([
    import('../directory/sql/schema.js'),
    import('../ledger/sql.js'),
  ]);
  return connected(url, options, async (connection) => {
    await migrate(connection);
    await bindLedger(connection, identity, name);
    return sqlLedger(connection);
  });
}

/** The same directory with another ledger; no transaction covers both, so what is written is recorded one by one. */
async function withLedger(opened: OpenDirectory, url: string, options: OpenOptions): Promise<OpenDirectory> {
  try {
    const { identity, directory } = opened;
    const ledger = await openLedger(url, { identity, name: directory.name }, options);
    return {
      ...opened,
      ledger,
      separate: true,
      transaction: (work) => opened.directory.transaction((directory) => work({ directory, ledger })),
      close: async () => {
        await ledger.close();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openSqliteDirectory(url: string, options: OpenOptions): Promise<OpenDirectory> {
  const [{ openStore }, { sqlLedger }, { sqlHistory }] = await Promise.all([
    import('../directory/sql/directory.js'),
    import('../ledger/sql.js'),
    import('../ledger/sql-history.js'),
  ]);
  return connected(url, options, async (connection, beside) => {
    const store = await openStore(connection);
    const joined = await sqlLedger(connection, { joined: true });
    return {
      directory: store.directory,
      identity: store.installId,
      ledger: await sqlLedger(connection),
      history: sqlHistory(connection),
      transaction: (work) => store.transaction((directory) => work({ directory, ledger: joined })),
      ...beside,
      close: () => connection.close(),
    };
  });
}

/** Of a store in a file: its lock, and whether it is still the one that is open. */
type Beside = Pick<OpenDirectory, 'lock' | 'unlock' | 'isReplaced'>;

/** Opens the file of a URL and gives what is made of it; closes it again where that fails. */
async function connected<T>(
  url: string,
  { cwd = process.cwd(), busyTimeout, readOnly }: OpenOptions,
  use: (connection: Connection, beside: Beside) => Promise<T>,
): Promise<T> {
  const { openSqlite } = await import('../directory/sql/sqlite.js');
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  if (path === '')
    throw new DirectoryError('unsupported', 'sqlite: needs a path, such as sqlite:.asbuilt/directory.db');
  if (/^\/\/[^/]/.test(path)) {
    const name = path.slice(2);
    throw new DirectoryError(
      'unsupported',
      `${url} names a host, and a file has none: write sqlite:${name} for a relative path, sqlite:///${name} for an absolute one`,
    );
  }
  const name = `sqlite:${path}`;
  const using = async (connection: Connection, beside: Beside): Promise<T> => {
    try {
      return await use(connection, beside);
    } catch (error) {
      await connection.close();
      throw error;
    }
  };
  if (path === ':memory:') return using(openSqlite(path, name, busyTimeout), {});
  const file = resolve(cwd, path);
  const inFile = () =>
    using(openSqlite(file, name, busyTimeout, readOnly), {
      ...lockOf(file),
      isReplaced: replacementOf(file),
    });
  if (!readOnly) return inFile();
  const { copyInMemory, isWritable, stampOf } = await import('../directory/sql/copy.js');
  if (isWritable(file)) {
    try {
      return await inFile();
    } catch (error) {
      // It has to be brought up to date before it can be used, and that happens in a copy.
      if (!(error instanceof DirectoryError && error.code === 'denied')) throw error;
    }
  }
  const stamp = stampOf(file);
  return using(await copyInMemory(file, name), { isReplaced: () => stampOf(file) !== stamp });
}

/** Tells whether a path leads to another file than now: whoever holds the old one open would write into the void. */
function replacementOf(file: string): () => boolean {
  const inodeOf = (path: string): string | undefined => {
    const facts = statSync(path, { throwIfNoEntry: false, bigint: true });
    return facts && `${facts.dev}:${facts.ino}`;
  };
  const store = inodeOf(file);
  let lock: string | undefined;
  return () => {
    // The lock's file is made when the lock is taken.
    lock ??= inodeOf(`${file}.lock`);
    return inodeOf(file) !== store || inodeOf(`${file}.lock`) !== lock;
  };
}

/** The lock of a store in a file. */
function lockOf(file: string): Pick<OpenDirectory, 'lock' | 'unlock'> {
  return {
    lock: async (command, timeout, signal) => {
      const [{ acquireLock }, { whoRuns }] = await Promise.all([
        import('../directory/sql/lock.js'),
        import('../ledger/run-history.js'),
      ]);
      const holder = { who: whoRuns(process.env), process: process.pid, command };
      return acquireLock(file, holder, timeout, signal);
    },
    unlock: async () => {
      const { clearLock, lockHolder } = await import('../directory/sql/lock.js');
      const holder = lockHolder(file);
      return { free: await clearLock(file), holder };
    },
  };
}
