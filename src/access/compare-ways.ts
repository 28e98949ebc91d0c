/** Compares the ways in before and after a plan: who gets in that could not, or with less to show for it. */
import type { Ref } from '../model/model.js';
import type { Alike, WaysIn } from './compare-sign-in.js';
import { causesOf, changes, type Finding, grouped, named, type Sides } from './findings.js';
import type { Answer } from './guards.js';
import { involvedIn } from './involved.js';
import type { SignIn } from './sign-in.js';
import { type SignUp, signUpsOf } from './strangers.js';
import { isActive } from './superusers.js';

const ranks: Record<Answer, number> = { no: 0, unknown: 1, yes: 2 };

/** What decides of an account by itself whether its owner gets in: whoever writes it says so in the plan. */
const ownFields = ['is_active', 'password', 'password_hash', 'email', 'username', 'groups', 'attributes'];

/** Doors that a plan opens to accounts that exist already, and to people without one. */
export function openedWays(sides: Sides, ways: WaysIn, all: readonly Alike[]): Finding[] {
  const classes = all.filter(({ users: [one] }) => isActive(sides.after.world, one!));
  return [
    ...unprotected(sides, ways, classes),
    ...weaker(sides, ways, classes),
    ...newlyIn(sides, ways, classes),
    ...newSignUps(sides),
  ];
}

/** Anybody gets in as somebody else, by any way, and could not before. */
function unprotected(sides: Sides, ways: WaysIn, classes: readonly Alike[]): Finding[] {
  const found = grouped<{ readonly flow: Ref; readonly signIn: SignIn }>();
  for (const { users } of classes) {
    const [user] = users;
    const before = Math.max(
      0,
      ...ways.before.flows.map((flow) => ranks[ways.before.byFlow(flow, user!).unprotected]),
    );
    for (const flow of ways.after.flows) {
      const signIn = ways.after.byFlow(flow, user!);
      if (ranks[signIn.unprotected] > before)
        found.add(`${flow.address} ${signIn.unprotected}`, { flow, signIn }, users);
    }
  }
  return found.all().map(({ first: { flow, signIn }, who }): Finding => {
    const sure = signIn.unprotected === 'yes';
    const names = named(who);
    const sentence = sure
      ? `anybody can sign in as ${names} through ${flow.address} without a password; ask for one before its login stage`
      : `it cannot be known whether ${flow.address} signs anybody in as ${names} without a password: ${doubtText(signIn)}`;
    return opening(sides, flow, sentence, who);
  });
}

/** The same flow asks for less than it did. */
function weaker(sides: Sides, ways: WaysIn, classes: readonly Alike[]): Finding[] {
  const found = grouped<{ readonly flow: Ref; readonly sentence: (names: string) => string }>();
  const were = new Set(ways.before.flows);
  for (const flow of ways.after.flows) {
    if (!were.has(flow)) continue;
    for (const { users } of classes) {
      const before = ways.before.byFlow(flow, users[0]!);
      const after = ways.after.byFlow(flow, users[0]!);
      // What nobody gets in by, or anybody does, is told elsewhere.
      if (before.answer === 'no' || after.answer === 'no') continue;
      if (ranks[after.unprotected] > ranks[before.unprotected]) continue;
      const lost = lostProof(before, after);
      if (!lost) continue;
      const sentence = (names: string): string =>
        lost.sure
          ? `${flow.address} signs ${names} in without ${lost.what}, which it asked for before; bind the stage that asks for it again`
          : `it cannot be known whether ${flow.address} still asks ${names} for ${lost.what}: ${doubtText(after)}`;
      found.add(`${flow.address} ${lost.what} ${lost.sure}`, { flow, sentence }, users);
    }
  }
  return found
    .all()
    .map(({ first: { flow, sentence }, who }) => opening(sides, flow, sentence(named(who)), who));
}

function lostProof(before: SignIn, after: SignIn): { what: string; sure: boolean } | undefined {
  if (ranks[after.password] < ranks[before.password])
    return { what: 'a password', sure: after.password === 'no' };
  for (const [proof, what] of [
    ['authenticator', 'an authenticator'],
    ['email link', 'a link by email'],
    ['certificate', 'a certificate'],
  ] as const) {
    if (before.asked.includes(proof) && !after.asked.includes(proof) && !after.asked.includes('password'))
      return { what, sure: true };
    if (proof === 'authenticator' && before.asked.includes(proof) && !after.asked.includes(proof))
      return { what, sure: true };
  }
  return undefined;
}

/** Accounts that got in by no way and now do by one, although nobody wrote anything about them. */
function newlyIn(sides: Sides, ways: WaysIn, classes: readonly Alike[]): Finding[] {
  const { before, after } = sides;
  const couldNot = (user: Ref): boolean => (ways.before.best(user)?.signIn.answer ?? 'no') === 'no';
  // Where nobody at all got in there was no door: the first one opens nothing.
  if (classes.every(({ users }) => couldNot(users[0]!))) return [];
  const found = grouped<{ readonly flow: Ref; readonly signIn: SignIn }>();
  for (const { users } of classes) {
    const [one] = users;
    if (!isActive(before.world, one!) || !couldNot(one!)) continue;
    const best = ways.after.best(one!);
    // Where anybody gets in it is told already.
    if (!best || best.signIn.answer === 'no' || best.signIn.unprotected !== 'no') continue;
    const quiet = users.filter((user) => !changes(sides, user, ownFields) && !joined(before, after, user));
    if (quiet.length > 0) found.add(`${best.flow.address} ${best.signIn.answer}`, best, quiet);
  }
  return found.all().map(({ first: { flow, signIn }, who }) => {
    const names = named(who);
    const sentence =
      signIn.answer === 'yes'
        ? `lets ${names} sign in through ${flow.address}, who could not sign in by any way before`
        : `it cannot be known whether ${flow.address} lets ${names} sign in, who could not before: ${doubtText(signIn)}`;
    return opening(sides, flow, sentence, who);
  });
}

/** Was somebody put into a group, or taken out of one, by name? */
function joined(before: Sides['before'], after: Sides['after'], user: Ref): boolean {
  const were = new Set(before.groups.direct(user));
  const are = after.groups.direct(user);
  return were.size !== are.length || are.some((group) => !were.has(group));
}

/** Strangers can make accounts who could not, or with less to show for it. */
function newSignUps(sides: Sides): Finding[] {
  // A directory without accounts has nothing yet that a stranger could get at.
  if (sides.before.world.all('authentik_core.user').length === 0) return [];
  const were = signUpsOf(sides.before);
  return signUpsOf(sides.after).flatMap((now): Finding[] => {
    if (!now.active || isGuarded(now) || were.some((one) => one.active && covers(one, now))) return [];
    const what =
      now.proofs.length > 0 ? ` with nothing but ${now.proofs.join(' and ')}` : ', without an invitation';
    const sentence =
      now.doubts.length > 0
        ? `it cannot be known whether strangers can make themselves accounts through ${now.flow.address}: ${now.doubts.map((one) => one.because).join('; ')}`
        : `lets anybody make an account through ${now.flow.address}${what}; bind an invitation stage before its user write stage`;
    return [opening(sides, now.flow, sentence, [])];
  });
}

function isGuarded({ proofs }: SignUp): boolean {
  return proofs.some((one) => one === 'invitation' || one === 'source' || one === 'certificate');
}

/** Could strangers do before what they can now, with no more to show? */
function covers(was: SignUp, now: SignUp): boolean {
  const asEasy = was.proofs.every((one) => now.proofs.includes(one));
  return asEasy && (was.doubts.length === 0 || now.doubts.length > 0);
}

function doubtText({ doubts }: SignIn): string {
  return doubts.map((one) => one.because).join('; ') || 'a stage of it is decided elsewhere';
}

function opening(sides: Sides, flow: Ref, sentence: string, who: readonly Ref[]): Finding {
  const deciding = new Set([...involvedIn(sides.after, flow), ...involvedIn(sides.before, flow)]);
  return {
    hazard: 'opens',
    subject: flow,
    sentence,
    who,
    through: flow,
    causes: causesOf(sides, deciding, who),
  };
}
