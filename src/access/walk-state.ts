/** How far somebody has got in a flow, and how a walk through it can end. */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { madeUp, type Subject, visitor } from './policies.js';

/** What proves who somebody is. */
export type Proof = 'password' | 'authenticator' | 'email link' | 'invitation' | 'source' | 'certificate';

/** What somebody has to do besides typing a name and a password. */
export type Need =
  | 'authenticator'
  | 'passkey'
  | 'set-up of an authenticator'
  | 'captcha'
  | 'prompt'
  | 'email link'
  | 'invitation'
  | 'source'
  | 'certificate';

/** Who walks: an account's owner, or a stranger who has no account. */
export interface Person {
  /** The account; undefined for a stranger. */
  readonly account?: Ref;
  /** The name that is typed, where one is asked for. */
  readonly typed: string;
  /** Does the person know the account's password? */
  readonly password: boolean;
  /** Does the person hold an app password of the account? */
  readonly appPassword: boolean;
  /** Is the person able and willing to do this? */
  can(need: Need): boolean;
  /** The account that is signed in already as the walk starts. */
  readonly signedInAs?: Ref;
}

/** Something that decides and cannot be known. */
export interface Doubt {
  readonly because: string;
  readonly by: readonly Ref[];
}

/** One thing that happened on the way, for people to read. */
export interface Step {
  readonly flow: Ref;
  readonly stage?: Ref;
  readonly said: string;
}

/** How far somebody has got. */
export interface State {
  /** For whom the flow goes on: authentik's pending user. */
  readonly pending: 'nobody' | 'account' | 'made-up name' | 'new account';
  /** Is the person signed in to the account whose owner it is? A new account does not count. */
  readonly signedIn: boolean;
  readonly deleted: boolean;
  /** Was the account switched on by a link that was mailed to it? */
  readonly activated: boolean;
  /** Is there something that a user write stage could write? */
  readonly prompted: boolean;
  /** What a user write stage made. */
  readonly made?: { readonly group?: Ref; readonly active: boolean; readonly stage: Ref };
  readonly proofs: readonly Proof[];
  readonly needs: readonly Need[];
  /** What had been shown when the person was signed in. */
  readonly proofsAtLogin?: readonly Proof[];
  /** The same, once the flow waits for the person or ends, so that nothing takes the session away again unasked. */
  readonly kept?: readonly Proof[];
  readonly doubts: readonly Doubt[];
  readonly steps: readonly Step[];
}

export const start: State = {
  pending: 'nobody',
  signedIn: false,
  deleted: false,
  activated: false,
  prompted: false,
  proofs: [],
  needs: [],
  doubts: [],
  steps: [],
};

/** How a walk can end. */
export type EndCode =
  | 'finished'
  | 'left'
  | 'denied'
  | 'name rejected'
  | 'password rejected'
  | 'flow refused'
  | 'flow error'
  | 'stops'
  | 'circle';

/** The end of a walk. */
export interface Outcome {
  readonly state: State;
  readonly end: EndCode;
  /** The step that ended it. */
  readonly at: Step;
}

/** What a stage does with somebody: lets them go on, or ends the walk. */
export type Move =
  | { readonly state: State; readonly said: string }
  | { readonly state: State; readonly said: string; readonly end: EndCode };

/** What a stage looks at. */
export interface Turn {
  readonly access: Access;
  readonly person: Person;
  readonly flow: Ref;
  readonly stage: Ref;
  readonly state: State;
}

export function go(state: State, said: string): Move[] {
  return [{ state, said }];
}

export function end(state: State, code: EndCode, said: string): Move[] {
  return [{ state, said, end: code }];
}

/** The flow waits for the person: whoever is signed in by now may as well stop here and stay so. */
export function waiting(state: State): State {
  if (!state.signedIn || state.kept) return state;
  return { ...state, kept: state.proofsAtLogin };
}

/** Asks the person for something, which may prove who it is. */
export function ask({ person, state }: Turn, need: Need, said: string, proof?: Proof): Move[] {
  const waits = waiting(state);
  if (!person.can(need)) return end(waits, 'stops', said);
  return go(proved({ ...waits, needs: united(waits.needs, need) }, proof), said);
}

export function proved(state: State, proof: Proof | undefined): State {
  return proof ? { ...state, proofs: united(state.proofs, proof) } : state;
}

/** Both may be: the walk goes on in two ways, each of which remembers the doubt. */
export function doubted(doubt: Doubt, ...moves: readonly Move[][]): Move[] {
  return moves.flat().map((one) => ({ ...one, state: withDoubt(one.state, doubt) }));
}

export function withDoubt(state: State, doubt: Doubt): State {
  if (state.doubts.some((one) => one.because === doubt.because)) return state;
  return { ...state, doubts: [...state.doubts, doubt] };
}

function united<T extends string>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list : [...list, one].sort();
}

/** The account that requests come from: nobody's before sign-in. */
export function requester({ signedInAs, account }: Person, { signedIn, pending }: State): Ref | undefined {
  return signedIn ? account : pending === 'new account' ? undefined : signedInAs;
}

/** For whom bindings are decided: the pending user, otherwise whoever is signed in, otherwise the visitor. */
export function subjectOf(access: Access, person: Person, state: State): Subject {
  const { pending, made } = state;
  if (pending === 'account') return access.subject(person.account!);
  if (pending === 'made-up name') return madeUp;
  if (pending === 'new account')
    return { who: 'account', groups: made?.group ? access.groups.ancestors(made.group) : new Set() };
  const from = requester(person, state);
  return from ? access.subject(from) : visitor;
}
