/** What a user, group, role or application means for access: through what, and to whom. Every answer comes from `access/`. */
import type { Access } from '../access/access.js';
import { mayUse, verdictFor, verdictsOf } from '../access/applications.js';
import type { Answer, Verdict } from '../access/guards.js';
import { applicationKind, groupKind, roleKind, userKind } from '../access/kinds.js';
import { type Permissions, permissionsOf } from '../access/permissions.js';
import { isActive, superuserThrough } from '../access/superusers.js';
import { refsOf } from '../access/world.js';
import type { Address, Ref } from '../model/model.js';

/** A group, role or permission that a user has, directly or through something else. */
export interface Held {
  readonly address: Address;
  /** Absent where it was given directly. */
  readonly through?: Address;
}

export interface PermissionHeld {
  readonly permission: string;
  /** The one object that it is about; absent for all. */
  readonly object?: Address;
  /** The role, group or account that gives it. */
  readonly through: Address;
}

export interface UseAbout {
  readonly address: Address;
  readonly answer: Answer;
  readonly because: string;
}

export interface UserAbout {
  readonly active: boolean;
  /** The group that makes a superuser, and the group of the user's own that leads there. */
  readonly superuser?: { readonly group: Address; readonly member: Address };
  readonly groups: readonly Held[];
  readonly roles: readonly Held[];
  readonly permissions: readonly PermissionHeld[];
  /** Applications that may be used, or of which it cannot be known; undefined where applications were not read. */
  readonly applications?: readonly UseAbout[];
}

export interface GroupAbout {
  /** The group at or above this one that makes its members superusers. */
  readonly superuser?: Address;
  readonly members: readonly Held[];
  readonly parents: readonly Held[];
  readonly roles: readonly Held[];
}

export interface RoleAbout {
  readonly holders: readonly Held[];
  readonly permissions: readonly PermissionHeld[];
}

export interface ApplicationAbout {
  /** For an account that no binding tells apart. */
  readonly anybody: { readonly answer: Answer; readonly because: string };
  /** Accounts for which the answer may be yes, unless everybody's is. */
  readonly users: readonly (UseAbout & { readonly active: boolean })[];
}

/** The groups, roles, permissions and applications of a user. */
export function aboutUser(access: Access, user: Ref): UserAbout {
  const { world, groups } = access;
  const permissions = permissionsOf(access);
  const direct = groups.direct(user);
  const inherited = [...groups.of(user)].filter((one) => !direct.includes(one));
  const above = (one: Ref): Ref | undefined => direct.find((group) => groups.ancestors(group).has(one));
  const assigned = refsOf(world.attributes(user)?.roles);
  const given = [...permissions.rolesOf(user)].filter((role) => !assigned.includes(role));
  const giver = (role: Ref): Ref | undefined =>
    [...groups.of(user)].find((group) => refsOf(world.attributes(group)?.roles).includes(role));
  const by = superuserThrough(groups, user);
  const member = by && direct.find((group) => groups.superuserBy(group) === by);
  return {
    active: isActive(world, user),
    ...(by && member && { superuser: { group: by.address, member: member.address } }),
    groups: [
      ...sorted(direct).map((one) => held(one)),
      ...sorted(inherited).map((one) => held(one, above(one))),
    ],
    roles: [
      ...sorted(assigned).map((one) => held(one)),
      ...sorted(given).map((role) => held(role, giver(role))),
    ],
    permissions: permissionsHeld(permissions.of(user)),
    ...(world.knows(applicationKind) && { applications: applicationsOf(access, user) }),
  };
}

function applicationsOf(access: Access, user: Ref): UseAbout[] {
  return sorted(access.world.all(applicationKind))
    .map((one) => useOf(one, mayUse(access, one, user)))
    .filter(({ answer }) => answer !== 'no');
}

function useOf({ address }: Ref, { answer, because }: Verdict): UseAbout {
  return { address, answer, because };
}

function permissionsHeld(holding: ReturnType<Permissions['of']>): PermissionHeld[] {
  const all: PermissionHeld[] = [...holding.global].map(([permission, from]) => ({
    permission,
    through: from.address,
  }));
  for (const [permission, objects] of holding.onObjects)
    for (const [object, from] of objects)
      all.push({ permission, object: object.address, through: from.address });
  const key = ({ permission, object = '' }: PermissionHeld): string => `${permission} ${object}`;
  return all.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** The members of a group and what they get by it. */
export function aboutGroup(access: Access, group: Ref): GroupAbout {
  const { world, groups } = access;
  const put = (user: Ref): boolean => groups.direct(user).includes(group);
  const members = sorted(groups.members(group));
  const through = (user: Ref): Ref | undefined =>
    groups.direct(user).find((one) => groups.ancestors(one).has(group));
  const superuser = groups.superuserBy(group);
  const own = refsOf(world.attributes(group)?.roles);
  const parents = refsOf(world.attributes(group)?.parents);
  const above = [...groups.ancestors(group)].filter((one) => one !== group && !parents.includes(one));
  const inherited = [...permissionsOf(access).rolesOfGroup(group)].filter((role) => !own.includes(role));
  const giver = (role: Ref): Ref | undefined =>
    [...groups.ancestors(group)].find((one) => refsOf(world.attributes(one)?.roles).includes(role));
  return {
    ...(superuser && { superuser: superuser.address }),
    members: [
      ...members.filter(put).map((one) => held(one)),
      ...members.filter((one) => !put(one)).map((one) => held(one, through(one))),
    ],
    parents: [
      ...sorted(parents).map((one) => held(one)),
      ...sorted(above).map((one) =>
        held(
          one,
          parents.find((parent) => groups.ancestors(parent).has(one)),
        ),
      ),
    ],
    roles: [...sorted(own).map((one) => held(one)), ...sorted(inherited).map((one) => held(one, giver(one)))],
  };
}

/** Who has a role, and what it allows. */
export function aboutRole(access: Access, role: Ref): RoleAbout {
  const { world, groups } = access;
  const has = (holder: Ref): boolean => refsOf(world.attributes(holder)?.roles).includes(role);
  const giving = sorted(world.all(groupKind).filter(has));
  const users = sorted(world.all(userKind).filter(has));
  const through = new Map<Ref, Ref>();
  for (const group of giving)
    for (const user of groups.members(group)) if (!through.has(user)) through.set(user, group);
  const inherited = sorted([...through.keys()].filter((user) => !users.includes(user)));
  return {
    holders: [
      ...[...giving, ...users].map((one) => held(one)),
      ...inherited.map((one) => held(one, through.get(one))),
    ],
    permissions: permissionsHeld(permissionsOf(access).own(role)),
  };
}

/** Who can use an application. */
export function aboutApplication(access: Access, application: Ref): ApplicationAbout {
  const { world } = access;
  const verdicts = verdictsOf(access, access.guard(application));
  const { answer, because } = verdicts.rest;
  const asked = answer === 'yes' ? [] : sorted(world.all(userKind));
  return {
    anybody: { answer, because },
    users: asked
      .map((user) => ({ ...useOf(user, verdictFor(verdicts, user)), active: isActive(world, user) }))
      .filter((one) => one.answer === 'yes' || (one.answer === 'unknown' && answer === 'no')),
  };
}

function held({ address }: Ref, through?: Ref): Held {
  return through ? { address, through: through.address } : { address };
}

function sorted(refs: Iterable<Ref>): Ref[] {
  return [...refs].sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Kinds that have a part of their own here. */
export const kindsWithAccess: ReadonlySet<string> = new Set([userKind, groupKind, roleKind, applicationKind]);
