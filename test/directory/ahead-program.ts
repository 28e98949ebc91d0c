/** The path of an SQLite file in, what is read of it ahead out, as JSON: a program of its own, since a thread needs its loader. */
import Database from 'libsql';
import { type Paged, pageSize, pagesOf, type Row } from '../../src/directory/sql/connection.js';
import { openSqlite } from '../../src/directory/sql/sqlite.js';
import { SqliteAhead } from '../../src/directory/sql/sqlite-ahead.js';

const path = process.argv[2]!;
const paged: Paged = {
  sql: 'SELECT number, text FROM rows WHERE text <> ? AND number > ? ORDER BY number',
  values: ['none'],
  after: 0,
};
const other: Paged = { ...paged, values: ['other'] };
const native = new Database(path);
native.exec('CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)');
const insert = native.prepare('INSERT INTO rows (text) VALUES (?)');
const add = (count: number): void => {
  native.exec('BEGIN');
  for (let at = 0; at < count; at++) insert.run([`${'x'.repeat(2000)} ${at} ü`]);
  native.exec('COMMIT');
};
add(2 * pageSize + 500);

async function collected(pages: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}
const connection = openSqlite(path, 'test');
const written = await connection.all(`${paged.sql}`, [...paged.values, 0]);
const isAll = (rows: Row[]): boolean => JSON.stringify(rows) === JSON.stringify(written);

const ahead = new SqliteAhead(path);
ahead.begin(paged);
ahead.begin(other);
const found = {
  total: written.length,
  ahead: isAll(await collected(ahead.pages(paged))),
  again: (await collected(ahead.pages(paged))).length,
  second: isAll(await collected(ahead.pages(other))),
  written: -1,
  broken: false,
  brokenRows: 0,
  usual: false,
  notBegun: false,
  afterwards: 0,
};
await ahead.close();

const late = new SqliteAhead(path);
late.begin(paged);
await collected(late.pages(other));
// The thread has begun, as it answers.
late.begin(other);
await collected(late.pages(other));
add(1);
found.written = (await collected(late.pages(paged))).length;
await late.close();
native.exec(`DELETE FROM rows WHERE number > ${written.length}`);

const broken = new SqliteAhead(path);
broken.begin(paged);
async function* breaking(): AsyncGenerator<Row[]> {
  for await (const page of broken.pages(paged)) {
    found.brokenRows += page.length;
    yield page;
    await broken.close();
  }
}
found.broken = isAll(
  await collected(pagesOf(paged, (sql, values) => connection.all(sql, values), breaking())),
);

// A file of this size is read ahead.
connection.ahead!(paged);
found.usual = isAll(await collected(connection.pages(paged)));
found.notBegun = isAll(await collected(connection.pages(paged)));
native.exec('CREATE TABLE more (number INTEGER)');
connection.ahead!(paged);
add(1);
found.afterwards = (await collected(connection.pages(paged))).length;
await connection.close();
native.close();
console.log(JSON.stringify(found));
