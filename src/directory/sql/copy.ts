/** The path of a store that may not be written to in, a copy of it in memory out: nothing on disk is made or changed. */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DirectoryError } from '../errors.js';
import type { Connection } from './connection.js';
import { checkFile, openSqlite } from './sqlite.js';

/** How often a copy is begun again because somebody wrote meanwhile. */
const tries = 3;

/** May the file, and those that SQLite keeps beside it, be written? */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What is another text when somebody has written to the store, or put another in its place. */
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
      // What was read while somebody wrote may look like anything.
      if (left === 0 || stampOf(path) === stamp) throw error;
      continue;
    }
    await copy.close();
  }
}

/** Tables with their rows first: indexes and triggers are none of the rows' business any more. */
async function fill(copy: Connection, path: string): Promise<void> {
  // Without a log of its own beside it nobody has the store open, and then it can be read without making one.
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
