/**
 * Looks once whether the text in a table is UTF-8 before anything reads it. The binding ends the whole process at the first
 * byte that is not, with nobody to catch it; a disk, a copy that was cut off or a hand with `sqlite3` can put one there.
 */
import { isUtf8 } from 'node:buffer';
import type Database from 'libsql';
import { DirectoryError } from '../errors.js';

/** Columns that may be named in a message; others may hold what is secret. */
const telling = new Set([
  'row',
  'number',
  'project',
  'address',
  'name',
  'source',
  'target',
  'field',
  'scope',
  'object',
]);
const inTable = /\b(?:FROM|JOIN)\s+(?:(main|disk)\.)?"?([a-z_]+)"?/gi;

/** The tables that a statement reads, with the schema they are in. */
export function tablesRead(sql: string): readonly string[] {
  const found = [...sql.matchAll(inTable)].map(
    ([, schema = 'main', table = '']) => `${schema}.${table.toLowerCase()}`,
  );
  return [...new Set(found)].filter((one) => !one.includes('.pragma_') && !one.includes('.json_'));
}

/** Stands before the statements of a connection. Both throw DirectoryError `corrupt`. */
export interface TextCheck {
  /** A transaction has begun, so that nobody else writes until it ends. */
  readonly begun: () => void;
  /** A statement is about to give what is in these tables. */
  readonly reading: (tables: readonly string[]) => void;
}

/** Checks tables of a database whenever somebody else may have written since the last time. */
export function textCheck(native: Database.Database, name: string): TextCheck {
  const checked = new Map<string, number>();
  let versions: Database.Statement | undefined;
  let version = 0;
  const look = (): void => {
    versions ??= native.prepare('PRAGMA data_version').raw(true);
    version = Number((versions.get() as unknown[])[0]);
  };
  const check = (table: string): void => {
    if (checked.get(table) === version) return;
    checkTable(native, name, table);
    checked.set(table, version);
  };
  return {
    begun: look,
    reading: (tables) => {
      if (tables.length === 0) return;
      if (!native.inTransaction || version === 0) look();
      // The names of tables and columns are text too.
      check('main.sqlite_master');
      for (const table of tables) check(table);
    },
  };
}

/** Is a value of a sort that the column is not read as? */
function isWrong({ name, isText }: Column): string {
  return isText ? `typeof("${name}") = 'blob'` : `typeof("${name}") IN ('blob', 'text')`;
}

const pageSize = 2_000;

interface Column {
  readonly name: string;
  readonly isKey: boolean;
  readonly isText: boolean;
  /** Does it number the rows, so that a table can be read piece by piece? */
  readonly isRow: boolean;
}

function checkTable(native: Database.Database, name: string, table: string): void {
  const columns = columnsOf(native, table);
  if (columns.length === 0) return;
  // The text of many rows as one value: taking each by itself would take as long as reading it.
  const whole = columns.map((one) => `coalesce("${one.name}", '')`).join(' || char(10) || ');
  const wrong = columns.map(isWrong).join(' OR ');
  const page = (where: string, key: string): Database.Statement =>
    native
      .prepare(
        `SELECT CAST(group_concat(text, char(10)) AS BLOB), total(wrong), max(key) FROM
          (SELECT ${whole} AS text, ${wrong} AS wrong, ${key} AS key FROM ${table} ${where})`,
      )
      .raw(true);
  const hasRows = columns.some((one) => one.isRow) || table.endsWith('.sqlite_master');
  const pages = hasRows
    ? page(`WHERE rowid > ? ORDER BY rowid LIMIT ${pageSize}`, 'rowid')
    : page(`LIMIT ${pageSize} OFFSET ?`, '1');
  for (let after = 0; ; ) {
    const [bytes, strange, key] = pages.get([after]) as [Buffer | null, number, number | null];
    if (key === null) return;
    if (strange > 0 || (bytes !== null && !isUtf8(bytes)))
      throw new DirectoryError('corrupt', `${name}: ${whereWrong(native, table, columns)}`);
    after = hasRows ? key : after + pageSize;
  }
}

/** The first place at which a table holds something else than text. */
function whereWrong(native: Database.Database, table: string, text: readonly Column[]): string {
  const shown = text.filter((one) => telling.has(one.name) && one.isKey);
  const values = [...shown, ...text].map((one) => `CAST("${one.name}" AS BLOB)`);
  const types = text.map(isWrong);
  const rows = native.prepare(`SELECT ${[...values, ...types].join(', ')} FROM ${table}`).raw(true);
  for (const row of rows.iterate() as Iterable<(Buffer | number | null)[]>) {
    const at = text.findIndex((_, index) => {
      const bytes = row[shown.length + index] as Buffer | null;
      return row[values.length + index] === 1 || (bytes !== null && !isUtf8(bytes));
    });
    if (at === -1) continue;
    const key = shown.map((one, index) => `${one.name} ${String(row[index])}`).join(', ');
    const plain = table.replace(/^main\./, '');
    return (
      `the database is damaged: \`${text[at]!.name}\` in table ${plain}${key && ` (${key})`} is not UTF-8 text; ` +
      'restore a backup, or mend that row with sqlite3'
    );
  }
  return `the database is damaged: table ${table} holds bytes that are not UTF-8 text; restore a backup`;
}

function columnsOf(native: Database.Database, table: string): Column[] {
  const [schema, name] = table.split('.') as [string, string];
  if (name === 'sqlite_master') {
    return ['type', 'name', 'tbl_name', 'sql'].map((one) => ({
      name: one,
      isKey: false,
      isText: true,
      isRow: false,
    }));
  }
  const rows = native
    .prepare(`SELECT name, pk, type FROM pragma_table_info('${name}', '${schema}')`)
    .raw(true)
    .all() as [string, number, string][];
  const isRow = (pk: number, type: string): boolean =>
    pk === 1 && type === 'INTEGER' && rows.filter((one) => one[1] > 0).length === 1;
  return rows.map(([column, pk, type]) => {
    return { name: column, isKey: pk > 0, isText: type !== 'INTEGER', isRow: isRow(pk, type) };
  });
}
