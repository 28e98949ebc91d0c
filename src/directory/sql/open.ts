/** Opens the SQLite file of a URL: for writing, for reading without touching the disk, or as a copy in memory. */
import { statSync } from 'node:fs';
import { DirectoryError } from '../errors.js';
import type { Connection } from './connection.js';
import { copyInMemory, isWritable, stampOf } from './copy.js';
import { openSqlite } from './sqlite.js';
import { fileOf, pathIn } from './url.js';

/** How to open a file. */
export interface SqlOpenOptions {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** How long to wait for another writer, in milliseconds. */
  readonly busyTimeout?: number;
  /** Does not touch the disk; a missing file counts as empty. */
  readonly readOnly?: boolean;
}

/** An open database file. */
export interface OpenedFile {
  readonly connection: Connection;
  /** The file; undefined for one in memory. */
  readonly file?: string;
  /** Does the path lead to another file than the open one? Writing to that one would be lost. */
  readonly isReplaced?: () => boolean;
}

/** Opens the database of a URL. Throws DirectoryError. */
export async function openFile(url: string, options: SqlOpenOptions): Promise<OpenedFile> {
  const { cwd, busyTimeout, readOnly } = options;
  const file = fileOf(url, cwd);
  const name = `sqlite:${pathIn(url)}`;
  if (file === undefined) return { connection: openSqlite(':memory:', name, busyTimeout) };
  const inFile = (): OpenedFile => ({
    connection: openSqlite(file, name, busyTimeout, readOnly),
    file,
    isReplaced: replacementOf(file),
  });
  if (!readOnly || isWritable(file)) return inFile();
  return openCopy(file, name);
}

/** A copy in memory of a file that may not be written, or whose tables have to be brought up to date first. */
export async function openCopy(file: string, name: string): Promise<OpenedFile> {
  const stamp = stampOf(file);
  const connection = await copyInMemory(file, name);
  return { connection, file, isReplaced: () => stampOf(file) !== stamp };
}

/**
 * Opens the database of a URL and gives what `use` makes of it; closes it when that fails. Tables that need a migration
 * but may not be written are migrated in a copy.
 */
export async function usingFile<T>(
  url: string,
  options: SqlOpenOptions,
  use: (opened: OpenedFile) => Promise<T>,
): Promise<T> {
  const attempt = async (opened: OpenedFile): Promise<T> => {
    try {
      return await use(opened);
    } catch (error) {
      await opened.connection.close();
      throw error;
    }
  };
  const opened = await openFile(url, options);
  const { file, connection } = opened;
  if (!options.readOnly || file === undefined) return attempt(opened);
  try {
    return await attempt(opened);
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'denied')) throw error;
    return attempt(await openCopy(file, connection.name));
  }
}

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
