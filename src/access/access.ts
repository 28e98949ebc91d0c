/** One world with everything that questions about access look up again and again: groups, guards, stages in order. */
import type { Kind, Ref } from '../model/model.js';
import { type Groups, holdersBy, readGroups, remembered } from './groups.js';
import { type Guard, readBinding, unguarded } from './guards.js';
import { policyBindingKind, stageBindingKind } from './kinds.js';
import type { Subject } from './policies.js';
import { type AccessWorld, flag, number, refOf, text } from './world.js';

/** A stage where it is bound to a flow. */
export interface StageBinding {
  readonly ref: Ref;
  readonly stage: Ref;
  readonly order: number;
  /** Are its bindings decided as the flow is planned, for the visitor? */
  readonly onPlan: boolean;
  /** Are they decided when the stage's turn comes, for whoever has been identified by then? */
  readonly onTurn: boolean;
  /** Does the flow start over after a refusal, so that nobody gets past it? */
  readonly restarts: boolean;
}

/** A world that answers. Everything is worked out when it is first asked for. */
export interface Access {
  readonly world: AccessWorld;
  readonly groups: Groups;
  /** What guards an object: its enabled bindings. */
  guard(target: Ref): Guard;
  /** Every policy binding of an object, those that are switched off too. */
  bindings(target: Ref): readonly Ref[];
  /** The stages of a flow in their order. */
  stages(flow: Ref): readonly StageBinding[];
  /** The objects of a kind that belong to an account: its tokens, its devices. */
  ownedBy(kind: Kind, user: Ref): readonly Ref[];
  /** The account as guards see it. */
  subject(user: Ref): Subject;
}

/** Makes a world answer questions about access. */
export function accessOf(world: AccessWorld): Access {
  const groups = readGroups(world);
  let byTarget: Map<Ref, Ref[]> | undefined;
  const bindings = (target: Ref): readonly Ref[] => {
    byTarget ??= holdersBy(world.all(policyBindingKind), namedIn(world, 'target'));
    return byTarget.get(target) ?? [];
  };
  let byFlow: Map<Ref, Ref[]> | undefined;
  const guard = remembered((target: Ref): Guard => {
    const found = bindings(target).flatMap((ref) => readBinding(ref, world.attributes(ref) ?? {}) ?? []);
    if (found.length === 0) return unguarded;
    found.sort((a, b) => a.order - b.order);
    return {
      mode: text(world.attributes(target)?.policy_engine_mode) === 'all' ? 'all' : 'any',
      bindings: found,
    };
  });
  const stages = remembered((flow: Ref): readonly StageBinding[] => {
    byFlow ??= holdersBy(world.all(stageBindingKind), namedIn(world, 'target'));
    const found = (byFlow.get(flow) ?? []).flatMap((ref) => readStageBinding(world, ref) ?? []);
    return found.sort((a, b) => a.order - b.order);
  });
  const owned = new Map<Kind, Map<Ref, Ref[]>>();
  const ownedBy = (kind: Kind, user: Ref): readonly Ref[] => {
    let byUser = owned.get(kind);
    if (!byUser) owned.set(kind, (byUser = holdersBy(world.all(kind), namedIn(world, 'user'))));
    return byUser.get(user) ?? [];
  };
  return {
    world,
    groups,
    guard,
    bindings,
    stages,
    ownedBy,
    subject: (ref) => ({ who: 'account', ref, groups: groups.of(ref) }),
  };
}

function namedIn(world: AccessWorld, field: string): (holder: Ref) => readonly Ref[] {
  return (holder) => {
    const named = refOf(world.attributes(holder)?.[field]);
    return named ? [named] : [];
  };
}

function readStageBinding(world: AccessWorld, ref: Ref): StageBinding | undefined {
  const attributes = world.attributes(ref) ?? {};
  const stage = refOf(attributes.stage);
  if (!stage) return undefined;
  return {
    ref,
    stage,
    order: number(attributes.order, 0),
    onPlan: flag(attributes.evaluate_on_plan, false),
    onTurn: flag(attributes.re_evaluate_policies, true),
    restarts: text(attributes.invalid_response_action).startsWith('restart'),
  };
}
