/**
 * Compares what people can do before and after a plan: who can sign in by which ways, and who may use or do what. This
 * is what the hazards `breaks-login`, `locks-out`, `opens` and `grants` are found by.
 */
import type { Ref } from '../model.js';
import { openedTargets } from './compare-guards.js';
import { grantedPowers } from './compare-permissions.js';
import { affectedUsers, brokenLogins, knowsSignIn, lockedOut, type WaysIn } from './compare-sign-in.js';
import { openedWays } from './compare-ways.js';
import { type Changed, type Finding, matters, sidesOf } from './findings.js';
import { signInsOf } from './sign-in.js';
import type { AccessWorld } from './world.js';

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
  if (knowsSignIn(sides)) {
    ways = { before: signInsOf(sides.before), after: signInsOf(sides.after) };
    const users = affectedUsers(sides);
    found.push(...brokenLogins(sides, ways, users), ...openedWays(sides, ways, users));
  }
  found.push(...lockedOut(sides, ways), ...openedTargets(sides), ...grantedPowers(sides));
  return found;
}
