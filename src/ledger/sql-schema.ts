/**
 * The ledger's own tables: records, intents and the history of runs. They are beside a directory's tables in an SQL
 * directory, and alone in a separate ledger.
 */
import { randomKey } from '../directory/computed.js';
import { type Connection, insertRows } from '../directory/sql/connection.js';
import { hasTable, migrateTables, readMeta } from '../directory/sql/migrate.js';

const first = [
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
];

/** The names that a renamed object had before. */
const second = ["ALTER TABLE ledger ADD COLUMN formerly TEXT NOT NULL DEFAULT '[]'"];

/** Makes or updates the ledger's tables, whatever else is in the database. */
export async function migrateLedger(connection: Connection): Promise<void> {
  await migrateTables(connection, {
    name: 'ledger_version',
    steps: [first, second],
    // Before the ledger had a version of its own, its tables came with those of the directory.
    unversioned: async () => {
      if (!(await hasTable(connection, 'ledger'))) return 0;
      const sql = "SELECT 1 FROM pragma_table_info('ledger') WHERE name = 'formerly'";
      return (await connection.first(sql)) === undefined ? 1 : 2;
    },
    made: async () => {
      if ((await readMeta(connection, 'ledger_key')) !== undefined) return;
      await insertRows(connection, 'meta (name, value)', [['ledger_key', randomKey().toString('base64')]]);
    },
  });
}
