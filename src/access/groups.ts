/** Who is in which group: members of a group are members of all of its ancestors (authentik, core/models.py). */
import type { Ref } from '../model/model.js';
import { groupKind, userKind } from './kinds.js';
import { type AccessWorld, flag, refsOf } from './world.js';

/** Memberships of one world, worked out as they are asked for and remembered. */
export interface Groups {
  /** A group and everything above it; circles of parents are borne. */
  ancestors(group: Ref): ReadonlySet<Ref>;
  /** A group and everything below it. */
  descendants(group: Ref): ReadonlySet<Ref>;
  /** The groups that a user was put into. */
  direct(user: Ref): readonly Ref[];
  /** All groups whose member a user is. */
  of(user: Ref): ReadonlySet<Ref>;
  /** Everybody who is a member of a group. */
  members(group: Ref): ReadonlySet<Ref>;
  /** The group at or above this one that makes its members superusers. */
  superuserBy(group: Ref): Ref | undefined;
}

/** Reads the groups of a world. */
export function readGroups(world: AccessWorld): Groups {
  const parents = (group: Ref): readonly Ref[] => {
    const attributes = world.attributes(group);
    return attributes ? refsOf(attributes.parents) : [];
  };
  let children: Map<Ref, Ref[]> | undefined;
  const childrenOf = (group: Ref): readonly Ref[] => {
    children ??= holdersBy(world.all(groupKind), parents);
    return children.get(group) ?? [];
  };
  let joined: Map<Ref, Ref[]> | undefined;
  const joinedTo = (group: Ref): readonly Ref[] => {
    joined ??= holdersBy(world.all(userKind), direct);
    return joined.get(group) ?? [];
  };
  const direct = (user: Ref): readonly Ref[] => refsOf(world.attributes(user)?.groups);
  const ancestors = remembered((group: Ref) => reach(group, parents));
  const descendants = remembered((group: Ref) => reach(group, childrenOf));
  return {
    ancestors,
    descendants,
    direct,
    of: (user) => {
      const [first, ...others] = direct(user);
      if (!first) return nobody;
      if (others.length === 0) return ancestors(first);
      const all = new Set(ancestors(first));
      for (const group of others) for (const one of ancestors(group)) all.add(one);
      return all;
    },
    members: remembered((group: Ref) => {
      const found = new Set<Ref>();
      for (const one of descendants(group)) for (const user of joinedTo(one)) found.add(user);
      return found;
    }),
    superuserBy: remembered((group: Ref) => {
      for (const one of ancestors(group)) {
        if (flag(world.attributes(one)?.is_superuser, false)) return one;
      }
      return undefined;
    }),
  };
}

const nobody: ReadonlySet<Ref> = new Set();

/** Everything that can be reached from a start, itself first. */
function reach(start: Ref, next: (from: Ref) => readonly Ref[]): ReadonlySet<Ref> {
  const found = new Set([start]);
  for (const one of found) for (const further of next(one)) found.add(further);
  return found;
}

/** For each object that `targets` names, those that name it. */
export function holdersBy(
  holders: readonly Ref[],
  targets: (holder: Ref) => readonly Ref[],
): Map<Ref, Ref[]> {
  const found = new Map<Ref, Ref[]>();
  for (const holder of holders) {
    for (const target of targets(holder)) {
      const list = found.get(target);
      if (list) list.push(holder);
      else found.set(target, [holder]);
    }
  }
  return found;
}

/** Works an answer out once for each object. */
export function remembered<T>(work: (ref: Ref) => T): (ref: Ref) => T {
  const known = new Map<Ref, T>();
  return (ref) => {
    if (known.has(ref)) return known.get(ref)!;
    const answer = work(ref);
    known.set(ref, answer);
    return answer;
  };
}
