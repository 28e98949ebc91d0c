/** Objects as a directory lists them in, the live model out: references instead of ids, an address for each. */
import { catalogue, type FieldFacts, type KindFacts, objectPermissions } from './catalogue.js';
import type { LiveObject } from './directory/directory.js';
import {
  type Address,
  type Attributes,
  escapeKey,
  type Id,
  type Kind,
  type LiveResource,
  Ref,
  type Value,
} from './model.js';

/** Everything that was read of a directory. */
export interface LiveModel {
  /** The kinds that were read. */
  readonly kinds: ReadonlySet<Kind>;
  /** The resources of a kind or family, in the directory's order. */
  all(kindOrFamily: string): readonly LiveResource[];
  /** The resource that a kind or a family knows by an id. */
  byId(kindOrFamily: string, id: Id): LiveResource | undefined;
  of(ref: Ref): LiveResource | undefined;
  readonly size: number;
}

/** The key of one part of an address: what it says of a value of a natural key. */
export function keyPart(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Ref) return escapeKey(value.address.slice(value.address.indexOf('/') + 1));
  return typeof value === 'object' ? undefined : escapeKey(String(value));
}

/**
 * The address that a natural key gives, or undefined while a part of the key is not known. Nullable parts that
 * hold nothing are left out (a policy binding names a policy, a group or a user).
 */
export function addressOf(facts: KindFacts, read: (field: string) => Value | undefined): Address | undefined {
  if (facts.singleton) return `${facts.name}/system`;
  const parts: string[] = [];
  for (const field of facts.key) {
    const part = keyPart(read(field));
    if (part !== undefined) parts.push(part);
    else if (!facts.fields[field]?.nullable) return undefined;
  }
  return parts.length > 0 ? `${facts.name}/${parts.join(':')}` : undefined;
}

/** Builds the live model. The attribute maps of `objects` become the model's own and are changed in place. */
export function buildLiveModel(objects: ReadonlyMap<Kind, readonly LiveObject[]>): LiveModel {
  const { kinds, families } = catalogue();
  const byKind = new Map<string, LiveResource[]>();
  const ids = new Map<string, Map<string, LiveResource>>();
  const byRef = new Map<Ref, LiveResource>();

  const index = (name: string, id: Id, resource: LiveResource): void => {
    let map = ids.get(name);
    if (!map) ids.set(name, (map = new Map()));
    map.set(String(id), resource);
  };
  for (const [kind, list] of objects) {
    const facts = kinds.get(kind)!;
    const resources: LiveResource[] = [];
    for (const object of list) {
      const resource: LiveResource = {
        ref: new Ref(kind, ''),
        kind,
        id: object.id,
        familyIds: object.familyIds,
        attributes: object.attributes as Attributes,
        computed: object.computed,
        created: object.created,
      };
      resources.push(resource);
      byRef.set(resource.ref, resource);
      index(kind, object.id, resource);
      for (const { family } of facts.families)
        index(family, object.familyIds?.[family] ?? object.id, resource);
    }
    byKind.set(kind, resources);
  }
  const byId = (name: string, id: Id): LiveResource | undefined => ids.get(name)?.get(String(id));

  for (const [kind, resources] of byKind) linkReferences(kinds.get(kind)!, resources, byId);
  for (const kind of byKind.keys()) linkInverses(kinds.get(kind)!, byKind);
  nameAll(byKind, byRef);

  const joined = new Map<string, readonly LiveResource[]>();
  const all = (name: string): readonly LiveResource[] => {
    const own = byKind.get(name);
    if (own) return own;
    let list = joined.get(name);
    if (!list) {
      list = (families.get(name) ?? []).flatMap((member) => byKind.get(member.kind) ?? []);
      joined.set(name, list);
    }
    return list;
  };
  return { kinds: new Set(objects.keys()), all, byId, of: (ref) => byRef.get(ref), size: byRef.size };
}

/** The live model of nothing: what `validate` works against. */
export const nothingLive: LiveModel = {
  kinds: new Set(),
  all: () => [],
  byId: () => undefined,
  of: () => undefined,
  size: 0,
};

type ById = (name: string, id: Id) => LiveResource | undefined;

function linkReferences(facts: KindFacts, resources: readonly LiveResource[], byId: ById): void {
  const fields = Object.values(facts.fields).filter((field) => field.reference && !field.inverseOf);
  for (const { attributes } of resources) {
    for (const field of fields) {
      const value = attributes[field.name];
      if (value === undefined || value === null) continue;
      attributes[field.name] = Array.isArray(value)
        ? value.map((id) => linked(field, id, byId))
        : linked(field, value, byId);
    }
    const granted = attributes[objectPermissions];
    if (Array.isArray(granted)) {
      attributes[objectPermissions] = granted.map((one) => linkGrant(one as Record<string, Value>, byId));
    }
  }
}

/** An id that points to nothing that was read stays an id. */
function linked(field: FieldFacts, id: Value, byId: ById): Value {
  return (typeof id === 'object' ? undefined : byId(field.reference!.to, id as Id)?.ref) ?? id;
}

function linkGrant(grant: Record<string, Value>, byId: ById): Value {
  const role = grant.role === undefined ? undefined : byId('authentik_rbac.role', grant.role as Id)?.ref;
  const user = grant.user === undefined ? undefined : byId('authentik_core.user', grant.user as Id)?.ref;
  return { ...grant, ...(role && { role }), ...(user && { user }) };
}

/** Fills lists that are the other side of a relation (`group.users`) from the side that was read. */
function linkInverses(facts: KindFacts, byKind: ReadonlyMap<string, LiveResource[]>): void {
  for (const field of Object.values(facts.fields)) {
    if (!field.inverseOf) continue;
    const holders = byKind.get(field.inverseOf.kind);
    if (!holders) continue;
    const members = new Map<Ref, Ref[]>();
    for (const resource of byKind.get(facts.kind) ?? []) {
      const list: Ref[] = [];
      members.set(resource.ref, list);
      resource.attributes[field.name] = list;
    }
    for (const holder of holders) {
      for (const target of (holder.attributes[field.inverseOf.field] as Value[] | undefined) ?? []) {
        if (target instanceof Ref) members.get(target)?.push(holder.ref);
      }
    }
  }
}

/** Gives every resource its address; resources that share a natural key are numbered in the order of their match fields. */
function nameAll(byKind: ReadonlyMap<string, LiveResource[]>, byRef: ReadonlyMap<Ref, LiveResource>): void {
  const { kinds } = catalogue();
  const nameOne = (resource: LiveResource): void => {
    if (resource.ref.address) return;
    const facts = kinds.get(resource.kind)!;
    // Marked first, so that keys which point at each other in a circle end.
    resource.ref.address = `${facts.name}/@${resource.id}`;
    const read = (field: string): Value | undefined => {
      const value = resource.attributes[field];
      const target = value instanceof Ref ? byRef.get(value) : undefined;
      if (target) nameOne(target);
      return value;
    };
    resource.ref.address = addressOf(facts, read) ?? resource.ref.address;
  };
  // A kind whose key refers to another kind comes after it, so that the other's numbers are in its addresses.
  const order = [...byKind].sort(([a], [b]) => keyDepth(a) - keyDepth(b));
  for (const [kind, resources] of order) {
    for (const resource of resources) nameOne(resource);
    const facts = kinds.get(kind)!;
    if (!facts.keyUnique) numberTwins(facts, resources);
  }
}

const depths = new Map<Kind, number>();

/** How many kinds a kind's natural key reaches through references. */
function keyDepth(kind: Kind): number {
  const known = depths.get(kind);
  if (known !== undefined) return known;
  depths.set(kind, 0);
  const { kinds, families } = catalogue();
  const facts = kinds.get(kind)!;
  let depth = 0;
  for (const key of facts.key) {
    const to = facts.fields[key]?.reference?.to;
    if (to === undefined) continue;
    for (const target of families.get(to)?.map((one) => one.kind) ?? [to]) {
      if (kinds.has(target)) depth = Math.max(depth, keyDepth(target) + 1);
    }
  }
  depths.set(kind, depth);
  return depth;
}

function numberTwins(facts: KindFacts, resources: readonly LiveResource[]): void {
  const twins = new Map<Address, LiveResource[]>();
  for (const resource of resources) {
    const list = twins.get(resource.ref.address);
    if (list) list.push(resource);
    else twins.set(resource.ref.address, [resource]);
  }
  for (const [address, list] of twins) {
    if (list.length === 1) continue;
    list.sort((a, b) => compareByMatch(facts, a.attributes, b.attributes));
    list.forEach((resource, at) => {
      resource.ref.address = at === 0 ? address : `${address}#${at + 1}`;
    });
  }
}

/** Orders resources that share a natural key by their match fields. */
export function compareByMatch(facts: KindFacts, a: Attributes, b: Attributes): number {
  for (const field of facts.match) {
    const left = a[field];
    const right = b[field];
    if (typeof left === 'number' && typeof right === 'number' && left !== right) return left - right;
    const leftText = keyPart(left) ?? '';
    const rightText = keyPart(right) ?? '';
    if (leftText !== rightText) return leftText < rightText ? -1 : 1;
  }
  return 0;
}
