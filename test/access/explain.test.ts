/** Why somebody gets in or does not, told step by step. */
import { expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.js';
import { explain, explanationLines } from '../../src/access/explain.js';
import { directory, expression, stages } from './scenarios.js';
import { type TestWorld, worldOf } from './worlds.js';

const world = worldOf(
  [
    directory({
      roles: 'helpers: {permissions: [authentik_core.view_user, authentik_core.reset_user_password]}',
      groups: `
admins: {is_superuser: true}
company: {}
staff: {parents: [company], roles: [helpers]}
interns: {parents: [staff]}
partners: {}`,
      policies: expression('office-hours', 'return 7 <= ak_now().hour < 19'),
      stages: `${stages.name}\n- deny: {}\n  access: [group/partners]\n${stages.password}\n${stages.login}`,
      flows: `
spare:
  title: Spare
  designation: authentication
  policies: [office-hours]
  stages:
    - identification: {user_fields: [username]}
    - user_login`,
      applications: `
wiki: {name: Wiki, access: [group/company]}
shop: {name: Shop, policies: [office-hours]}`,
    }),
  ],
  { old: () => true },
);

function lines(of: TestWorld, user: string, about?: string): string[] {
  const access = accessOf(of);
  const subject = about?.includes('/') ? of.ref(about) : about ? { permission: about } : undefined;
  return explain(access, of.ref(user), subject).flatMap(explanationLines);
}

test('the steps of each way in, and what the account may change', () => {
  expect(lines(world, 'user/ada')).toEqual([
    'can user/ada sign in at id.example.org? yes',
    '  flow/login, named by brand/id.example.org: with password',
    '    identification-stage/login-identification finds the account',
    '    deny-stage/login-deny is left out: not in group/partners',
    '    password-stage/login-password accepts the password',
    '    user-login-stage/login-user_login signs in',
    '    flow/login ends, and the session stays',
    'can user/ada sign in at any other host? yes',
    '  flow/login, named by brand/id.example.org: with password',
    '    identification-stage/login-identification finds the account',
    '    deny-stage/login-deny is left out: not in group/partners',
    '    password-stage/login-password accepts the password',
    '    user-login-stage/login-user_login signs in',
    '    flow/login ends, and the session stays',
    'can user/ada sign in at /if/flow/spare/? cannot be known',
    '  flow/spare, by its address: it cannot be known; it may end where flow/spare lets nobody in here: expression-policy/office-hours runs an expression, whose result cannot be known',
    '    identification-stage/spare-identification finds the account',
    '    user-login-stage/spare-user_login signs in',
    '    flow/spare ends, and the session stays',
    '    cannot be known: flow/spare: expression-policy/office-hours runs an expression, whose result cannot be known',
    'what may user/ada change? yes',
    '  authentik_core.reset_user_password (role/helpers); with that it can set the passwords of superusers',
  ]);
});

test('the step at which it ends', () => {
  const [question, because] = lines(world, 'user/bob');
  expect([question, because]).toEqual([
    'can user/bob sign in at id.example.org? no',
    '  flow/login, named by brand/id.example.org: deny-stage/login-deny denies',
  ]);
});

test('an application, a flow, a permission', () => {
  expect(lines(world, 'user/ida', 'application/wiki')).toEqual([
    'may user/ida use application/wiki? yes',
    '  in group/company',
  ]);
  expect(lines(world, 'user/root', 'application/wiki')).toEqual([
    'may user/root use application/wiki? no',
    '  not in group/company',
  ]);
  expect(lines(world, 'user/root', 'application/shop')[0]).toBe(
    'may user/root use application/shop? cannot be known',
  );
  expect(lines(world, 'user/root', 'authentik_core.delete_user')).toEqual([
    'does user/root have authentik_core.delete_user? yes',
    '  a superuser through group/admins',
  ]);
  expect(lines(world, 'user/ida', 'authentik_core.reset_user_password')).toEqual([
    'does user/ida have authentik_core.reset_user_password? yes',
    '  through role/helpers',
  ]);
  expect(lines(world, 'user/bob', 'authentik_core.reset_user_password')[0]).toMatch(/ no$/);
  expect(
    lines(world, 'user/ada', 'flow/login').filter((one) => one.endsWith('?') || /\? /.test(one)),
  ).toEqual([
    'may user/ada enter flow/login when signed in? yes',
    'can user/ada sign in at /if/flow/login/? yes',
  ]);
});
