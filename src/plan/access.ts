/** A model in, who may do what out: superusers, permissions, what guards a flow or an application. */
import { userKind } from '../model/kind-names.js';
import { Ref, type Value } from '../model/model.js';
import type { Model } from './after.js';

/** Who stands where: groups with their ancestors, members, superusers. Worked out once for a model. */
export interface Access {
  /** Active superusers, each with the group that makes it one. */
  readonly superusers: ReadonlyMap<Ref, Ref>;
  /** The roles that a user has, directly, through groups, and through their parents. */
  rolesOf(user: Ref): ReadonlySet<Ref>;
}

/** A group's members are members of its parents too; a superuser is whoever is in a superuser group (authentik 2026.5). */
export function accessOf(model: Model): Access {
  const ancestors = new Map<Ref, ReadonlySet<Ref>>();
  const ancestorsOf = (group: Ref): ReadonlySet<Ref> => {
    const known = ancestors.get(group);
    if (known) return known;
    const found = new Set<Ref>([group]);
    const queue = [group];
    for (let next = queue.pop(); next; next = queue.pop()) {
      for (const parent of refsIn(model.attributes(next)?.parents)) {
        if (found.has(parent)) continue;
        found.add(parent);
        queue.push(parent);
      }
    }
    ancestors.set(group, found);
    return found;
  };
  const groupsOf = new Map<Ref, Set<Ref>>();
  const join = (user: Ref, group: Ref): void => {
    const groups = groupsOf.get(user);
    if (groups) groups.add(group);
    else groupsOf.set(user, new Set([group]));
  };
  const users = model.all(userKind);
  for (const user of users) for (const group of refsIn(model.attributes(user)?.groups)) join(user, group);
  const powerOf = (group: Ref): Ref | undefined =>
    [...ancestorsOf(group)].find((one) => model.attributes(one)?.is_superuser === true);

  const superusers = new Map<Ref, Ref>();
  for (const user of users) {
    if (model.attributes(user)?.is_active === false) continue;
    for (const group of groupsOf.get(user) ?? []) {
      const power = powerOf(group);
      if (!power) continue;
      superusers.set(user, power);
      break;
    }
  }
  return {
    superusers,
    rolesOf: (user) => {
      const roles = new Set(refsIn(model.attributes(user)?.roles));
      for (const group of groupsOf.get(user) ?? []) {
        for (const one of ancestorsOf(group))
          for (const role of refsIn(model.attributes(one)?.roles)) roles.add(role);
      }
      return roles;
    },
  };
}

export function refsIn(value: Value | undefined): readonly Ref[] {
  return Array.isArray(value) ? value.filter((one) => one instanceof Ref) : [];
}

/** A permission that lets somebody change things, not just look. */
export function isPowerful(permission: string): boolean {
  const name = permission.slice(permission.indexOf('.') + 1);
  return !name.startsWith('view_') || name === 'view_system_settings';
}
