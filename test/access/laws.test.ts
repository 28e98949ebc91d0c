/** Laws that hold for any directory: answers for many at once are those for each, and nothing follows from no change. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/access.js';
import { mayUse, verdictFor, verdictsOf } from '../../src/access/applications.js';
import { compareAccess } from '../../src/access/compare.js';
import { signInBy, signInsOf } from '../../src/access/sign-in.js';
import { activeSuperusers } from '../../src/access/superusers.js';
import type { AccessWorld } from '../../src/access/world.js';
import { type Attributes, Ref } from '../../src/model.js';

interface Shape {
  readonly groups: readonly { readonly parents: readonly number[]; readonly superuser: boolean }[];
  readonly users: readonly {
    readonly groups: readonly number[];
    readonly active: boolean;
    readonly password: 'secret' | null;
    readonly email: string;
  }[];
  readonly flows: readonly {
    readonly designation: string;
    readonly authentication: string;
    readonly guard: Guard;
    readonly stages: readonly {
      readonly kind: number;
      readonly onPlan: boolean;
      readonly onTurn: boolean;
      readonly guard: Guard;
    }[];
  }[];
  readonly applications: readonly Guard[];
  readonly brands: readonly { readonly domain: string; readonly flow: number | undefined }[];
}

interface Guard {
  readonly mode: 'any' | 'all';
  readonly bindings: readonly {
    readonly what: number;
    readonly of: number;
    readonly negate: boolean;
    readonly enabled: boolean;
  }[];
}

const few = fc.integer({ min: 0, max: 5 });
const guard: fc.Arbitrary<Guard> = fc.record({
  mode: fc.constantFrom('any' as const, 'all' as const),
  bindings: fc.array(
    fc.record({ what: fc.integer({ min: 0, max: 3 }), of: few, negate: fc.boolean(), enabled: fc.boolean() }),
    { maxLength: 3 },
  ),
});

const stageKinds = [
  ['authentik_stages_identification.identificationstage', { user_fields: ['username', 'email'] }],
  [
    'authentik_stages_identification.identificationstage',
    { user_fields: ['email'], pretend_user_exists: false },
  ],
  ['authentik_stages_password.passwordstage', { backends: ['authentik.core.auth.InbuiltBackend'] }],
  ['authentik_stages_user_login.userloginstage', {}],
  ['authentik_stages_deny.denystage', {}],
  ['authentik_stages_user_delete.userdeletestage', {}],
  ['authentik_stages_user_logout.userlogoutstage', {}],
  ['authentik_stages_authenticator_validate.authenticatorvalidatestage', { not_configured_action: 'deny' }],
  ['authentik_stages_email.emailstage', {}],
  ['authentik_stages_prompt.promptstage', {}],
  ['authentik_stages_user_write.userwritestage', {}],
] as const;

const shape: fc.Arbitrary<Shape> = fc.record({
  groups: fc.array(fc.record({ parents: fc.array(few, { maxLength: 2 }), superuser: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  }),
  users: fc.array(
    fc.record({
      groups: fc.array(few, { maxLength: 3 }),
      active: fc.boolean(),
      password: fc.constantFrom('secret' as const, null),
      email: fc.constantFrom('', 'somebody@example.org'),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  flows: fc.array(
    fc.record({
      designation: fc.constantFrom('authentication', 'enrollment', 'recovery'),
      authentication: fc.constantFrom('none', 'none', 'require_unauthenticated', 'require_superuser'),
      guard,
      stages: fc.array(
        fc.record({
          kind: fc.integer({ min: 0, max: stageKinds.length - 1 }),
          onPlan: fc.boolean(),
          onTurn: fc.boolean(),
          guard,
        }),
        { maxLength: 6 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  applications: fc.array(guard, { maxLength: 3 }),
  brands: fc.array(
    fc.record({
      domain: fc.constantFrom('example.org', 'id.example.org', 'org'),
      flow: fc.option(few, { nil: undefined }),
    }),
    { maxLength: 3 },
  ),
});

/** The same shape always gives the same world; numbers that point beyond a list wrap round. */
function worldOf(given: Shape): AccessWorld {
  const objects = new Map<Ref, Attributes>();
  const byKind = new Map<string, Ref[]>();
  const put = (kind: string, attributes: Attributes): Ref => {
    const ref = new Ref(kind, `${kind}/${byKind.get(kind)?.length ?? 0}`);
    objects.set(ref, attributes);
    byKind.set(kind, [...(byKind.get(kind) ?? []), ref]);
    return ref;
  };
  const groups = given.groups.map(({ superuser }) =>
    put('authentik_core.group', { is_superuser: superuser }),
  );
  const at = <T>(list: readonly T[], one: number): T => list[one % list.length]!;
  given.groups.forEach(({ parents }, index) => {
    objects.get(groups[index]!)!.parents = parents.map((one) => at(groups, one));
  });
  const users = given.users.map(({ groups: joined, active, password, email }, index) =>
    put('authentik_core.user', {
      username: `user${index}`,
      email: email === '' ? '' : `${index}-${email}`,
      is_active: active,
      groups: joined.map((one) => at(groups, one)),
      ...(password ? { password } : {}),
    }),
  );
  const policies = [
    put('authentik_policies_dummy.dummypolicy', { result: true }),
    put('authentik_policies_dummy.dummypolicy', { result: false }),
    put('authentik_policies_expression.expressionpolicy', { expression: 'return request.user.is_active' }),
  ];
  const guarded = (target: Ref, { mode, bindings }: Guard): void => {
    objects.get(target)!.policy_engine_mode = mode;
    bindings.forEach(({ what, of, negate, enabled }, order) => {
      const named: Attributes =
        what === 0
          ? { user: at(users, of) }
          : what === 1
            ? { policy: at(policies, of) }
            : { group: at(groups, of) };
      put('authentik_policies.policybinding', { target, order, negate, enabled, ...named });
    });
  };
  const flows = given.flows.map(({ designation, authentication, guard: own, stages }, index) => {
    const flow = put('authentik_flows.flow', { slug: `flow${index}`, designation, authentication });
    guarded(flow, own);
    stages.forEach(({ kind, onPlan, onTurn, guard: one }, order) => {
      const [name, attributes] = stageKinds[kind]!;
      const stage = put(name, { ...attributes } as Attributes);
      const flags = { evaluate_on_plan: onPlan, re_evaluate_policies: onTurn || !onPlan };
      guarded(put('authentik_flows.flowstagebinding', { target: flow, stage, order, ...flags }), one);
    });
    return flow;
  });
  for (const one of given.applications) guarded(put('authentik_core.application', {}), one);
  given.brands.forEach(({ domain, flow }, index) => {
    put('authentik_brands.brand', {
      domain,
      default: index === 0,
      flow_authentication: flow === undefined ? null : at(flows, flow),
    });
  });
  return {
    now: new Date('2026-06-01T12:00:00Z'),
    all: (kind) => byKind.get(kind) ?? [],
    attributes: (ref) => objects.get(ref),
    knows: () => true,
    isNew: (ref) => ref.kind === 'authentik_core.user' && ref.address.endsWith('1'),
  };
}

describe('for any directory', () => {
  test('an account is answered for as if it were the only one', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const world = worldOf(given);
        const access = accessOf(world);
        const ways = signInsOf(access);
        for (const flow of world.all('authentik_flows.flow')) {
          for (const user of world.all('authentik_core.user')) {
            expect(ways.byFlow(flow, user)).toEqual(signInBy(accessOf(world), flow, user));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('who may use an application is the same asked one by one and all at once', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const world = worldOf(given);
        const access = accessOf(world);
        for (const application of world.all('authentik_core.application')) {
          const all = verdictsOf(access, access.guard(application));
          for (const user of world.all('authentik_core.user'))
            expect(verdictFor(all, user).answer).toBe(mayUse(access, application, user).answer);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an inactive account signs in by no way and is no superuser', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const world = worldOf(given);
        const access = accessOf(world);
        const ways = signInsOf(access);
        const superusers = activeSuperusers(world, access.groups);
        for (const user of world.all('authentik_core.user')) {
          if (world.attributes(user)!.is_active) continue;
          expect(superusers.has(user)).toBe(false);
          expect(ways.best(user)?.signIn.answer ?? 'no').toBe('no');
        }
      }),
      { numRuns: 200 },
    );
  });

  test('no difference is no finding, whatever is said to change', () => {
    fc.assert(
      fc.property(shape, (given) => {
        const world = worldOf(given);
        const kinds = [
          'authentik_core.user',
          'authentik_core.group',
          'authentik_flows.flow',
          'authentik_brands.brand',
        ];
        const changed = kinds
          .flatMap((kind) => world.all(kind))
          .map((ref) => ({ ref, verb: 'update' as const }));
        expect(compareAccess({ before: world, after: world, changed })).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
