/** Who holds which permission, and through what: roles of the account, of its groups and of their ancestors (authentik, guardian). */
import { catalogue, objectPermissions } from '../model/kinds.js';
import { type Attributes, isMap, type Ref, type Value } from '../model/model.js';
import type { Access } from './access.js';
import type { Verdict } from './guards.js';
import { isActive, superuserThrough } from './superusers.js';
import { refOf, refsOf, text, texts } from './world.js';

/** What a role or an account holds: for each permission the role or account that has it. */
export interface Holding {
  /** Permissions on everything. */
  readonly global: ReadonlyMap<string, Ref>;
  /** Permissions on single objects. */
  readonly onObjects: ReadonlyMap<string, ReadonlyMap<Ref, Ref>>;
}

/** The permissions of one world. */
export interface Permissions {
  /** The roles of an account. */
  rolesOf(user: Ref): ReadonlySet<Ref>;
  /** The roles that membership of a group gives. */
  rolesOfGroup(group: Ref): ReadonlySet<Ref>;
  /** What a role or an account holds by itself. */
  own(holder: Ref): Holding;
  /** What all of them hold together. */
  together(holders: Iterable<Ref>): Holding;
  /** What an account holds, whether it is active or a superuser or not. */
  of(user: Ref): Holding;
}

/** Reads the permissions of a world. */
export function permissionsOf(access: Access): Permissions {
  const { world, groups } = access;
  let single: Map<Ref, Map<string, Ref[]>> | undefined;
  const ofGroup = new Map<Ref, ReadonlySet<Ref>>();
  const rolesOfGroup = (group: Ref): ReadonlySet<Ref> => {
    let roles = ofGroup.get(group);
    if (!roles) {
      const found = new Set<Ref>();
      for (const one of groups.ancestors(group))
        for (const role of refsOf(world.attributes(one)?.roles)) found.add(role);
      ofGroup.set(group, (roles = found));
    }
    return roles;
  };
  const rolesOf = (user: Ref): ReadonlySet<Ref> => {
    const roles = new Set(refsOf(world.attributes(user)?.roles));
    for (const group of groups.direct(user)) for (const role of rolesOfGroup(group)) roles.add(role);
    return roles;
  };
  const known = new Map<Ref, Holding>();
  const own = (holder: Ref): Holding => {
    let holding = known.get(holder);
    if (!holding) {
      single ??= singleGrants(access);
      const global = texts(world.attributes(holder)?.permissions).map((one) => [named(one), holder] as const);
      const onObjects = [...(single.get(holder) ?? [])].map(
        ([permission, objects]) => [permission, new Map(objects.map((one) => [one, holder]))] as const,
      );
      known.set(holder, (holding = { global: new Map(global), onObjects: new Map(onObjects) }));
    }
    return holding;
  };
  const together = (holders: Iterable<Ref>): Holding => {
    const global = new Map<string, Ref>();
    const onObjects = new Map<string, Map<Ref, Ref>>();
    for (const holder of holders) {
      const one = own(holder);
      for (const permission of one.global.keys()) if (!global.has(permission)) global.set(permission, holder);
      for (const [permission, objects] of one.onObjects) {
        const all = onObjects.get(permission) ?? new Map<Ref, Ref>();
        onObjects.set(permission, all);
        for (const object of objects.keys()) all.set(object, holder);
      }
    }
    return { global, onObjects };
  };
  return { rolesOf, rolesOfGroup, own, together, of: (user) => together([user, ...rolesOf(user)]) };
}

/** Which role or account was granted what on which object, from all objects of the world. */
function singleGrants({ world }: Access): Map<Ref, Map<string, Ref[]>> {
  const found = new Map<Ref, Map<string, Ref[]>>();
  for (const kind of catalogue().kinds.keys()) {
    for (const object of world.all(kind)) {
      const granted = world.attributes(object)?.[objectPermissions];
      for (const grant of Array.isArray(granted) ? granted : []) {
        if (!isMap(grant)) continue;
        const { role, user, permission } = grant as Attributes;
        const name = named(text(permission as Value));
        for (const holder of [refOf(role), refOf(user)]) {
          if (!holder || name === '') continue;
          const permissions = found.get(holder) ?? new Map<string, Ref[]>();
          found.set(holder, permissions);
          permissions.set(name, [...(permissions.get(name) ?? []), object]);
        }
      }
    }
  }
  return found;
}

/**
 * Django's `auth` has models of the same name as two of authentik's; a blueprint that gives the permission of one
 * gives both, because authentik looks it up by its last part alone.
 */
function named(permission: string): string {
  return permission.replace(/^auth\.((add|change|delete|view)_group)$/, 'authentik_core.$1');
}

/** Is a permission held, on everything or on this object? Without an app label any app's counts. */
export function through(holding: Holding, permission: string, object?: Ref): Ref | undefined {
  const wanted = named(permission);
  const bare = !wanted.includes('.');
  const find = <T>(map: ReadonlyMap<string, T>): T | undefined =>
    bare ? [...map].find(([name]) => name.endsWith(`.${wanted}`))?.[1] : map.get(wanted);
  return find(holding.global) ?? (object && find(holding.onObjects)?.get(object));
}

/**
 * Does an account have a permission, on everything or on one object? An active superuser has all of them, an inactive
 * account none. A permission on a base class says nothing about the class itself.
 */
export function hasPermission(
  access: Access,
  permissions: Permissions,
  user: Ref,
  permission: string,
  object?: Ref,
): Verdict {
  const no = (because: string): Verdict => ({ answer: 'no', because, by: [user] });
  if (!access.world.attributes(user)) return no('there is no such account');
  if (!isActive(access.world, user)) return no('the account is not active');
  const superuser = superuserThrough(access.groups, user);
  if (superuser)
    return { answer: 'yes', because: `a superuser through ${superuser.address}`, by: [superuser] };
  const [app] = permission.split('.');
  if (object && permission.includes('.') && app !== object.kind.split('.')[0])
    return no(`${permission} belongs to another app than ${object.address}`);
  const holder = through(permissions.of(user), permission, object);
  if (!holder) return no('no role or group gives it');
  const because = holder === user ? 'given to the account itself' : `through ${holder.address}`;
  return { answer: 'yes', because, by: [holder] };
}
