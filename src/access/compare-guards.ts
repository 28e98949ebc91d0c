/** Compares who may use applications, have entitlements and enter flows before and after a plan. */
import type { Ref } from '../model/model.js';
import type { Access } from './access.js';
import { isEntitled, type Verdicts, verdictFor, verdictsOf } from './applications.js';
import { causesOf, type Finding, grouped, named, type Sides } from './findings.js';
import { type Answer, type Binding, decide, type Guard, isSatisfied, type Verdict } from './guards.js';
import { guards } from './involved.js';
import { applicationKind, entitlementKind, flowKind, groupKind } from './kinds.js';
import { stranger } from './strangers.js';
import { entry, flowIsFor } from './walk.js';
import { start } from './walk-state.js';

const ranks: Record<Answer, number> = { no: 0, unknown: 1, yes: 2 };

/** Applications, entitlements and flows that more people may use or enter than before. */
export function openedTargets(sides: Sides): Finding[] {
  const { before, after } = sides;
  const found: Finding[] = [];
  const groupsMove = [...sides.changed.keys()].some((ref) => ref.kind === groupKind);
  for (const kind of [applicationKind, entitlementKind, flowKind]) {
    for (const target of after.world.all(kind)) {
      if (!before.world.attributes(target) || !mayDiffer(sides, target, groupsMove)) continue;
      if (kind === applicationKind) found.push(...openedApplication(sides, target));
      else if (kind === entitlementKind) found.push(...openedEntitlement(sides, target));
      else found.push(...openedFlow(sides, target));
    }
  }
  return found;
}

/** Bindings that say the same about the same groups and policies decide the same. */
function mayDiffer({ before, after, changed }: Sides, target: Ref, groupsMove: boolean): boolean {
  if (changed.has(target)) return true;
  const [was, is] = [before.guard(target), after.guard(target)];
  if (was.mode !== is.mode || was.bindings.length !== is.bindings.length) return true;
  for (const [at, one] of is.bindings.entries()) {
    if (!isSame(one, was.bindings[at]!)) return true;
    if (one.policy && changed.has(one.policy)) return true;
  }
  return groupsMove && is.bindings.some((one) => one.group);
}

function isSame(a: Binding, b: Binding): boolean {
  return (
    a.ref === b.ref &&
    a.policy === b.policy &&
    a.group === b.group &&
    a.user === b.user &&
    a.negate === b.negate &&
    a.failureResult === b.failureResult &&
    a.unread === b.unread
  );
}

function openedApplication(sides: Sides, target: Ref): Finding[] {
  const [was, is] = [sides.before.guard(target), sides.after.guard(target)];
  const before = verdictsOf(sides.before, was);
  const after = verdictsOf(sides.after, is);
  const rest = openedToRest(sides, target, before.rest, after.rest, 'use');
  return rest ? [rest] : openedToSome(sides, target, before, after);
}

/** People whom no binding names may do what they could not. */
function openedToRest(
  sides: Sides,
  target: Ref,
  before: Verdict,
  after: Verdict,
  verb: 'use' | 'enter',
): Finding | undefined {
  if (ranks[after.answer] <= ranks[before.answer]) return undefined;
  const guard = sides.after.guard(target);
  const instead = 'bind another policy, group or user first';
  const was = sides.before.guard(target).bindings.length > 0 ? undefined : flowIsFor(sides.before, target);
  const sentence =
    after.answer === 'unknown'
      ? `it cannot be known any more who may ${verb} ${target.address}: ${after.because}`
      : was
        ? `lets everyone ${verb} ${target.address}, which was only for ${was.people} before`
        : guard.bindings.length === 0
          ? `removes the last binding of ${target.address}, so that everyone may ${verb} it; ${instead}`
          : `lets everyone ${verb} ${target.address} (${after.because}); ${instead}`;
  return { hazard: 'opens', subject: target, sentence, who: [], causes: causes(sides, target, []) };
}

/** People whom bindings name, or do not name any more. */
function openedToSome(sides: Sides, target: Ref, before: Verdicts, after: Verdicts): Finding[] {
  const found = grouped<{
    readonly hazard: 'opens' | 'grants';
    readonly verdict: Verdict;
    readonly by?: Ref;
  }>();
  const { world } = sides.after;
  for (const user of new Set([...before.others.keys(), ...after.others.keys()])) {
    if (!world.attributes(user) || !sides.before.world.attributes(user)) continue;
    const verdict = verdictFor(after, user);
    if (ranks[verdict.answer] <= ranks[verdictFor(before, user).answer]) continue;
    const asked = namedBy(sides, target, user, verdict.answer);
    if (asked === 'by name') continue;
    const hazard = asked ? 'grants' : 'opens';
    found.add(`${hazard} ${verdict.answer} ${verdict.because}`, { hazard, verdict, by: asked?.group }, [
      user,
    ]);
  }
  return found.all().map(({ first: { hazard, verdict, by }, who }): Finding => {
    const names = named(who);
    const sentence =
      verdict.answer === 'unknown'
        ? `it cannot be known any more whether ${names} may use ${target.address}: ${verdict.because}`
        : `lets ${names} use ${target.address} (${verdict.because})`;
    return { hazard, subject: target, sentence, who: who, through: by, causes: causes(sides, target, who) };
  });
}

/**
 * Does the plan say itself that the account gets in: by a new binding that names it or its group, or by putting it
 * into a group? A binding that passes it without either is given, where the group itself came below another.
 */
function namedBy(
  { before, after }: Sides,
  target: Ref,
  user: Ref,
  answer: Answer,
): 'by name' | Binding | undefined {
  const was = before.guard(target);
  const known = new Map(was.bindings.map((one) => [one.ref, one]));
  const grants = (one: Binding): boolean => !one.policy && !one.negate && !one.unread;
  const isNew = (one: Binding): boolean => {
    const old = known.get(one.ref);
    return !old || old.group !== one.group || old.user !== one.user;
  };
  const added = after.guard(target).bindings.filter((one) => grants(one) && isNew(one));
  const hybrid: Guard = { mode: was.mode, bindings: [...was.bindings, ...added] };
  const subject = after.subject(user);
  if (was.bindings.length === 0 || ranks[decide(after.world, hybrid, subject).answer] < ranks[answer])
    return undefined;
  if (added.some((one) => isSatisfied(one, subject))) return 'by name';
  const through = was.bindings.find((one) => one.group && grants(one) && isSatisfied(one, subject));
  const were = new Set(before.groups.direct(user));
  const joined = after.groups.direct(user).some((group) => !were.has(group));
  return !through || joined ? 'by name' : through;
}

function openedEntitlement(sides: Sides, target: Ref): Finding[] {
  const { before, after } = sides;
  const isOpen = ({ guard }: Access): boolean =>
    guard(target).bindings.some((one) => !one.policy && one.negate);
  if (isOpen(before) || !isOpen(after)) return [];
  const who = after.world
    .all('authentik_core.user')
    .filter(
      (user) =>
        before.world.attributes(user) &&
        isEntitled(after, target, user).answer === 'yes' &&
        isEntitled(before, target, user).answer === 'no',
    );
  if (who.length === 0) return [];
  const sentence = `gives ${target.address} to everybody whom a negated binding does not name: ${named(who)}; bind groups or users without negate`;
  return [{ hazard: 'opens', subject: target, sentence, who, causes: causes(sides, target, who) }];
}

/** Of a flow both count: visitors, and people who are signed in. */
function openedFlow(sides: Sides, flow: Ref): Finding[] {
  const visitors = openedToRest(
    sides,
    flow,
    entry(sides.before, flow, stranger, start),
    entry(sides.after, flow, stranger, start),
    'enter',
  );
  if (visitors) return [visitors];
  const members = openedToRest(
    sides,
    flow,
    entryOfMembers(sides.before, flow),
    entryOfMembers(sides.after, flow),
    'enter',
  );
  return members ? [members] : [];
}

/** For people who are signed in, no superusers, and named by no binding. */
function entryOfMembers(access: Access, flow: Ref): Verdict {
  const needed = flowIsFor(access, flow);
  if (needed && !/authenticated$/.test(needed.asks))
    return { answer: 'no', because: `it is only for ${needed.people}`, by: [flow] };
  return decide(access.world, access.guard(flow), { who: 'account', groups: new Set() });
}

function causes(sides: Sides, target: Ref, who: readonly Ref[]): Ref[] {
  const deciding = new Set<Ref>([target]);
  for (const side of [sides.before, sides.after]) guards(side, target, deciding);
  // The bindings and policies say it better than the target, unless it is the target that changed.
  deciding.delete(target);
  return causesOf(sides, [...deciding, target], who);
}
