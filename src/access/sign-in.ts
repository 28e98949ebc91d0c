/**
 * Who can sign in, by which ways. People who cannot be told apart by anything that flows look at are answered for
 * together, so a directory of a hundred thousand accounts takes a few dozen walks.
 */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { hostsOf, type Lead, leadOf } from './brands.js';
import { remembered } from './groups.js';
import type { Answer } from './guards.js';
import { flowKind, loginStageKind, redirectStageKind, tokenKind } from './kinds.js';
import { likenessOf } from './likeness.js';
import { namesOf } from './stage-identification.js';
import { walk } from './walk.js';
import type { Doubt, Need, Outcome, Person, Proof, Step } from './walk-state.js';
import { passwordState, refOf, text } from './world.js';

/** Whether one account's owner can sign in by one way, and what it takes. */
export interface SignIn {
  readonly answer: Answer;
  /** The step at which it ends, for those who cannot or may not be able to. */
  readonly endsAt?: Step;
  /** What cannot be known and decides. */
  readonly doubts: readonly Doubt[];
  /** What the way asks for at least sometimes. */
  readonly asked: readonly Proof[];
  /** Is a password asked for, and is it needed to get in? */
  readonly password: Answer;
  /** Can somebody get in as this account without showing anything at all? */
  readonly unprotected: Answer;
  /** What has to be done besides. */
  readonly needs: readonly Need[];
  /** Does the way delete the account? */
  readonly deletes: boolean;
  /** The walk, to be told to people. */
  readonly steps: readonly Step[];
}

/** The ways in of one world, and who gets in by them. */
export interface SignIns {
  /** Where the hosts that brands name lead to, and any other host. */
  readonly leads: ReadonlyMap<string, Lead>;
  /** Every flow that has a login stage: it can be entered by its address, whatever brands say. */
  readonly flows: readonly Ref[];
  byFlow(flow: Ref, user: Ref): SignIn;
  /** Undefined: the host has no login page. */
  byHost(host: string, user: Ref): SignIn | undefined;
  lead(host: string): Lead;
  /** The best way of all: a sure one before one that cannot be known. */
  best(user: Ref): { readonly flow: Ref; readonly signIn: SignIn } | undefined;
  /** Accounts for which all of this gives the same answers share a text. */
  likeness(user: Ref): string;
}

/** Works out the ways in. */
export function signInsOf(access: Access): SignIns {
  const { world } = access;
  const likeness = likenessOf(access);
  const known = new Map<string, SignIn>();
  const byFlow = (flow: Ref, user: Ref): SignIn => {
    const key = `${flow.serial} ${likeness(user)}`;
    let found = known.get(key);
    if (!found) known.set(key, (found = signInBy(access, flow, user)));
    return found;
  };
  const leads = new Map<string, Lead>();
  for (const host of hostsOf(access)) leads.set(host, leadOf(access, host));
  const lead = (host: string): Lead => leads.get(host) ?? leadOf(access, host);
  const signsIn = remembered((flow: Ref) => hasLogin(access, flow, new Set()));
  const flows = world.all(flowKind).filter(signsIn);
  const bestOf = new Map<string, { flow: Ref; signIn: SignIn } | undefined>();
  return {
    leads,
    flows,
    lead,
    byFlow,
    byHost: (host, user) => {
      const { flows: led, doubts } = lead(host);
      const [first, ...others] = led.map((flow) => byFlow(flow, user));
      return first && others.reduce((one, other) => either(one, other, doubts, led), first);
    },
    best: (user) => {
      const like = likeness(user);
      if (!bestOf.has(like))
        bestOf.set(
          like,
          bestWay(flows, (flow) => byFlow(flow, user)),
        );
      return bestOf.get(like);
    },
    likeness,
  };
}

/** Evaluates one flow for one account. Its owner tries each name that the account goes by. */
export function signInBy(access: Access, flow: Ref, user: Ref): SignIn {
  const names = namesOf(access.world.attributes(user) ?? {});
  let best: SignIn | undefined;
  for (const typed of names) {
    const found = summary(walk(access, flow, ownerOf(access, user, typed)));
    best = best ? better(best, found) : found;
    if (best.answer === 'yes' && best.unprotected === 'yes') break;
  }
  return best ?? summary(walk(access, flow, ownerOf(access, user, '')));
}

/** The owner of an account, who knows its password, reads its mail and can do what flows ask for. */
export function ownerOf(access: Access, user: Ref, typed: string): Person {
  const isAppPassword = (token: Ref): boolean =>
    text(access.world.attributes(token)?.intent) === 'app_password';
  return {
    account: user,
    typed,
    password: passwordState(access.world, user) !== 'none',
    appPassword: access.ownedBy(tokenKind, user).some(isAppPassword),
    can: () => true,
  };
}

/** Makes one answer of every way in which a walk can end. */
export function summary(outcomes: readonly Outcome[]): SignIn {
  const into = outcomes.filter(({ state }) => state.signedIn);
  const out = outcomes.filter(({ state }) => !state.signedIn);
  const answer: Answer = out.length === 0 ? 'yes' : into.length === 0 ? 'no' : 'unknown';
  const kept = outcomes.flatMap(({ state }) => (state.kept ? [{ proofs: state.kept, state }] : []));
  const doubts = new Map<string, Doubt>();
  for (const { state } of outcomes) for (const doubt of state.doubts) doubts.set(doubt.because, doubt);
  const bare = kept.filter(({ proofs }) => proofs.length === 0);
  const told = (answer === 'no' ? out : into)[0]!;
  return {
    answer,
    endsAt: out[0]?.at,
    doubts: [...doubts.values()],
    asked: [...new Set(kept.flatMap(({ proofs }) => proofs))],
    password: asksFor('password', kept),
    unprotected:
      bare.length === 0
        ? 'no'
        : bare.length === outcomes.length || bare.some(({ state }) => state.doubts.length === 0)
          ? 'yes'
          : 'unknown',
    needs: into[0]?.state.needs ?? [],
    deletes: outcomes.some(({ state }) => state.deleted),
    steps: told.state.steps,
  };
}

function asksFor(proof: Proof, kept: readonly { readonly proofs: readonly Proof[] }[]): Answer {
  const with_ = kept.filter(({ proofs }) => proofs.includes(proof)).length;
  return with_ === 0 ? 'no' : with_ === kept.length ? 'yes' : 'unknown';
}

const ranks: Record<Answer, number> = { no: 0, unknown: 1, yes: 2 };

/** The better of two names, with the worse of what they say about protection. */
function better(one: SignIn, other: SignIn): SignIn {
  const best = ranks[other.answer] > ranks[one.answer] ? other : one;
  const open = ranks[other.unprotected] > ranks[one.unprotected] ? other : one;
  return { ...best, unprotected: open.unprotected };
}

/** One of two flows, and nobody knows which. */
function either(one: SignIn, other: SignIn, doubts: readonly string[], by: readonly Ref[]): SignIn {
  const same = <T>(a: T, b: T, otherwise: T): T => (a === b ? a : otherwise);
  return {
    ...one,
    answer: same<Answer>(one.answer, other.answer, 'unknown'),
    endsAt: one.endsAt ?? other.endsAt,
    doubts: [...one.doubts, ...other.doubts, ...doubts.map((because) => ({ because, by }))],
    asked: [...new Set([...one.asked, ...other.asked])],
    password: same<Answer>(one.password, other.password, 'unknown'),
    unprotected: same<Answer>(one.unprotected, other.unprotected, 'unknown'),
    deletes: one.deletes || other.deletes,
  };
}

function bestWay(
  flows: readonly Ref[],
  by: (flow: Ref) => SignIn,
): { readonly flow: Ref; readonly signIn: SignIn } | undefined {
  let found: { flow: Ref; signIn: SignIn } | undefined;
  for (const flow of flows) {
    const signIn = by(flow);
    if (!found || ranks[signIn.answer] > ranks[found.signIn.answer]) found = { flow, signIn };
    if (signIn.answer === 'yes') break;
  }
  return found;
}

/** Is there a login stage in the flow, or in one that it redirects to? */
function hasLogin(access: Access, flow: Ref, seen: Set<Ref>): boolean {
  if (seen.has(flow)) return false;
  seen.add(flow);
  return access.stages(flow).some(({ stage }) => {
    if (stage.kind === loginStageKind) return true;
    const target =
      stage.kind === redirectStageKind ? refOf(access.world.attributes(stage)?.target_flow) : undefined;
    return target !== undefined && hasLogin(access, target, seen);
  });
}
