/** The tables of the embedded directory. */

import { randomUUID } from 'node:crypto';
import { type Connection, insertRows } from './connection.js';
import { migrateTables } from './migrate.js';
import { views } from './views.js';

/**
 * Kinds are data, so tables are not per kind. The program checks references, keys and rules itself; the triggers keep
 * the other tables consistent when a row is changed or deleted by hand.
 */
const first = [
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
  // Objects changed by hand; their keys are recomputed before the next write.
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

/** Makes or updates the directory's tables. */
export async function migrate(connection: Connection): Promise<void> {
  await migrateTables(connection, {
    name: 'version',
    // The second step was one of the ledger's, which has a version of its own now.
    steps: [first, []],
    unversioned: async () => 0,
    made: () => insertRows(connection, 'meta (name, value)', [['install_id', randomUUID()]]),
  });
}
