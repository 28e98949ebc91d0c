/** Hazards of access through the whole of a plan: sections and entries, a ledger and a real directory, from one commit to the next. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hazardNames } from '../../src/plan/change.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';
import { directory, expression, type Parts, stages } from './scenarios.js';

const all = (...lines: string[]): string => lines.join('\n');
const password = stages.password;

const groups = `
admins: {is_superuser: true}
company: {}
staff: {parents: [company]}
interns: {parents: [staff]}
partners: {}
rulers: {roles: [ruler]}
deputies: {parents: [rulers]}`;
const users = `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
ada: {name: Ada, email: ada@example.org, password: a-secret, groups: [staff]}
ida: {name: Ida, email: ida@example.org, password: a-secret, groups: [interns]}
bob: {name: Bob, email: bob@example.org, password: a-secret, groups: [partners]}`;
const roles = `
ruler: {permissions: [authentik_core.add_group]}
helper: {permissions: [authentik_core.view_user]}`;
const applications = `
wiki: {name: Wiki, access: [group/company]}
shop:
  name: Shop
  policy_engine_mode: all
  access: [group/company, group/partners]`;
// The first by its slug, to which a brand falls back that names none: it signs nobody in.
const flows = `
aside:
  title: Aside
  designation: authentication
  stages:
    - identification: {user_fields: [username]}
join:
  title: Join
  designation: enrollment
  authentication: require_unauthenticated
  stages:
    - prompt:
        fields:
          - {field_key: username, type: username, label: Username, required: true}
    - user_write: {user_creation_mode: always_create, create_users_group: partners}
    - user_login`;

const base: Parts = {
  groups,
  users,
  roles,
  applications,
  flows,
  policies: expression('office', 'return True'),
};
const binding = (attrs: string): string => `- model: authentik_policies.policybinding
  identifiers: {target: !Find [authentik_core.application, [slug, wiki]], group: !Find [authentik_core.group, [name, company]]}
  attrs: {order: 0, ${attrs}}
`;

let applied: string;

function asked(folder: string, parts: Parts, over: Partial<Request> = {}): Request {
  writeFileSync(join(folder, 'main.yaml'), directory({ ...base, ...parts }));
  return request({
    paths: ['main.yaml'],
    cwd: folder,
    directory: databaseIn(folder),
    project: 'staff',
    prune: true,
    ...over,
  });
}

beforeAll(async () => {
  applied = mkdtempSync(join(tmpdir(), 'asbuilt-'));
  const everything = Object.fromEntries(hazardNames.map((name) => [name, 'show']));
  const result = await apply(asked(applied, {}, { stances: everything }), async () => true);
  expect(result.ok, JSON.stringify(result.diagnostics.map((one) => one.message))).toBe(true);
});
afterAll(() => rmSync(applied, { recursive: true, force: true }));

/** What the plan of these parts says, over what was applied: `hazard address: message`. */
async function planned(parts: Parts, over: Partial<Request> = {}) {
  const folder = temporaryFolder();
  cpSync(applied, folder, { recursive: true });
  const made = await plan(asked(folder, parts, over));
  const problems = made.diagnostics.filter((one) => one.severity === 'error').map((one) => one.message);
  expect(problems).toEqual([]);
  const hazards = made
    .plan!.changes.flatMap(({ ref, hazards: found }) =>
      found.map(({ name, message }) => `${name} ${ref.address}: ${message}`),
    )
    .filter((one) => !one.startsWith('deletes '));
  return { hazards, refused: [...new Set(made.plan!.refused.map(({ hazard }) => hazard.name))].sort() };
}

type Scenario = [name: string, parts: Parts, refused: string[], says: RegExp];

const lockOuts: Scenario[] = [
  [
    'a deny stage before the login stage',
    { stages: all(stages.name, '- deny: {}', password, stages.login) },
    ['breaks-login', 'locks-out'],
    /locks-out flow-stage-binding\/login.*superuser \(user\/root\).*deny-stage/,
  ],
  [
    'a group that is bound to the login flow, in which no visitor is',
    { login: 'access: [group/admins]' },
    ['breaks-login', 'locks-out'],
    /locks-out policy-binding\/login:admins: .*flow\/login/,
  ],
  [
    'the account of the only superuser is switched off',
    { users: users.replace('name: Root', 'name: Root, is_active: false') },
    ['locks-out'],
    /locks-out user\/root: /,
  ],
  [
    'a brand that names no login flow falls back to another one',
    { brands: 'id.example.org: {default: true}' },
    ['breaks-login'],
    /breaks-login brand\/id\.example\.org: .*flow\/aside/,
  ],
  [
    'the superusers lose their flag',
    { groups: groups.replace('admins: {is_superuser: true}', 'admins: {}') },
    ['locks-out'],
    /locks-out group\/admins: /,
  ],
];

const openings: Scenario[] = [
  [
    'the password stage goes',
    { stages: all(stages.name, stages.login) },
    ['opens'],
    /opens .*without a password/,
  ],
  [
    'a group on the password stage lets everybody else in without one',
    { stages: all(stages.name, `${password}\n  access: [group/company]`, stages.login) },
    ['opens'],
    /opens policy-binding\/.*as user\/bob, user\/root through flow\/login without a password/,
  ],
  [
    'the binding of an application is negated',
    {
      applications: applications.replace('wiki: {name: Wiki, access: [group/company]}', 'wiki: {name: Wiki}'),
      policies: `${base.policies}${binding('negate: true')}`,
    },
    ['opens'],
    /opens policy-binding\/wiki:company: lets everyone use application\/wiki/,
  ],
  [
    'the only binding of an application is switched off',
    {
      applications: applications.replace('wiki: {name: Wiki, access: [group/company]}', 'wiki: {name: Wiki}'),
      policies: `${base.policies}${binding('enabled: false')}`,
    },
    ['opens'],
    /opens policy-binding\/wiki:company: .*application\/wiki/,
  ],
  [
    'any binding is enough where all were needed',
    { applications: applications.replace('policy_engine_mode: all', 'policy_engine_mode: any') },
    ['opens'],
    /opens application\/shop: /,
  ],
  [
    'a group comes below one that is let in',
    { groups: groups.replace('partners: {}', 'partners: {parents: [company]}') },
    [],
    /grants group\/partners: .*application\/wiki/,
  ],
];

const grants: Scenario[] = [
  [
    'a role gains a permission that amounts to power',
    {
      roles: roles.replace(
        '[authentik_core.view_user]',
        '[authentik_core.view_user, authentik_core.add_user]',
      ),
      groups: groups.replace('company: {}', 'company: {roles: [helper]}'),
    },
    [],
    /grants /,
  ],
  [
    'a group comes below the superusers',
    { groups: groups.replace('partners: {}', 'partners: {parents: [admins]}') },
    [],
    /grants group\/partners: .*superuser/,
  ],
  [
    'those who sign up are put into a group with power',
    { flows: flows.replace('create_users_group: partners', 'create_users_group: deputies') },
    [],
    /user-write-stage\/join-user_write: /,
  ],
];

describe('a plan that locks people out', () => {
  test.each(lockOuts)('%s', async (_, parts, refused, says) => {
    const found = await planned(parts);
    expect(found.refused, found.hazards.join('\n')).toEqual(refused);
    expect(found.hazards.join('\n')).toMatch(says);
  });
});

describe('a plan that opens a door', () => {
  test.each(openings)('%s', async (_, parts, refused, says) => {
    const found = await planned(parts);
    expect(found.refused, found.hazards.join('\n')).toEqual(refused);
    expect(found.hazards.join('\n')).toMatch(says);
  });
});

describe('a plan that gives power', () => {
  test.each(grants)('%s', async (_, parts, __, says) => {
    const found = await planned(parts);
    expect(found.hazards.join('\n')).toMatch(says);
  });

  // What was given to the group or role in an earlier run is no change of this one.
  const joining: [string, Parts][] = [
    [
      'a user who joins a group whose role has had it',
      { users: users.replace('[partners]', '[partners, rulers]') },
    ],
    [
      'a user who joins a group below such a group',
      { users: users.replace('[partners]', '[partners, deputies]') },
    ],
    [
      'a user who is given the role itself',
      { users: users.replace('groups: [partners]', 'groups: [partners], roles: [ruler]') },
    ],
    [
      'a group that is given the role',
      { groups: groups.replace('partners: {}', 'partners: {roles: [ruler]}') },
    ],
    [
      'a group that comes below one with the role',
      { groups: groups.replace('partners: {}', 'partners: {parents: [rulers]}') },
    ],
    [
      'a user whom the group lists',
      {
        groups: groups.replace(
          'rulers: {roles: [ruler]}',
          'rulers: {roles: [ruler], users: {only_add: [bob]}}',
        ),
      },
    ],
  ];
  test.each(joining)('--refuse grants holds for %s', async (_, parts) => {
    const shown = await planned(parts);
    expect(shown.hazards.join('\n')).toMatch(/grants .*bob/);
    expect(shown.refused).toEqual([]);
    const found = await planned(parts, { stances: { grants: 'refuse' }, flagged: ['grants'] });
    expect(found.refused).toEqual(['grants']);
  });
});

test('a plan that changes nothing about access has no hazard', async () => {
  const found = await planned({
    users: users.replace('name: Bob', 'name: Robert'),
    applications: applications.replace('name: Wiki', 'name: Our wiki'),
  });
  expect(found).toEqual({ hazards: [], refused: [] });
});
