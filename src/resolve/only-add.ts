/**
 * Adds what `only_add` lists to the written list at the other side of the relation, which would remove it otherwise.
 */
import { catalogue } from '../model/kinds.js';
import { mirrorOf } from '../model/mirror.js';
import { type Attributes, type DesiredResource, Ref, type Value } from '../model/model.js';

/**
 * A written list removes every edge that it does not list, and so would undo what `only_add` on the other side adds.
 * Additions therefore count as written in that list too.
 */
export function joinAdditions(desired: readonly DesiredResource[]): void {
  let byRef: Map<Ref, DesiredResource> | undefined;
  for (const resource of desired) {
    if (!resource.onlyAdd || resource.state === 'absent') continue;
    byRef ??= new Map(desired.map((one) => [one.ref, one]));
    for (const name of resource.onlyAdd) {
      const other = otherSide(resource.kind, name);
      const added = resource.attributes[name];
      if (!other || !Array.isArray(added)) continue;
      for (const element of added) {
        const holder = element instanceof Ref ? byRef.get(element) : undefined;
        if (holder && !holder.onlyAdd?.has(other)) join(holder, other, resource.ref);
      }
    }
  }
}

function join(holder: DesiredResource, name: string, element: Ref): void {
  const list = holder.attributes[name];
  if (!Array.isArray(list) || list.includes(element)) return;
  (holder.attributes as Attributes)[name] = [...list, element] satisfies Value[];
}

/** The attribute that mirrors a set of references at the other side, whichever side stores the relation. */
function otherSide(kind: string, name: string): string | undefined {
  const field = catalogue().kinds.get(kind)!.fields[name]!;
  return field.inverseOf?.field ?? mirrorOf(kind, field)?.name;
}
