/** Checks that no two entries ask for the same unique value. Clashes with live objects are found when planning. */

import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import type { DesiredResource, Value } from '../model/model.js';
import { notUnique, type UniqueGroup, uniqueGroups, uniqueText } from '../model/unique-values.js';

/** Checks written values, and the defaults that new objects get. */
export function checkUnique(desired: readonly DesiredResource[], diagnostics: Diagnostic[]): void {
  const { kinds } = catalogue();
  const takers = new Map<string, DesiredResource>();
  let facts: KindFacts | undefined;
  let groups: readonly UniqueGroup[] = [];
  for (const resource of desired) {
    if (resource.kind !== facts?.kind) {
      facts = kinds.get(resource.kind)!;
      // Entries with the same natural key are one resource.
      groups = uniqueGroups(facts).filter((one) => !one.isAddress);
    }
    if (groups.length === 0 || !isKept(resource)) continue;
    const read = writtenValue(facts!, resource);
    for (const group of groups) {
      const text = uniqueText(group, read);
      const other = text === undefined ? undefined : takers.get(text);
      if (other) {
        const [one, two] = [resource, other].map((described) => ({ ref: described.ref, described }));
        diagnostics.push(notUnique(group, one!, two!));
      } else if (text !== undefined) takers.set(text, resource);
    }
  }
}

/** Will the object have what its entries write? */
function isKept({ state, live }: DesiredResource): boolean {
  return state !== 'absent' && state !== 'held' && !(state === 'created' && live);
}

function writtenValue(
  { fields }: KindFacts,
  { attributes, initial, live }: DesiredResource,
): (name: string) => Value | undefined {
  return (name) => {
    if (Object.hasOwn(attributes, name)) return attributes[name];
    if (live) return undefined;
    return Object.hasOwn(initial, name) ? initial[name] : (fields[name]?.default as Value | undefined);
  };
}
