/** Worlds for tests of access, made of blueprints as `validate` reads them, with the defaults that authentik fills in. */
import type { AccessWorld } from '../../src/access/world.js';
import { defaultsOf } from '../../src/model/defaults.js';
import { catalogue } from '../../src/model/kinds.js';
import {
  type Address,
  type Attributes,
  type DesiredResource,
  type Kind,
  Ref,
  type Value,
} from '../../src/model/model.js';
import { readTexts } from '../support/blueprints.js';

export const now = new Date('2026-06-01T12:00:00Z');

/** An object for a world that no blueprint can hold. */
export interface Extra {
  readonly kind: Kind;
  readonly attributes: Attributes;
}

export interface TestWorld extends AccessWorld {
  /** The object with this address; throws when there is none. */
  ref(address: Address): Ref;
  /** Everything in it. */
  readonly refs: readonly Ref[];
  /** What `validate` calls an error in the blueprints. */
  readonly errors: readonly string[];
}

export interface WorldOptions {
  /** Objects besides, worked out from the world without them. */
  readonly extra?: (ref: (address: Address) => Ref) => readonly Extra[];
  /** Kinds that nobody read. */
  readonly unread?: readonly Kind[];
  /** References by address that other worlds use for the same objects. */
  readonly refs?: Map<Address, Ref>;
  /** Objects that existed before; all are new where this is absent. */
  readonly old?: (ref: Ref) => boolean;
}

/** The directory that holds what the blueprints ask for, and nothing else. */
export function worldOf(texts: readonly string[], options: WorldOptions = {}): TestWorld {
  const { desired, diagnostics } = readTexts(...texts);
  const errors = diagnostics.filter((one) => one.severity === 'error').map((one) => one.message);
  return worldOfDesired(desired, errors, options);
}

export function worldOfDesired(
  desired: readonly DesiredResource[],
  errors: readonly string[] = [],
  { extra, unread = [], refs, old }: WorldOptions = {},
): TestWorld {
  const { kinds } = catalogue();
  const objects = new Map<Ref, Attributes>();
  const byKind = new Map<string, Ref[]>();
  const byAddress = new Map<Address, Ref>();
  const own = (ref: Ref): Ref => {
    if (!refs) return ref;
    const known = refs.get(ref.address);
    if (!known) refs.set(ref.address, ref);
    return known ?? ref;
  };
  const put = (ref: Ref, attributes: Attributes): void => {
    objects.set(ref, attributes);
    byAddress.set(ref.address, ref);
    byKind.set(ref.kind, [...(byKind.get(ref.kind) ?? []), ref]);
  };
  const mapped = (value: Value): Value => {
    if (value instanceof Ref) return own(value);
    if (Array.isArray(value)) return value.map(mapped);
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner as Value)]));
    return value;
  };
  for (const { ref, kind, state, attributes, initial } of desired) {
    if (state === 'absent') continue;
    const all = { ...defaultsOf(kinds.get(kind)!), ...initial, ...attributes };
    put(own(ref), mapped(all) as Attributes);
  }
  for (const [group, { users }] of objects) {
    if (group.kind !== 'authentik_core.group') continue;
    for (const user of Array.isArray(users) ? users : []) {
      const holder = user instanceof Ref ? objects.get(user) : undefined;
      if (holder) holder.groups = [...((holder.groups as Value[] | undefined) ?? []), group];
    }
  }
  const ref = (address: Address): Ref => {
    const found = byAddress.get(address);
    if (!found) throw new Error(`no ${address} in this world: ${[...byAddress.keys()].join(', ')}`);
    return found;
  };
  (extra?.(ref) ?? []).forEach(({ kind, attributes }, at) => {
    put(new Ref(kind, `${kind}/extra-${at}`), attributes);
  });
  return {
    now,
    errors,
    refs: [...objects.keys()],
    all: (kind) => byKind.get(kind) ?? [],
    attributes: (one) => objects.get(one),
    knows: (kind) => !unread.includes(kind),
    isNew: (one) => !old?.(one),
    ref,
  };
}
