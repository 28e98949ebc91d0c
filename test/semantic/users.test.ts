import { describe, expect, test } from 'vitest';
import { semanticChecks } from '../../src/semantic/checks.js';
import { modelOfDesired, modelOfLive } from '../../src/semantic/model.js';
import { checked, codesOf, desiredOf, liveOf, now, short } from './models.js';

const user = (name: string, attributes = ''): string =>
  `- {model: authentik_core.user, identifiers: {username: ${name}}, attrs: {name: ${name}${attributes}}}\n`;

describe('a user', () => {
  test('without an email is told where the entry stands', () => {
    expect(short(checked(user('ada', ', email: ada@example.org') + user('bob')))).toEqual([
      'user-no-email 4: user/bob has no email, and cannot recover a lost password without help',
    ]);
  });

  test('without an email is fine when it is deactivated or a service account', () => {
    expect(checked(user('ada', ', is_active: false') + user('bot', ', type: service_account'))).toEqual([]);
  });

  test('of whom offline only the groups are written may have an email', () => {
    expect(
      checked('- {model: authentik_core.user, identifiers: {username: akadmin}, attrs: {is_active: true}}'),
    ).toEqual([]);
  });

  test('whose email comes from a variable that is not set has one', () => {
    expect(checked(user('ada', ', email: !Env ADA'))).toEqual([]);
  });

  test('with the email of another, in other letters, is told with both places', () => {
    const [one, ...others] = checked(
      user('ada', ', email: ada@example.org') + user('bob', ', email: Ada@Example.org'),
    );
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      code: 'user-same-email',
      message: 'user/ada and user/bob have the same email',
    });
    expect(one!.related).toHaveLength(1);
    expect(JSON.stringify([one!.message, one!.help])).not.toContain('@');
  });

  test('with the email of one who is only live is told, and live ones among themselves are not', () => {
    const live = liveOf({
      user: [
        { id: 1, username: 'old', name: 'Old', email: 'ADA@example.org' },
        { id: 2, username: 'x', name: 'X', email: 'same@example.org' },
        { id: 3, username: 'y', name: 'Y', email: 'same@example.org' },
      ],
    });
    expect(short(checked(user('ada', ', email: ada@example.org'), live))).toEqual([
      'user-same-email 3: user/old and user/ada have the same email',
    ]);
  });

  test('may take the email of one who is deleted', () => {
    const live = liveOf({ user: [{ id: 1, username: 'old', name: 'Old', email: 'ada@example.org' }] });
    const entries = `${user('ada', ', email: ada@example.org')}- {model: authentik_core.user, state: absent, identifiers: {username: old}}`;
    expect(checked(entries, live)).toEqual([]);
  });

  test('is not looked at when it is held back', () => {
    const live = liveOf({ user: [{ id: 1, username: 'ada', name: 'Ada' }] });
    expect(checked(`${user('ada').trimEnd().slice(0, -1)}, conditions: [false]}`, live)).toEqual([]);
  });

  test('is told one by one up to twenty, and the rest together', () => {
    const entries = Array.from({ length: 30 }, (_, at) => user(`u${at + 10}`)).join('');
    const said = checked(entries);
    expect(said).toHaveLength(21);
    expect(said.at(-1)!.message).toMatch(/^user\/u30, user\/u31, .* and 5 more have no email/);
  });
});

describe('a path', () => {
  test('with an empty segment is told, for users and for what makes them', () => {
    const write = (path: string): string =>
      `- {model: authentik_stages_user_write.userwritestage, identifiers: {name: write}, attrs: {user_path_template: ${path}}}`;
    for (const path of ['a//b', '/a', 'a/', '/']) {
      expect(codesOf(checked(write(path)))).toEqual(['path-empty-segment']);
    }
    for (const path of ['""', 'users', 'staff/new']) expect(checked(write(path))).toEqual([]);
    expect(short(checked(user('ada', ', email: a@example.org, path: "staff/ /new"')))).toEqual([
      'path-empty-segment 3: user/ada: path has an empty segment, so no folder of users is found there',
    ]);
  });
});

describe('external users', () => {
  const external = user('eve', ', email: eve@example.org, type: external');
  const brand = (application: string | null) =>
    liveOf({
      brand: [{ id: 'b', domain: 'main', default: true, default_application: application }],
      application: [{ id: 'a', slug: 'wiki', name: 'Wiki' }],
      'policy-binding': [],
    });

  test('need a brand with a default application', () => {
    expect(checked(external, brand('a'))).toEqual([]);
    expect(checked(external, brand(null))).toMatchObject([
      { code: 'external-nowhere', help: 'Write `default_application` for brand/main.' },
    ]);
    expect(checked(user('ada', ', email: a@example.org'), brand(null))).toEqual([]);
  });

  test('have nowhere to go when that application is deleted', () => {
    const gone = '- {model: authentik_core.application, state: absent, identifiers: {slug: wiki}}\n';
    expect(codesOf(checked(external + gone, brand('a')))).toEqual(['external-nowhere']);
  });

  test('are also those whom an enrollment flow makes', () => {
    const flow = (type: string): string => `
- {model: authentik_flows.flow, id: join, identifiers: {slug: join}, attrs: {name: Join, title: Join, designation: enrollment}}
- {model: authentik_stages_user_write.userwritestage, id: write, identifiers: {name: write}, attrs: {user_type: ${type}}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf write, order: 30}}
`;
    expect(short(checked(flow('external'), brand(null)))).toEqual([
      'external-nowhere 5: flow/join: user-write-stage/write creates external users, and no brand has a default application, so there is nowhere to go after signing in',
    ]);
    expect(checked(flow('external'), brand('a'))).toEqual([]);
    expect(checked(flow('internal'), brand(null))).toEqual([]);
  });
});

test('a hundred thousand users are looked at a few times each', () => {
  const live = liveOf({
    user: Array.from({ length: 100_000 }, (_, at) => ({
      id: at + 1,
      username: `u${at}`,
      name: 'U',
      email: `u${at % 99_999}@example.org`,
    })),
  });
  let reads = 0;
  const counted = <T extends ReturnType<typeof modelOfLive>>(model: T): T => ({
    ...model,
    attributes: (ref) => {
      reads++;
      return model.attributes(ref);
    },
  });
  expect(codesOf(semanticChecks(counted(modelOfLive(live)), now))).toEqual(['user-same-email']);
  expect(reads).toBeLessThan(1_000_000);
  reads = 0;
  const desired = desiredOf([`version: 1\nentries:\n${user('u5', ', email: u6@example.org')}`], live);
  expect(codesOf(semanticChecks(counted(modelOfDesired(desired, live)), now))).toEqual(['user-same-email']);
  expect(reads).toBeLessThan(1_000_000);
});
