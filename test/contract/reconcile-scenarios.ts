/** Nothing in; blueprints that follow each other, and what strangers do in between, out. */
import type { Fields, LiveObject } from '../../src/model/model.js';
import type { Store } from '../../src/reconcile/open-store.js';

const header = 'version: 1\nentries:\n';

const flow = (title: string): string => `- model: authentik_flows.flow
  id: join
  identifiers: {slug: join}
  attrs: {name: Join, title: ${title}, designation: enrollment}
`;

/** States of one blueprint, one after the other. From the first to the second, about twenty changes of every sort. */
export const edits: readonly (readonly [title: string, text: string])[] = [
  [
    'the beginning',
    `${header}${flow('Welcome')}
- {model: authentik_rbac.role, id: desk, identifiers: {name: desk}, attrs: {permissions: [authentik_core.view_user, authentik_core.view_group]}}
- {model: authentik_core.group, id: staff, identifiers: {name: staff}, attrs: {roles: [!KeyOf desk], attributes: {floor: 1, team: {lead: ada, size: 3}}}}
- {model: authentik_core.group, id: board, identifiers: {name: board}}
- {model: authentik_core.group, identifiers: {name: going}}
- {model: authentik_core.group, identifiers: {name: old-name}, attrs: {attributes: {kept: true}}}
- {model: authentik_core.user, id: ada, identifiers: {username: ada}, attrs: {name: Ada, email: ada@example.org, groups: [!KeyOf staff, !KeyOf board]}}
- {model: authentik_core.user, id: bob, identifiers: {username: bob}, attrs: {name: Bob, path: staff, groups: [!KeyOf staff]}}
- {model: authentik_core.user, identifiers: {username: leaving}, attrs: {name: Leaving, groups: [!KeyOf staff]}}
- {model: authentik_stages_deny.denystage, id: deny, identifiers: {name: join-deny}}
- {model: authentik_stages_user_login.userloginstage, id: login, identifiers: {name: join-login}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf deny, order: 10}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf login, order: 20}}
- {model: authentik_brands.brand, identifiers: {domain: a.example.org}, attrs: {default: true}}
- {model: authentik_brands.brand, identifiers: {domain: b.example.org}, attrs: {default: false}}
- {model: authentik_stages_invitation.invitation, identifiers: {name: spring}, attrs: {flow: !KeyOf join, expires: "2999-01-31T00:00:00Z", fixed_data: {name: X}}}
`,
  ],
  [
    'many changes at once',
    `${header}${flow('Come in')}
- {model: authentik_rbac.role, id: desk, identifiers: {name: desk}, attrs: {permissions: [authentik_core.view_user, authentik_core.view_token]}}
- {model: authentik_core.group, id: staff, identifiers: {name: staff}, attrs: {roles: [!KeyOf desk], attributes: {floor: 2, team: {lead: bob}}}}
- {model: authentik_core.group, id: board, identifiers: {name: board}, attrs: {users: [!KeyOf bob, !KeyOf eve], parents: [!KeyOf staff]}}
- {model: authentik_core.group, was: {name: old-name}, identifiers: {name: new-name}, attrs: {attributes: {kept: true}}}
- {model: authentik_core.group, id: readers, identifiers: {name: readers}, permissions: [{permission: authentik_core.view_group, role: !KeyOf desk}]}
- {model: authentik_core.user, id: ada, identifiers: {username: ada}, attrs: {name: Ada Lovelace, groups: [!KeyOf staff, !KeyOf readers]}}
- {model: authentik_core.user, id: bob, identifiers: {username: bob}, attrs: {name: Bob}}
- model: authentik_core.user
  id: eve
  identifiers: {username: eve}
  attrs: {name: Eve, attributes: {link: !Format ["https://id.example.org/groups/%s", !KeyOf readers]}}
- {model: authentik_stages_dummy.dummystage, id: dummy, identifiers: {name: join-dummy}}
- {model: authentik_stages_user_login.userloginstage, id: login, identifiers: {name: join-login}, attrs: {session_duration: hours=1}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf dummy, order: 10}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf login, order: 30}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf dummy, order: 40}}
- {model: authentik_flows.flow, id: change, identifiers: {slug: change}, attrs: {name: Change, title: Change, designation: stage_configuration}}
- {model: authentik_stages_password.passwordstage, id: password, identifiers: {name: password}, attrs: {backends: [authentik.core.auth.InbuiltBackend], configure_flow: !KeyOf change}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf change, stage: !KeyOf password, order: 0}}
- {model: authentik_brands.brand, identifiers: {domain: a.example.org}, attrs: {default: false}}
- {model: authentik_brands.brand, identifiers: {domain: b.example.org}, attrs: {default: true, flow_unenrollment: null}}
- {model: authentik_stages_invitation.invitation, identifiers: {name: spring}, attrs: {flow: !KeyOf join, expires: "2999-01-31T00:00:00Z", fixed_data: {name: X}}}
- {model: authentik_stages_invitation.invitation, identifiers: {name: summer}, attrs: {flow: !KeyOf join, expires: "2999-06-30T00:00:00Z"}}
- {model: authentik_core.group, state: created, identifiers: {name: once}, attrs: {attributes: {a: 1}}}
- {model: authentik_core.group, state: must_created, identifiers: {name: only-ours}, attrs: {attributes: {a: 1}}}
- {model: authentik_core.token, identifiers: {identifier: eve-api}, attrs: {user: !KeyOf eve, intent: api, expiring: false}}
`,
  ],
  [
    'one side of the relation takes over from the other',
    `${header}
- {model: authentik_core.group, id: staff, identifiers: {name: staff}, attrs: {users: [!KeyOf ada]}}
- {model: authentik_core.group, id: board, identifiers: {name: board}}
- {model: authentik_core.user, id: ada, identifiers: {username: ada}, attrs: {name: Ada, password: secret-word, is_active: false}}
- {model: authentik_core.user, id: bob, identifiers: {username: bob}, attrs: {name: Bob, groups: [!KeyOf board]}}
- {model: authentik_core.user, state: absent, identifiers: {username: leaving}}
- {model: authentik_core.user, state: absent, identifiers: {username: eve}}
- {model: authentik_brands.brand, identifiers: {domain: a.example.org}, attrs: {default: true}}
`,
  ],
];

const ours = `
- {model: authentik_flows.flow, id: join, identifiers: {slug: join}, attrs: {name: Join, title: Join, designation: enrollment}}
- {model: authentik_stages_deny.denystage, id: deny, identifiers: {name: deny}}
- {model: authentik_flows.flowstagebinding, identifiers: {target: !KeyOf join, stage: !KeyOf deny, order: 10}}
- {model: authentik_rbac.role, identifiers: {name: desk}, attrs: {permissions: [authentik_core.view_user]}}
`;

/** What others have in a directory that we write to. */
export const strangers = {
  before: `${header}${ours}
- {model: authentik_core.group, id: staff, identifiers: {name: staff}, attrs: {attributes: {ours: 1, shared: {ours: 1}}}}
- {model: authentik_core.group, id: crew, identifiers: {name: crew}}
- {model: authentik_core.user, identifiers: {username: ada}, attrs: {name: Ada, groups: [!KeyOf staff]}}
- {model: authentik_core.user, identifiers: {username: bob}, attrs: {name: Bob}}
`,
  after: `${header}${ours.replace('title: Join', 'title: Hello').replace('view_user', 'view_group')}
- {model: authentik_core.group, id: staff, identifiers: {name: staff}, attrs: {attributes: {ours: 2, shared: {}}}}
- {model: authentik_core.group, id: crew, identifiers: {name: crew}}
- {model: authentik_core.user, identifiers: {username: ada}, attrs: {name: Ada, groups: [!KeyOf crew]}}
- {model: authentik_core.user, identifiers: {username: bob}, attrs: {name: Bob B.}}
`,
  /** Others make objects of their own, and write into ours. */
  async arrive({ directory }: Store, signal: AbortSignal): Promise<LiveObject[]> {
    const one = async (kind: string, name: string, value: string): Promise<LiveObject> => {
      for await (const found of directory.list(kind, { only: { field: name, values: [value] } }, signal))
        return found;
      throw new Error(`${kind} ${value} is not there`);
    };
    const staff = await one('authentik_core.group', 'name', 'staff');
    const crew = await one('authentik_core.group', 'name', 'crew');
    const bob = await one('authentik_core.user', 'username', 'bob');
    const join = await one('authentik_flows.flow', 'slug', 'join');
    const desk = await one('authentik_rbac.role', 'name', 'desk');
    const create = async (kind: string, fields: Fields): Promise<LiveObject> =>
      (await directory.create(kind, fields, signal)).object;
    const made = [
      await create('authentik_core.group', {
        name: 'guests',
        parents: [staff.id],
        attributes: { a: [1, { b: null }] },
      }),
      await create('authentik_core.user', { username: 'eve', name: 'Eve', groups: [staff.id, crew.id] }),
      await create('authentik_stages_dummy.dummystage', { name: 'theirs' }),
    ];
    made.push(
      await create('authentik_flows.flowstagebinding', { target: join.id, stage: made[2]!.id, order: 10 }),
      await create('authentik_policies.policybinding', {
        target: join.familyIds?.['policy-binding-target'] ?? join.id,
        group: made[0]!.id,
        order: 0,
      }),
    );
    const change = (object: LiveObject, after: Fields): Promise<void> => {
      const before = Object.fromEntries(
        Object.keys(after).map((name) => [name, object.attributes[name] ?? null]),
      );
      return directory.update(object.kind, object.id, before, after, signal);
    };
    await change(staff, { attributes: { ours: 1, shared: { ours: 1, theirs: 2 }, theirs: { deep: [1] } } });
    await change(bob, { email: 'bob@example.org', groups: [crew.id] });
    await change(join, { background: '/theirs.jpg' });
    await change(desk, { permissions: ['authentik_core.view_user', 'authentik_core.view_token'] });
    return made;
  },
  /** What they wrote into ours. */
  kept: {
    'group/staff': {
      attributes: { ours: 2, shared: { theirs: 2 }, theirs: { deep: [1] } },
      users: ['user/eve'],
    },
    'group/crew': { users: ['user/ada', 'user/bob', 'user/eve'] },
    'user/bob': { name: 'Bob B.', email: 'bob@example.org', groups: ['group/crew'] },
    'flow/join': { title: 'Hello', background: '/theirs.jpg' },
    'role/desk': { permissions: ['authentik_core.view_group', 'authentik_core.view_token'] },
  } as Readonly<Record<string, object>>,
};
