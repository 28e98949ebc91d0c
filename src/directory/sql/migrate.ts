/** Migrates a set of tables. The directory and the ledger each have such a set with its own version. */
import { DirectoryError } from '../errors.js';
import { type Connection, insertRows } from './connection.js';

/** A set of tables and how it came to be as it is. */
export interface Migrations {
  /** The name under which the version is kept in `meta`. */
  readonly name: string;
  /** Each step brings the tables from the version before it to its own; the first makes them. */
  readonly steps: readonly (readonly string[])[];
  /** The version of tables that are there without one: 0 when there are none. */
  readonly unversioned: () => Promise<number>;
  /** Called once, in the transaction that makes the tables. */
  readonly made: () => Promise<void>;
}

/**
 * Makes or updates tables. Throws DirectoryError `newer` for those of a newer program, and `corrupt` for the database
 * of another program; nothing is written then.
 */
export async function migrateTables(connection: Connection, migrations: Migrations): Promise<void> {
  const { name, steps, made } = migrations;
  if ((await versionOf(connection, migrations)) === steps.length) return;
  await connection.transaction(async () => {
    // Another process may have been faster.
    const version = await versionOf(connection, migrations);
    if (version === steps.length) return;
    if (!(await hasTable(connection, 'meta')))
      await connection.run('CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)');
    for (const statements of steps.slice(version)) {
      for (const statement of statements) await connection.run(statement);
    }
    if (version === 0) await made();
    await writeMeta(connection, name, String(steps.length));
  });
}

async function versionOf(connection: Connection, migrations: Migrations): Promise<number> {
  const { name, steps, unversioned } = migrations;
  if (!(await hasTable(connection, 'meta'))) {
    const others = await connection.first<[number]>('SELECT count(*) FROM sqlite_master');
    if (others?.[0] === 0) return 0;
    throw foreign(connection);
  }
  const text = await readMeta(connection, name);
  const version = text === undefined ? await unversioned() : Number(text);
  if (!Number.isSafeInteger(version) || version < 0 || (text !== undefined && version === 0))
    throw foreign(connection);
  if (version > steps.length) {
    const message = `${connection.name}: a newer version of asbuilt wrote this store (version ${version}, this program knows ${steps.length}); update asbuilt`;
    throw new DirectoryError('newer', message);
  }
  return version;
}

function foreign(connection: Connection): DirectoryError {
  const message = `${connection.name}: the database belongs to another program; nothing was written to it`;
  return new DirectoryError('corrupt', message);
}

/** Is there a table of this name? */
export async function hasTable(connection: Connection, name: string): Promise<boolean> {
  const sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
  return (await connection.first(sql, [name])) !== undefined;
}

/** A value that belongs to the store as a whole. */
export async function readMeta(connection: Connection, name: string): Promise<string | undefined> {
  return (await connection.first<[string]>('SELECT value FROM meta WHERE name = ?', [name]))?.[0];
}

/** Sets a value that belongs to the store as a whole. */
export async function writeMeta(connection: Connection, name: string, value: string): Promise<void> {
  await insertRows(
    connection,
    'meta (name, value)',
    [[name, value]],
    'ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
}
