/** A damaged database is told with the place of the damage; it ends no process, and is never called a bug. */
import { closeSync, copyFileSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import { run, start } from './command-line.js';

const blueprint = `version: 1
groups:
  staff: {attributes: {motto: hello, list: [1, 2]}}
users:
  ada: {name: Ada, email: ada@example.org, path: users, groups: [staff]}
flows:
  enrol:
    title: Welcome
    designation: enrollment
    stages: [user_login: {}]
`;

let whole: Buffer | undefined;

/** A directory that was applied by a process that has ended, so that nothing of it stands beside the file. */
async function directory(): Promise<{ cwd: string; file: string }> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.yaml'), blueprint);
  const file = join(cwd, 'a.db');
  if (whole) writeFileSync(file, whole);
  else {
    const words = ['apply', 'a.yaml', '--directory', 'sqlite:a.db', '--auto-approve', '--project', 'p'];
    expect((await start(words, { cwd }).ended).code).toBe(0);
    whole = readFileSync(file);
  }
  return { cwd, file };
}

function change(file: string, ...statements: string[]): void {
  const database = new Database(file);
  database.exec('PRAGMA ignore_check_constraints = ON');
  for (const one of statements) database.exec(one);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

const at = ['--directory', 'sqlite:a.db'];
const commands = [
  ['plan', 'a.yaml', ...at, '--project', 'p'],
  ['apply', 'a.yaml', ...at, '--project', 'p', '--auto-approve'],
  ['export', ...at],
  ['doctor', 'a.yaml', ...at],
  ['history', ...at],
];

/** Runs every command and expects each to fail with this, or not to notice; at least one does notice. */
async function expectTold(cwd: string, message: RegExp): Promise<void> {
  let told = 0;
  for (const words of commands) {
    const { code, err, out } = await run(words, { cwd });
    expect([words, err]).not.toEqual([words, expect.stringContaining('bug in asbuilt')]);
    if (code === 0) continue;
    expect([words, err + out]).toEqual([words, expect.stringMatching(message)]);
    told++;
  }
  expect(told).toBeGreaterThan(0);
}

describe('text that is not UTF-8', () => {
  const bad = "CAST(CAST(substr(%, 1, 3) AS BLOB) || x'80' || substr(%, 4) AS TEXT)";
  test.each([
    ['object', 'attributes', '(row '],
    ['object', 'computed', '(row '],
    ['object', 'secrets', '(row '],
    ['object', 'id', '(row '],
    ['object', 'kind', '(row '],
    ['object', 'created', '(row '],
    ['reference', 'field', '(source '],
    ['meta', 'value', '(name '],
    ['ledger', 'paths', '(project p, address '],
    ['ledger', 'place', '(project p, address '],
    ['run', 'who', '(number '],
  ])('%s.%s', async (table, column, where) => {
    const { cwd, file } = await directory();
    change(file, `UPDATE ${table} SET ${column} = ${bad.replaceAll('%', column)}`);
    const message = `damaged: \`${column}\` in table ${table} ${where}`;
    await expectTold(cwd, new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  });

  test('in a process of its own, which goes on to its end', async () => {
    const { cwd, file } = await directory();
    const bytes = readFileSync(file);
    const index = bytes.indexOf('ada@example.org');
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.of(0xff), 0, 1, index);
    closeSync(handle);
    for (const words of commands.slice(0, 4)) {
      const { code, err } = await start(words, { cwd }).ended;
      expect([words, code, err]).toEqual([
        words,
        1,
        expect.stringMatching(/damaged: `attributes` in table object \(row \d+\)/),
      ]);
    }
  });

  test('names with other letters are no damage, however many', async () => {
    const { cwd } = await directory();
    writeFileSync(
      join(cwd, 'b.yaml'),
      'version: 1\nusers: {ren\u00e9: {name: 日本, email: b@example.org, path: users}}\n',
    );
    expect(await run(['apply', 'b.yaml', ...at, '--auto-approve', '--project', 'q'], { cwd })).toMatchObject({
      code: 0,
    });
    expect(await run(['export', ...at], { cwd })).toMatchObject({
      code: 0,
      out: expect.stringContaining('日本'),
    });
  });

  test('in a file that may only be read', async () => {
    const { cwd, file } = await directory();
    change(file, `UPDATE object SET attributes = ${bad.replaceAll('%', 'attributes')}`);
    copyFileSync(file, join(cwd, 'b.db'));
    const { code, err } = await run(['plan', 'a.yaml', '--directory', 'sqlite:b.db'], { cwd });
    expect([code, err]).toEqual([1, expect.stringContaining('table object')]);
  });
});

describe('what is not what asbuilt wrote', () => {
  test.each([
    ['no JSON', "UPDATE object SET attributes = '{'"],
    ['a list for a map', "UPDATE object SET attributes = '[1]'"],
    ['a blob for text', "UPDATE object SET attributes = x'7b7d'"],
    ['text for a number', "UPDATE object SET hidden = 'no'"],
    ['no JSON in the ledger', "UPDATE ledger SET id = 'x'"],
    ['a number for a map in the ledger', "UPDATE ledger SET labels = '5'"],
    ['no paths in the ledger', "UPDATE ledger SET whole = 'x', paths = '['"],
    ['no changes in the history', "UPDATE run SET changes = '{}'"],
    ['no table of objects', 'DROP TABLE object'],
    ['no table of references', 'DROP TABLE reference'],
    ['no table of the ledger', 'DROP TABLE ledger'],
    ['no history', 'DROP TABLE run'],
    ['a column less', 'ALTER TABLE object RENAME COLUMN computed TO others'],
    ['a column less in the ledger', 'ALTER TABLE ledger RENAME COLUMN place TO others'],
    ['no versions', "DELETE FROM meta WHERE name IN ('version', 'ledger_version')"],
    ['no key', "DELETE FROM meta WHERE name = 'ledger_key'"],
  ])('%s', async (_, statement) => {
    const { cwd, file } = await directory();
    change(file, 'DROP VIEW IF EXISTS users', statement);
    await expectTold(cwd, /a\.db/);
  });

  test.each([
    ['CREATE TABLE object (', 0xff],
    ['objectobject', 0xff],
    ['attributes TEXT', 0xff],
    ['CREATE TABLE meta', 0x58],
  ])('a schema that cannot be read at %s', async (text, byte) => {
    const { cwd, file } = await directory();
    const bytes = readFileSync(file);
    // An older copy may stand where nobody looks.
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) bytes[at + 3] = byte;
    writeFileSync(file, bytes);
    await expectTold(cwd, /damaged|another program/);
  });
});
