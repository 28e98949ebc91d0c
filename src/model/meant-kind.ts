/** Finds the kind that a wrong model name means, whichever way people write it. */
import { nearestSpelling } from '../diagnostic/did-you-mean.js';
import { catalogue, type KindFacts } from './kinds.js';

/** The kind that `users`, `User`, `core.user`, `flow_stage_binding` or `authentik_core.usr` means; undefined when unclear. */
export function meantKind(name: string): KindFacts | undefined {
  const { kinds, byName } = catalogue();
  const last = plainName(name.slice(name.lastIndexOf('.') + 1));
  const same = [...kinds.values()].filter(
    (facts) => plainName(facts.name) === last || plainName(facts.kind.split('.')[1]!) === last,
  );
  if (same.length === 1) return same[0];
  const near = nearestSpelling(name, [...kinds.keys(), ...byName.keys()]);
  return near === undefined ? undefined : (kinds.get(near) ?? byName.get(near));
}

/** A name without case, separators and plural. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
}
