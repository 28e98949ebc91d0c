/** A database file for a test, the directory in it, and what somebody with `sqlite3` does to it. */
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../src/reconcile/open-store.js';
import { databaseIn, temporaryFolder } from '../support/request.js';

/** A place for a store, and ways to it. */
export interface StoreFile {
  readonly file: string;
  readonly url: string;
  /** Opens the directory; it is closed when the test ends. */
  open(busyTimeout?: number): Promise<Store>;
  /** Runs statements as `sqlite3` would, without functions of ours. Gives the rows of the last query. */
  byHand(...statements: string[]): unknown[];
}

/** A file that is not there yet. */
export function storeFile(): StoreFile {
  const folder = temporaryFolder();
  const url = databaseIn(folder);
  const file = join(folder, 'directory.db');
  return {
    file,
    url,
    open: async (busyTimeout) => {
      const opened = await openStore(url, { busyTimeout });
      onTestFinished(() => opened.close().catch(() => {}));
      return opened;
    },
    byHand: (...statements) => {
      const database = new Database(file);
      try {
        let rows: unknown[] = [];
        for (const sql of statements) {
          const statement = database.prepare(sql);
          if (statement.reader) rows = statement.raw(true).all([]);
          else statement.run([]);
        }
        return rows;
      } finally {
        database.close();
      }
    },
  };
}
