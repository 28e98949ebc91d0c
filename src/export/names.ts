/** The live model in, how each of its objects can be named in a blueprint out: by its natural key, never by an id. */
import { catalogue, type KindFacts } from '../catalogue.js';
import type { LiveModel } from '../live.js';
import { type LiveResource, Ref, type Value } from '../model.js';

/** An identifier of an object: an attribute with its value. */
export type Identifier = readonly [field: string, value: Value];

/** How the objects of a directory are named. */
export interface Names {
  /** What tells the object from all others of its kind. Undefined, with why, when nothing does. */
  identifiersOf(resource: LiveResource): readonly Identifier[] | undefined;
  /** Why the object has no name, as the end of a sentence that begins with it. */
  whyNameless(resource: LiveResource): string;
  /** Can a value be written without any id? */
  isWritable(value: Value): boolean;
}

/** Finds names for everything live. */
export function namesIn(live: LiveModel): Names {
  const { kinds } = catalogue();
  const counts = new Map<string, number>();
  const tried = new Map<LiveResource, readonly Identifier[] | undefined>();

  const isWritable = (value: Value): boolean => {
    const target = value instanceof Ref ? live.of(value) : undefined;
    return value instanceof Ref ? target !== undefined && named(target) !== undefined : true;
  };
  const named = (resource: LiveResource): readonly Identifier[] | undefined => {
    if (tried.has(resource)) return tried.get(resource);
    // Marked first, so that keys which point at each other in a circle end.
    tried.set(resource, undefined);
    const facts = kinds.get(resource.kind)!;
    const own = distinguishing(facts, resource);
    const alone = own && (facts.singleton || counts.get(identity(resource.kind, own)) === 1);
    const whole = own?.every(
      ([field, value]) => !isBareId(facts, field, value) && isWritable(value) && typeof value !== 'object',
    );
    const result = alone && (whole || own.every(([f, v]) => !isBareId(facts, f, v) && isWritable(v)))
      ? own
      : undefined;
    tried.set(resource, result);
    return result;
  };
  for (const kind of live.kinds) {
    for (const resource of live.all(kind)) {
      const own = distinguishing(kinds.get(kind)!, resource);
      if (!own) continue;
      const key = identity(kind, own);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return {
    identifiersOf: named,
    isWritable,
    whyNameless: (resource) => {
      const own = distinguishing(kinds.get(resource.kind)!, resource);
      if (!own) return 'has nothing that a blueprint could name it by';
      const twins = counts.get(identity(resource.kind, own)) ?? 0;
      return twins > 1
        ? `is one of ${twins} that only their ids tell apart`
        : 'is named by something that has no name itself';
    },
  };
}
