/** `asbuilt why` on a real directory: ways in, applications and permissions, as they are and as a plan would leave them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../safety/command-line.js';
import { temporaryFolder } from '../support/request.js';

const company = `version: 1
roles:
  desk: {permissions: [authentik_core.view_user]}
groups:
  company: {roles: [desk]}
  staff: {parents: [company]}
  partners: {}
  admins: {is_superuser: true}
users:
  ada: {name: Ada, groups: [staff]}
  eve: {name: Eve, groups: [partners]}
  root: {name: Root, groups: [admins]}
  gone: {name: Gone, is_active: false}
applications:
  wiki: {name: Wiki, access: [group/company]}
flows:
  login:
    title: Welcome
    designation: authentication
    stages:
      - identification: {user_fields: [username]}
      - deny: {}
        access: [group/partners]
      - password: {backends: [authentik.core.auth.InbuiltBackend]}
      - user_login
settings:
  brands:
    authentik-default: {default: true, flow_authentication: login}
`;

async function setUp() {
  const cwd = temporaryFolder();
  const write = (text: string): void => writeFileSync(join(cwd, 'main.yaml'), text);
  writeFileSync(
    join(cwd, 'asbuilt.yaml'),
    'project: staff\nblueprints: [main.yaml]\nprune: true\ndirectories: {a: {url: "sqlite:directory.db"}}\n',
  );
  write(company);
  const asbuilt = (...words: string[]) => run(words, { cwd });
  const applied = await asbuilt('apply', '--auto-approve');
  expect(applied.code, applied.err + applied.out).toBe(0);
  return { write, asbuilt };
}

describe('why', () => {
  test('tells the way in, and the step where it ends', async () => {
    const { asbuilt } = await setUp();
    const ada = await asbuilt('why', 'ada');
    expect(ada.code).toBe(0);
    expect(ada.out).toMatch(
      /^can user\/ada sign in at .*\? yes\n {2}flow\/login, named by brand\/authentik-default: with password\n/,
    );
    const eve = await asbuilt('why', 'user/eve');
    expect(eve.out).toMatch(/^can user\/eve sign in at .*\? no\n {2}flow\/login.*deny-stage\/login-deny/);
    expect((await asbuilt('why', 'gone')).out).toMatch(/^can user\/gone sign in at .*\? no\n/);
    expect((await asbuilt('why', 'root')).out).toContain('everything: a superuser through group/admins');
  });

  test('tells who may use an application, enter a flow, or have a permission, and through what', async () => {
    const { asbuilt } = await setUp();
    expect((await asbuilt('why', 'ada', 'wiki')).out).toMatch(
      /^may user\/ada use application\/wiki\? yes\n.*group\/company/,
    );
    expect((await asbuilt('why', 'eve', 'application/wiki')).out).toMatch(
      /^may user\/eve use application\/wiki\? no\n/,
    );
    // A superuser passes nothing by being one.
    expect((await asbuilt('why', 'root', 'wiki')).out).toMatch(/\? no\n/);
    expect((await asbuilt('why', 'ada', 'authentik_core.view_user')).out).toMatch(/\? yes\n.*role\/desk/);
    expect((await asbuilt('why', 'eve', 'authentik_core.view_user')).out).toMatch(/\? no\n/);
    expect((await asbuilt('why', 'ada', 'flow/login')).out).toContain('may user/ada enter flow/login');
  });

  test('tells how it would be after the plan, and that the plan is refused', async () => {
    const { write, asbuilt } = await setUp();
    write(company.replace('access: [group/company]', 'access: [group/company, user/eve]'));
    expect((await asbuilt('why', 'eve', 'wiki')).out).toMatch(/\? no\n/);
    expect(await asbuilt('why', 'eve', 'wiki', '--planned')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\? yes\n/),
    });
    write(company.replace('access: [group/company]', 'access: everyone'));
    const opened = await asbuilt('why', 'eve', 'wiki', '--planned', '--json');
    expect(JSON.parse(opened.out)).toMatchObject({
      ok: true,
      planned: true,
      refused: true,
      answers: [{ question: 'may user/eve use application/wiki?', answer: 'yes' }],
    });
    write(`${company}  nonsense: 1\n`);
    expect(await asbuilt('why', 'eve', 'wiki', '--planned')).toMatchObject({ code: 1, out: '' });
  });

  test('knows accounts that only the plan makes', async () => {
    const { write, asbuilt } = await setUp();
    write(company.replace('users:', 'users:\n  new: {name: New, groups: [staff]}'));
    expect(await asbuilt('why', 'new', 'wiki')).toMatchObject({ code: 1 });
    expect((await asbuilt('why', 'new', 'wiki', '--planned')).out).toMatch(/\? yes\n/);
  });

  test.each([
    [['adaa'], 'there is no account `adaa` in the directory', 'Did you mean `ada`?'],
    [
      ['user/adaa', '--planned'],
      'there is no account `user/adaa` after the plan',
      'Did you mean `user/ada`?',
    ],
    [['ada', 'wikki'], 'there is no application, flow or entitlement `wikki`', 'Did you mean `wiki`?'],
    [['ada', 'application/wikki'], 'entitlement `application/wikki`', 'Did you mean `application/wiki`?'],
    [
      ['ada', 'authentik_core.view_usr'],
      'error[unknown-permission]',
      'Did you mean `authentik_core.view_user`?',
    ],
  ])('says what it does not know, and what is near: %s', async (words, message, help) => {
    const { asbuilt } = await setUp();
    const ran = await asbuilt('why', ...words);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(message);
    expect(ran.err).toContain(help);
    const json = JSON.parse((await asbuilt('why', ...words, '--json')).out);
    expect(json).toMatchObject({ ok: false, answers: [] });
  });

  test('has no answer about a directory that is not there', async () => {
    const { asbuilt } = await setUp();
    const ran = await asbuilt('why', 'ada', '-d', 'sqlite:nowhere.db');
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('no-directory') });
  });
});
