/** What a comparison of two worlds finds, and the words in which it is told. */
import type { Kind, Ref } from '../model/model.js';
import { type Access, accessOf } from './access.js';
import { groupKind, userKind } from './kinds.js';
import { activeSuperusers } from './superusers.js';
import type { Step } from './walk-state.js';
import type { AccessWorld } from './world.js';

/** One object that a plan changes. */
export interface Changed {
  readonly ref: Ref;
  readonly verb: 'create' | 'update' | 'delete' | 'adopt' | 'forget';
  /** The attributes that change; all of them where this is absent. */
  readonly fields?: ReadonlySet<string>;
}

/** Something dangerous that a plan would do to what people can do. */
export interface Finding {
  readonly hazard: 'breaks-login' | 'locks-out' | 'opens' | 'grants';
  /** The flow, application, group or account that it is about. */
  readonly subject: Ref;
  /** What would happen, to whom, and what to do instead; a clause without a capital or a full stop. */
  readonly sentence: string;
  /** The accounts that it happens to; empty where it is everybody, or people who have no account. */
  readonly who: readonly Ref[];
  /** The group, role or flow by which they gain it. */
  readonly through?: Ref;
  /** The step of a flow that ends their sign-in. */
  readonly step?: Step;
  /** The changes that bring it about, the likeliest first; never empty. */
  readonly causes: readonly Ref[];
}

/** Both worlds, and what lies between them. */
export interface Sides {
  readonly before: Access;
  readonly after: Access;
  readonly changed: ReadonlyMap<Ref, Changed>;
  /** The account whose credentials are in use. */
  readonly account?: Ref;
  /** Active superusers of both sides, each with the group that makes it one. */
  superusers(): { readonly were: ReadonlyMap<Ref, Ref>; readonly are: ReadonlyMap<Ref, Ref> };
}

export function sidesOf(
  before: AccessWorld,
  after: AccessWorld,
  changed: readonly Changed[],
  account?: Ref,
): Sides {
  const sides = { before: accessOf(before), after: accessOf(after) };
  const kinds = new Set(changed.map(({ ref }) => ref.kind));
  let known: ReturnType<Sides['superusers']> | undefined;
  return {
    ...sides,
    changed: new Map(changed.map((one) => [one.ref, one])),
    account,
    superusers: () => {
      if (known) return known;
      const were = activeSuperusers(before, sides.before.groups);
      const stays = !kinds.has(userKind) && !kinds.has(groupKind);
      known = { were, are: stays ? were : activeSuperusers(after, sides.after.groups) };
      return known;
    },
  };
}

/** The accounts that are there before and after. */
export function stayingUsers({ before, after }: Sides): Ref[] {
  return before.world.all(userKind).filter((user) => after.world.attributes(user));
}

/** Does the plan change one of these attributes of an object? */
export function changes({ changed }: Sides, ref: Ref, fields: readonly string[]): boolean {
  const one = changed.get(ref);
  return one !== undefined && (!one.fields || fields.some((field) => one.fields!.has(field)));
}

/**
 * The changes that explain a finding: of the objects that decide, then of accounts it happens to and groups above
 * them, then any other; deletions first.
 */
export function causesOf(sides: Sides, deciding: Iterable<Ref>, who: readonly Ref[] = []): Ref[] {
  const { changed } = sides;
  const of = (refs: Iterable<Ref>): Ref[] => {
    const found = [...refs].filter((ref) => changed.has(ref));
    const deleted = (ref: Ref): number => (changed.get(ref)!.verb === 'delete' ? 0 : 1);
    return [...new Set(found)].sort((a, b) => deleted(a) - deleted(b));
  };
  const first = of(deciding);
  const people = new Set<Ref>();
  for (const user of who.slice(0, 100)) {
    people.add(user);
    for (const { groups } of [sides.before, sides.after])
      for (const group of groups.of(user)) people.add(group);
  }
  const second = of(people).filter((ref) => !first.includes(ref));
  const found = [...first, ...second];
  if (found.length > 0) return found;
  const rest = [...changed.keys()].filter((ref) => ref.kind === groupKind || ref.kind === userKind);
  return rest.length > 0 ? rest : [...changed.keys()];
}

/** A few names, and how many more. */
export function named(refs: readonly Ref[]): string {
  return listed(refs.map((one) => one.address));
}

export function listed(names: readonly string[]): string {
  const first = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

/** Where a step happens, as the beginning of a clause: `deny-stage/x in flow/y denies`. */
export function stepText({ flow, stage, said }: Step): string {
  return stage ? `${stage.address} in ${flow.address} ${said}` : `${flow.address} ${said}`;
}

/** Accounts under keys, each with a value. */
export interface Grouped<T> {
  /** Gives the value that the key has: the one that was added first. */
  add(key: string, value: T, who?: Iterable<Ref>): T;
  all(): readonly { readonly first: T; readonly who: readonly Ref[] }[];
}

/** Collects accounts to which the same thing happens, so that it is told once. */
export function grouped<T>(): Grouped<T> {
  const found = new Map<string, { readonly first: T; readonly who: Set<Ref> }>();
  return {
    add(key, value, who = []) {
      let group = found.get(key);
      if (!group) found.set(key, (group = { first: value, who: new Set() }));
      for (const one of who) group.who.add(one);
      return group.first;
    },
    all: () => [...found.values()].map(({ first, who }) => ({ first, who: [...who].sort(byAddress) })),
  };
}

/** The order in which accounts are named, whatever order they were read in. */
function byAddress(a: Ref, b: Ref): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}

const prefixes = [
  'authentik_flows.',
  'authentik_policies',
  'authentik_stages_',
  'authentik_brands.',
  'authentik_rbac.',
  'authentik_sources_',
  'authentik_providers_',
  'authentik_endpoints',
  'authentik_core.',
  'asbuilt.',
];

const harmless: ReadonlyMap<Kind, ReadonlySet<string>> = new Map([
  [userKind, new Set(['name', 'path', 'type', 'last_login'])],
  [groupKind, new Set(['attributes', 'name'])],
]);

/** May the change make a difference to what people can do? */
export function matters({ ref, verb, fields }: Changed): boolean {
  if (verb === 'forget' || !prefixes.some((one) => ref.kind.startsWith(one))) return false;
  const plain = harmless.get(ref.kind);
  if (!fields || !plain || verb === 'create' || verb === 'delete') return true;
  return [...fields].some((field) => !plain.has(field));
}
