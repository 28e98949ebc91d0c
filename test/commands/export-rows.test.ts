/** `asbuilt export users` and `asbuilt exports`: one whole file for its owner alone, copies that are kept, and the server's own export. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fields } from '../../src/model/model.js';
import { openStore } from '../../src/reconcile/open-store.js';
import { startAuthentik } from '../authentik/server.js';
import { insertRow, kindNamed } from '../authentik/state.js';
import { run } from '../safety/command-line.js';
import { temporaryFolder } from '../support/request.js';

const signal = new AbortController().signal;
const users: Fields[] = [
  {
    username: 'ada',
    name: 'Ada, "A" Berg',
    email: 'ada@example.org',
    path: 'staff/eng',
    attributes: { dept: 'eng', tags: ['a'], on: null },
  },
  {
    username: 'ben',
    name: '=HYPERLINK("http://x")',
    email: 'ben@example.org',
    path: 'staff',
    attributes: { phone: '+351210000' },
  },
  { username: 'cem', name: 'two\nlines', email: '', path: 'left', attributes: {} },
];

async function world(config = 'project: staff\ndirectories: {a: {url: "sqlite:directory.db"}}\n') {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'asbuilt.yaml'), config);
  const store = await openStore('sqlite:directory.db', { cwd });
  await store.transaction(async ({ directory }) => {
    for (const user of users) await directory.create('authentik_core.user', user, signal);
  });
  await store.close();
  const asbuilt = (...words: string[]) => run(words, { cwd, env: { GITHUB_ACTOR: 'mona' } });
  const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
  return { cwd, asbuilt, read, kept: join(cwd, '.asbuilt', 'exports') };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a file', () => {
  test('has the selected rows in order, JSON as JSON, no formulas, times in UTC, for its owner alone', async () => {
    const { cwd, asbuilt, read } = await world();
    const words = ['--query', 'path startswith "staff"', '--order', '-username'];
    const { code, out, err } = await asbuilt(
      'export',
      'users',
      ...words,
      '--columns',
      'username,name,attributes.phone,attributes,date_joined',
      'people.csv',
    );
    expect(code, err).toBe(0);
    expect(out).toBe('');
    const [head, ben, ada, ...rest] = read('people.csv').split('\r\n');
    expect(head).toBe('Username,Name,attributes.phone,Attributes,Date joined');
    expect(ben).toMatch(
      /^ben,"'=HYPERLINK\(""http:\/\/x""\)",\+351210000,"\{""phone"":""\+351210000""\}",\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
    );
    expect(ada).toMatch(/^ada,"Ada, ""A"" Berg",,"\{""dept"":""eng"",""tags"":\[""a""\],""on"":null\}",/);
    expect(rest).toEqual(['']);
    expect(err).toMatch(
      /2 users written to people\.csv\n1 cell begins like a formula and got a ' before it\nkept as \w+-users for 30 days/,
    );
    expect(modeOf(join(cwd, 'people.csv'))).toBe(0o600);
  });

  test('has authentik’s columns unless others are asked for', async () => {
    const { asbuilt, read } = await world();
    await asbuilt('export', 'users', 'all.csv');
    expect(read('all.csv').split('\r\n')[0]).toBe(
      'ID,Username,Name,Active,Last login,Date joined,Is superuser,Groups,Roles,Roles obj,Email address,Avatar,Attributes,Uid,Path,Type,Uuid,Password change date,Last updated',
    );
    await asbuilt('export', 'groups', 'groups.csv');
    expect(read('groups.csv')).toBe('ID,Name,Is superuser,Attributes\r\n');
    const events = await asbuilt(
      'export',
      'events',
      '--query',
      'action = "model_created"',
      'events.csv',
      '--json',
    );
    expect(JSON.parse(events.out)).toMatchObject({
      ok: true,
      type: 'events',
      rows: 5,
      formulas: 0,
      who: expect.stringMatching(/^mona@/),
    });
  });

  test('replaces what was there in one piece, and leaves it when something is wrong', async () => {
    const { cwd, asbuilt, read } = await world();
    writeFileSync(join(cwd, 'other'), 'other');
    symlinkSync('other', join(cwd, 'people.csv'));
    expect((await asbuilt('export', 'users', 'people.csv')).code).toBe(0);
    expect(read('other')).toBe('other');
    const whole = read('people.csv');
    expect((await asbuilt('export', 'users', '--query', 'nme = "x"', 'people.csv')).code).toBe(1);
    expect(read('people.csv')).toBe(whole);
    const nowhere = await asbuilt('export', 'users', 'nowhere/people.csv');
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toMatch(/error\[unwritable-file\]: (\S+): its folder does not exist\n/);
    mkdirSync(join(cwd, 'folder.csv'));
    expect((await asbuilt('export', 'users', 'folder.csv')).code).toBe(1);
    // No draft is left.
    expect(readdirSync(cwd).filter((name) => name.startsWith('.') && name !== '.asbuilt')).toEqual([]);
  });
});

describe('copies', () => {
  test('are kept, listed, opened and deleted', async () => {
    const { cwd, asbuilt, read, kept } = await world();
    await asbuilt('export', 'users', '--query', 'username = "ada"', 'ada.csv');
    await asbuilt('export', 'users', '--path', 'left', 'left.csv');
    expect(modeOf(kept)).toBe(0o700);
    for (const name of readdirSync(kept)) expect(modeOf(join(kept, name))).toBe(0o600);
    expect(read('.asbuilt/.gitignore')).toBe('*\n');
    const { exports } = JSON.parse((await asbuilt('exports', 'list', '--json')).out);
    expect(exports).toMatchObject([
      { type: 'users', path: 'left', rows: 1, file: join(cwd, 'left.csv') },
      {
        query: 'username = "ada"',
        rows: 1,
        who: expect.stringMatching(/^mona@/),
        directory: 'sqlite:directory.db',
      },
    ]);
    expect((await asbuilt('exports')).out).toMatch(/username = "ada"/);
    expect((await asbuilt('exports', 'open')).out).toBe(read('left.csv'));
    expect((await asbuilt('exports', 'open', exports[1].id)).out).toBe(read('ada.csv'));
    const wrong = await asbuilt('exports', 'delete', `${exports[0].id}x`);
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Did you mean \`${exports[0].id}\`?`),
    });
    expect((await asbuilt('exports', 'delete', exports[0].id, exports[1].id)).err).toContain(
      '2 exports deleted',
    );
    expect(readdirSync(kept)).toEqual([]);
    expect(existsSync(join(cwd, 'ada.csv'))).toBe(true);
    expect((await asbuilt('exports', 'open')).err).toContain('no export is kept here');
  });

  test.each([
    ['exports: {keep: 2d}', 1],
    ['exports: {keep: forever}', 2],
    ['', 2],
  ])('go after the time that is configured: %s', async (line, left) => {
    const { asbuilt, kept } = await world(
      `project: staff\n${line}\ndirectories: {a: {url: "sqlite:directory.db"}}\n`,
    );
    await asbuilt('export', 'users', 'old.csv');
    const name = readdirSync(kept).find((one) => one.endsWith('.json'))!;
    const note = JSON.parse(readFileSync(join(kept, name), 'utf8'));
    const old = new Date(Date.now() - 3 * 86_400_000).toISOString();
    writeFileSync(join(kept, name), JSON.stringify({ ...note, time: old }));
    const second = await asbuilt('export', 'users', 'new.csv');
    expect(second.err.includes('1 older export deleted')).toBe(left === 1);
    expect(JSON.parse((await asbuilt('exports', 'list', '--json')).out).exports).toHaveLength(left);
  });

  test('a wrong time is an error, a damaged note is passed over, and a copy that cannot be kept is a warning', async () => {
    const { cwd, asbuilt, kept } = await world();
    mkdirSync(kept, { recursive: true });
    for (const [name, text] of [
      ['x', '{'],
      ['y', '[]'],
      ['z', '{"id":"z"}'],
    ])
      writeFileSync(join(kept, `${name}.json`), text!);
    expect((await asbuilt('exports', 'list')).err).toBe('0 exports\n');
    writeFileSync(join(cwd, 'asbuilt.yaml'), 'exports: {keep: soon}\n');
    const wrong = await asbuilt('exports', 'list');
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('must be a time such as') });
    writeFileSync(join(cwd, 'asbuilt.yaml'), '{}\n');
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, '.asbuilt'), '');
    const ran = await run(
      ['export', 'users', join(elsewhere, 'a.csv'), '-d', `sqlite:${join(cwd, 'directory.db')}`],
      { cwd: elsewhere },
    );
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('warning: no copy was kept') });
    expect(existsSync(join(elsewhere, 'a.csv'))).toBe(true);
  });
});

describe('the export of the server', () => {
  async function server(licensed: boolean) {
    const authentik = await startAuthentik({ licensed });
    onTestFinished(() => authentik.close());
    insertRow(authentik.state, kindNamed(authentik.state, 'authentik_core.user'), {
      ...users[0],
      groups: [],
      roles: [],
    });
    const cwd = temporaryFolder();
    const asbuilt = (...words: string[]) =>
      run([...words, '-d', `authentik+${authentik.url}`], { cwd, env: { AUTHENTIK_TOKEN: authentik.token } });
    return { authentik, cwd, asbuilt };
  }

  test('is begun, waited for and fetched without the token', async () => {
    const { authentik, cwd, asbuilt } = await server(true);
    const ran = await asbuilt(
      'export',
      'users',
      '--server',
      '--path',
      'staff',
      '--order',
      'username',
      'users.csv',
    );
    expect(ran.code, ran.err).toBe(0);
    expect(readFileSync(join(cwd, 'users.csv'), 'utf8')).toMatch(/^ID,Name\r\n\d+,ada\r\n$/);
    expect(ran.err).toContain('the server’s file written to users.csv');
    const asked = authentik.requests
      .filter(({ path }) => /export|files/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, 'ID')}`);
    expect(asked).toEqual([
      'POST /core/users/export/',
      'GET /reports/exports/ID/',
      'GET /reports/exports/ID/',
      'GET /files/ID.csv',
    ]);
    expect(JSON.parse((await asbuilt('users', '--json')).out).ok).toBe(true);
  });

  test('says that there is no licence, no such export, and which options it does not take', async () => {
    const { asbuilt, cwd } = await server(false);
    const ran = await asbuilt('export', 'users', '--server', 'users.csv');
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('it has no enterprise licence; leave out --server'),
    });
    expect(existsSync(join(cwd, 'users.csv'))).toBe(false);
    expect((await asbuilt('export', 'groups', '--server', 'groups.csv')).err).toContain(
      'authentik itself exports no groups',
    );
    expect((await asbuilt('export', 'users', '--server', '--columns', 'name', 'a.csv')).err).toContain(
      'takes no --columns',
    );
    const { asbuilt: local } = await world();
    expect((await local('export', 'users', '--server', 'a.csv')).err).toContain('has no export of its own');
  });
});
