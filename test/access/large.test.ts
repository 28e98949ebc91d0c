/** The work grows with the directory and not with its users times its flows: counted in questions to the world, not in time. */
import { describe, expect, test } from 'vitest';
import { compareAccess } from '../../src/access/compare.js';
import type { AccessWorld } from '../../src/access/world.js';
import { type Attributes, Ref } from '../../src/model/model.js';

interface Large {
  readonly before: AccessWorld;
  /** The same with other attributes for some objects. */
  with(changes: ReadonlyMap<Ref, Attributes>): AccessWorld;
  readonly asked: () => number;
  readonly ref: (address: string) => Ref;
}

/** A directory with this many users in a tree of groups, flows with guards, and applications that groups may use. */
function large(users: number): Large {
  const objects = new Map<Ref, Attributes>();
  const byKind = new Map<string, Ref[]>();
  const byAddress = new Map<string, Ref>();
  let asked = 0;
  const put = (kind: string, address: string, attributes: Attributes): Ref => {
    const ref = new Ref(kind, address);
    objects.set(ref, attributes);
    byAddress.set(address, ref);
    const list = byKind.get(kind);
    if (list) list.push(ref);
    else byKind.set(kind, [ref]);
    return ref;
  };
  const core = 'authentik_core';
  const groups: Ref[] = [];
  for (let at = 0; at < 300; at++) {
    const parents = at < 10 ? [] : [groups[at % 10]!];
    groups.push(
      put(`${core}.group`, `group/g${at}`, { name: `g${at}`, is_superuser: at === 0, parents, roles: [] }),
    );
  }
  const role = put('authentik_rbac.role', 'role/helpers', {
    name: 'helpers',
    permissions: [`${core}.view_user`],
  });
  objects.get(groups[5]!)!.roles = [role];
  for (let at = 0; at < users; at++) {
    const attributes = {
      username: `u${at}`,
      email: `u${at}@example.org`,
      is_active: at % 50 !== 0,
      groups: [groups[at % 300]!],
    };
    put(`${core}.user`, `user/u${at}`, { ...attributes, roles: [], permissions: [] });
  }
  for (let flow = 0; flow < 10; flow++) {
    const target = put('authentik_flows.flow', `flow/f${flow}`, {
      slug: `f${flow}`,
      designation: 'authentication',
    });
    const stages = [
      put('authentik_stages_identification.identificationstage', `identification-stage/f${flow}`, {
        user_fields: ['username'],
      }),
      put('authentik_stages_deny.denystage', `deny-stage/f${flow}`, {}),
      put('authentik_stages_password.passwordstage', `password-stage/f${flow}`, {
        backends: ['authentik.core.auth.InbuiltBackend'],
      }),
      put('authentik_stages_user_login.userloginstage', `user-login-stage/f${flow}`, {}),
    ];
    const bound = stages.map((stage, order) =>
      put('authentik_flows.flowstagebinding', `flow-stage-binding/f${flow}:${order}`, {
        target,
        stage,
        order,
      }),
    );
    put('authentik_policies.policybinding', `policy-binding/deny${flow}`, {
      target: bound[1]!,
      group: groups[20 + flow]!,
      order: 0,
    });
    put('authentik_brands.brand', `brand/b${flow}.example.org`, {
      domain: `b${flow}.example.org`,
      default: flow === 0,
      flow_authentication: target,
    });
  }
  for (let at = 0; at < 200; at++) {
    const target = put(`${core}.application`, `application/a${at}`, { slug: `a${at}` });
    put('authentik_policies.policybinding', `policy-binding/a${at}`, {
      target,
      group: groups[at]!,
      order: 0,
    });
  }
  const world = (changes: ReadonlyMap<Ref, Attributes>): AccessWorld => ({
    now: new Date('2026-06-01T12:00:00Z'),
    all: (kind) => byKind.get(kind) ?? [],
    attributes: (ref) => {
      asked++;
      return changes.get(ref) ?? objects.get(ref);
    },
    knows: () => true,
    isNew: () => false,
  });
  return {
    before: world(new Map()),
    with: (changes) =>
      world(new Map([...changes].map(([ref, one]) => [ref, { ...objects.get(ref), ...one }]))),
    asked: () => asked,
    ref: (address) => byAddress.get(address)!,
  };
}

/** How often the world is asked for an object, per user, for one changed object. */
function questions(
  users: number,
  address: string,
  change: (one: Large) => Attributes,
): { each: number; lines: string[]; milliseconds: number } {
  const one = large(users);
  const ref = one.ref(address);
  const attributes = change(one);
  const started = performance.now();
  const found = compareAccess({
    before: one.before,
    after: one.with(new Map([[ref, attributes]])),
    changed: [{ ref, verb: 'update', fields: new Set(Object.keys(attributes)) }],
  });
  const milliseconds = performance.now() - started;
  return {
    each: one.asked() / users,
    lines: found.map((two) => `${two.hazard}: ${two.sentence}`),
    milliseconds,
  };
}

const cases: readonly (readonly [string, string, (one: Large) => Attributes, RegExp])[] = [
  [
    'a password stage',
    'password-stage/f0',
    () => ({ backends: [] }),
    /^breaks-login: user\/u1, user\/u10, .* can no longer sign in at b0/,
  ],
  [
    'a group',
    'group/g7',
    (one) => ({ parents: [one.ref('group/g0')] }),
    /^grants: user\/u\d+ becomes a superuser through group\/g0/,
  ],
  [
    'a role',
    'role/helpers',
    () => ({ permissions: ['authentik_core.change_user'] }),
    /^grants: allows authentik_core.change_user/,
  ],
  [
    'a user',
    'user/u3',
    (one) => ({ groups: [one.ref('group/g25')] }),
    /^breaks-login: user\/u3 can no longer sign in at b5/,
  ],
  [
    'an application',
    'policy-binding/a4',
    () => ({ enabled: false }),
    /^opens: removes the last binding of application\/a4/,
  ],
];

describe('a large directory', () => {
  test.each(cases)(
    'a change of %s asks each user’s account a few times, however many there are',
    (what, address, change, line) => {
      const small = questions(2_000, address, change);
      const big = questions(20_000, address, change);
      expect(big.lines.some((one) => line.test(one))).toBe(true);
      expect(big.each).toBeLessThan(60);
      expect(big.each).toBeLessThan(Math.max(small.each * 1.2, 1));
      if (process.env.LARGE) {
        const { milliseconds } = questions(100_000, address, change);
        console.log(`${what}: ${Math.round(milliseconds)} ms for 100,000 users`);
      }
    },
  );

  test('a change that cannot matter asks nothing', () => {
    expect(questions(2_000, 'user/u3', () => ({ name: 'Somebody Else' })).each).toBe(0);
  });
});
