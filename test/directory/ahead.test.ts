/** Large tables in; the same rows out, whether or not a thread has read them before. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteAhead } from '../../src/directory/sql/sqlite-ahead.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = 'test/directory/ahead-program';
const modules = [
  'src/directory/directory',
  'src/directory/sql/connection',
  'src/directory/sql/sqlite',
  'src/directory/sql/sqlite-ahead',
  'src/directory/sql/sqlite-ahead-thread',
  program,
];

/** A folder with the modules as they are published: a thread has no loader for their sources. */
function published(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-ahead-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const name of modules) {
    const source = readFileSync(join(root, `${name}.ts`), 'utf8');
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

test('rows that are read ahead are the rows, unless somebody wrote since', async () => {
  const folder = published();
  const words = [join(folder, `${program}.js`), join(folder, 'rows.db')];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: { PATH: process.env.PATH } });
  expect(JSON.parse(stdout)).toEqual({
    total: 4500,
    ahead: true,
    again: 0,
    second: true,
    written: 0,
    broken: true,
    brokenRows: expect.toSatisfy((rows: number) => rows >= 2000),
    usual: true,
    notBegun: true,
    afterwards: 4501,
  });
});

test('what cannot be read ahead gives nothing, and no error', async () => {
  const ahead = new SqliteAhead('/nowhere/rows.db');
  const paged = { sql: 'SELECT 1 WHERE 1 > ?', values: [], after: 0 };
  ahead.begin(paged);
  expect((await ahead.pages(paged).next()).done).toBe(true);
  await ahead.close();
});
