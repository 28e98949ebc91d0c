/** Builds the live model from the objects of a directory: ids become references, and every object gets an address. */

import { append } from './append.js';
import { roleKind, userKind } from './kind-names.js';
import { catalogue, type FieldFacts, type KindFacts, kindsOf, objectPermissions } from './kinds.js';
import {
  type Address,
  type Attributes,
  escapeKey,
  type Fields,
  type Id,
  type Kind,
  type LiveObject,
  type LiveResource,
  Ref,
  RefMap,
  type Value,
} from './model.js';
import { remembered } from './remembered.js';

/** Everything that was read from a directory. */
export interface LiveModel {
  /** The kinds that were read. */
  readonly kinds: ReadonlySet<Kind>;
  /** The resources of a kind or family, in the directory's order. */
  all(kindOrFamily: string): readonly LiveResource[];
  /** The resource with an id, as a kind or family knows it. */
  byId(kindOrFamily: string, id: Id): LiveResource | undefined;
  of(ref: Ref): LiveResource | undefined;
  readonly size: number;
  /** A map that is fast for references to what was read. */
  refMap<T>(): RefMap<T>;
}

/** One part of an address, from a value of the natural key. */
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

/** Builds the live model. It takes over the attribute maps of `objects` and changes them in place. */
export function buildLiveModel(objects: ReadonlyMap<Kind, readonly LiveObject[]>): LiveModel {
  const { kinds } = catalogue();
  const byKind = new Map<string, LiveResource[]>();
  /** In the order of their references' serial numbers, which are consecutive. */
  const everything: LiveResource[] = [];
  for (const [kind, list] of objects) {
    const resources: LiveResource[] = [];
    for (const object of list) {
      const resource = new Listed(object);
      resources.push(resource);
      everything.push(resource);
    }
    byKind.set(kind, resources);
  }
  const first = everything[0]?.ref.serial ?? 0;
  const of = (ref: Ref): LiveResource | undefined => {
    const at = ref.serial - first;
    const one = at >= 0 && at < everything.length ? everything[at] : undefined;
    return one?.ref === ref ? one : undefined;
  };
  const idsOf = remembered((name: string) => idsIn(name, byKind));
  const byId = (name: string, id: Id): LiveResource | undefined =>
    idsOf(name).get(id) ?? idsOf(name).get(otherForm(id));

  for (const [kind, resources] of byKind) linkReferences(kinds.get(kind)!, resources, byId);
  for (const kind of byKind.keys()) linkInverses(kinds.get(kind)!, byKind, of);
  nameAll(byKind, of);

  const all = remembered(
    (name: string): readonly LiveResource[] =>
      byKind.get(name) ?? kindsOf(name).flatMap((kind) => byKind.get(kind) ?? []),
  );
  const { length: size } = everything;
  return { kinds: new Set(objects.keys()), all, byId, of, size, refMap: () => new RefMap(first, size) };
}

/**
 * The objects of a kind as the directory listed them: references are ids again. They are copies, so that another model
 * can be built of them.
 */
export function listedObjects(model: LiveModel, kind: Kind): LiveObject[] {
  const facts = catalogue().kinds.get(kind)!;
  const references = Object.values(facts.fields).filter((field) => field.reference && !field.inverseOf);
  return model.all(kind).map((one) => {
    const attributes: Attributes = { ...one.attributes };
    for (const { name, reference } of references) {
      const value = attributes[name];
      const idOf = (target: Value): Value =>
        target instanceof Ref ? (idIn(model.of(target), reference!.to) ?? target) : target;
      if (value !== undefined) attributes[name] = Array.isArray(value) ? value.map(idOf) : idOf(value);
    }
    const granted = attributes[objectPermissions];
    if (Array.isArray(granted)) {
      attributes[objectPermissions] = granted.map((grant) =>
        Object.fromEntries(
          Object.entries(grant as Record<string, Value>).map(([key, value]) => [
            key,
            value instanceof Ref ? (model.of(value)?.id ?? value) : value,
          ]),
        ),
      );
    }
    const { id, familyIds, computed, created } = one;
    return { kind, id, familyIds, attributes: attributes as Fields, computed, created };
  });
}

/** An object as it was listed, with its reference. */
class Listed implements LiveResource {
  readonly ref: Ref;
  readonly id: Id;
  readonly attributes: Attributes;

  constructor(private readonly object: LiveObject) {
    this.ref = new Ref(object.kind, '');
    this.id = object.id;
    this.attributes = object.attributes as Attributes;
  }

  get kind(): Kind {
    return this.object.kind;
  }

  get familyIds(): LiveObject['familyIds'] {
    return this.object.familyIds;
  }

  get computed(): LiveObject['computed'] {
    return this.object.computed;
  }

  get created(): string | undefined {
    return this.object.created;
  }
}

type Ids = ReadonlyMap<Id, LiveResource>;

/** The resources of a kind or family by the ids that it knows them by. */
function idsIn(name: string, byKind: ReadonlyMap<string, readonly LiveResource[]>): Ids {
  const found = new Map<Id, LiveResource>();
  for (const [kind, resources] of byKind) {
    if (kind === name) for (const one of resources) found.set(one.id, one);
    else if (
      catalogue()
        .kinds.get(kind)!
        .families.some(({ family }) => family === name)
    ) {
      for (const one of resources) found.set(one.familyIds?.[name] ?? one.id, one);
    }
  }
  return found;
}

/** The same id as text or as a number; both mean the same object. */
function otherForm(id: Id): Id {
  if (typeof id === 'number') return String(id);
  const number = Number(id);
  return String(number) === id ? number : id;
}

/** An empty live model, for `validate`. */
export const nothingLive: LiveModel = {
  kinds: new Set(),
  all: () => [],
  byId: () => undefined,
  of: () => undefined,
  size: 0,
  refMap: () => new RefMap(0, 0),
};

type ById = (name: string, id: Id) => LiveResource | undefined;

export function linkReferences(facts: KindFacts, resources: readonly LiveResource[], byId: ById): void {
  const fields = Object.values(facts.fields).filter((field) => field.reference && !field.inverseOf);
  for (const { attributes } of resources) {
    for (const field of fields) {
      const value = attributes[field.name];
      if (value === undefined || value === null) continue;
      if (!Array.isArray(value)) attributes[field.name] = linked(field, value, byId);
      else for (let at = 0; at < value.length; at++) value[at] = linked(field, value[at]!, byId);
    }
    const granted = attributes[objectPermissions];
    if (Array.isArray(granted) && granted.length > 0) {
      attributes[objectPermissions] = granted.map((one) => linkGrant(one as Record<string, Value>, byId));
    }
  }
}

/** An id of an object that was not read stays an id. */
function linked(field: FieldFacts, id: Value, byId: ById): Value {
  return (typeof id === 'object' ? undefined : byId(field.reference!.to, id as Id)?.ref) ?? id;
}

function linkGrant(grant: Record<string, Value>, byId: ById): Value {
  const role = grant.role === undefined ? undefined : byId(roleKind, grant.role as Id)?.ref;
  const user = grant.user === undefined ? undefined : byId(userKind, grant.user as Id)?.ref;
  return { ...grant, ...(role && { role }), ...(user && { user }) };
}

/** Fills lists that are the other side of a relation (`group.users`) from the side that was read. */
function linkInverses(
  facts: KindFacts,
  byKind: ReadonlyMap<string, LiveResource[]>,
  of: LiveModel['of'],
): void {
  for (const field of Object.values(facts.fields)) {
    if (!field.inverseOf) continue;
    const holders = byKind.get(field.inverseOf.kind);
    if (!holders) continue;
    const { name } = field;
    for (const resource of byKind.get(facts.kind) ?? []) resource.attributes[name] = [];
    const side = field.inverseOf.field;
    for (const { ref, attributes } of holders) {
      for (const target of (attributes[side] as Value[] | undefined) ?? []) {
        const member = target instanceof Ref && target.kind === facts.kind ? of(target) : undefined;
        if (member) (member.attributes[name] as Value[]).push(ref);
      }
    }
  }
}

/** Gives every resource its address; resources that share a natural key are numbered in the order of their match fields. */
function nameAll(byKind: ReadonlyMap<string, LiveResource[]>, of: LiveModel['of']): void {
  const { kinds } = catalogue();
  const nameOne = (resource: LiveResource): void => {
    if (resource.ref.address) return;
    const facts = kinds.get(resource.kind)!;
    // Named first, so that keys that form a cycle end.
    resource.ref.address = `${facts.name}/@${resource.id}`;
    const read = (field: string): Value | undefined => {
      const value = resource.attributes[field];
      const target = value instanceof Ref ? of(value) : undefined;
      if (target) nameOne(target);
      return value;
    };
    resource.ref.address = addressOf(facts, read) ?? resource.ref.address;
  };
  // A kind whose key refers to another kind comes after it, so that the other's numbers are in its addresses.
  const order = [...byKind].sort(([a], [b]) => keyDepth(a) - keyDepth(b));
  for (const [kind, resources] of order) {
    const facts = kinds.get(kind)!;
    const key = !facts.singleton && facts.key.length === 1 ? facts.key[0]! : undefined;
    for (const resource of resources) {
      const value = key === undefined ? undefined : resource.attributes[key];
      if (typeof value === 'string') resource.ref.address = `${facts.name}/${escapeKey(value)}`;
      else nameOne(resource);
    }
    if (!facts.keyUnique) numberTwins(facts, resources);
  }
}

const depths = new Map<Kind, number>();

/** How many kinds a kind's natural key reaches through references. */
function keyDepth(kind: Kind): number {
  const known = depths.get(kind);
  if (known !== undefined) return known;
  depths.set(kind, 0);
  const { kinds } = catalogue();
  const facts = kinds.get(kind)!;
  let depth = 0;
  for (const key of facts.key) {
    const to = facts.fields[key]?.reference?.to;
    if (to === undefined) continue;
    for (const target of kindsOf(to)) {
      if (kinds.has(target)) depth = Math.max(depth, keyDepth(target) + 1);
    }
  }
  depths.set(kind, depth);
  return depth;
}

function numberTwins(facts: KindFacts, resources: readonly LiveResource[]): void {
  const twins = new Map<Address, LiveResource[]>();
  for (const resource of resources) append(twins, resource.ref.address, resource);
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

/** The id of a resource, in a family where one is asked for. */
export function idIn(live: LiveResource | undefined, family?: string): Id | undefined {
  return (family === undefined ? undefined : live?.familyIds?.[family]) ?? live?.id;
}
