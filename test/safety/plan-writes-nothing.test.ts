/** A plan needs to read the directory and no more: it makes nothing, changes nothing, and may do so where it could not. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { openStore } from '../../src/reconcile/open-store.js';
import { temporaryFolder } from '../support/request.js';
import { watching } from '../support/watching.js';
import { run, start } from './command-line.js';

const staff = 'version: 1\ngroups:\n  staff: {}\n';
const more = `${staff}  others: {}\n`;
/** Somebody for whom modes of files hold: they do not for root. */
const somebody = process.getuid?.() === 0 ? 65_534 : undefined;

function workplace() {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'blueprints'));
  const write = (text: string): void => writeFileSync(join(cwd, 'blueprints', 'staff.yaml'), text);
  write(staff);
  const words = ['blueprints', '-d', 'sqlite:data/d.db', '-p', 'staff'];
  const folder = join(cwd, 'data');
  const file = join(folder, 'd.db');
  return {
    cwd,
    write,
    folder,
    file,
    plan: (...given: string[]) => run(['plan', ...words, ...given], { cwd }),
    // Processes of their own: what the library keeps open, it closes when they end.
    planApart: () => start(['plan', ...words], { cwd }).ended,
    apply: () => start(['apply', ...words, '--auto-approve'], { cwd }).ended,
    /** As somebody who may write to nothing. */
    planElsewhere: () => start(['plan', ...words], { cwd, uid: somebody }).ended,
    state: () => [readdirSync(folder), readFileSync(file).toString('base64'), statSync(file).mtimeMs],
  };
}

test('where there is no directory a plan makes none, nor a folder for one, nor a ledger', async () => {
  const { cwd, plan } = workplace();
  const { code, out, err } = await plan('--ledger', 'sqlite:ledgers/l.db');
  expect(code).toBe(0);
  expect(out).toMatch(/^sqlite:data\/d\.db {2}1 to create, 0 unchanged/);
  expect(err).toContain('directory: sqlite:data/d.db, does not exist yet, so it counts as empty');
  expect(readdirSync(cwd)).toEqual(['blueprints']);
});

test('a plan changes nothing of a directory that it may write to', async () => {
  const { apply, planApart, state, write } = workplace();
  await apply();
  const before = state();
  expect(before[0]).not.toContain('d.db-wal');
  write(more);
  expect((await planApart()).out).toContain('1 to create, 1 unchanged');
  expect(state()).toEqual(before);
});

test('a plan and an apply of a store of an older version: the apply brings it up to date', async () => {
  const { apply, planApart, state, file } = workplace();
  await apply();
  const database = new Database(file);
  database.exec(
    "ALTER TABLE ledger DROP COLUMN formerly; UPDATE meta SET value = '1' WHERE name = 'version'; DELETE FROM meta WHERE name = 'ledger_version'",
  );
  database.close();
  const before = state();
  expect((await planApart()).out).toContain('no changes, 1 unchanged');
  expect(state()).toEqual(before);
  expect((await apply()).code).toBe(0);
  expect(state()).not.toEqual(before);
});

test('a ledger of its own that knows no directory yet is bound by the apply, not by the plan', async () => {
  const { cwd, apply, plan } = workplace();
  await apply();
  expect((await plan('--ledger', 'sqlite:l.db')).code).toBe(0);
  expect(existsSync(join(cwd, 'l.db'))).toBe(false);
});

test('what is no store is refused by a plan too', async () => {
  const { plan, folder, file } = workplace();
  mkdirSync(folder);
  writeFileSync(file, 'hello, I am a text and no database');
  expect(await plan()).toMatchObject({ code: 1, err: expect.stringContaining('not an SQLite database') });
});

test('a plan needs no more than to read the file and its folder', async () => {
  const { cwd, write, apply, planElsewhere, folder, file, state } = workplace();
  // A file long enough to be kept in the cache, which may not be written either.
  write(`${more}x-long: ${'x'.repeat(100_000)}\n`);
  await apply();
  write(`${more}  third: {}\nx-long: ${'x'.repeat(100_000)}\n`);
  mkdirSync(join(cwd, '.asbuilt', 'cache'), { recursive: true });
  chmodSync(file, 0o444);
  for (const one of [folder, join(cwd, '.asbuilt', 'cache'), join(cwd, '.asbuilt'), cwd])
    chmodSync(one, 0o555);
  try {
    const before = state();
    const { code, out, err } = await planElsewhere();
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toContain('sqlite:data/d.db  1 to create, 2 unchanged');
    expect(state()).toEqual(before);
  } finally {
    for (const one of [cwd, folder, join(cwd, '.asbuilt'), join(cwd, '.asbuilt', 'cache')])
      chmodSync(one, 0o755);
  }
});

test('what another process has only in the log beside the file is read too', async () => {
  const { cwd, write, apply, planElsewhere, folder, file } = workplace();
  await apply();
  const opened = await openStore(`sqlite:${file}`);
  try {
    await opened.directory.create('authentik_core.group', { name: 'others' }, new AbortController().signal);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    chmodSync(folder, 0o555);
    chmodSync(cwd, 0o755);
    write(more);
    const { code, out, err } = await planElsewhere();
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toContain('no changes, 2 unchanged');
  } finally {
    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    await opened.close();
  }
});

test('a watch that only plans makes no directory, and sees one that is made', async () => {
  const one = watching({ mode: 'plan', files: { 'blueprints/staff.yaml': staff } });
  const first = await one.until((run) => run.outcome === 'pending');
  expect(readdirSync(one.folder)).toEqual(['blueprints']);
  const words = ['blueprints', '-p', 'staff', '--auto-approve'];
  expect((await run(['apply', ...words], { cwd: one.folder })).code).toBe(0);
  const second = await one.until((run) => run.outcome !== 'pending', first.number);
  expect(second.changes).toEqual([]);
});
