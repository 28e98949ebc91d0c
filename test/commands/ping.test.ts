/** `asbuilt ping`, and what a plan says of missing permissions, over the test server and SQLite. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ping } from '../../src/commands/ping.js';
import { plan } from '../../src/commands/plan.js';
import { assertRequestMatchesOpenApi } from '../authentik/request-check.js';
import { type AuthentikOptions, startAuthentik } from '../authentik/server.js';
import { commandIn } from '../support/command.js';
import { temporaryFolder } from '../support/request.js';

const ledger = ['view', 'add', 'change', 'delete'].map(
  (verb) => `authentik_blueprints.${verb}_blueprintinstance`,
);
const reading = [
  'authentik_core.view_group',
  'authentik_core.view_user',
  'authentik_rbac.view_role',
  'authentik_events.view_event',
];

async function setUp(options: AuthentikOptions = {}, blueprint?: string) {
  const server = await startAuthentik(options);
  onTestFinished(() => {
    for (const one of server.requests) assertRequestMatchesOpenApi(one, server.version);
    return server.close();
  });
  const folder = temporaryFolder();
  if (blueprint !== undefined) writeFileSync(join(folder, 'staff.yaml'), blueprint);
  const world = commandIn(folder, { env: { AUTHENTIK_TOKEN: server.token } });
  const directory = `authentik+${server.url}`;
  return { server, ...world, directory };
}

const staff = `version: 1
groups:
  staff: {}
users:
  ada: {name: Ada, password: correct horse, groups: [staff]}
`;

test('tells software, account, page size, round trip, clock and ledger', async () => {
  const { surroundings, directory, out, err } = await setUp({ pageSizeMaximum: 70 });
  expect(await ping(surroundings, [], { directory })).toBe(0);
  const text = out()
    .replace(/\d+\.\d ms/, '1.0 ms')
    .replace(/clock( +).*/, 'clock$1as here');
  expect(text).toBe(`${directory}
    software    authentik 2025.12.4
    account     akadmin, a superuser
    page size   70
    round trip  1.0 ms
    clock       as here
    ledger      in authentik, in blueprint instances named asbuilt-…
`);
  expect(err()).toBe('');
});

test('lists what the token may not see or do for the blueprints and the ledger, by permission, before anything is written', async () => {
  const { surroundings, directory, out, server } = await setUp(
    { permissions: [...reading, ledger[0]!, 'authentik_core.add_group'] },
    staff,
  );
  expect(await ping(surroundings, ['staff.yaml'], { directory, json: true })).toBe(1);
  const said = JSON.parse(out());
  expect(said.lacking.sort()).toEqual(
    [
      ...ledger.slice(1),
      'authentik_core.add_user',
      'authentik_core.add_user_to_group',
      'authentik_core.change_group',
      'authentik_core.change_user',
      'authentik_core.reset_user_password',
      ...said.lacking.filter((one: string) => /view_/.test(one)),
    ].sort(),
  );
  expect(
    said.diagnostics.find((one: { message: string }) => /`authentik_core.add_user`/.test(one.message)),
  ).toMatchObject({
    code: 'not-permitted',
    severity: 'warning',
    place: { line: 5 },
  });
  expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('a plan says which permissions its writes lack, at the line of the first', async () => {
  const { surroundings, directory, err } = await setUp({ permissions: [...reading, ...ledger] }, staff);
  expect(await plan(surroundings, ['staff.yaml'], { directory })).toBe(0);
  expect(err()).toContain('`authentik_core.add_user`, needed by user/ada');
  expect(err()).toContain('staff.yaml:5:3');
  expect(err()).toContain('`authentik_core.reset_user_password`');
  expect(err()).not.toContain('blueprintinstance');
});

test('kinds that may not be read are named all at once, by permission', async () => {
  const { surroundings, directory, err } = await setUp({ permissions: ledger }, staff);
  expect(await plan(surroundings, ['staff.yaml'], { directory })).toBe(1);
  expect(err()).toMatch(/lacks .*`authentik_core\.view_group`, .*`authentik_core\.view_user`/);
});

test('a release that does not tell permissions is said to', async () => {
  const { surroundings, directory, out } = await setUp({ version: '2025.10.2', permissions: reading });
  expect(await ping(surroundings, [], { directory, ledger: 'sqlite:ledger.db' })).toBe(0);
  expect(out()).toContain('unknown: this release does not tell');
  expect(out()).toContain('ledger      sqlite:ledger.db');
});

test('SQLite says what fits, and a file that is not there is an error', async () => {
  const folder = temporaryFolder();
  const { surroundings, out, err } = commandIn(folder);
  expect(await ping(surroundings, [], { directory: 'sqlite:gone.db' })).toBe(1);
  expect(err()).toContain('there is no directory');
  expect(await ping(surroundings, [], { directory: 'sqlite::memory:' })).toBe(0);
  expect(out()).toMatch(
    /^sqlite::memory:\n {4}software {4}SQLite \d[\d.]+\n {4}round trip {2}\d+\.\d ms\n {4}ledger/,
  );
});
