/**
 * Walks somebody through a flow as authentik's planner and executor do (flows/planner.py, flows/views/executor.py).
 * A stage whose bindings refuse is left out, it refuses nobody; only a login stage signs in.
 */
import type { Ref } from '../model/model.js';
import type { Access, StageBinding } from './access.js';
import { decide, type Verdict } from './guards.js';
import { redirectStageKind } from './kinds.js';
import { stageMoves } from './stages.js';
import { superuserThrough } from './superusers.js';
import {
  type EndCode,
  type Outcome,
  type Person,
  requester,
  type State,
  type Step,
  start,
  subjectOf,
  waiting,
  withDoubt,
} from './walk-state.js';
import { flag, refOf, text } from './world.js';

/** How many flows may follow one another by redirects before it counts as a circle. */
const mostFlows = 8;

/** Every way in which the walk of one person through a flow can end; several only where something cannot be known. */
export function walk(access: Access, flow: Ref, person: Person): Outcome[] {
  return enter({ access, person }, flow, start, []);
}

/** Does a flow let somebody in at all? With the sentence that says why not. */
export function entry(access: Access, flow: Ref, person: Person, state: State, redirected = false): Verdict {
  const asked = requirement(access, flow, requester(person, state), redirected);
  if (asked) return { answer: 'no', because: asked, by: [flow] };
  const verdict = decide(access.world, access.guard(flow), subjectOf(access, person, state));
  return verdict.answer === 'no'
    ? { ...verdict, because: `its bindings refuse: ${verdict.because}` }
    : verdict;
}

/** Whom a flow's `authentication` lets in, as the end of a sentence; whatever is not here lets everybody in. */
const onlyFor: Readonly<Record<string, string>> = {
  require_authenticated: 'people who are signed in',
  require_unauthenticated: 'people who are not signed in',
  require_superuser: 'superusers who are signed in',
  require_redirect: 'people whom another flow sends there',
  require_outpost: 'outposts',
  require_token: 'people with a link that holds a token',
};

/** Whom a flow is only for, apart from its bindings. */
export function flowIsFor(
  { world }: Access,
  flow: Ref,
): { readonly asks: string; readonly people: string } | undefined {
  const asks = text(world.attributes(flow)?.authentication);
  const people = onlyFor[asks];
  return people === undefined ? undefined : { asks, people };
}

/** What a flow asks for that a request does not have. */
function requirement(
  access: Access,
  flow: Ref,
  from: Ref | undefined,
  redirected: boolean,
): string | undefined {
  const needed = flowIsFor(access, flow);
  if (!needed) return undefined;
  const met: Readonly<Record<string, boolean>> = {
    require_authenticated: from !== undefined,
    require_unauthenticated: from === undefined,
    require_superuser: from !== undefined && superuserThrough(access.groups, from) !== undefined,
    require_redirect: redirected,
  };
  return met[needed.asks] ? undefined : `it is only for ${needed.people}`;
}

interface Walk {
  readonly access: Access;
  readonly person: Person;
}

function ended(state: State, end: EndCode, at: Step): Outcome {
  const kept = state.signedIn ? (state.kept ?? state.proofsAtLogin) : state.kept;
  return { state: { ...state, kept, steps: [...state.steps, at] }, end, at };
}

function enter(walk: Walk, flow: Ref, state: State, before: readonly Ref[]): Outcome[] {
  const { access, person } = walk;
  if (before.length >= mostFlows) return [ended(state, 'circle', { flow, said: 'redirects in a circle' })];
  const { answer, because, by } = entry(access, flow, person, state, before.length > 0);
  const refused = (): Outcome =>
    ended(state, before.length > 0 ? 'flow error' : 'flow refused', {
      flow,
      said: `lets nobody in here: ${because}`,
    });
  if (answer === 'no') return [refused()];
  const inside = (from: State): Outcome[] => follow(walk, flow, from, before);
  if (answer === 'yes') return inside(state);
  const doubt = { because: `${flow.address}: ${because}`, by };
  return [
    ...inside(withDoubt(state, doubt)),
    ...[refused()].map((one) => ({ ...one, state: withDoubt(one.state, doubt) })),
  ];
}

/** Plans the flow and goes from stage to stage. Walks that have come to the same point go on as one. */
function follow(walk: Walk, flow: Ref, from: State, before: readonly Ref[]): Outcome[] {
  const { access, person } = walk;
  const planned = subjectOf(access, person, from);
  const outcomes: Outcome[] = [];
  let states: readonly State[] = [from];
  for (const binding of access.stages(flow)) {
    const onPlan = binding.onPlan ? decide(access.world, access.guard(binding.ref), planned) : undefined;
    const next: State[] = [];
    for (const state of states) {
      for (const { dropped, reached } of turns(walk, flow, binding, onPlan, state)) {
        if (dropped) next.push(dropped);
        if (!reached) continue;
        const { goOn, over } = take(walk, flow, binding, reached, before);
        next.push(...goOn);
        outcomes.push(...over);
      }
    }
    states = withoutTwins(next);
    if (states.length === 0) break;
  }
  const none = access.stages(flow).length === 0 ? 'has no stages and ends' : 'ends';
  for (const state of states) {
    const signed = state.signedIn || state.pending === 'new account';
    const said = signed ? `${none}, and the session stays` : `${none} without signing anybody in`;
    outcomes.push(ended(state, 'finished', { flow, said }));
  }
  return outcomes;
}

/** Whether a stage's bindings leave it in the walk: both where that cannot be known. */
function turns(
  { access, person }: Walk,
  flow: Ref,
  binding: StageBinding,
  onPlan: Verdict | undefined,
  state: State,
): { dropped?: State; reached?: State }[] {
  const { stage } = binding;
  let reached = state;
  const found: { dropped?: State; reached?: State }[] = [];
  const verdicts: (Verdict | undefined)[] = [onPlan];
  if (binding.onTurn && onPlan?.answer !== 'no')
    verdicts.push(decide(access.world, access.guard(binding.ref), subjectOf(access, person, state)));
  for (const verdict of verdicts) {
    if (!verdict || verdict.answer === 'yes') continue;
    const said = `is left out: ${verdict.because}`;
    const without = (from: State): State => ({ ...from, steps: [...from.steps, { flow, stage, said }] });
    if (verdict.answer === 'no') return [...found, { dropped: without(reached) }];
    reached = withDoubt(reached, { because: verdict.because, by: [binding.ref, ...verdict.by] });
    found.push({ dropped: without(reached) });
  }
  return [...found, { reached }];
}

function take(
  walk: Walk,
  flow: Ref,
  binding: StageBinding,
  state: State,
  before: readonly Ref[],
): { goOn: State[]; over: Outcome[] } {
  const { access, person } = walk;
  const { stage } = binding;
  if (stage.kind === redirectStageKind) return { goOn: [], over: redirect(walk, flow, stage, state, before) };
  const goOn: State[] = [];
  const over: Outcome[] = [];
  for (const move of stageMoves({ access, person, flow, stage, state })) {
    const at = { flow, stage, said: move.said };
    if (!('end' in move)) goOn.push({ ...move.state, steps: [...move.state.steps, at] });
    else {
      const again = binding.restarts && (move.end === 'denied' || move.end === 'password rejected');
      over.push(ended(move.state, again ? 'circle' : move.end, at));
    }
  }
  return { goOn, over };
}

/** A redirect ends the flow that it stands in: what comes after it is never reached. */
function redirect(walk: Walk, flow: Ref, stage: Ref, state: State, before: readonly Ref[]): Outcome[] {
  const attributes = walk.access.world.attributes(stage) ?? {};
  const target = refOf(attributes.target_flow);
  if (text(attributes.mode) !== 'flow')
    return [ended(waiting(state), 'left', { flow, stage, said: 'leads away from here' })];
  if (!target) return [ended(state, 'flow error', { flow, stage, said: 'leads to no flow' })];
  const steps = [...state.steps, { flow, stage, said: `goes on in ${target.address}` }];
  const keeps = flag(attributes.keep_context, true);
  const from: State = keeps
    ? { ...state, steps }
    : { ...state, steps, pending: 'nobody', prompted: false, made: undefined };
  return enter(walk, target, from, [...before, flow]);
}

function withoutTwins(states: readonly State[]): State[] {
  const known = new Map<string, State>();
  for (const state of states) {
    const {
      pending,
      signedIn,
      deleted,
      activated,
      prompted,
      made,
      proofs,
      needs,
      proofsAtLogin,
      kept,
      doubts,
    } = state;
    const key = JSON.stringify([
      [pending, signedIn, deleted, activated, prompted, made?.stage.address, made?.active],
      [proofs, needs, proofsAtLogin, kept],
      doubts.length > 0,
    ]);
    const twin = known.get(key);
    if (!twin) known.set(key, state);
    else known.set(key, doubts.reduce(withDoubt, twin));
  }
  return [...known.values()];
}
