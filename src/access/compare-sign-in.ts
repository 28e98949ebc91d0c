/** Compares who can sign in before and after a plan: who no longer can, where, and by which step it ends. */
import type { Ref } from '../model/model.js';
import { anyOtherHost } from './brands.js';
import { causesOf, type Finding, grouped, named, type Sides, stayingUsers, stepText } from './findings.js';
import { involvedAt, involvedIn } from './involved.js';
import { flowKind } from './kinds.js';
import type { SignIn, SignIns } from './sign-in.js';
import { isActive } from './superusers.js';

/** The ways in of both sides. */
export interface WaysIn {
  readonly before: SignIns;
  readonly after: SignIns;
}

/** Is there anything to compare? A directory without flows says nothing about how people sign in. */
export function knowsSignIn({ before, after }: Sides): boolean {
  return before.world.knows(flowKind) && after.world.knows(flowKind);
}

/** Accounts that no flow can tell apart, before or after. */
export interface Alike {
  readonly users: readonly Ref[];
}

/** Puts accounts together that both sides answer the same about. */
export function alike(ways: WaysIn, users: readonly Ref[]): Alike[] {
  const found = new Map<string, { users: Ref[] }>();
  for (const user of users) {
    const like = `${ways.before.likeness(user)} ${ways.after.likeness(user)}`;
    const known = found.get(like);
    if (known) known.users.push(user);
    else found.set(like, { users: [user] });
  }
  return [...found.values()];
}

/** People whom a host's login page signed in and does not any more, or perhaps not. */
export function brokenLogins(sides: Sides, ways: WaysIn, classes: readonly Alike[]): Finding[] {
  const found = grouped<{ readonly hosts: Set<string>; readonly after?: SignIn }>();
  const active = classes.filter(
    ({ users: [one] }) => isActive(sides.before.world, one!) && isActive(sides.after.world, one!),
  );
  for (const host of new Set([...ways.before.leads.keys(), ...ways.after.leads.keys()])) {
    for (const { users: same } of active) {
      const { key, after } = lossAt(ways, host, same[0]!);
      if (key !== undefined) found.add(key, { hosts: new Set(), after }, same).hosts.add(host);
    }
  }
  return found.all().map(({ first, who }) => brokenLogin(sides, ways, first.hosts, first.after, who));
}

/** Undefined key: nothing is lost there. */
function lossAt(ways: WaysIn, host: string, user: Ref): { key?: string; after?: SignIn } {
  const before = ways.before.byHost(host, user);
  const after = ways.after.byHost(host, user);
  const lost =
    (before?.answer === 'yes' && after?.answer !== 'yes') ||
    (before?.answer === 'unknown' && (after?.answer ?? 'no') === 'no');
  if (!lost) return {};
  const { flows } = ways.after.lead(host);
  const at = after?.endsAt;
  return {
    key: JSON.stringify([flows.map((one) => one.address), after?.answer, at?.stage?.address, at?.said]),
    after,
  };
}

function brokenLogin(
  sides: Sides,
  ways: WaysIn,
  hosts: ReadonlySet<string>,
  after: SignIn | undefined,
  who: readonly Ref[],
): Finding {
  const [host] = hosts;
  const lead = ways.after.lead(host!);
  const was = ways.before.lead(host!);
  const deciding = new Set([
    ...involvedAt(sides.before, host!, was.flows, was.fallback),
    ...involvedAt(sides.after, host!, lead.flows, lead.fallback),
  ]);
  const where = placeText(hosts);
  const sentence = !after
    ? `leaves no login page ${where}; give the brand a login flow first`
    : after.answer === 'unknown'
      ? `it cannot be known whether ${named(who)} can still sign in ${where}: ${reasonText(after)}`
      : `${named(who)} can no longer sign in ${where}: ${stepText(after.endsAt!)}; change that first`;
  return {
    hazard: 'breaks-login',
    subject: lead.flows[0] ?? was.flows[0]!,
    sentence,
    who,
    step: after?.endsAt,
    causes: causesOf(sides, deciding, who),
  };
}

function placeText(hosts: ReadonlySet<string>): string {
  const names = [...hosts].filter((one) => one !== anyOtherHost);
  if (names.length === 0) return hosts.size > 0 ? 'at hosts that no brand names' : '';
  const first = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more hosts` : '';
  return `at ${first}${more}${hosts.has(anyOtherHost) ? ' and hosts that no brand names' : ''}`;
}

function reasonText({ doubts, endsAt }: SignIn): string {
  return doubts.length > 0 ? doubts.map((one) => one.because).join('; ') : stepText(endsAt!);
}

/** Nobody who may do everything would be left, or be able to get in. */
export function lockedOut(sides: Sides, ways: WaysIn | undefined): Finding[] {
  const { were, are } = sides.superusers();
  if (were.size === 0) return [];
  const lost = [...were.keys()].filter((user) => !are.has(user));
  if (are.size === 0) {
    const groups = [...were.values()];
    const sentence = `leaves no active superuser (${named(lost)} would be the last to go); keep one, or make another first`;
    const causes = causesOf(sides, [...lost, ...groups], lost);
    return [{ hazard: 'locks-out', subject: lost[0]!, sentence, who: lost, causes }];
  }
  const found: Finding[] = [];
  const { account } = sides;
  if (account && lost.includes(account)) {
    const sentence = `takes superuser access from ${account.address}, the account in use; use another account`;
    const causes = causesOf(sides, [account, were.get(account)!], [account]);
    found.push({ hazard: 'locks-out', subject: account, sentence, who: [account], causes });
  }
  return ways ? [...found, ...noWayIn(sides, ways, [...were.keys()], [...are.keys()])] : found;
}

/** Superusers remain, but none of them gets in by any way. */
function noWayIn(sides: Sides, ways: WaysIn, were: readonly Ref[], are: readonly Ref[]): Finding[] {
  const could = were.filter((user) => (ways.before.best(user)?.signIn.answer ?? 'no') !== 'no');
  const surely = could.some((user) => ways.before.best(user)!.signIn.answer === 'yes');
  const answers = are.map((user) => ways.after.best(user));
  const left = answers.filter((one) => one && one.signIn.answer !== 'no');
  if (could.length === 0 || answers.some((one) => one?.signIn.answer === 'yes')) return [];
  if (left.length > 0 && !surely) return [];
  const way = left[0] ?? answers.find((one) => one !== undefined);
  const wayBefore = ways.before.best(could[0]!)!.flow;
  const deciding = new Set<Ref>();
  for (const user of could.slice(0, 20)) {
    const best = ways.before.best(user)!;
    involvedIn(sides.before, best.flow, deciding);
    if (sides.after.world.attributes(best.flow)) involvedIn(sides.after, best.flow, deciding);
  }
  // The way that was taken tells where it ends now; one that never led in, such as an enrolment, explains nothing.
  const signIn = sides.after.world.attributes(wayBefore)
    ? ways.after.byFlow(wayBefore, are[0]!)
    : way?.signIn;
  const step = signIn?.endsAt;
  const sentence =
    left.length > 0
      ? `it cannot be known whether any superuser can still sign in: ${reasonText(way!.signIn)}; keep a way that is sure`
      : `leaves no way in for any active superuser (${named(are)}): ${step ? stepText(step) : 'no flow with a login stage is left'}; keep one`;
  const causes = causesOf(sides, deciding, could);
  return [{ hazard: 'locks-out', subject: are[0]!, sentence, who: are, step, causes }];
}

/** The accounts whose ways in may differ: those that change, or all where anything else does. */
export function affectedUsers(sides: Sides): Ref[] {
  const staying = stayingUsers(sides);
  const only = [...sides.changed.keys()].every((ref) => ref.kind === 'authentik_core.user');
  return only ? staying.filter((user) => sides.changed.has(user)) : staying;
}
