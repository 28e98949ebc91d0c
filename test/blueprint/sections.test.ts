import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stageKinds } from '../../src/blueprint/sections-stages.js';
import { describedBy } from '../../src/convert/check.js';
import { convert } from '../../src/convert/convert.js';
import { catalogue } from '../../src/model/kinds.js';
import { kindsIn, sectionKeys } from '../../src/model/section-names.js';
import { readTexts } from '../support/blueprints.js';

/** What a blueprint asks for, by address. */
function model(text: string): Record<string, unknown> {
  const described = describedBy({ path: 'x.yaml', text: `version: 1\n${text}` });
  expect(described, text).toBeDefined();
  return Object.fromEntries(described!);
}

/** Both ways of writing ask for the same. */
function same(sections: string, entries: string): void {
  expect(model(sections)).toEqual(model(entries));
}

function problems(text: string): readonly string[] {
  return readTexts(text).problems;
}

const staff = `version: 1
metadata: {name: staff}
roles:
  helpdesk: {permissions: [authentik_core.view_user, authentik_core.reset_user_password]}
groups:
  engineering: {roles: [helpdesk]}
  platform-admins: {is_superuser: true, parents: [engineering]}
  everyone: {users: {only_add: [ada]}}       # claims only what it lists; other members are not ours
users:
  ada: {name: Ada Lovelace, email: ada@example.org, path: staff/engineering, groups: [platform-admins]}
  left-last-week: {state: absent}
flows:
  contractor-enrollment:
    title: Welcome
    designation: enrollment
    authentication: require_unauthenticated
    stages:                                  # bound in this order: 10, 20, …; order: may be given
      - invitation: {continue_flow_without_invitation: false}
        evaluate_on_plan: true
      - prompt:
          fields:
            - {field_key: username, type: username, label: Username, required: true}
            - {field_key: email, type: email, label: Email}
      - user_write: {user_creation_mode: always_create, user_type: external, user_path_template: users/external}
      - user_login
      - stage: default-mfa-validation         # an existing stage, by name
invitations:
  contractors: {flow: contractor-enrollment, single_use: false, expires: 2027-01-31T00:00:00Z,
                fixed_data: {attributes: {department: Field}}}
applications:
  wiki: {name: Wiki, group: Docs, access: [group/engineering, user/ada]}   # or access: everyone
providers:
  oauth2:
    wiki: {authorization_flow: default-provider-authorization-implicit-consent, redirect_uris: [https://wiki.example.org/cb]}
policies:
  expression:
    office-hours: {expression: "return 7 <= ak_now().hour < 19"}
settings:
  system: {impersonation: true, impersonation_require_reason: true, event_retention: days=365}
  brands:
    authentik-default: {default: true, flow_recovery: default-recovery-flow}
`;

describe('a file with every section', () => {
  test('resolves without a problem to the objects it names', () => {
    const { desired, problems: found } = readTexts(staff);
    expect(found).toEqual([]);
    const flow = 'contractor-enrollment';
    expect(desired.map((one) => one.ref.address)).toEqual([
      'application/wiki',
      'brand/authentik-default',
      'expression-policy/office-hours',
      `flow-stage-binding/${flow}:authentik_flows.stage name=default-mfa-validation`,
      `flow-stage-binding/${flow}:${flow}-invitation`,
      `flow-stage-binding/${flow}:${flow}-prompt`,
      `flow-stage-binding/${flow}:${flow}-user_login`,
      `flow-stage-binding/${flow}:${flow}-user_write`,
      `flow/${flow}`,
      'group/engineering',
      'group/everyone',
      'group/platform-admins',
      `invitation-stage/${flow}-invitation`,
      'invitation/contractors',
      'oauth2-provider/wiki',
      'policy-binding/wiki:ada',
      'policy-binding/wiki:engineering',
      `prompt-stage/${flow}-prompt`,
      `prompt/${flow}-email`,
      `prompt/${flow}-username`,
      'role/helpdesk',
      'settings/system',
      `user-login-stage/${flow}-user_login`,
      `user-write-stage/${flow}-user_write`,
      'user/ada',
      'user/left-last-week',
    ]);
  });

  test('gives each object the place of its own line', () => {
    const { desired } = readTexts(staff);
    const line = (address: string): string => {
      const { place } = desired.find((one) => one.ref.address === address)!;
      return place.source.text.slice(place.offset).split('\n')[0]!;
    };
    expect(line('user/ada')).toMatch(/^ada: /);
    expect(line('flow/contractor-enrollment')).toBe('contractor-enrollment:');
    expect(line('prompt/contractor-enrollment-email')).toMatch(/^\{field_key: email/);
    expect(line('flow-stage-binding/contractor-enrollment:contractor-enrollment-user_login')).toBe(
      'user_login',
    );
    expect(line('policy-binding/wiki:ada')).toMatch(/^user\/ada/);
    expect(line('settings/system')).toMatch(/^system: /);
  });
});

test('the examples in docs/sections.md are valid', () => {
  const page = readFileSync(new URL('../../docs/sections.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!);
  expect(examples).toHaveLength(7);
  for (const text of examples) expect(readTexts(text).problems, text).toEqual([]);
});

describe('an object of a section is an entry written shorter', () => {
  test('users, groups and roles refer to each other by name', () =>
    same(
      `
users:
  ada: {id: ada, groups: [eng, !KeyOf ops], roles: [auditor], state: created, labels: {asbuilt.io/protect: "true"}}
  bob: {name: Bob, was: robert, conditions: [true]}
groups:
  eng: {parents: [ops], users: [ada]}
  ops: {id: ops, object_permissions: [{permission: authentik_core.view_group, user: ada},
                                      {permission: authentik_core.change_group, role: auditor}]}
roles: {auditor: }
`,
      `
entries:
- {model: authentik_core.user, id: ada, state: created, identifiers: {username: ada}, labels: {asbuilt.io/protect: "true"},
   attrs: {name: ada, groups: [!KeyOf eng, !KeyOf ops], roles: [!KeyOf auditor]}}
- {model: authentik_core.user, was: {username: robert}, conditions: [true], identifiers: {username: bob}, attrs: {name: Bob}}
- {model: authentik_core.group, id: eng, identifiers: {name: eng}, attrs: {parents: [!KeyOf ops], users: [!KeyOf ada]}}
- model: authentik_core.group
  id: ops
  identifiers: {name: ops}
  permissions: [{permission: authentik_core.view_group, user: !KeyOf ada},
                {permission: authentik_core.change_group, role: !KeyOf auditor}]
- {model: authentik_rbac.role, id: auditor, identifiers: {name: auditor}}
`,
    ));

  test('a flow, its stages, prompts, bindings and policies', () =>
    same(
      `
flows:
  join:
    name: Join
    title: T
    designation: enrollment
    policies: [sso]
    stages:
      - prompt:
          name: ask
          fields: [known, {field_key: email, type: email, label: E}, {name: n, field_key: x, type: text, label: X, order: 7}]
          validation_policies: [strong]
        order: 5
        policies: [sso, {group: staff, negate: true}, {policy: strong, order: 3}]
      - user_login
      - stage: ask
        re_evaluate_policies: false
        evaluate_on_plan: true
groups: {staff: {}}
entries:
- {model: authentik_policies_expression.expressionpolicy, identifiers: {name: sso}, attrs: {expression: return True}}
- {model: authentik_policies_password.passwordpolicy, identifiers: {name: strong}}
- {model: authentik_stages_prompt.prompt, identifiers: {name: known}, attrs: {field_key: k, type: text, label: K}}
`,
      `
entries:
- {model: authentik_core.group, id: staff, identifiers: {name: staff}}
- {model: authentik_policies_expression.expressionpolicy, id: sso, identifiers: {name: sso}, attrs: {expression: return True}}
- {model: authentik_policies_password.passwordpolicy, id: strong, identifiers: {name: strong}}
- {model: authentik_stages_prompt.prompt, id: known, identifiers: {name: known}, attrs: {field_key: k, type: text, label: K}}
- {model: authentik_stages_prompt.prompt, id: e, identifiers: {name: join-email}, attrs: {field_key: email, type: email, label: E, order: 1}}
- {model: authentik_stages_prompt.prompt, id: n, identifiers: {name: n}, attrs: {field_key: x, type: text, label: X, order: 7}}
- {model: authentik_flows.flow, id: join, identifiers: {slug: join}, attrs: {name: Join, title: T, designation: enrollment}}
- {model: authentik_stages_prompt.promptstage, id: ask, identifiers: {name: ask},
   attrs: {fields: [!KeyOf known, !KeyOf e, !KeyOf n], validation_policies: [!KeyOf strong]}}
- {model: authentik_stages_user_login.userloginstage, id: login, identifiers: {name: join-user_login}}
- {model: authentik_flows.flowstagebinding, id: b, identifiers: {target: !KeyOf join, stage: !KeyOf ask, order: 5}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf login, order: 20}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf ask, order: 30},
   attrs: {re_evaluate_policies: false, evaluate_on_plan: true}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf join, policy: !KeyOf sso, order: 0}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf b, policy: !KeyOf sso, order: 0}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf b, group: !KeyOf staff, order: 10}, attrs: {negate: true}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf b, policy: !KeyOf strong, order: 3}}
`,
    ));

  test('invitations, applications, brands and the settings', () =>
    same(
      `
invitations: {welcome: {flow: join, expires: 2030-01-01T00:00:00Z}}
flows: {join: {title: T, designation: enrollment}}
applications:
  wiki: {provider: sso, access: [policy/a%2Fb, {user: ada, enabled: false}]}
  docs: {access: everyone}
users: {ada: }
settings: {system: {avatars: initials}, brands: {example.org: {flow_recovery: join, default_application: wiki}}}
entries:
- {model: authentik_policies_dummy.dummypolicy, identifiers: {name: a/b}}
- {model: authentik_providers_oauth2.oauth2provider, identifiers: {name: sso}}
`,
      `
entries:
- {model: authentik_policies_dummy.dummypolicy, id: ab, identifiers: {name: a/b}}
- {model: authentik_providers_oauth2.oauth2provider, id: sso, identifiers: {name: sso}}
- {model: authentik_core.user, id: ada, identifiers: {username: ada}, attrs: {name: ada}}
- {model: authentik_flows.flow, id: join, identifiers: {slug: join}, attrs: {name: join, title: T, designation: enrollment}}
- {model: authentik_stages_invitation.invitation, identifiers: {name: welcome}, attrs: {flow: !KeyOf join, expires: 2030-01-01T00:00:00Z}}
- {model: authentik_core.application, id: wiki, identifiers: {slug: wiki}, attrs: {name: wiki, provider: !KeyOf sso}}
- {model: authentik_core.application, identifiers: {slug: docs}, attrs: {name: docs}, labels: {asbuilt.io/access: everyone}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf wiki, policy: !KeyOf ab, order: 0}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf wiki, user: !KeyOf ada, order: 10}, attrs: {enabled: false}}
- {model: asbuilt.settings, attrs: {avatars: initials}}
- {model: authentik_brands.brand, identifiers: {domain: example.org}, attrs: {flow_recovery: !KeyOf join, default_application: !KeyOf wiki}}
`,
    ));

  test('providers, policies and property mappings stand below the word for their kind', () =>
    same(
      `
applications: {wiki: {provider: wiki, access: [policy/hours]}}
providers:
  oauth2: {wiki: {id: p, authorization_flow: consent, property_mappings: [team], redirect_uris: [https://w.example/cb, {matching_mode: regex, url: x}]}}
  proxy: {old: {authorization_flow: consent, invalidation_flow: out, external_host: https://o.example, mode: forward_single}}
  scim: {sync: {url: https://s.example, token: !Env TOKEN, property_mappings: [who]}}
policies: {expression: {hours: {expression: return True}}, password: {long: {length_min: 14}}, geoip: }
property_mappings: {scope: {team: {scope_name: team, expression: return x}}, scim: {who: {expression: return x}}}
`,
      `
entries:
- {model: authentik_providers_oauth2.scopemapping, id: team, identifiers: {name: team}, attrs: {scope_name: team, expression: return x}}
- {model: authentik_providers_scim.scimmapping, id: who, identifiers: {name: who}, attrs: {expression: return x}}
- {model: authentik_policies_expression.expressionpolicy, id: hours, identifiers: {name: hours}, attrs: {expression: return True}}
- {model: authentik_policies_password.passwordpolicy, identifiers: {name: long}, attrs: {length_min: 14}}
- model: authentik_providers_oauth2.oauth2provider
  id: p
  identifiers: {name: wiki}
  attrs:
    authorization_flow: !Find [authentik_flows.flow, [slug, consent]]
    invalidation_flow: !Find [authentik_flows.flow, [slug, default-provider-invalidation-flow]]
    property_mappings: [!KeyOf team]
    redirect_uris: [{matching_mode: strict, url: https://w.example/cb}, {matching_mode: regex, url: x}]
- model: authentik_providers_proxy.proxyprovider
  identifiers: {name: old}
  attrs:
    authorization_flow: !Find [authentik_flows.flow, [slug, consent]]
    invalidation_flow: !Find [authentik_flows.flow, [slug, out]]
    external_host: https://o.example
    mode: forward_single
- {model: authentik_providers_scim.scimprovider, identifiers: {name: sync}, attrs: {url: https://s.example, token: !Env TOKEN, property_mappings: [!KeyOf who]}}
- {model: authentik_core.application, id: wiki, identifiers: {slug: wiki}, attrs: {name: wiki, provider: !KeyOf p}}
- {model: authentik_policies.policybinding, identifiers: {target: !KeyOf wiki, policy: !KeyOf hours, order: 0}}
`,
    ));

  test('every kind of provider, policy and property mapping has a word of its own', () => {
    for (const [section, family] of [
      ['providers', 'provider'],
      ['policies', 'policy'],
      ['property_mappings', 'property-mapping'],
    ] as const) {
      const words = kindsIn(section);
      expect([...words.values()], section).toEqual(catalogue().families.get(family));
      expect([...words.keys()].filter((word) => !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(word))).toEqual([]);
    }
    expect(kindsIn('property_mappings').get('ldap_source')?.name).toBe('ldap-source-property-mapping');
    expect(problems('providers: {oidc: {wiki: {}}}')).toEqual([expect.stringContaining('unknown-key')]);
  });

  test('state and conditions of a flow hold for what is written inside it', () => {
    same(
      `
flows:
  once: {state: created, name: O, title: T, designation: recovery, stages: [{dummy: {state: present}, policies: [p]}]}
`,
      `
entries:
- {model: authentik_flows.flow, id: once, state: created, identifiers: {slug: once}, attrs: {name: O, title: T, designation: recovery}}
- {model: authentik_stages_dummy.dummystage, id: dummy, identifiers: {name: once-dummy}}
- {model: authentik_flows.flowstagebinding, id: b, state: created, identifiers: {target: !KeyOf once, stage: !KeyOf dummy, order: 10}}
- {model: authentik_policies.policybinding, state: created,
   identifiers: {target: !KeyOf b, policy: !Find [authentik_policies.policy, [name, p]], order: 0}}
`,
    );
    const { desired } = readTexts(
      'version: 1\nflows: {gone: {state: absent, stages: [deny, {stage: kept}]}}\n',
    );
    expect(desired.map((one) => one.state)).toEqual(['absent', 'absent', 'absent', 'absent']);
  });

  test('references reach across files, and tags find objects of sections', () => {
    const { problems: found, desired } = readTexts(
      'version: 1\nusers: {ada: {groups: [eng]}}\n',
      'version: 1\ngroups: {eng: {roles: [!Find [authentik_rbac.role, [name, r]]]}}\nroles: {r: {}}\n',
    );
    expect(found).toEqual([]);
    const refs = desired.flatMap((one) => Object.values(one.attributes).flat());
    for (const one of desired.slice(0, 2)) expect(refs).toContain(one.ref);
  });

  test('ids, null and tags stand for themselves, anything else is a name', () => {
    const uuid = '0a1b2c3d-0000-4000-8000-000000000000';
    same(
      `groups: {"2024": {}}\nusers: {a: {groups: [2024, ${uuid}]}}\nsettings: {brands: {x: {flow_recovery: null}}}\n`,
      `entries:
- {model: authentik_core.group, id: g, identifiers: {name: "2024"}}
- {model: authentik_core.user, identifiers: {username: a}, attrs: {name: a, groups: [!KeyOf g, ${uuid}]}}
- {model: authentik_brands.brand, identifiers: {domain: x}, attrs: {flow_recovery: null}}
`,
    );
  });
});

test('every kind of stage has a word', () => {
  const words = [...stageKinds().keys()];
  expect(words).toEqual(
    expect.arrayContaining(['invitation', 'user_write', 'authenticator_validate', 'source']),
  );
  for (const word of words) expect(word).toMatch(/^[a-z_]+$/);
});

describe('only_add', () => {
  test('joins with other additions, and may stand beside the whole list', () => {
    const { desired, problems: found } = readTexts(
      'version: 1\ngroups: {g: {users: {only_add: [ada]}}, h: {users: {only_add: [ada]}}}\nusers: {ada: {}, bob: {groups: [g]}}\n',
      'version: 1\ngroups: {g: {users: {only_add: [bob]}}, h: {users: [ada]}}\n',
    );
    expect(found).toEqual([]);
    const [g, h] = desired;
    expect(g!.attributes.users).toEqual([desired[2]!.ref, desired[3]!.ref]);
    expect(g!.onlyAdd).toEqual(new Set(['users']));
    expect(h!.onlyAdd).toBeUndefined();
  });

  test('contradicts a whole list that lacks what it adds', () =>
    expect(
      problems(`version: 1
groups: {g: {users: {only_add: [ada]}}}
users: {ada: {}, bob: {}}
entries: [{model: authentik_core.group, identifiers: {name: g}, attrs: {users: [!Find [authentik_core.user, [username, bob]]]}}]
`),
    ).toEqual(['4:80 conflict']));

  test('belongs to sections: an entry has a list', () =>
    expect(
      problems(
        'version: 1\nentries: [{model: authentik_core.group, identifiers: {name: g}, attrs: {users: {only_add: []}}}]\n',
      ),
    ).toEqual(['2:80 invalid-value']));
});

describe('problems have a place and a near name', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['an attribute', 'users: {ada: {emial: x}}', '2:15 unknown-attribute'],
    ['a key of ours', 'users: {ada: {stat: absent}}', '2:15 unknown-attribute'],
    ['a section', 'usres: {}', '2:1 unknown-key'],
    ['a part of the settings', 'settings: {sytem: {}}', '2:12 unknown-key'],
    ['another natural key', 'groups: {g: {name: h}}', '2:20 constraint'],
    ['text for a list', 'users: {a: {groups: {only_ad: []}}}', '2:21 wrong-type'],
    ['a former key that is none', 'users: {a: {was: [b]}}', '2:18 wrong-type'],
    ['a tag for an object', 'users: {a: !Context x}', '2:12 tag-not-allowed'],
    ['an unknown state', 'groups: {g: {state: gone}}', '2:21 unknown-state'],
    ['an id used twice', 'groups: {g: {id: x}, h: {id: x}}', '2:30 duplicate-id'],
    ['a section that is a list', 'groups: []', '2:9 wrong-type'],
    ['a wrong value', 'users: {a: {type: extrenal}}', '2:19 invalid-value'],
    ['nobody', 'applications: {a: {access: []}}', '2:28 constraint'],
    ['another word for everyone', 'applications: {a: {access: all}}', '2:28 wrong-type'],
    ['no address', 'applications: {a: {access: [grup/x]}}', '2:29 invalid-value'],
    ['two subjects', 'applications: {a: {access: [{group: a, user: b}]}}', '2:40 constraint'],
    ['a binding’s attribute', 'applications: {a: {access: [{group: a, ordr: 1}]}}', '2:40 unknown-attribute'],
  ];
  test.each(cases)('%s', (_, text, expected) =>
    expect(problems(`version: 1\n${text}\n`)).toEqual([expected]),
  );

  const stages: readonly (readonly [string, string, string])[] = [
    ['a kind of stage', 'user_lgin', '6:7 unknown-kind'],
    ['a kind of stage with attributes', 'prmpt: {}', '6:7 unknown-kind'],
    ['no stage', 'order: 1', '6:7 missing-key'],
    ['two stages', '{deny: , dummy: }', '6:16 constraint'],
    ['a stage’s attribute', 'deny: {deny_mesage: x}', '6:14 unknown-attribute'],
    ['a binding’s attribute', '{deny: , evaluate_on_pln: true}', '6:16 unknown-attribute'],
    ['a tag', '!Context x', '6:7 tag-not-allowed'],
    ['a prompt without a key', 'prompt: {fields: [{type: text}]}', '6:25 missing-key'],
    ['a prompt’s attribute', 'prompt: {fields: [{field_key: a, lable: x}]}', '6:40 unknown-attribute'],
    ['a second prompt for a key', 'prompt: {fields: [{field_key: a}, {field_key: a}]}', '6:53 missing-key'],
  ];
  test.each(stages)('%s in a flow', (_, item, expected) => {
    const block = `version: 1\nflows:\n  f:\n    title: T\n    stages:\n    - ${item}\n`;
    expect(problems(block)).toEqual([expected]);
  });

  test('a second stage of a kind must be named, and the first is shown', () => {
    const text = 'version: 1\nflows: {f: {stages: [user_login, {user_login: {name: x}}, user_login]}}\n';
    const { diagnostics, problems: found } = readTexts(text);
    expect(found).toEqual(['2:59 missing-key']);
    expect(diagnostics.find((one) => one.code === 'missing-key')?.related?.[0]?.place.offset).toBe(
      text.indexOf('user_login'),
    );
  });
});

test('nothing that is written in a section makes the reader fail', () => {
  const word = fc.constantFrom(
    ...[
      'ada',
      'name',
      'state',
      'id',
      'was',
      'labels',
      'conditions',
      'object_permissions',
      'constructor',
      '__proto__',
    ],
    ...[
      'stages',
      'policies',
      'access',
      'stage',
      'prompt',
      'fields',
      'field_key',
      'only_add',
      'user',
      'role',
      'order',
    ],
    ...[
      'users',
      'groups',
      'system',
      'brands',
      'permission',
      'everyone',
      'group/ada',
      'absent',
      '!KeyOf x',
      '~',
      '1',
    ],
  );
  const value = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      word,
      fc.array(tie('any'), { maxLength: 3 }).map((list) => `[${list.join(', ')}]`),
      fc
        .uniqueArray(fc.tuple(word, tie('any')), { maxLength: 4, selector: ([key]) => key })
        .map((pairs) => `{${pairs.map(([key, one]) => `${key.replace('!KeyOf ', '')}: ${one}`).join(', ')}}`),
    ),
  })).any;
  const section = fc.constantFrom(...sectionKeys);
  fc.assert(
    fc.property(section, value, (key, one) => {
      for (const text of [
        `${key}: ${one}`,
        `${key}: {x: ${one}}`,
        `flows: {f: {stages: [${one}, {prompt: ${one}}]}}`,
      ]) {
        readTexts(`version: 1\n${text}\n`);
        convert({ path: 'x.yaml', text: `version: 1\n${text}\n` });
      }
    }),
    { numRuns: 200 },
  );
});
