/** Tells which accounts no flow can tell apart, so that one of them answers for all. */
import type { Attributes, Ref } from '../model/model.js';
import type { Access } from './access.js';
import { remembered } from './groups.js';
import { deviceKinds, flowKind, ldapSourceKind, stageBindingKind, tokenKind, userKind } from './kinds.js';
import { flag, passwordChanged, passwordState, refOf, refsOf, text } from './world.js';

/** A text for each account: everything about it that a flow's stages and bindings look at. */
export function likenessOf(access: Access): (user: Ref) => string {
  const { world, groups } = access;
  const looked = lookedAt(access);
  const bits = new Map([...looked.groups].map((group, at) => [group, 1n << BigInt(at + 1)]));
  // Bit 0: the group makes its members superusers, which a redirect into a flow for superusers looks at.
  const maskOf = remembered((group: Ref): bigint => {
    let mask = groups.superuserBy(group) ? 1n : 0n;
    for (const one of groups.ancestors(group)) mask |= bits.get(one) ?? 0n;
    return mask;
  });
  const textOf = remembered((group: Ref): string => maskOf(group).toString(36));
  const memberships = (direct: readonly Ref[]): string => {
    if (direct.length === 0) return '0';
    if (direct.length === 1) return textOf(direct[0]!);
    return direct.reduce((mask, group) => mask | maskOf(group), 0n).toString(36);
  };
  const owners = ownersIn(access);
  const mayHaveLdap = world.all(ldapSourceKind).length > 0;
  const known = new Map<Ref, string>();
  return (user) => {
    let like = known.get(user);
    if (like !== undefined) return like;
    const attributes = world.attributes(user) ?? {};
    const active = flag(attributes.is_active, true) ? 'a' : '';
    const isNew = world.isNew(user) ? 'n' : '';
    like = `${memberships(refsOf(attributes.groups))}|${active}${isNew}|${passwordState(world, user, attributes)}|${names(attributes)}`;
    if (mayHaveLdap) like += `|${JSON.stringify(free(attributes).distinguishedName ?? '')}`;
    if (looked.ages) like += `|${passwordChanged(world, user)?.getTime()}`;
    if (looked.users.has(user)) like += `|${user.serial}`;
    if (owners.has(user)) like += `|${owned(access, user)}`;
    known.set(user, like);
    return like;
  };
}

/** Accounts that have tokens or devices. */
function ownersIn({ world }: Access): Set<Ref> {
  const owners = new Set<Ref>();
  for (const kind of [tokenKind, ...deviceKinds.values()]) {
    for (const one of world.all(kind)) {
      const user = refOf(world.attributes(one)?.user);
      if (user) owners.add(user);
    }
  }
  return owners;
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
