/** Plans that would keep people out, and the words in which that is said. */
import { describe, expect, test } from 'vitest';
import { directory, dummy, expression, planned, stages } from './scenarios.js';

const all = (...lines: string[]): string => lines.join('\n');

describe('a plan that keeps people out is told as such', () => {
  test('nothing is said of a plan that changes nothing about it', () => {
    const to = directory({
      users: 'root: {name: Rooter, email: root@example.org, password: a-secret, groups: [admins]}',
    });
    const { lines } = planned(
      directory({
        users: 'root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}',
      }),
      to,
    );
    expect(lines).toEqual([]);
  });

  test.each([
    [
      'the login stage goes',
      { stages: all(stages.name, stages.password) },
      /flow\/login ends without signing anybody in/,
    ],
    [
      'the identification stage goes',
      { stages: all(stages.password, stages.login) },
      /asks for a password before anybody was identified/,
    ],
    [
      'a deny stage comes',
      { stages: all(stages.name, '- deny', stages.password, stages.login) },
      /deny-stage\/login-deny in flow\/login denies/,
    ],
    [
      'a stage deletes accounts',
      { stages: all(stages.name, '- user_delete', stages.password, stages.login) },
      /asks for a password before anybody was identified|no account/,
    ],
    [
      'the flow asks for people who are signed in',
      { login: 'authentication: require_authenticated' },
      /only for people who are signed in/,
    ],
    [
      'not even superusers get into a flow for superusers',
      { login: 'authentication: require_superuser' },
      /only for superusers who are signed in/,
    ],
    [
      'the flow is bound to a group',
      { login: 'access: [group/admins]' },
      /a visitor never passes the binding of group\/admins/,
    ],
    [
      'the flow is bound to a group, negated',
      { login: 'policies: [{group: partners, negate: true}]' },
      /a visitor never passes the binding of group\/partners/,
    ],
    [
      'nobody is left to ask for a password',
      {
        stages: all(
          stages.name,
          '- password: {backends: [authentik.sources.ldap.auth.LDAPBackend]}',
          stages.login,
        ),
      },
      /none of its backends knows ordinary passwords/,
    ],
    [
      'the login stage is decided on plan for a group',
      {
        stages: all(
          stages.name,
          stages.password,
          '- user_login: {}\n  evaluate_on_plan: true\n  access: [group/admins]',
        ),
      },
      /ends without signing anybody in/,
    ],
    [
      'the order is turned round',
      { stages: all(stages.password, stages.name, stages.login) },
      /asks for a password before anybody was identified/,
    ],
    [
      'people are led away before the end',
      {
        stages: all(
          stages.name,
          stages.password,
          '- redirect: {mode: static, target_static: "https://example.org/"}',
          stages.login,
        ),
      },
      /redirect-stage\/login-redirect in flow\/login leads away from here/,
    ],
    [
      'something is to be written that nobody asked for',
      { stages: all(stages.name, stages.password, '- user_write', stages.login) },
      /has nothing to write/,
    ],
  ])('%s: everybody is locked out', (_, parts, step) => {
    const { lines, findings } = planned(directory(), directory(parts));
    expect(lines.filter((one) => one.startsWith('breaks-login'))).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^breaks-login: user\/ada, user\/bob, user\/ida and 1 more can no longer sign in at id\.example\.org/,
    );
    expect(lines[0]).toMatch(step);
    expect(lines.filter((one) => one.startsWith('locks-out'))).toHaveLength(1);
    expect(lines.find((one) => one.startsWith('locks-out'))).toMatch(step);
    expect(findings[0]!.who).toHaveLength(4);
  });

  test('a login stage for a group keeps the others out, superusers too', () => {
    const { lines, findings } = planned(
      directory(),
      directory({
        stages: all(stages.name, stages.password, '- user_login\n')
          .trimEnd()
          .replace('- user_login', '- user_login: {}\n  access: [group/company]'),
      }),
    );
    expect(lines).toEqual([
      'breaks-login: user/bob, user/root can no longer sign in at id.example.org and hosts that no brand names: flow/login ends without signing anybody in; change that first',
      'locks-out: leaves no way in for any active superuser (user/root): flow/login ends without signing anybody in; keep one',
    ]);
    expect(findings[0]!.causes.map((one) => one.kind)).toContain('authentik_policies.policybinding');
  });

  test('a deny stage for a group hits its members and those of groups below it', () => {
    const { findings } = planned(
      directory(),
      directory({
        stages: all(stages.name, '- deny: {}\n  access: [group/staff]', stages.password, stages.login),
      }),
    );
    expect(findings.map((one) => [one.hazard, one.who.map((user) => user.address)])).toEqual([
      ['breaks-login', ['user/ada', 'user/ida']],
    ]);
  });

  test('the same stage before identification hits nobody', () => {
    const { lines } = planned(
      directory(),
      directory({
        stages: all('- deny: {}\n  access: [group/staff]', stages.name, stages.password, stages.login),
      }),
    );
    expect(lines).toEqual([]);
  });

  test('a group that comes below another brings its members to the stage that denies', () => {
    const guarded = {
      stages: all(stages.name, '- deny: {}\n  access: [group/staff]', stages.password, stages.login),
    };
    const groups = `
admins: {is_superuser: true}
company: {}
staff: {parents: [company]}
interns: {parents: [staff]}
partners: {parents: [staff]}`;
    const { findings } = planned(directory(guarded), directory({ ...guarded, groups }));
    expect(findings.map((one) => [one.hazard, one.who.map((user) => user.address)])).toEqual([
      ['breaks-login', ['user/bob']],
    ]);
    expect(findings[0]!.causes[0]!.address).toBe('group/partners');
  });

  test('switching a deny stage’s last binding off makes it hit everybody', () => {
    const guard = (enabled: boolean): string =>
      all(
        stages.name,
        `- deny: {}\n  policies: [{group: partners, enabled: ${enabled}}]`,
        stages.password,
        stages.login,
      );
    const { findings } = planned(directory({ stages: guard(true) }), directory({ stages: guard(false) }));
    expect(findings.map((one) => [one.hazard, one.who.length])).toEqual([
      ['breaks-login', 3],
      ['locks-out', 1],
    ]);
    expect(findings[0]!.causes[0]!.kind).toBe('authentik_policies.policybinding');
  });

  test('a policy whose result cannot be known makes the only way in unsure', () => {
    const policies = expression('office-hours', 'return 7 <= ak_now().hour < 19');
    const { lines } = planned(directory(), directory({ policies, login: 'policies: [office-hours]' }));
    expect(lines).toEqual([
      'breaks-login: it cannot be known whether user/ada, user/bob, user/ida and 1 more can still sign in at id.example.org and hosts that no brand names: flow/login: expression-policy/office-hours runs an expression, whose result cannot be known',
      'locks-out: it cannot be known whether any superuser can still sign in: flow/login: expression-policy/office-hours runs an expression, whose result cannot be known; keep a way that is sure',
    ]);
  });

  test('the same policy beside one that passes changes nothing, in mode any', () => {
    const policies = expression('office-hours', 'return 7 <= ak_now().hour < 19') + dummy('always', true);
    expect(
      planned(directory(), directory({ policies, login: 'policies: [office-hours, always]' })).lines,
    ).toEqual([]);
    const { lines } = planned(
      directory(),
      directory({ policies, login: 'policy_engine_mode: all\npolicies: [office-hours, always]' }),
    );
    expect(lines[0]).toMatch(/^breaks-login: it cannot be known/);
  });

  test('a policy that always passed fails, and its negation', () => {
    const from = directory({ policies: dummy('always', true), login: 'policies: [always]' });
    const fails = planned(from, directory({ policies: dummy('always', false), login: 'policies: [always]' }));
    expect(fails.lines[0]).toMatch(/^breaks-login: .*dummy-policy\/always fails/);
    expect(fails.findings[0]!.causes[0]!.address).toBe('dummy-policy/always');
    const negated = planned(
      from,
      directory({
        policies: dummy('always', true),
        login: 'policies: [{policy: always, negate: true}]',
      }),
    );
    expect(negated.lines[0]).toMatch(/^breaks-login: .*dummy-policy\/always \(negated\) fails/);
  });

  test('an authenticator that nobody has is asked for', () => {
    const to = directory({
      stages: all(
        stages.name,
        stages.password,
        '- authenticator_validate: {not_configured_action: deny}',
        stages.login,
      ),
    });
    expect(planned(directory(), to).lines[0]).toMatch(
      /^breaks-login: .*denies people without an authenticator/,
    );
    const devices = ['static', 'totp', 'webauthn', 'duo', 'sms', 'email'].map(
      (one) => `authentik_stages_authenticator_${one}.${one}device`,
    );
    const unread = planned(directory(), to, { before: { unread: devices }, after: { unread: devices } });
    expect(unread.lines[0]).toMatch(
      /^breaks-login: it cannot be known .* depends on whether the account has an authenticator$/,
    );
  });
});

describe('a host is led elsewhere', () => {
  const flows = `
other:
  title: Other
  designation: authentication
  stages:
    - identification: {user_fields: [username]}
    - password: {backends: [authentik.core.auth.InbuiltBackend]}
    - deny: {}
      access: [group/partners]
    - user_login`;

  test('a brand’s flow is another one', () => {
    const { lines } = planned(
      directory({ flows }),
      directory({ flows, brands: 'id.example.org: {default: true, flow_authentication: other}' }),
    );
    expect(lines).toEqual([
      'breaks-login: user/bob can no longer sign in at id.example.org and hosts that no brand names: deny-stage/other-deny in flow/other denies; change that first',
    ]);
  });

  test('a new brand whose domain is a longer or any matching suffix takes hosts away', () => {
    const brands = `
id.example.org: {default: true, flow_authentication: login}
org: {flow_authentication: other}`;
    const { lines, findings } = planned(directory({ flows }), directory({ flows, brands }));
    expect(lines).toEqual([
      'breaks-login: user/bob can no longer sign in at org: deny-stage/other-deny in flow/other denies; change that first',
    ]);
    expect(findings[0]!.causes[0]!.address).toBe('brand/org');
  });

  test('a brand loses its flow, and the first by slug is another', () => {
    const { lines } = planned(
      directory({ flows: flows.replace('other:', 'a-first:') }),
      directory({ flows: flows.replace('other:', 'a-first:'), brands: 'id.example.org: {default: true}' }),
    );
    expect(lines[0]).toMatch(/^breaks-login: user\/bob can no longer sign in .*deny-stage\/a-first-deny/);
  });

  test('a brand without a flow, and a new login flow that sorts first and is empty', () => {
    const brands = 'id.example.org: {default: true}';
    const { lines, findings } = planned(
      directory({ brands }),
      directory({ brands, flows: 'a-first:\n  title: A\n  designation: authentication' }),
    );
    expect(lines).toEqual([
      'breaks-login: user/ada, user/bob, user/ida and 1 more can no longer sign in at id.example.org and hosts that no brand names: flow/a-first has no stages and ends without signing anybody in; change that first',
    ]);
    expect(findings[0]!.causes[0]!.address).toBe('flow/a-first');
  });

  test('the default brand stops being one', () => {
    const from = directory({ flows, brands: 'id.example.org: {default: true, flow_authentication: login}' });
    const to = directory({
      flows,
      login: 'access: [group/admins]',
      brands: 'id.example.org: {default: false, flow_authentication: other}',
    });
    const { lines } = planned(from, to);
    expect(lines.some((one) => /^breaks-login: user\/bob .*at id\.example\.org/.test(one))).toBe(true);
  });

  test('no login flow is left', () => {
    const from = directory({ brands: 'id.example.org: {default: true}' });
    const to = directory({ brands: 'id.example.org: {default: true}' }).replace(
      'designation: authentication',
      'designation: authorization',
    );
    const { lines } = planned(from, to);
    expect(lines).toEqual([
      'breaks-login: leaves no login page at id.example.org and hosts that no brand names; give the brand a login flow first',
    ]);
  });
});

describe('superusers', () => {
  test('the last one goes', () => {
    const users =
      'root: {name: Root, email: root@example.org, password: a-secret, groups: [admins], is_active: false}';
    const from = directory({ users: users.replace(', is_active: false', '') });
    expect(planned(from, directory({ users })).lines).toEqual([
      'locks-out: leaves no active superuser (user/root would be the last to go); keep one, or make another first',
    ]);
  });

  test('their group stops being below the superuser group', () => {
    const groups = (parents: string): string => `admins: {is_superuser: true}\nops: {parents: [${parents}]}`;
    const users = 'root: {name: Root, email: root@example.org, password: a-secret, groups: [ops]}';
    const { lines, findings } = planned(
      directory({ groups: groups('admins'), users }),
      directory({ groups: groups(''), users }),
    );
    expect(lines[0]).toMatch(/^locks-out: leaves no active superuser/);
    expect(findings[0]!.causes[0]!.address).toBe('group/ops');
  });

  test('the account in use loses its power while another keeps it', () => {
    const users = (groups: string): string => `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
deploy: {name: Deploy, email: deploy@example.org, password: a-secret, groups: [${groups}]}`;
    const { lines } = planned(directory({ users: users('admins') }), directory({ users: users('') }), {
      account: 'user/deploy',
    });
    expect(lines).toEqual([
      'locks-out: takes superuser access from user/deploy, the account in use; use another account',
    ]);
  });

  test('another way keeps them in: it is no lock-out, but the host’s login breaks', () => {
    const flows = `
emergency:
  title: Emergency
  designation: authentication
  stages:
    - stage: login-identification
    - stage: login-password
    - stage: login-user_login`;
    const { findings } = planned(
      directory({ flows }),
      directory({ flows, login: 'authentication: require_superuser' }),
    );
    expect(findings.map((one) => one.hazard)).toEqual(['breaks-login']);
  });
});
