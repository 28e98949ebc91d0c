/**
 * A quick test for resources that are already as the blueprints say, which is most of them; only the rest need
 * `diff.ts`.
 */
import type { KindFacts } from '../model/kinds.js';
import { type Attributes, isMap, type LiveResource, Unavailable, type Value } from '../model/model.js';
import { sameValue } from './values.js';

/**
 * Are all attributes certainly as they are live? Anything that cannot be read, is not known yet, or only means the same
 * in another form counts as a difference and is left to `diff.ts`.
 */
export function isAsDesired(facts: KindFacts, attributes: Attributes, live: LiveResource): boolean {
  for (const name in attributes) {
    const value = attributes[name]!;
    const field = facts.fields[name];
    const there = live.attributes[name];
    if (field?.unreadable || value instanceof Unavailable) return false;
    if (field?.map && isMap(value)) {
      if (!isMap(there) || !holds(there, value)) return false;
    } else if ((field === undefined || field.set) && Array.isArray(value)) {
      if (!isSameSet(value, there)) return false;
    } else if (!sameValue(value, there ?? field?.default ?? null)) return false;
  }
  return true;
}

/** Does a free map have every leaf of another? */
function holds(there: Readonly<Record<string, Value>>, wanted: Readonly<Record<string, Value>>): boolean {
  for (const key in wanted) {
    const value = wanted[key]!;
    const inner = Object.hasOwn(there, key) ? there[key]! : undefined;
    if (inner === undefined) return false;
    if (isMap(value) && isMap(inner) ? !holds(inner, value) : !sameValue(value, inner)) return false;
  }
  return true;
}

/** Up to this size, comparing every element with every other is fastest. */
const fewElements = 8;

function isSameSet(value: readonly Value[], there: Value | undefined): boolean {
  if (!Array.isArray(there) || there.length !== value.length) return false;
  let at = 0;
  while (at < value.length && value[at] === there[at]) at++;
  if (at === value.length) return true;
  if (value.length <= fewElements)
    return value.every((one) => there.includes(one)) && there.every((one) => value.includes(one));
  const [wanted, found] = [new Set(value), new Set<Value>(there)];
  return wanted.size === found.size && value.every((one) => found.has(one));
}
