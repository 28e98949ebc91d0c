/** Copies a store that may not be written to into memory, without touching the disk. */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DirectoryError } from '../errors.js';
import type { Connection } from './connection.js';
import { checkFile, openSqlite } from './sqlite.js';

/** How often a copy is retried because someone wrote meanwhile. */
const tries = 3;

/** Is the file writable, and those that SQLite keeps beside it? */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A text that changes when someone writes to the store or replaces it. */
export function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((one) => {
      const facts = statSync(one, { throwIfNoEntry: false, bigint: true });
      return facts && `${facts.dev}:${facts.ino}:${facts.size}:${facts.mtimeNs}`;
    })
    .join();
}

/** A copy of the store as it is, an empty one where there is none. Throws DirectoryError when it cannot be read. */
export async function copyInMemory(path: string, name: string): Promise<Connection> {
  for (let left = tries; ; left--) {
    const stamp = stampOf(path);
    const copy = openSqlite(':memory:', name);
    try {
      if (existsSync(path)) {
        checkFile(path, name);
        await fill(copy, path);
      }
      if (stampOf(path) === stamp) return copy;
      if (left === 0) throw new DirectoryError('busy', `${name}: another process keeps writing to it`);
    } catch (error) {
      await copy.close();
      // Data read while someone was writing may be inconsistent.
      if (left === 0 || stampOf(path) === stamp) throw error;
      continue;
    }
    await copy.close();
  }
}

/** Copies tables with their rows first; indexes and triggers come after, as the rows do not need them. */
async function fill(copy: Connection, path: string): Promise<void> {
  // Without a write-ahead log the store is not open, and can be read without creating one.
  const access = existsSync(`${path}-wal`) ? 'mode=ro' : 'immutable=1';
  await copy.all('ATTACH ? AS disk', [`${pathToFileURL(path).href}?${access}`]);
  const all = await copy.all<[type: string, name: string, sql: string]>(
    "SELECT type, name, sql FROM disk.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  );
  const isTable = ([type]: readonly string[]): boolean => type === 'table';
  for (const [, name, sql] of all.filter(isTable)) {
    const quoted = `"${name!.replaceAll('"', '""')}"`;
    await copy.run(sql!);
    await copy.run(`INSERT INTO main.${quoted} SELECT * FROM disk.${quoted}`);
  }
  for (const [, , sql] of all.filter((one) => !isTable(one))) await copy.run(sql!);
  await copy.all('DETACH disk');
}
