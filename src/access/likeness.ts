/** Tells which accounts no flow can tell apart, so that one of them answers for all. */
import type { Attributes, Ref } from '../model.js';
import type { Access } from './access.js';
import { deviceKinds, flowKind, ldapSourceKind, stageBindingKind, tokenKind, userKind } from './kinds.js';
import { isActive } from './superusers.js';
import { passwordChanged, passwordState, refOf, text } from './world.js';

/** A text for each account: everything about it that a flow's stages and bindings look at. */
export function likenessOf(access: Access): (user: Ref) => string {
  const { world, groups } = access;
  const looked = lookedAt(access);
  const bits = new Map([...looked.groups].map((group, at) => [group, 1n << BigInt(at + 1)]));
  const masks = new Map<Ref, bigint>();
  // Bit 0: the group makes its members superusers, which a redirect into a flow for superusers looks at.
  const maskOf = (group: Ref): bigint => {
    let mask = masks.get(group);
    if (mask === undefined) {
      mask = groups.superuserBy(group) ? 1n : 0n;
      for (const one of groups.ancestors(group)) mask |= bits.get(one) ?? 0n;
      masks.set(group, mask);
    }
    return mask;
  };
  const owners = new Set<Ref>();
  for (const kind of [tokenKind, ...deviceKinds.values()]) {
    for (const one of world.all(kind)) {
      const user = refOf(world.attributes(one)?.user);
      if (user) owners.add(user);
    }
  }
  const mayHaveLdap = world.all(ldapSourceKind).length > 0;
  const known = new Map<Ref, string>();
  return (user) => {
    let like = known.get(user);
    if (like !== undefined) return like;
    const attributes = world.attributes(user) ?? {};
    let mask = 0n;
    for (const group of groups.direct(user)) mask |= maskOf(group);
    like = [
      mask.toString(36),
      isActive(world, user) ? 'active' : '',
      passwordState(world, user),
      names(attributes),
      world.isNew(user) ? 'new' : '',
      mayHaveLdap ? JSON.stringify(free(attributes).distinguishedName ?? '') : '',
      looked.ages ? String(passwordChanged(world, user)?.getTime()) : '',
      looked.users.has(user) ? user.serial : '',
      owners.has(user) ? owned(access, user) : '',
    ].join('|');
    known.set(user, like);
    return like;
  };
}

/** Which names an account goes by, and whether they are one. */
function names(attributes: Attributes): string {
  const email = text(attributes.email);
  const upn = text(free(attributes).upn);
  const username = text(attributes.username);
  return `${email === '' ? '' : email === username ? '=' : 'e'}${upn === '' ? '' : upn === username ? '=' : 'u'}`;
}

function free({ attributes }: Attributes): Attributes {
  return typeof attributes === 'object' && attributes !== null ? (attributes as Attributes) : {};
}

function owned(access: Access, user: Ref): string {
  return [tokenKind, ...deviceKinds.values()]
    .flatMap((kind) => access.ownedBy(kind, user))
    .map(
      (one) =>
        `${one.kind} ${JSON.stringify(access.world.attributes(one)?.intent ?? access.world.attributes(one)?.confirmed ?? '')}`,
    )
    .sort()
    .join(',');
}

interface LookedAt {
  readonly groups: ReadonlySet<Ref>;
  readonly users: ReadonlySet<Ref>;
  /** Does a policy look at the age of passwords? */
  readonly ages: boolean;
}

/** The groups and users that bindings of flows and of their stages name. */
function lookedAt(access: Access): LookedAt {
  const groups = new Set<Ref>();
  const users = new Set<Ref>();
  let ages = false;
  for (const kind of [flowKind, stageBindingKind]) {
    for (const target of access.world.all(kind)) {
      for (const { group, user, policy } of access.guard(target).bindings) {
        if (group) groups.add(group);
        if (user?.kind === userKind) users.add(user);
        if (policy?.kind === 'authentik_policies_expiry.passwordexpirypolicy') ages = true;
      }
    }
  }
  return { groups, users, ages };
}
