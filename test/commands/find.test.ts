/** `asbuilt users`, `groups` and `events` on a SQLite directory and on an authentik server. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAuthentik } from '../../src/directory/authentik/open.js';
import type { Directory } from '../../src/directory/directory.js';
import type { Fields } from '../../src/model/model.js';
import { understandAsk } from '../../src/query/ask.js';
import { find } from '../../src/reconcile/find.js';
import { openStore } from '../../src/reconcile/open-store.js';
import { assertRequestMatchesOpenApi } from '../authentik/request-check.js';
import { type Authentik, startAuthentik } from '../authentik/server.js';
import { insertRow, kindNamed } from '../authentik/state.js';
import { run } from '../safety/command-line.js';
import { temporaryFolder } from '../support/request.js';

const quiet = { signal: new AbortController().signal, progress: () => {} };

const company = `version: 1
roles:
  desk: {permissions: [authentik_core.view_user]}
groups:
  company: {roles: [desk]}
  staff: {parents: [company]}
users:
  ada: {name: Ada Berg, email: ada@example.org, path: staff/eng, groups: [staff], roles: [desk], attributes: {dept: eng, level: 5}}
  ben: {name: "=1+1", email: ben@example.org, path: staff, groups: [staff]}
  cem: {name: Cem, email: cem@example.org, path: staff2, is_active: false}
`;

let server: Authentik;
const folders: string[] = [];
beforeAll(async () => {
  server = await startAuthentik();
});
afterAll(async () => {
  for (const one of folders) rmSync(one, { recursive: true });
  await server.close();
  for (const one of server.requests) assertRequestMatchesOpenApi(one, server.version);
});

/** A folder whose blueprints are applied to a directory. */
async function world(where: 'sqlite' | 'authentik') {
  const cwd = mkdtempSync(join(tmpdir(), 'asbuilt-'));
  folders.push(cwd);
  writeFileSync(join(cwd, 'main.yaml'), company);
  const url = where === 'sqlite' ? 'sqlite:directory.db' : `authentik+${server.url}`;
  writeFileSync(
    join(cwd, 'asbuilt.yaml'),
    `project: staff\nblueprints: [main.yaml]\nprune: true\ndirectories: {a: {url: "${url}"}}\n`,
  );
  const asbuilt = (...words: string[]) => run(words, { cwd, env: { AUTHENTIK_TOKEN: server.token } });
  const applied = await asbuilt('apply', '--auto-approve', '--allow', 'takes-over');
  expect(applied.code, applied.err).toBe(0);
  return { cwd, asbuilt };
}

describe.each(['sqlite', 'authentik'] as const)('on %s', (where) => {
  let asbuilt: Awaited<ReturnType<typeof world>>['asbuilt'];
  const names = async (...words: string[]): Promise<string[]> => {
    const ran = await asbuilt(...words, '--json');
    expect(ran.code, ran.err).toBe(0);
    const data = JSON.parse(ran.out) as Record<string, { username?: string; name: string }[]>;
    return (data[words[0]!] as { username?: string; name: string }[]).map((one) => one.username ?? one.name);
  };
  beforeAll(async () => {
    ({ asbuilt } = await world(where));
  });

  test('selects, orders, cuts, and shows the columns that are asked for', async () => {
    expect(await names('users', '--path', 'staff')).toEqual(['ada', 'ben']);
    expect(await names('users', 'email endswith "@EXAMPLE.org"', '--order', '-username')).toEqual([
      'cem',
      'ben',
      'ada',
    ]);
    expect(await names('users', 'email endswith "@example.org"', '--limit', '1')).toEqual(['ada']);
    expect(await names('users', '--search', 'berg ada')).toEqual(['ada']);
    expect(await names('users', 'username = "ada"', '--search', 'ben')).toEqual([]);
    expect(await names('groups', 'name in ("staff", "company")')).toEqual(['company', 'staff']);
    const table = await asbuilt(
      'users',
      'username = "ada"',
      '--columns',
      'username,groups,roles,attributes.level,is_active',
    );
    expect(table.out).toBe(
      'username  groups  roles  attributes.level  is_active\nada       staff   desk   5                 yes\n',
    );
    expect(table.err).toMatch(/\n1 user\n$/);
    const groups = await asbuilt('groups', 'name = "staff"');
    expect(groups.out).toMatch(/^name +is_superuser +parents +roles +members\nstaff +no +company +2\n$/);
  });

  test('writes CSV without formulas, and shows folders', async () => {
    const csv = await asbuilt(
      'users',
      '--path',
      'staff',
      '--format',
      'csv',
      '--columns',
      'username,name,groups,attributes',
    );
    expect(csv.out).toBe(
      'Username,Name,Groups,Attributes\r\nada,Ada Berg,staff,"{""dept"":""eng"",""level"":5}"\r\nben,\'=1+1,staff,{}\r\n',
    );
    expect(csv.err).toContain("1 cell begins like a formula and got a ' before it");
    const tree = await asbuilt('users', 'tree', 'email ~ "@example.org"');
    expect(tree.out).toBe(
      'folder  users  with below\nstaff   1      2\n  eng   1      1\nstaff2  1      1\n',
    );
    const json = JSON.parse((await asbuilt('users', 'tree', '--path', 'staff', '--json')).out);
    expect(json.folders).toEqual([
      { path: 'staff', users: 1, below: 1 },
      { path: 'staff/eng', users: 1, below: 0 },
    ]);
  });

  test('finds events', async () => {
    const made =
      'action = "model_created" and context.model.name ~ "ada" and context.model.model_name = "user"';
    const { events } = JSON.parse((await asbuilt('events', made, '--json')).out);
    expect(events).toMatchObject([
      { action: 'model_created', context: { model: { app: 'authentik_core' } } },
    ]);
    expect((await asbuilt('events', `event_uuid = "${events[0].pk}"`)).err).toMatch(/\n1 event\n$/);
    const few = await asbuilt('events', '--limit', '2');
    expect(few.err).toMatch(/the newest 2 events; --limit 0 shows all\n$/);
    expect(few.out.split('\n')).toHaveLength(4);
    expect((await asbuilt('events', 'action = "impersonation_started"')).err).toMatch(/\nno events\n$/);
  });

  test.runIf(where === 'authentik')('asks the server for less where that means the same', async () => {
    const before = server.requests.length;
    await asbuilt('users', 'username = "ada" and attributes.dept = "eng"', '--path', 'staff');
    const asked = server.requests.slice(before).filter(({ path }) => path === '/core/users/');
    expect(asked.map(({ query }) => new URLSearchParams(query).get('username'))).toEqual(['ada']);
    expect(new URLSearchParams(asked[0]!.query).get('path_startswith')).toBe('staff');
  });
});

describe('what is wrong', () => {
  test.each([
    [
      ['users', 'attribute.x = "a"'],
      ['   | ^^^^^^^^^\n', 'Did you mean `attributes`?', 'the field is called `attributes`'],
    ],
    [['users', 'attributes.has_key = "a"'], ['is a look-up of Django’s'.replace('’', "'")]],
    [['users', 'ada'], ['For a plain search write `--search ada`.']],
    [
      ['users', '--order', 'nme'],
      ['users cannot be ordered by `nme`', 'Did you mean `name`?'],
    ],
    [
      ['users', '--columns', 'usernme'],
      ['users have no column `usernme`', 'Did you mean `username`?'],
    ],
    [['users', '--limit', 'all'], ['is not a number of rows']],
    [
      ['groups', '--format', 'cvs'],
      ['unknown format `cvs`', 'Did you mean `csv`?'],
    ],
    [['events', 'created > "yesterday"'], ['timestamps in "YYYY-MM-DD HH:MM" format']],
  ])('%j', async (words, texts) => {
    const ran = await run([...words, '-d', 'sqlite:nowhere.db'], { cwd: temporaryFolder() });
    expect(ran).toMatchObject({ code: 1, out: '' });
    for (const text of texts) expect(ran.err).toContain(text);
    const json = await run(
      [...words, ...(words.includes('--format') ? [] : ['--json']), '-d', 'sqlite:nowhere.db'],
      { cwd: temporaryFolder() },
    );
    if (!words.includes('--format'))
      expect(JSON.parse(json.out)).toMatchObject({ ok: false, diagnostics: [{ severity: 'error' }] });
  });

  test('mixed words are a warning, also in JSON', async () => {
    const { asbuilt } = await world('sqlite');
    const mixed = ['users', 'name = "Cem" or name = "x" and name = "y"'];
    const ran = await asbuilt(...mixed);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('warning: `and` and `or` are mixed') });
    expect(JSON.parse((await asbuilt(...mixed, '--json')).out)).toMatchObject({
      users: [{ username: 'cem' }],
      diagnostics: [{ code: 'odd-query', severity: 'warning' }],
    });
  });

  test('no directory, no permission, no server', async () => {
    const cwd = temporaryFolder();
    const nowhere = await run(['users', '-d', 'sqlite:nowhere.db'], { cwd });
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('no-directory') });
    const limited = await startAuthentik({ permissions: ['authentik_core.view_group'] });
    const env = { AUTHENTIK_TOKEN: limited.token };
    const denied = await run(['users', '-d', `authentik+${limited.url}`], { cwd, env });
    await limited.close();
    expect(denied).toMatchObject({ code: 1, out: '' });
    expect(denied.err).toContain('GET /core/users/');
    const down = await run(['users', '-d', `authentik+${limited.url}`, '--json'], { cwd, env });
    expect(down).toMatchObject({ code: 1, err: expect.stringContaining('can’t be reached') });
    expect(JSON.parse(down.out)).toMatchObject({ ok: false, error: { code: 'unreachable' } });
  });
});

const vectors =
  process.env.QUERY_VECTORS ?? new URL('../../../shared/facts/user-queries.json', import.meta.url);
const isThere = process.env.QUERY_VECTORS !== undefined || existsSync(vectors);

/** Queries with the users that authentik was measured to select; skipped without the data folder beside the repository. */
describe.skipIf(!isThere)('every measured query selects the same', () => {
  const { users, cases } = isThere
    ? (JSON.parse(readFileSync(vectors, 'utf8')) as {
        users: (Fields & { pk: number; username: string })[];
        cases: { query: string; selects?: number[] }[];
      })
    : { users: [], cases: [] };
  const attributesOf = ({ pk: _, uuid: __, ...rest }: Fields): Fields => rest;

  async function check(directory: Directory): Promise<void> {
    const tested = new Map(
      users.filter(({ username }) => username !== 'akadmin').map(({ username, pk }) => [username, pk]),
    );
    let checked = 0;
    for (const { query, selects } of cases) {
      const { ask } = understandAsk({ type: 'users', query });
      if (!ask || !selects) continue;
      const { rows } = await find(directory, ask, [], quiet);
      const found = rows
        .flatMap(({ username }) => tested.get(username as string) ?? [])
        .sort((a, b) => a - b);
      const wanted = selects.filter((pk) => [...tested.values()].includes(pk));
      expect(found, query).toEqual(wanted);
      checked++;
    }
    expect(checked).toBeGreaterThan(cases.length / 3);
  }

  test('in SQLite', async () => {
    const store = await openStore('sqlite::memory:', { cwd: temporaryFolder() });
    await store.transaction(async ({ directory }) => {
      for (const user of users)
        await directory.create('authentik_core.user', attributesOf(user), quiet.signal);
    });
    await check(store.directory);
    await store.close();
  });

  test('on an authentik server', async () => {
    const own = await startAuthentik();
    const kind = kindNamed(own.state, 'authentik_core.user');
    for (const user of users)
      if (user.username !== 'akadmin')
        insertRow(own.state, kind, { ...attributesOf(user), groups: [], roles: [] });
    const { directory } = await openAuthentik(`authentik+${own.url}`, { token: own.token });
    await check(directory);
    await directory.close();
    await own.close();
  });
});
