/** Objects that were read again in; the live model with what they hold now out, everything else as it was. */
import { catalogue } from './catalogue.js';
import type { LiveObject } from './directory/directory.js';
import { type LiveModel, linkReferences } from './live.js';
import { type Attributes, type LiveResource, Ref, type Value } from './model.js';

/**
 * Replaces the attributes of resources that the model has, and what mirrors them on the other side of a relation. Natural
 * keys must be as they were. What an object's other values are worked out from is not looked at.
 */
export function refreshLive(live: LiveModel, objects: readonly LiveObject[]): void {
  for (const object of objects) {
    const resource = live.byId(object.kind, object.id);
    if (!resource) throw new Error(`${object.kind} ${object.id} is not in the model`);
    const before: Attributes = { ...resource.attributes };
    for (const name of Object.keys(resource.attributes)) {
      if (!isMirror(object.kind, name)) delete resource.attributes[name];
    }
    Object.assign(resource.attributes, object.attributes);
    linkReferences(catalogue().kinds.get(object.kind)!, [resource], live.byId);
    mirror(live, resource, before);
    Object.assign(resource.computed, object.computed);
  }
}

/** Is the attribute the other side of a relation that is read from another kind? */
function isMirror(kind: string, name: string): boolean {
  return catalogue().kinds.get(kind)!.fields[name]?.inverseOf !== undefined;
}

/** Takes a resource out of the lists that mirrored its references, and puts it into those that mirror them now. */
function mirror(live: LiveModel, { ref, kind, attributes }: LiveResource, before: Attributes): void {
  for (const facts of catalogue().kinds.values()) {
    for (const { name, inverseOf } of Object.values(facts.fields)) {
      if (inverseOf?.kind !== kind) continue;
      const old = targetsIn(before[inverseOf.field]);
      const now = targetsIn(attributes[inverseOf.field]);
      for (const target of old) {
        const list = now.has(target) ? undefined : live.of(target)?.attributes[name];
        if (Array.isArray(list)) live.of(target)!.attributes[name] = list.filter((one) => one !== ref);
      }
      for (const target of now) {
        const list = old.has(target) ? undefined : live.of(target)?.attributes[name];
        if (Array.isArray(list)) list.push(ref);
      }
    }
  }
}

function targetsIn(value: Value | undefined): ReadonlySet<Ref> {
  return new Set(Array.isArray(value) ? value.filter((one) => one instanceof Ref) : []);
}
