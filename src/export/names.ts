/** Finds how each object of a directory can be named in a blueprint: by its natural key, never by an id. */
import { catalogue, type FieldFacts, type KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type LiveResource, Ref, type Value } from '../model/model.js';
import { referencesIn } from '../plan/order.js';

/** An identifying attribute and its value. */
export type Identifier = readonly [field: string, value: Value];

/** How to name the objects of a directory. */
export interface Names {
  /** What identifies the object among its kind; undefined when only its id does. */
  identifiersOf(resource: LiveResource): readonly Identifier[] | undefined;
  /** Why the object has no name, as the end of a sentence that begins with it. */
  whyNameless(resource: LiveResource): string;
  /** Can the value of an attribute be written without an id? */
  isWritable(field: FieldFacts | undefined, value: Value): boolean;
}

/** Finds names for all live objects. */
export function namesIn(live: LiveModel): Names {
  const { kinds } = catalogue();
  const twins = countTwins(live);
  const found = new Map<LiveResource, readonly Identifier[] | undefined>();

  const isWritable = (field: FieldFacts | undefined, value: Value): boolean => {
    if (value instanceof Ref) {
      const target = live.of(value);
      return target !== undefined && identifiersOf(target) !== undefined;
    }
    // What was not linked to an object is still an id.
    return !field?.reference || value === null;
  };
  const identifiersOf = (resource: LiveResource): readonly Identifier[] | undefined => {
    if (found.has(resource)) return found.get(resource);
    // Marked first, so that keys which point at each other in a circle end.
    found.set(resource, undefined);
    const facts = kinds.get(resource.kind)!;
    const own = distinguishing(facts, resource);
    const works =
      own &&
      (facts.singleton || twins.get(identity(resource.kind, own)) === 1) &&
      own.every(([field, value]) => isWritable(facts.fields[field], value));
    found.set(resource, works ? own : undefined);
    return found.get(resource);
  };
  const whyNameless = (resource: LiveResource): string => {
    const own = distinguishing(kinds.get(resource.kind)!, resource);
    if (!own) return 'has no natural key that a blueprint could write';
    const count = twins.get(identity(resource.kind, own)) ?? 1;
    return count > 1
      ? `is one of ${count} that only their ids tell apart`
      : 'is named by an object that was not read or has no name itself';
  };
  return { identifiersOf, whyNameless, isWritable };
}

/** How many objects share each identity. */
function countTwins(live: LiveModel): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of live.kinds) {
    const facts = catalogue().kinds.get(kind)!;
    for (const resource of live.all(kind)) {
      const own = distinguishing(facts, resource);
      if (!own) continue;
      const key = identity(kind, own);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** The natural key, or the `match` attributes where the key is not unique, without those that are null. */
function distinguishing(facts: KindFacts, { attributes }: LiveResource): Identifier[] | undefined {
  if (facts.singleton) return [];
  const identifiers: Identifier[] = [];
  for (const name of facts.keyUnique ? facts.key : facts.match) {
    const field = facts.fields[name];
    const value = attributes[name];
    // Nobody can write what the directory works out, and a secret in a key is not compared.
    if (!field || field.computed === 'always' || field.secret) return undefined;
    if (value !== undefined && value !== null) identifiers.push([name, value]);
    else if (!field.nullable) return undefined;
  }
  return identifiers.length > 0 ? identifiers : undefined;
}

function identity(kind: string, identifiers: readonly Identifier[]): string {
  const parts = identifiers.map(([field, value]) => [field, value instanceof Ref ? value.serial : value]);
  return `${kind} ${JSON.stringify(parts)}`;
}

/** The objects that one refers to, as far as they were read; the other side of a relation does not count. */
export function* targetsOf(live: LiveModel, { kind, attributes }: LiveResource): Generator<LiveResource> {
  const { fields } = catalogue().kinds.get(kind)!;
  for (const [name, value] of Object.entries(attributes)) {
    if (!fields[name]?.reference || fields[name].inverseOf) continue;
    for (const ref of referencesIn(value)) {
      const target = live.of(ref);
      if (target) yield target;
    }
  }
}
