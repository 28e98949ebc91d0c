/** Parses `sqlite:` URLs: which file they name, and which files belong to it. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DirectoryError } from '../errors.js';

/** The path in a `sqlite:` URL, as it is written; `:memory:` for a database in memory. */
export function pathIn(url: string): string {
  return url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
}

/** The file that a URL names, absolute; undefined for one in memory. Throws DirectoryError when it names none. */
export function fileOf(url: string, cwd: string): string | undefined {
  const path = pathIn(url);
  if (path === '')
    throw new DirectoryError('unsupported', 'sqlite: needs a path, such as sqlite:.asbuilt/directory.db');
  if (/^\/\/[^/]/.test(path)) {
    const name = path.slice(2);
    const message = `${url} names a host, but a file has none; write sqlite:${name} for a relative path, sqlite:///${name} for an absolute one`;
    throw new DirectoryError('unsupported', message);
  }
  return path === ':memory:' ? undefined : resolve(cwd, path);
}

/** Every file that SQLite and the lock keep for a database file, itself first. */
export function filesOf(url: string, cwd: string): string[] {
  const path = pathIn(url);
  if (path === '' || path === ':memory:') return [];
  const endings = ['', '-wal', '-shm', '-journal', '.lock', '.lock-journal', '.lock.json'];
  return endings.map((ending) => `${resolve(cwd, path)}${ending}`);
}

/** Would opening the URL create the directory? */
export function isNew(url: string, cwd: string): boolean {
  const [file] = filesOf(url, cwd);
  // An empty file is what `touch` and `mktemp` make.
  return file !== undefined && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0 && !wasUsed(file);
}

/** Did a run, or SQLite, leave something beside the file that tells that it was a database? */
export function wasUsed(file: string): boolean {
  return existsSync(file) && ['.lock', '.lock.json', '-wal'].some((ending) => existsSync(file + ending));
}
