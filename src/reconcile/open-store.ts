/**
 * Opens a directory with its ledger by their URLs. The only file that names drivers: a further driver is a scheme here
 * and a folder below `directory/`.
 */
import type { OpenAuthentik } from '../directory/authentik/open.js';
import type { Directory, Need } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import { filesOf, isNew } from '../directory/sql/url.js';
import type { Ledger, Lock } from '../ledger/ledger.js';
import { blueprintInstanceKind } from '../model/kind-names.js';

/** A directory and its ledger, opened together. */
export interface Store {
  readonly directory: Directory;
  /** Identifies the directory, also when it is moved or renamed. */
  readonly identity: string;
  readonly ledger: Ledger;
  /** Where the ledger is, for people; absent where it shares its store with the objects. */
  readonly ledgerPlace?: string;
  /** What the ledger needs of the directory's account, where it is kept in the directory. */
  readonly ledgerNeeds?: readonly Need[];
  /**
   * Runs `work` in one transaction over both, where the directory is atomic. Inside, only `within` may be written
   * to: anything else waits for the end of the transaction.
   */
  transaction<T>(work: (within: { directory: Directory; ledger: Ledger }) => Promise<T>): Promise<T>;
  /** The ledger is a separate store, so no transaction covers both. */
  readonly separate?: boolean;
  /** Was the opened store moved, deleted, or replaced by a copy? */
  isReplaced?(): boolean;
  close(): Promise<void>;
}

/** The credentials for a directory. Never part of its URL. */
export interface Credentials {
  readonly token?: string;
}

/** How to open a store. */
export interface OpenOptions {
  /** Folder that relative paths start from; the process's own when absent. */
  readonly cwd?: string;
  readonly credentials?: Credentials;
  /** How long to wait for another writer, in milliseconds. */
  readonly busyTimeout?: number;
  /** URL of a ledger to use in place of the directory's own. */
  readonly ledger?: string;
  /**
   * Does not touch the disk. A missing store counts as empty; one that is not writable, or of an older version, is read
   * into memory.
   */
  readonly readOnly?: boolean;
  /** How many calls may be under way; the driver's own choice when absent. */
  readonly concurrency?: number;
  /** Told of every request that a driver sends; no credentials. */
  readonly log?: (request: object) => void;
  /** Told once what people should know of the directory: that its release is newer than what is known, say. */
  readonly told?: (message: string) => void;
}

const supported =
  'supported are sqlite:path/to/file.db, sqlite::memory: and authentik+https://id.example.org';

/** Opens the directory that a URL names. Throws DirectoryError. */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const scheme = schemeOf(url);
  if (scheme === 'authentik+https' || scheme === 'authentik+http') return openAuthentikStore(url, options);
  if (scheme !== 'sqlite') {
    const named =
      scheme === undefined ? 'a directory must be given as a URL' : `${scheme}: URLs are not supported`;
    throw new DirectoryError('unsupported', `${named}; ${supported}`);
  }
  const opened = await openSqlite(url, options);
  return options.ledger === undefined ? opened : withLedger(opened, options.ledger, options);
}

/** Opens a directory alone, for whoever only looks: its ledger may need permissions that the directory does not. */
export async function openDirectory(url: string, options: OpenOptions = {}): Promise<Directory> {
  if (!schemeOf(url)?.startsWith('authentik+')) {
    const { directory, close } = await openStore(url, { ...options, ledger: undefined });
    return { ...directory, close };
  }
  const { openAuthentik } = await import('../directory/authentik/open.js');
  return (await openAuthentik(url, { ...options.credentials, log: options.log })).directory;
}

/** Opens a separate ledger, and binds it to its directory the first time. */
export async function openLedger(
  url: string,
  { identity, name }: { readonly identity: string; readonly name: string },
  options: OpenOptions = {},
): Promise<Ledger> {
  if (schemeOf(url) !== 'sqlite')
    throw new DirectoryError('unsupported', 'a separate ledger must be a file: sqlite:path/to/file.db');
  const [{ usingFile }, { bindLedger, sqlLedger }, { fileLock }] = await Promise.all([
    import('../directory/sql/open.js'),
    import('../ledger/sql.js'),
    import('../ledger/file-lock.js'),
  ]);
  return usingFile(url, inFolder(options), async ({ connection, file }) => {
    const ledger = await sqlLedger(connection);
    await bindLedger(connection, identity, name);
    return file === undefined ? ledger : { ...ledger, ...fileLock(file) };
  });
}

/** The same directory with a separate ledger. No transaction covers both, so each write is recorded by itself. */
async function withLedger(store: Store, url: string, options: OpenOptions): Promise<Store> {
  try {
    const { identity, directory } = store;
    const ledger = await openLedger(url, { identity, name: directory.name }, options);
    return {
      ...store,
      ledger: { ...ledger, lock: bothLocks(store.ledger, ledger) },
      ledgerPlace: url,
      separate: true,
      transaction: (work) => directory.transaction((within) => work({ directory: within, ledger })),
      close: async () => {
        await ledger.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Takes the directory's own lock, if it has one, and then the ledger's. */
function bothLocks(first: Ledger, second: Ledger): Ledger['lock'] {
  return async (...asked) => {
    const held: Lock[] = [];
    const release = async (): Promise<void> => {
      for (const one of held.reverse()) await one.release();
    };
    try {
      for (const one of [first, second]) {
        const lock = await one.lock?.(...asked);
        if (lock) held.push(lock);
      }
      return { release };
    } catch (error) {
      await release();
      throw error;
    }
  };
}

const ledgerNeeds = (['view', 'add', 'change', 'delete'] as const).map((verb) => ({
  kind: blueprintInstanceKind,
  verb,
}));

/** An authentik server with its ledger, which no transaction shares with it. */
async function openAuthentikStore(url: string, options: OpenOptions): Promise<Store> {
  const { openAuthentik } = await import('../directory/authentik/open.js');
  const { concurrency, log, told } = options;
  const opened = await openAuthentik(url, { ...options.credentials, concurrency, log, told });
  const { directory, identity } = opened;
  try {
    const ledger = await ledgerBeside(opened, options);
    return {
      directory,
      identity,
      ledger,
      ...(options.ledger === undefined
        ? { ledgerPlace: 'in authentik, in blueprint instances named asbuilt-…', ledgerNeeds }
        : { ledgerPlace: options.ledger }),
      separate: true,
      transaction: (work) => directory.transaction((within) => work({ directory: within, ledger })),
      close: async () => {
        await ledger.close();
        await directory.close();
      },
    };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

/** The ledger of an authentik server: the one that is named, or else the one that the server keeps itself. */
async function ledgerBeside(
  { directory, identity, client }: Pick<OpenAuthentik, 'directory' | 'identity' | 'client'>,
  options: OpenOptions,
): Promise<Ledger> {
  const { ledger, readOnly } = options;
  if (ledger !== undefined) return openLedger(ledger, { identity, name: directory.name }, options);
  const { authentikLedger } = await import('../ledger/authentik.js');
  return authentikLedger(client, { readOnly });
}

async function openSqlite(url: string, options: OpenOptions): Promise<Store> {
  const [{ usingFile }, { openDirectory }, { sqlLedger }, { fileLock }] = await Promise.all([
    import('../directory/sql/open.js'),
    import('../directory/sql/directory.js'),
    import('../ledger/sql.js'),
    import('../ledger/file-lock.js'),
  ]);
  return usingFile(url, inFolder(options), async ({ connection, file, isReplaced }) => {
    const { directory, installId, transaction } = await openDirectory(connection);
    const ledger = await sqlLedger(connection);
    const joined = await sqlLedger(connection, { joined: true });
    return {
      directory,
      identity: installId,
      ledger: file === undefined ? ledger : { ...ledger, ...fileLock(file) },
      transaction: (work) => transaction((within) => work({ directory: within, ledger: joined })),
      isReplaced,
      close: () => connection.close(),
    };
  });
}

function inFolder({ cwd = process.cwd(), busyTimeout, readOnly }: OpenOptions) {
  return { cwd, busyTimeout, readOnly };
}

function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
}

/** The files that a directory or ledger of this URL keeps on this machine, absolute; none for a server. */
export function localFiles(url: string, cwd: string): string[] {
  return schemeOf(url) === 'sqlite' ? filesOf(url, cwd) : [];
}

/** Would opening the URL create the directory? */
export function wouldBeMade(url: string, cwd: string): boolean {
  return schemeOf(url) === 'sqlite' && isNew(url, cwd);
}
