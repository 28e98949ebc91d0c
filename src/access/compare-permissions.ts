/** Compares who may do what before and after a plan: new superusers, and permissions that somebody gains. */
import { objectPermissions } from '../model/kinds.js';
import { type Attributes, isMap, Ref, type Value } from '../model/model.js';
import type { Access } from './access.js';
import { causesOf, type Finding, grouped, listed, named, type Sides } from './findings.js';
import { groupKind, roleKind, userKind } from './kinds.js';
import { type Holding, type Permissions, permissionsOf } from './permissions.js';
import { signUpsOf } from './strangers.js';
import { isActive } from './superusers.js';
import { isPowerful, type Targets, takeOvers } from './take-over.js';
import { refsOf } from './world.js';

/** What people, roles and strangers gain. Losing something is no finding here. */
export function grantedPowers(sides: Sides): Finding[] {
  const changed = [...sides.changed.values()];
  const people = changed.some(({ ref }) => ref.kind === userKind || ref.kind === groupKind);
  const found: Finding[] = [];
  if (people) found.push(...newSuperusers(sides));
  if (
    people ||
    changed.some(({ ref, fields }) => ref.kind === roleKind || (fields?.has(objectPermissions) ?? true))
  )
    found.push(...newPermissions(sides));
  return [...found, ...grantedToStrangers(sides)];
}

function newSuperusers(sides: Sides): Finding[] {
  const { were, are } = sides.superusers();
  const found: Finding[] = [];
  for (const [user, group] of are) {
    if (were.has(user)) continue;
    const deciding = [user, ...sides.after.groups.of(user)];
    const causes = causesOf(sides, sides.changed.has(user) ? [user] : deciding, [user]);
    const who = causes[0] === user ? 'becomes' : `${user.address} becomes`;
    const sentence = `${who} a superuser through ${group.address}`;
    found.push({ hazard: 'grants', subject: user, sentence, who: [user], through: group, causes });
  }
  return found;
}

function targetsOf({ world, groups }: Access, superusers: ReadonlyMap<Ref, Ref>): Targets {
  const superuserGroups = new Set(world.all(groupKind).filter((group) => groups.superuserBy(group)));
  return { superuserGroups, superusers: new Set(superusers.keys()) };
}

/** A permission on everything or on one object, as it is compared and shown. */
function powersOf({ global, onObjects }: Holding): Map<string, Ref> {
  const found = new Map<string, Ref>();
  for (const [permission, by] of global) if (isPowerful(permission)) found.set(permission, by);
  for (const [permission, objects] of onObjects) {
    if (!isPowerful(permission)) continue;
    for (const [object, by] of objects) found.set(`${permission} on ${object.address}`, by);
  }
  return found;
}

/** Roles that gain permissions, and accounts that gain them by a role, by a group or by themselves. */
function newPermissions(sides: Sides): Finding[] {
  const targets = targetsOf(sides.after, sides.superusers().are);
  const before = permissionsOf(sides.before);
  const after = permissionsOf(sides.after);
  const found: Finding[] = [];
  const roles = new Set<Ref>();
  for (const role of sides.after.world.all(roleKind)) {
    const gained = gainedBy(
      sides.before.world.attributes(role) ? powersOf(before.own(role)) : new Map(),
      powersOf(after.own(role)),
    );
    if (gained.size === 0) continue;
    roles.add(role);
    found.push(grantsTo(sides, role, [...gained.keys()], after.own(role), targets));
  }
  return [...found, ...gainedByPeople(sides, { before, after, roles, targets })];
}

interface Compared {
  readonly before: Permissions;
  readonly after: Permissions;
  /** Roles that gain something themselves, which is told about the role. */
  readonly roles: ReadonlySet<Ref>;
  readonly targets: Targets;
}

function gainedByPeople(sides: Sides, { before, after, roles, targets }: Compared): Finding[] {
  const found = grouped<{
    readonly by: Ref;
    readonly powers: readonly string[];
    readonly holding: Holding;
    readonly cause: Ref;
  }>();
  const known = new Map<string, Map<string, Ref>>();
  const { world } = sides.after;
  const touched = touchedHolders(sides);
  const onlyUsers = [...sides.changed.keys()].every((ref) => ref.kind === userKind);
  const unmoved = new Map<string, boolean>();
  for (const user of onlyUsers ? [...touched].filter((one) => one.kind === userKind) : world.all(userKind)) {
    const is = world.attributes(user);
    const was = sides.before.world.attributes(user);
    if (!is || !isActive(world, user)) continue;
    const like = touched.has(user) ? '' : `${rolesKey(was)} ${rolesKey(is)}`;
    if (like !== '' && unmoved.get(like)) continue;
    const holders = [user, ...after.rolesOf(user)];
    const existed = was !== undefined && isActive(sides.before.world, user);
    const had = existed ? [user, ...before.rolesOf(user)] : [];
    const same =
      holders.length === had.length && holders.every((one, at) => one === had[at] && !touched.has(one));
    if (like !== '') unmoved.set(like, same);
    if (same) continue;
    const key = [keyOf(before, user, had), keyOf(after, user, holders)].join(' ');
    let gained = known.get(key);
    if (!gained)
      known.set(key, (gained = gainedBy(powersOf(before.together(had)), powersOf(after.together(holders)))));
    const byHolder = new Map<Ref, string[]>();
    for (const [power, by] of gained) byHolder.set(by, [...(byHolder.get(by) ?? []), power]);
    for (const [by, powers] of byHolder) {
      // A role that gains something says so itself, unless the account is new to it.
      if (roles.has(by) && had.includes(by)) continue;
      const [cause] = causesOf(
        sides,
        [user, by, ...sides.after.groups.of(user)].filter((one) => one !== by || roles.has(by)),
        [user],
      );
      const holding = after.together(holders);
      found.add(`${cause!.address} ${by.address} ${powers.join()}`, { by, powers, holding, cause: cause! }, [
        user,
      ]);
    }
  }
  return found.all().map(({ first: { by, powers, holding, cause }, who }) => {
    const own = who.length === 1 && who[0] === cause;
    const whom = own ? '' : `${named(who)} `;
    const via = who.length === 1 && by === who[0] ? '' : ` (through ${by.address})`;
    const sentence = `allows ${whom}${listed(powers)}${via}${beyond(holding, powers, targets)}`;
    return {
      hazard: 'grants',
      subject: cause,
      sentence,
      who,
      through: by,
      causes: causesOf(sides, [cause, ...who]),
    };
  });
}

/** What changes, and the roles and accounts that get or lose permissions on an object that changes. */
function touchedHolders({ before, after, changed }: Sides): Set<Ref> {
  const found = new Set(changed.keys());
  for (const ref of changed.keys()) {
    for (const { world } of [before, after]) {
      const granted = world.attributes(ref)?.[objectPermissions];
      for (const grant of Array.isArray(granted) ? granted : []) {
        if (!isMap(grant)) continue;
        for (const holder of Object.values(grant as Attributes)) if (holder instanceof Ref) found.add(holder);
      }
    }
  }
  return found;
}

/** Accounts in the same groups and with the same roles of their own hold the same. */
function rolesKey(attributes: Attributes | undefined): string {
  const serials = (value: Value | undefined): string =>
    refsOf(value)
      .map((one) => one.serial)
      .join();
  return attributes ? `${serials(attributes.groups)}|${serials(attributes.roles)}` : '-';
}

/** People with the same roles and nothing of their own share an answer. */
function keyOf(permissions: Permissions, user: Ref, holders: readonly Ref[]): string {
  const { global, onObjects } = permissions.own(user);
  const own = global.size + onObjects.size > 0 ? user.serial : '';
  return `${own}:${holders
    .slice(1)
    .map((one) => one.serial)
    .sort()
    .join()}`;
}

function gainedBy(had: ReadonlyMap<string, Ref>, has: ReadonlyMap<string, Ref>): Map<string, Ref> {
  return new Map([...has].filter(([power]) => !had.has(power) && !had.has(power.split(' on ')[0]!)));
}

function grantsTo(
  sides: Sides,
  holder: Ref,
  powers: readonly string[],
  holding: Holding,
  targets: Targets,
): Finding {
  const causes = causesOf(sides, [holder, ...objectsOf(holding)]);
  const who = causes[0] === holder ? '' : `${holder.address} `;
  const sentence = `allows ${who}${listed(powers)}${beyond(holding, powers, targets)}`;
  return { hazard: 'grants', subject: holder, sentence, who: [], through: holder, causes };
}

function objectsOf({ onObjects }: Holding): Ref[] {
  return [...onObjects.values()].flatMap((objects) => [...objects.keys()]);
}

/** What the permissions amount to beyond what they say. */
function beyond(holding: Holding, powers: readonly string[], targets: Targets): string {
  const plain = new Set(powers.map((one) => one.split(' on ')[0]!));
  const found = takeOvers(holding, targets).filter(({ permissions }) =>
    permissions.some((one) => plain.has(one)),
  );
  return found.length > 0 ? `; whoever holds that ${listed(found.map((one) => one.allows))}` : '';
}

/** What somebody gets who makes an account through a flow: the group of its user write stage. */
function grantedToStrangers(sides: Sides): Finding[] {
  const before = new Map(signUpsOf(sides.before).map((one) => [one.flow, one.group]));
  const power = (access: Access, group: Ref | undefined): string[] => {
    if (!group || !access.world.attributes(group)) return [];
    const superuser = access.groups.superuserBy(group);
    if (superuser) return [`becomes a superuser through ${superuser.address}`];
    const permissions = permissionsOf(access);
    const powers = powersOf(permissions.together(permissions.rolesOfGroup(group)));
    return [...powers].map(([one, by]) => `is allowed ${one} through ${by.address}`);
  };
  return signUpsOf(sides.after).flatMap(({ flow, group, stage }): Finding[] => {
    const had = new Set(power(sides.before, before.get(flow)));
    const gained = power(sides.after, group).filter((one) => !had.has(one));
    if (gained.length === 0) return [];
    const sentence = `whoever makes an account through ${flow.address} ${listed(gained)}; its user write stage puts them into ${group!.address}`;
    const roles = [...permissionsOf(sides.after).rolesOfGroup(group!)];
    const deciding = [
      stage,
      flow,
      ...sides.after.stages(flow).map((one) => one.ref),
      ...sides.after.groups.ancestors(group!),
      ...roles,
    ];
    return [
      {
        hazard: 'grants',
        subject: flow,
        sentence,
        who: [],
        through: group,
        causes: causesOf(sides, deciding),
      },
    ];
  });
}
