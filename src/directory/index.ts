/** A directory's URL in, the directory and its ledger out. The only file that names drivers. */
import { resolve } from 'node:path';
import type { Ledger } from '../ledger/ledger.js';
import { type Directory, DirectoryError } from './directory.js';

/** A directory and its ledger, opened together. */
export interface OpenDirectory {
  readonly directory: Directory;
  readonly ledger: Ledger;
  /**
   * Runs `work` in one transaction over both, where the directory is atomic. Inside, only `within` may be written
   * to: anything else waits for the end of the transaction.
   */
  transaction<T>(work: (within: { directory: Directory; ledger: Ledger }) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Folder that relative paths start from; the process's own when absent. */
  readonly cwd?: string;
  /** How long to wait for another writer, in milliseconds. */
  readonly busyTimeout?: number;
}

/** Opens the directory that a URL names. */
export async function openDirectory(url: string, options: OpenOptions = {}): Promise<OpenDirectory> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'sqlite') return openSqliteDirectory(url, options);
  const named =
    scheme === undefined ? 'a directory is named by a URL' : `there is no driver for ${scheme}: URLs`;
  throw new DirectoryError(
    'unsupported',
    `${named}; supported are sqlite:path/to/file.db and sqlite::memory:`,
  );
}

/**
 * Opens a ledger that is kept apart from its directory, and binds it to that directory at the first time.
 * `directory` is what the directory calls itself, and must be the same every time.
 */
export async function openLedger(url: string, directory: string, options: OpenOptions = {}): Promise<Ledger> {
  if (!/^sqlite:/i.test(url)) {
    throw new DirectoryError('unsupported', 'a ledger of its own is kept in sqlite:path/to/file.db');
  }
  const { connection, migrate } = await connect(url, options);
  try {
    await migrate(connection);
    const { bindLedger, sqlLedger } = await import('../ledger/sql.js');
    await bindLedger(connection, directory);
    return await sqlLedger(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function openSqliteDirectory(url: string, options: OpenOptions): Promise<OpenDirectory> {
  const { connection } = await connect(url, options);
  try {
    const [{ openStore }, { sqlLedger }] = await Promise.all([
      import('./sql/directory.js'),
      import('../ledger/sql.js'),
    ]);
    const store = await openStore(connection);
    const joined = await sqlLedger(connection, { joined: true });
    return {
      directory: store.directory,
      ledger: await sqlLedger(connection),
      transaction: (work) => store.transaction((directory) => work({ directory, ledger: joined })),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connect(url: string, { cwd = process.cwd(), busyTimeout }: OpenOptions) {
  const [{ openSqlite }, { migrate }] = await Promise.all([
    import('./sql/sqlite.js'),
    import('./sql/schema.js'),
  ]);
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  if (path === '')
    throw new DirectoryError('unsupported', 'sqlite: needs a path, such as sqlite:.asbuilt/directory.db');
  const file = path === ':memory:' ? path : resolve(cwd, path);
  return { connection: openSqlite(file, `sqlite:${path}`, busyTimeout), migrate };
}
