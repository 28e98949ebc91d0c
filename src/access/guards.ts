/**
 * What the bindings of an object decide about somebody: authentik's policy engine (policies/engine.py of 2025.12). A
 * superuser passes nothing by being one.
 */
import { type Attributes, Ref, type Value } from '../model/model.js';
import { type PolicyResult, policyResult, type Subject } from './policies.js';
import { type AccessWorld, flag, number } from './world.js';

/** Yes, no, or not to be known without running something. */
export type Answer = 'yes' | 'no' | 'unknown';

/** An answer and what gave it. */
export interface Verdict {
  readonly answer: Answer;
  /** A clause that a sentence can end in: `policy/geo depends on where a request comes from`. */
  readonly because: string;
  /** The bindings that decided. */
  readonly by: readonly Ref[];
}

/** One enabled binding of a guarded object. */
export interface Binding {
  readonly ref: Ref;
  readonly order: number;
  readonly negate: boolean;
  readonly failureResult: boolean;
  readonly policy?: Ref;
  /** A group or a user whose binding this is. */
  readonly group?: Ref;
  readonly user?: Ref;
  /** It binds a group, user or policy that was not read. */
  readonly unread: boolean;
}

/** The bindings of one object and how they count together. */
export interface Guard {
  readonly mode: 'any' | 'all';
  readonly bindings: readonly Binding[];
}

/** No binding at all: everybody passes. */
export const unguarded: Guard = { mode: 'any', bindings: [] };

/** Reads a policy binding; undefined when it is switched off, or binds nothing and so does not count. */
export function readBinding(ref: Ref, attributes: Attributes): Binding | undefined {
  if (!flag(attributes.enabled, true)) return undefined;
  const sides = [attributes.policy, attributes.group, attributes.user].filter(isSet);
  if (sides.length === 0) return undefined;
  const named = (value: Value | undefined): Ref | undefined => (value instanceof Ref ? value : undefined);
  return {
    ref,
    order: number(attributes.order, 0),
    negate: flag(attributes.negate, false),
    failureResult: flag(attributes.failure_result, false),
    policy: named(attributes.policy),
    group: named(attributes.group),
    user: named(attributes.user),
    unread: sides.some((one) => !(one instanceof Ref)),
  };
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null;
}

/** Decides about somebody. Group and user bindings count as one result together, each policy binding as one of its own. */
export function decide(world: AccessWorld, guard: Guard, subject: Subject): Verdict {
  if (guard.bindings.length === 0) return { answer: 'yes', because: 'nothing guards it', by: [] };
  const statics = guard.bindings.filter((one) => !one.policy);
  const results: Verdict[] = guard.bindings
    .filter((one) => one.policy)
    .map((one) => policyVerdict(world, one, subject));
  if (statics.length > 0) results.push(staticVerdict(guard.mode, statics, subject));
  return combine(guard.mode, results);
}

/** In mode any one yes is enough, in mode all one no. */
function combine(mode: Guard['mode'], results: readonly Verdict[]): Verdict {
  const deciding = mode === 'any' ? 'yes' : 'no';
  const decided = results.find((one) => one.answer === deciding);
  if (decided) return decided;
  const unknown = results.filter((one) => one.answer === 'unknown');
  const rest = unknown.length > 0 ? unknown : results;
  return {
    answer: rest[0]!.answer,
    because: rest.map((one) => one.because).join(', and '),
    by: rest.flatMap((one) => one.by),
  };
}

/** Is a group or user binding satisfied? Whoever has no id satisfies none, not even a negated one. */
export function isSatisfied({ negate, group, user }: Binding, subject: Subject): boolean {
  if (subject.who !== 'account') return false;
  const applies = group ? subject.groups.has(group) : user !== undefined && user === subject.ref;
  return applies !== negate;
}

function staticVerdict(mode: Guard['mode'], bindings: readonly Binding[], subject: Subject): Verdict {
  return combine(
    mode,
    bindings.map((one): Verdict => {
      const by = [one.ref];
      if (one.unread) return { answer: 'unknown', because: `${one.ref.address} binds what was not read`, by };
      const name = (one.group ?? one.user)!.address;
      if (subject.who !== 'account')
        return { answer: 'no', because: `a ${subject.who} never passes the binding of ${name}`, by };
      const satisfied = isSatisfied(one, subject);
      const not = satisfied === one.negate ? 'not ' : '';
      const because = one.group ? `${not}in ${name}` : `${not || 'is '}${name}`;
      return { answer: satisfied ? 'yes' : 'no', because, by };
    }),
  );
}

function policyVerdict(world: AccessWorld, binding: Binding, subject: Subject): Verdict {
  const policy = binding.policy!;
  const result = policyResult(world, policy, subject);
  const by = [binding.ref, policy];
  if (result.is === 'unknown') return { answer: 'unknown', because: result.because, by };
  const passes = counts(result, binding);
  const negated = binding.negate && (result.is === 'pass' || result.is === 'fail') ? ' (negated)' : '';
  return {
    answer: passes ? 'yes' : 'no',
    because: `${policy.address}${negated} ${passes ? 'passes' : 'fails'}`,
    by,
  };
}

/** `negate` turns a plain result round; an error is answered by `failure_result`, a crash counts as no. */
function counts({ is }: PolicyResult, { negate, failureResult }: Binding): boolean {
  if (is === 'raises') return failureResult;
  return is !== 'crashes' && (is === 'pass') !== negate;
}
