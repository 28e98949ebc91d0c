/** `asbuilt show` of users, groups, roles, applications and others, on a SQLite directory and on an authentik server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolDevice } from '../authentik/devices.js';
import { assertRequestMatchesOpenApi } from '../authentik/request-check.js';
import { type Authentik, startAuthentik } from '../authentik/server.js';
import { rowsOf } from '../authentik/state.js';
import { run } from '../safety/command-line.js';
import { temporaryFolder } from '../support/request.js';

const company = `version: 1
roles:
  desk: {permissions: [authentik_core.view_user]}
  helper: {permissions: [authentik_core.view_group]}
groups:
  company: {roles: [desk]}
  staff: {parents: [company]}
  admins: {is_superuser: true}
  bosses: {parents: [admins]}
users:
  ada: {name: Ada Berg, email: ada@example.org, groups: [staff], roles: [helper], attributes: {badge: !Env BADGE, level: 5}}
  ben: {name: Ben, email: ben@example.org, groups: [bosses]}
  cem: {name: Cem, email: cem@example.org, is_active: false, groups: [company]}
applications:
  wiki: {name: Wiki, access: [group/company]}
  news: {name: News, access: everyone}
flows:
  consent: {title: Consent, designation: authorization}
entries:
  - {model: authentik_providers_oauth2.oauth2provider, identifiers: {name: wiki}, attrs: {authorization_flow: !Find [authentik_flows.flow, [slug, consent]], invalidation_flow: !Find [authentik_flows.flow, [slug, consent]], redirect_uris: [{matching_mode: strict, url: 'https://wiki.example.org/cb'}], client_secret: not-to-be-shown}}
  - {model: authentik_core.token, identifiers: {identifier: ada-api}, attrs: {key: not-to-be-shown, intent: app_password, user: !Find [authentik_core.user, [username, ada]], expiring: false}}
`;

let server: Authentik;
const folders: string[] = [];
beforeAll(async () => {
  server = await startAuthentik();
});
afterAll(async () => {
  for (const one of folders) rmSync(one, { recursive: true });
  await server.close();
  // The list of all authenticators has no pages, and passes over their size.
  for (const one of server.requests)
    if (one.path !== '/authenticators/admin/all/') assertRequestMatchesOpenApi(one, server.version);
});

describe.each(['sqlite', 'authentik'] as const)('on %s', (where) => {
  let cwd: string;
  const asbuilt = (...words: string[]) =>
    run(words, { cwd, env: { AUTHENTIK_TOKEN: server.token, BADGE: 'b-4711' } });
  const write = (text: string): void => writeFileSync(join(cwd, 'main.yaml'), text);
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'asbuilt-'));
    folders.push(cwd);
    write(company);
    const url = where === 'sqlite' ? 'sqlite:directory.db' : `authentik+${server.url}`;
    writeFileSync(
      join(cwd, 'asbuilt.yaml'),
      `project: staff\nblueprints: [main.yaml]\nprune: true\nenv: [BADGE]\ndirectories: {a: {url: "${url}"}}\n`,
    );
    const applied = await asbuilt('apply', '--auto-approve');
    expect(applied.code, applied.err).toBe(0);
    if (where === 'authentik') {
      const user = rowsOf(server.state, 'authentik_core.user').find(
        ({ values }) => values.username === 'ada',
      )!;
      enrolDevice(server.state, 'authentik_stages_authenticator_totp.totpdevice', user, 'Phone');
    }
  });

  test('a user: who asks for it, groups, roles, permissions and applications with what gives them, and what is kept', async () => {
    const { code, out, err } = await asbuilt('show', 'user/ada');
    expect(code, err).toBe(0);
    for (const line of [
      /^user\/ada\n {2}asked for by {2}main\.yaml:11\n {2}owned by {6}project staff \(created\)\n {2}since {9}run 1, /,
      /\n {2}drift {9}none\n/,
      /\n {2}attributes +\{"badge": \(env BADGE\), "level": 5\}\n/,
      /\nGroups\n {2}group\/staff {4}direct\n {2}group\/company {2}inherited through group\/staff\n/,
      /\nRoles\n {2}role\/helper {2}assigned\n {2}role\/desk {4}inherited through group\/company\n/,
      /\nMay do\n {2}authentik_core\.view_group {2}through role\/helper\n {2}authentik_core\.view_user {3}through role\/desk\n/,
      /\nApplications\n {2}application\/news {2}.*\n {2}application\/wiki {2}in group\/company\n/,
      where === 'sqlite' ? /\nSessions {2}sqlite:directory\.db keeps no sessions: / : /\nSessions {2}none\n/,
      where === 'sqlite' ? /\nAuthenticators {2}none\n/ : /\nAuthenticators\n {2}.*Phone/,
      /\nTokens and app passwords\n {2}app.password {2}ada-api {2}.*does not end/,
      /\nReferred to by\n {2}token\/ada-api +user\n/,
      /\nHistory\n {2}run 1 /,
    ])
      expect(out).toMatch(line);
    expect(out + err).not.toMatch(/not-to-be-shown|b-4711/);
  });

  test('the same as JSON', async () => {
    const { out } = await asbuilt('show', 'user/ben', '--json');
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      address: 'user/ben',
      owners: { items: [{ project: 'staff', ownership: 'created' }] },
      since: { run: 1, verb: 'create' },
      drift: { known: true, verb: null },
      user: {
        active: true,
        superuser: { group: 'group/admins', member: 'group/bosses' },
        groups: [{ address: 'group/bosses' }, { address: 'group/admins', through: 'group/bosses' }],
      },
      records: {
        session: where === 'sqlite' ? { lacks: expect.any(String) } : { items: [] },
        app_token: { items: [] },
      },
    });
  });

  test('a group, a role, an application, a binding, a token', async () => {
    const group = (await asbuilt('show', 'group/company')).out;
    expect(group).toMatch(
      /\nMembers\n {2}user\/cem {2}put into it\n {2}user\/ada {2}inherited through group\/staff\n/,
    );
    const role = (await asbuilt('show', 'role/desk')).out;
    expect(role).toMatch(
      /\nWho has it\n {2}group\/company {2}assigned\n {2}user\/ada +inherited through group\/company\n/,
    );
    const wiki = (await asbuilt('show', 'application/wiki')).out;
    expect(wiki).toMatch(
      /\nWho can use it\n {2}user\/ada {2}in group\/company\n {2}user\/cem {2}in group\/company \(not active\)\n/,
    );
    expect((await asbuilt('show', 'application/news')).out).toMatch(/\nWho can use it\n {2}everybody {2}/);
    const binding = (await asbuilt('show', 'policy-binding/wiki:company')).out;
    expect(binding).toMatch(/\nRefers to\n( {2}.*\n)* {2}group\/company +group\n/);
    const provider = await asbuilt('show', 'oauth2-provider/wiki');
    expect(provider.out).toMatch(/\n {2}client_secret +\(secret\)\n/);
    const shown = [provider.out];
    for (const address of ['oauth2-provider/wiki', 'token/ada-api'])
      shown.push((await asbuilt('show', address, '--json')).out, (await asbuilt('show', address, '-v')).out);
    expect(shown.join('')).not.toContain('not-to-be-shown');
  });

  test('what differs from the blueprints, and what happened', async () => {
    write(company.replace('name: Cem,', 'name: Cem Ak,'));
    const differs = (await asbuilt('show', 'user/cem')).out;
    expect(differs).toMatch(/drift {9}an apply would change it \(edited\)\n {4}name {8}Cem → Cem Ak\n/);
    expect((await asbuilt('apply', '--auto-approve')).code).toBe(0);
    const after = (await asbuilt('show', 'user/cem')).out;
    expect(after).toMatch(/drift {9}none\n/);
    expect(after).toMatch(/since {9}run 1, /);
    expect(after).toMatch(/\nHistory\n {2}run 2 .* update name, .*\n {2}run 1 .* create /);
    write(`${company}  nonsense: 1\n`);
    expect((await asbuilt('show', 'user/ada')).out).toMatch(/drift {9}not known: the blueprints have errors/);
    write(company);
  });

  test.each([
    ['user/adaa', 'there is no user/adaa in the directory', 'Did you mean `user/ada`?'],
    ['ada', '`ada` is not an address', 'Write the kind before it: `user/ada`'],
    ['usr/ada', 'there is no kind `usr`', 'Did you mean `user`?'],
  ])('%s is not there', async (address, message, help) => {
    const ran = await asbuilt('show', address);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err).toContain(help);
    expect(JSON.parse((await asbuilt('show', address, '--json')).out)).toMatchObject({ ok: false });
  });

  test('what blueprints ask for and is not made yet is said with its place', async () => {
    write(company.replace('users:', 'users:\n  new: {name: New, email: new@example.org}'));
    const ran = await asbuilt('show', 'user/new');
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('main.yaml:11 asks for it') });
    write(company);
  });
});

test('without permission on the ledger, or without a server', async () => {
  const limited = await startAuthentik({
    permissions: ['authentik_core.view_user', 'authentik_core.view_group', 'authentik_rbac.view_role'],
  });
  const around = { cwd: temporaryFolder(), env: { AUTHENTIK_TOKEN: limited.token } };
  const { code, out, err } = await run(['show', 'user/akadmin', '-d', `authentik+${limited.url}`], around);
  expect(code, err).toBe(0);
  expect(out).toMatch(/owned by {6}not known: .*blueprint instances/);
  expect(out).toMatch(/\nApplications {2}not known/);
  expect(out).toMatch(/\nMay do\n {2}everything: a superuser through group\/authentik Admins/);
  await limited.close();
  const down = await run(['show', 'user/akadmin', '-d', `authentik+${limited.url}`], around);
  expect(down).toMatchObject({ code: 1, out: '', err: expect.stringContaining('can’t be reached') });
});
