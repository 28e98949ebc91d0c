/**
 * Compares what people can do before and after a plan: who can sign in by which ways, and who may use or do what. This
 * is what the hazards `breaks-login`, `locks-out`, `opens` and `grants` are found by.
 */
import type { Kind, Ref } from '../model/model.js';
import { openedTargets } from './compare-guards.js';
import { grantedPowers } from './compare-permissions.js';
import {
  affectedUsers,
  alike,
  brokenLogins,
  knowsSignIn,
  lockedOut,
  type WaysIn,
} from './compare-sign-in.js';
import { openedWays } from './compare-ways.js';
import { type Changed, type Finding, matters, type Sides, sidesOf } from './findings.js';
import {
  applicationKind,
  entitlementKind,
  flowKind,
  groupKind,
  policyBindingKind,
  roleKind,
  settingsKind,
  stageBindingKind,
  userKind,
} from './kinds.js';
import { signInsOf } from './sign-in.js';
import { type AccessWorld, refOf } from './world.js';

export interface Comparison {
  readonly before: AccessWorld;
  readonly after: AccessWorld;
  /** What the plan changes. Objects that cascades take need not be named: the worlds tell. */
  readonly changed: readonly Changed[];
  /** The account whose credentials are in use. */
  readonly account?: Ref;
}

/** Finds what a plan would do to what people can do. Both worlds must use the same Ref for the same object. */
export function compareAccess({ before, after, changed, account }: Comparison): Finding[] {
  const relevant = changed.filter(matters);
  if (relevant.length === 0) return [];
  const sides = sidesOf(before, after, relevant, account);
  const found: Finding[] = [];
  let ways: WaysIn | undefined;
  if (knowsSignIn(sides) && relevant.some((one) => concernsSignIn(sides, one))) {
    ways = { before: signInsOf(sides.before), after: signInsOf(sides.after) };
    const classes = alike(ways, affectedUsers(sides));
    found.push(...brokenLogins(sides, ways, classes), ...openedWays(sides, ways, classes));
  }
  const people = relevant.some(({ ref }) => ref.kind === userKind || ref.kind === groupKind);
  if (ways || people) found.push(...lockedOut(sides, ways));
  return [...found, ...openedTargets(sides), ...grantedPowers(sides)];
}

/** Kinds that signing in does not look at. */
const elsewhere: ReadonlySet<Kind> = new Set([roleKind, applicationKind, entitlementKind, settingsKind]);

function concernsSignIn({ before, after }: Sides, { ref }: Changed): boolean {
  if (elsewhere.has(ref.kind) || ref.kind.startsWith('authentik_providers_')) return false;
  if (ref.kind !== policyBindingKind) return true;
  const targets = [before, after].map(({ world }) => refOf(world.attributes(ref)?.target));
  return targets.some((one) => one?.kind === flowKind || one?.kind === stageBindingKind);
}
