/** Who may do everything: whoever is in a superuser group, or below one, and active. */
import type { Ref } from '../model/model.js';
import type { Groups } from './groups.js';
import { userKind } from './kinds.js';
import { type AccessWorld, flag } from './world.js';

/** The group that makes a user a superuser, active or not; undefined when none does. */
export function superuserThrough(groups: Groups, user: Ref): Ref | undefined {
  for (const group of groups.direct(user)) {
    const by = groups.superuserBy(group);
    if (by) return by;
  }
  return undefined;
}

/** Active superusers, each with the group that makes it one. An inactive one may do nothing (authentik, has_perm). */
export function activeSuperusers(world: AccessWorld, groups: Groups): Map<Ref, Ref> {
  const found = new Map<Ref, Ref>();
  for (const user of world.all(userKind)) {
    const by = superuserThrough(groups, user);
    if (by && isActive(world, user)) found.set(user, by);
  }
  return found;
}

/** Is the account switched on? */
export function isActive(world: AccessWorld, user: Ref): boolean {
  return flag(world.attributes(user)?.is_active, true);
}
