/** Who may use an application, has an entitlement, may enter a flow, or is let through to an application by its provider. */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { decide, type Guard, isSatisfied, type Verdict } from './guards.js';
import { applicationKind, userKind } from './kinds.js';
import { type Subject, visitor } from './policies.js';
import { ownerOf } from './sign-in.js';
import { walk } from './walk.js';
import { refOf, text } from './world.js';

/** A verdict for every account: those that bindings tell apart one by one, all the others together. */
export interface Verdicts {
  readonly rest: Verdict;
  readonly others: ReadonlyMap<Ref, Verdict>;
}

/** An account that no binding names. */
const anybody: Subject = { who: 'account', groups: new Set() };

/** Decides about every account at once; the work grows with the members of the groups that are bound. */
export function verdictsOf(access: Access, guard: Guard): Verdicts {
  const { world, groups } = access;
  const rest = decide(world, guard, anybody);
  const others = new Map<Ref, Verdict>();
  const bit = new Map<Ref, bigint>();
  for (const { group, user } of guard.bindings) {
    const named = group ?? user;
    if (named && !bit.has(named)) bit.set(named, 1n << BigInt(bit.size));
  }
  const masks = new Map<Ref, bigint>();
  for (const [named, one] of bit) {
    const users = named.kind === userKind ? [named] : groups.members(named);
    for (const user of users) masks.set(user, (masks.get(user) ?? 0n) | one);
  }
  // The age of a password tells accounts apart that bindings do not.
  const looksAtAges = guard.bindings.some(({ policy }) => policy?.kind.endsWith('.passwordexpirypolicy'));
  const asked = looksAtAges ? world.all(userKind) : masks.keys();
  const known = new Map<bigint, Verdict>();
  for (const user of asked) {
    const mask = masks.get(user) ?? 0n;
    let verdict = looksAtAges ? undefined : known.get(mask);
    if (!verdict) {
      const inside = [...bit].flatMap(([named, one]) => ((mask & one) !== 0n ? [named] : []));
      verdict = decide(world, guard, { who: 'account', ref: user, groups: new Set(inside) });
      known.set(mask, verdict);
    }
    others.set(user, verdict);
  }
  return { rest, others };
}

/** What a guard decides about one account. */
export function verdictFor(verdicts: Verdicts, user: Ref): Verdict {
  return verdicts.others.get(user) ?? verdicts.rest;
}

/** May somebody use an application? An inactive account may, too, as far as the application is concerned. */
export function mayUse(access: Access, application: Ref, user: Ref | undefined): Verdict {
  return decide(access.world, access.guard(application), user ? access.subject(user) : visitor);
}

/**
 * Has an account an entitlement? One user or group binding is enough, whatever the engine mode; policies are not
 * asked, and without a binding nobody has it (authentik, core/models.py).
 */
export function isEntitled(access: Access, entitlement: Ref, user: Ref): Verdict {
  const bindings = access.guard(entitlement).bindings.filter((one) => !one.policy);
  const unread = bindings.find((one) => one.unread);
  const subject = access.subject(user);
  const found = bindings.find((one) => !one.unread && isSatisfied(one, subject));
  if (found) return { answer: 'yes', because: `${found.ref.address} names it`, by: [found.ref] };
  if (unread)
    return { answer: 'unknown', because: `${unread.ref.address} binds what was not read`, by: [unread.ref] };
  return { answer: 'no', because: 'no binding names it', by: bindings.map((one) => one.ref) };
}

/** The application that a provider authorizes people for. */
export function applicationOf({ world }: Access, provider: Ref): Ref | undefined {
  return world.all(applicationKind).find((one) => refOf(world.attributes(one)?.provider) === provider);
}

/** Does a provider let an account that is signed in through to its application? */
export function isAuthorized(access: Access, provider: Ref, user: Ref): Verdict {
  const { world } = access;
  const application = applicationOf(access, provider);
  if (!application)
    return { answer: 'no', because: `${provider.address} belongs to no application`, by: [provider] };
  const use = mayUse(access, application, user);
  if (use.answer === 'no') return use;
  const flow = refOf(world.attributes(provider)?.authorization_flow);
  if (!flow)
    return { answer: 'no', because: `${provider.address} has no authorization flow`, by: [provider] };
  const typed = text(world.attributes(user)?.username);
  const outcomes = walk(access, flow, { ...ownerOf(access, user, typed), signedInAs: user });
  const through = outcomes.filter(({ end, state }) => end === 'finished' && !state.deleted);
  const stopped = outcomes.find((one) => !through.includes(one));
  if (!stopped) return use.answer === 'yes' ? { answer: 'yes', because: use.because, by: use.by } : use;
  const where = stopped.at.stage ?? stopped.at.flow;
  return {
    answer: through.length === 0 ? 'no' : 'unknown',
    because: `${where.address} ${stopped.at.said}`,
    by: [flow, where],
  };
}
