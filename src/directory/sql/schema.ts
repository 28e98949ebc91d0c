/** A connection in, the store's tables brought to this version out, or an error when that cannot be. */
import { randomUUID } from 'node:crypto';
import { randomKey } from '../computed.js';
import { DirectoryError } from '../directory.js';
import { type Connection, insertRows } from './connection.js';
import { views } from './views.js';

/**
 * Kinds are data, so the tables are not per kind. The program checks references, keys and rules itself; the
 * triggers see to it that a row changed or deleted by hand leaves the other tables in order.
 */
const first = [
  'CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
  `CREATE TABLE object (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    attributes TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(attributes)),
    secrets TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(secrets)),
    computed TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(computed)),
    expires TEXT,
    hidden INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    updated TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, id))`,
  'CREATE INDEX object_kind ON object (kind)',
  'CREATE INDEX object_expires ON object (expires) WHERE expires IS NOT NULL',
  `CREATE TABLE family_id (
    family TEXT NOT NULL,
    id TEXT NOT NULL,
    object INTEGER NOT NULL,
    PRIMARY KEY (family, id)) WITHOUT ROWID`,
  'CREATE INDEX family_id_object ON family_id (object)',
  `CREATE TABLE reference (
    source INTEGER NOT NULL,
    field TEXT NOT NULL,
    target INTEGER NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, field, target)) WITHOUT ROWID`,
  'CREATE INDEX reference_target ON reference (target, field)',
  `CREATE TABLE unique_key (
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    object INTEGER NOT NULL,
    by_reference INTEGER NOT NULL,
    PRIMARY KEY (scope, value)) WITHOUT ROWID`,
  'CREATE INDEX unique_key_object ON unique_key (object)',
  `CREATE TABLE object_permission (
    object INTEGER NOT NULL,
    permission TEXT NOT NULL,
    holder INTEGER NOT NULL,
    PRIMARY KEY (object, permission, holder)) WITHOUT ROWID`,
  'CREATE INDEX object_permission_holder ON object_permission (holder)',
  'CREATE TABLE sequence (name TEXT PRIMARY KEY, last INTEGER NOT NULL)',
  // Objects that somebody changed by hand; their keys are worked out again before the next write.
  'CREATE TABLE stale (object INTEGER PRIMARY KEY)',
  `CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    fields TEXT NOT NULL)`,
  'CREATE INDEX audit_at ON audit (at)',
  `CREATE TABLE ledger (
    project TEXT NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    ownership TEXT NOT NULL,
    place TEXT NOT NULL,
    labels TEXT NOT NULL,
    whole TEXT NOT NULL,
    paths TEXT NOT NULL,
    PRIMARY KEY (project, address)) WITHOUT ROWID`,
  `CREATE TABLE ledger_intent (
    project TEXT NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (project, address)) WITHOUT ROWID`,
  `CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    command TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    who TEXT NOT NULL,
    revision TEXT,
    dirty INTEGER,
    outcome TEXT NOT NULL,
    changes TEXT NOT NULL,
    failures TEXT NOT NULL)`,
  `CREATE TRIGGER object_added AFTER INSERT ON object WHEN NEW.revision = 0 BEGIN
    INSERT INTO stale (object) VALUES (NEW.row) ON CONFLICT DO NOTHING;
  END`,
  `CREATE TRIGGER object_changed AFTER UPDATE OF attributes, kind ON object WHEN NEW.revision = OLD.revision BEGIN
    INSERT INTO stale (object) VALUES (NEW.row) ON CONFLICT DO NOTHING;
  END`,
  `CREATE TRIGGER object_deleted AFTER DELETE ON object BEGIN
    INSERT INTO stale (object)
      SELECT k.object FROM reference r JOIN unique_key k ON k.object = r.source AND k.by_reference = 1
      WHERE r.target = OLD.row AND r.source <> OLD.row ON CONFLICT DO NOTHING;
    DELETE FROM reference WHERE source = OLD.row OR target = OLD.row;
    DELETE FROM unique_key WHERE object = OLD.row;
    DELETE FROM family_id WHERE object = OLD.row;
    DELETE FROM object_permission WHERE object = OLD.row OR holder = OLD.row;
    DELETE FROM stale WHERE object = OLD.row;
  END`,
  ...views,
];

/** The names that a renamed object had before. */
const second = ["ALTER TABLE ledger ADD COLUMN formerly TEXT NOT NULL DEFAULT '[]'"];

/** Each brings the tables from the version before it to its own; the first makes them. */
const migrations: readonly (readonly string[])[] = [first, second];

/** Makes or updates the tables. A store of a newer program, or of another program, is left alone. */
export async function migrate(connection: Connection): Promise<void> {
  if ((await versionOf(connection)) === migrations.length) return;
  await connection.transaction(async () => {
    // Another process may have been faster.
    const version = await versionOf(connection);
    for (const statements of migrations.slice(version)) {
      for (const statement of statements) await connection.run(statement);
    }
    if (version === 0) {
      await insertRows(connection, 'meta (name, value)', [
        ['install_id', randomUUID()],
        ['ledger_key', randomKey().toString('base64')],
      ]);
    }
    await writeMeta(connection, 'version', String(migrations.length));
  });
}

async function versionOf(connection: Connection): Promise<number> {
  const tables = await connection.all<[string]>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const names = new Set(tables.map(([name]) => name));
  if (names.size === 0) return 0;
  const text = names.has('meta') && names.has('object') ? await readMeta(connection, 'version') : undefined;
  const version = Number(text);
  if (!Number.isSafeInteger(version) || version < 1) {
    const message = `${connection.name}: the database belongs to another program; nothing was written to it`;
    throw new DirectoryError('corrupt', message);
  }
  if (version > migrations.length) {
    const message = `${connection.name}: a newer version of asbuilt wrote this store (version ${version}, this program knows ${migrations.length}); update asbuilt`;
    throw new DirectoryError('newer', message);
  }
  return version;
}

/** A value that belongs to the store as a whole. */
export async function readMeta(connection: Connection, name: string): Promise<string | undefined> {
  return (await connection.first<[string]>('SELECT value FROM meta WHERE name = ?', [name]))?.[0];
}

export async function writeMeta(connection: Connection, name: string, value: string): Promise<void> {
  await connection.run(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, value],
  );
}
