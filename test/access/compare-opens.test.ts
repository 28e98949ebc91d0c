/** Plans that would let people in who could not get in, or do what they could not, and the words for it. */
import { describe, expect, test } from 'vitest';
import { directory, dummy, expression, planned, stages } from './scenarios.js';

const all = (...lines: string[]): string => lines.join('\n');
const everybody = 'user/ada, user/bob, user/ida and 1 more';

describe('a plan that lets people sign in without a password', () => {
  test.each([
    ['no password stage', { stages: all(stages.name, stages.login) }],
    ['a login stage before it', { stages: all(stages.name, stages.login, stages.password) }],
    [
      'a password stage that is decided on plan for a group',
      {
        stages: all(
          stages.name,
          '- password: {backends: [authentik.core.auth.InbuiltBackend]}\n  evaluate_on_plan: true\n  access: [group/company]',
          stages.login,
        ),
      },
    ],
    [
      'a password stage whose policy fails',
      {
        policies: dummy('never', false),
        stages: all(
          stages.name,
          '- password: {backends: [authentik.core.auth.InbuiltBackend]}\n  policies: [never]',
          stages.login,
        ),
      },
    ],
  ])('%s: anybody is everybody', (_, parts) => {
    const { lines, findings } = planned(directory(), directory(parts));
    expect(lines).toEqual([
      `opens: anybody can sign in as ${everybody} through flow/login without a password; ask for one before its login stage`,
    ]);
    expect(findings[0]!.who).toHaveLength(4);
  });

  test('a group on the password stage lets everybody else in without one', () => {
    const { lines, findings } = planned(
      directory(),
      directory({
        stages: all(
          stages.name,
          '- password: {backends: [authentik.core.auth.InbuiltBackend]}\n  access: [group/company]',
          stages.login,
        ),
      }),
    );
    expect(lines).toEqual([
      'opens: anybody can sign in as user/bob, user/root through flow/login without a password; ask for one before its login stage',
    ]);
    expect(findings[0]!.causes[0]!.kind).toBe('authentik_policies.policybinding');
  });

  test('an expression on the password stage leaves it unknown', () => {
    const { lines } = planned(
      directory(),
      directory({
        policies: expression('sometimes', 'return request.user.is_active'),
        stages: all(
          stages.name,
          '- password: {backends: [authentik.core.auth.InbuiltBackend]}\n  policies: [sometimes]',
          stages.login,
        ),
      }),
    );
    expect(lines).toEqual([
      `opens: it cannot be known whether flow/login signs anybody in as ${everybody} without a password: expression-policy/sometimes runs an expression, whose result cannot be known`,
    ]);
  });

  test('another flow that nothing refers to is a way in, too', () => {
    const flows = `
quick:
  title: Quick
  designation: enrollment
  stages:
    - identification: {user_fields: [username]}
    - user_login`;
    const { lines, findings } = planned(directory(), directory({ flows }));
    expect(lines).toEqual([
      `opens: anybody can sign in as ${everybody} through flow/quick without a password; ask for one before its login stage`,
    ]);
    expect(findings[0]!.causes[0]!.address).toBe('flow/quick');
    const guarded = flows.replace(
      'designation: enrollment',
      'designation: enrollment\n  authentication: require_authenticated',
    );
    expect(planned(directory(), directory({ flows: guarded })).lines).toEqual([]);
  });

  test('a recovery flow with an email stage is no open door, without it is one', () => {
    const recovery = (stage: string): string => `
recovery:
  title: Recover
  designation: recovery
  stages:
    - identification: {user_fields: [email]}
${stage}    - prompt: {fields: [{field_key: password, type: password, label: Password}]}
    - user_write: {user_creation_mode: never_create}
    - user_login`;
    expect(planned(directory(), directory({ flows: recovery('    - email\n') })).lines).toEqual([]);
    const { lines } = planned(
      directory({ flows: recovery('    - email\n') }),
      directory({ flows: recovery('') }),
    );
    expect(lines).toEqual([
      `opens: anybody can sign in as ${everybody} through flow/recovery without a password; ask for one before its login stage`,
    ]);
  });

  test('a second factor that is no longer asked for', () => {
    const devices = ['static', 'totp', 'webauthn', 'duo', 'sms', 'email'].map(
      (one) => `authentik_stages_authenticator_${one}.${one}device`,
    );
    const { lines } = planned(
      directory({ stages: all(stages.name, stages.password, '- authenticator_validate', stages.login) }),
      directory(),
      { before: { unread: devices }, after: { unread: devices } },
    );
    expect(lines).toEqual([
      `opens: flow/login signs ${everybody} in without an authenticator, which it asked for before; bind the stage that asks for it again`,
    ]);
  });

  test('people whom a stage kept out get in when it goes', () => {
    const { lines } = planned(
      directory({
        stages: all(stages.name, '- deny: {}\n  access: [group/partners]', stages.password, stages.login),
      }),
      directory(),
    );
    expect(lines).toEqual([
      'opens: lets user/bob sign in through flow/login, who could not sign in by any way before',
    ]);
  });

  test('a new account, one that is switched on, and the first login of all open nothing', () => {
    const users = `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
ada: {name: Ada, email: ada@example.org, password: a-secret, groups: [staff], is_active: false}`;
    const more = `${users}\nnew: {name: New, email: new@example.org, password: a-secret}`.replace(
      ', is_active: false',
      '',
    );
    expect(planned(directory({ users }), directory({ users: more })).lines).toEqual([]);
    expect(planned(directory({ stages: stages.name }), directory()).lines).toEqual([]);
  });
});

describe('strangers', () => {
  const signUp = (invitation: string, write: string): string => `
join:
  title: Join
  designation: enrollment
  stages:
${invitation}    - prompt: {fields: [{field_key: username, type: username, label: Name}]}
    - user_write: ${write}
    - user_login`;
  const invited = '    - invitation\n';
  const plain = '{user_creation_mode: always_create}';

  test('an invitation keeps them out, until its stage goes or is only offered', () => {
    expect(planned(directory(), directory({ flows: signUp(invited, plain) })).lines).toEqual([]);
    for (const stage of ['', '    - invitation: {continue_flow_without_invitation: true}\n']) {
      const { lines } = planned(
        directory({ flows: signUp(invited, plain) }),
        directory({ flows: signUp(stage, plain) }),
      );
      expect(lines).toEqual([
        'opens: lets anybody make an account through flow/join, without an invitation; bind an invitation stage before its user write stage',
      ]);
    }
  });

  test('the group that they are put into gives them its power, and that of groups above', () => {
    const groups = `
admins: {is_superuser: true}
company: {}
staff: {parents: [company], roles: [helpers]}
interns: {parents: [staff]}
partners: {}
ops: {parents: [admins]}`;
    const roles = 'helpers: {permissions: [authentik_core.view_user, authentik_core.reset_user_password]}';
    const given = (group: string): string =>
      signUp(invited, `{user_creation_mode: always_create, create_users_group: ${group}}`);
    const from = directory({ groups, roles, flows: given('partners') });
    const intern = planned(from, directory({ groups, roles, flows: given('interns') }));
    expect(intern.lines).toEqual([
      'grants: whoever makes an account through flow/join is allowed authentik_core.reset_user_password through role/helpers; its user write stage puts them into group/interns',
    ]);
    expect(intern.findings[0]!.causes[0]!.address).toBe('user-write-stage/join-user_write');
    const superuser = planned(from, directory({ groups, roles, flows: given('ops') }));
    expect(superuser.lines).toEqual([
      'grants: whoever makes an account through flow/join becomes a superuser through group/admins; its user write stage puts them into group/ops',
    ]);
  });
});

describe('applications, entitlements and flows', () => {
  const wiki = (body: string): string => `wiki: {name: Wiki, ${body}}`;
  const from = directory({ applications: wiki('access: [group/staff]') });

  test('the last binding goes', () => {
    const { lines, findings } = planned(from, directory({ applications: wiki('access: everyone') }));
    expect(lines).toEqual([
      'opens: removes the last binding of application/wiki, so that everyone may use it; bind another policy, group or user first',
    ]);
    expect(findings[0]!.causes.map((one) => one.address)).toEqual(['policy-binding/wiki:staff']);
  });

  test('the last binding is switched off, negated, or the mode lets a passing policy decide', () => {
    const off = planned(
      from,
      directory({ applications: wiki('policies: [{group: staff, enabled: false}]') }),
    );
    expect(off.lines[0]).toMatch(/^opens: removes the last binding of application\/wiki/);
    const negated = planned(
      from,
      directory({ applications: wiki('policies: [{group: staff, negate: true}]') }),
    );
    expect(negated.lines).toEqual([
      'opens: lets everyone use application/wiki (not in group/staff); bind another policy, group or user first',
    ]);
    const policies = dummy('always', true);
    const mode = (one: string): string =>
      directory({
        policies,
        applications: wiki(`policy_engine_mode: ${one}, policies: [always], access: [group/staff]`),
      });
    expect(planned(mode('all'), mode('any')).lines).toEqual([
      'opens: lets everyone use application/wiki (dummy-policy/always passes); bind another policy, group or user first',
    ]);
    expect(planned(mode('any'), mode('all')).lines).toEqual([]);
  });

  test('a policy that failed passes', () => {
    const app = wiki('policies: [door]');
    const { lines, findings } = planned(
      directory({ policies: dummy('door', false), applications: app }),
      directory({ policies: dummy('door', true), applications: app }),
    );
    expect(lines).toEqual([
      'opens: lets everyone use application/wiki (dummy-policy/door passes); bind another policy, group or user first',
    ]);
    expect(findings[0]!.causes[0]!.address).toBe('dummy-policy/door');
  });

  test('failure_result counts only where a policy raises: nothing changes for a plain no', () => {
    const app = (result: boolean): string => wiki(`policies: [{policy: door, failure_result: ${result}}]`);
    const policies = dummy('door', false);
    expect(
      planned(
        directory({ policies, applications: app(false) }),
        directory({ policies, applications: app(true) }),
      ).lines,
    ).toEqual([]);
  });

  test('an expression beside the group leaves it unknown who gets in', () => {
    const policies = expression('office-hours', 'return 7 <= ak_now().hour < 19');
    const { lines } = planned(
      from,
      directory({ policies, applications: wiki('policies: [office-hours], access: [group/staff]') }),
    );
    expect(lines).toEqual([
      'opens: it cannot be known any more who may use application/wiki: expression-policy/office-hours runs an expression, whose result cannot be known',
    ]);
  });

  test('another group is named, or somebody joins one: the plan says so itself', () => {
    expect(
      planned(from, directory({ applications: wiki('access: [group/staff, group/partners]') })).lines,
    ).toEqual([]);
    const users = `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
ada: {name: Ada, email: ada@example.org, password: a-secret, groups: [staff]}
ida: {name: Ida, email: ida@example.org, password: a-secret, groups: [interns]}
bob: {name: Bob, email: bob@example.org, password: a-secret, groups: [partners, staff]}`;
    expect(planned(from, directory({ users, applications: wiki('access: [group/staff]') })).lines).toEqual(
      [],
    );
  });

  test('a group that comes below one that is bound brings its members', () => {
    const groups = `
admins: {is_superuser: true}
company: {}
staff: {parents: [company]}
interns: {parents: [staff]}
partners: {parents: [staff]}`;
    const { lines, findings } = planned(
      from,
      directory({ groups, applications: wiki('access: [group/staff]') }),
    );
    expect(lines).toEqual(['grants: lets user/bob use application/wiki (in group/staff)']);
    expect(findings[0]!.causes[0]!.address).toBe('group/partners');
  });

  test('in mode all a binding less lets more people in', () => {
    const mode = (access: string): string =>
      directory({ applications: wiki(`policy_engine_mode: all, access: [${access}]`) });
    expect(planned(mode('group/company, group/interns'), mode('group/company')).lines).toEqual([
      'opens: lets user/ada use application/wiki (in group/company)',
    ]);
  });

  test('a new application may be open: nothing guarded it before', () => {
    expect(planned(directory(), directory({ applications: wiki('access: everyone') })).lines).toEqual([]);
  });

  test('a flow for superusers, outposts or nobody becomes one for everybody', () => {
    const flows = (authentication: string): string =>
      `panel:\n  title: Panel\n  designation: stage_configuration\n  authentication: ${authentication}\n  stages: [consent: {}]`;
    const { lines } = planned(
      directory({ flows: flows('require_superuser') }),
      directory({ flows: flows('require_authenticated') }),
    );
    expect(lines).toEqual([
      'opens: lets everyone enter flow/panel, which was only for superusers who are signed in before',
    ]);
  });
});

describe('superusers and permissions', () => {
  const roles = 'helpers: {permissions: [authentik_core.view_user, authentik_core.reset_user_password]}';
  const without = 'helpers: {permissions: [authentik_core.view_user]}';
  const groups = (extra: string): string => `
admins: {is_superuser: true}
company: {}
staff: {parents: [company]}
interns: {parents: [staff]}
partners: {${extra}}`;

  test('somebody becomes a superuser by a group, or a group by a parent or its flag', () => {
    const users = `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
bob: {name: Bob, email: bob@example.org, password: a-secret, groups: [admins]}`;
    const start = users.replace(
      'bob@example.org, password: a-secret, groups: [admins]',
      'bob@example.org, password: a-secret, groups: []',
    );
    expect(planned(directory({ users: start }), directory({ users })).lines).toEqual([
      'grants: becomes a superuser through group/admins',
    ]);
    for (const extra of ['parents: [admins]', 'is_superuser: true']) {
      const { lines, findings } = planned(
        directory({ groups: groups('') }),
        directory({ groups: groups(extra) }),
      );
      expect(lines).toEqual([
        `grants: user/bob becomes a superuser through group/${extra.includes('parents') ? 'admins' : 'partners'}`,
      ]);
      expect(findings[0]!.causes[0]!.address).toBe('group/partners');
    }
  });

  test('a role gains a permission', () => {
    const { lines, findings } = planned(directory({ roles: without }), directory({ roles }));
    expect(lines).toEqual([
      'grants: allows authentik_core.reset_user_password; whoever holds that can set the passwords of superusers',
    ]);
    expect(findings[0]!.subject.address).toBe('role/helpers');
  });

  test('a role that got its power earlier comes to somebody', () => {
    const { lines, findings } = planned(
      directory({ roles, groups: groups('') }),
      directory({ roles, groups: groups('roles: [helpers]') }),
    );
    expect(lines).toEqual([
      'grants: allows user/bob authentik_core.reset_user_password (through role/helpers); whoever holds that can set the passwords of superusers',
    ]);
    expect(findings[0]!.causes[0]!.address).toBe('group/partners');
  });

  test('roles of a group come to those in groups below it, and not to those above', () => {
    const staff = groups('').replace(
      'staff: {parents: [company]',
      'staff: {parents: [company], roles: [helpers]',
    );
    const { findings } = planned(
      directory({ roles, groups: groups('') }),
      directory({ roles, groups: staff }),
    );
    expect(findings.map((one) => [one.hazard, one.who.map((user) => user.address)])).toEqual([
      ['grants', ['user/ada', 'user/ida']],
    ]);
  });

  test('a permission to look is not told', () => {
    const { lines } = planned(
      directory({ roles: 'helpers: {permissions: []}' }),
      directory({ roles: without }),
    );
    expect(lines).toEqual([]);
  });

  test('a permission on a single object is', () => {
    const granted = (permissions: string): string =>
      directory({
        roles: without,
        users: `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins], object_permissions: [${permissions}]}
bob: {name: Bob, email: bob@example.org, password: a-secret, roles: [helpers]}`,
      });
    const { lines } = planned(
      granted(''),
      granted('{permission: authentik_core.reset_user_password, role: helpers}'),
    );
    expect(lines).toEqual([
      'grants: allows role/helpers authentik_core.reset_user_password on user/root; whoever holds that can set the passwords of superusers',
    ]);
  });

  test('whoever is not active gains nothing', () => {
    const users = `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
bob: {name: Bob, email: bob@example.org, password: a-secret, groups: [partners], is_active: false}`;
    expect(
      planned(
        directory({ users, groups: groups('') }),
        directory({ users, groups: groups('is_superuser: true') }),
      ).lines,
    ).toEqual([]);
  });
});
