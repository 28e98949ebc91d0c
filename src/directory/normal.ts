/** Normalizes values to the one form in which our own stores keep and compare them. */

import { canonical } from '../model/canonical.js';
import { normalDateTime } from '../model/datetime.js';
import { type FieldFacts, type JsonSchema, type KindFacts, objectPermissions } from '../model/kinds.js';
import type { Fields, Json } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import { sortTexts } from '../model/sort-texts.js';
import { grantsJson, readGrants } from './grants.js';

/**
 * What our own stores give back for these fields. Unknown and unreadable fields are dropped, sets are sorted, dates are
 * normalized. Text is kept exactly, as in authentik.
 */
export function normalFields(facts: KindFacts, fields: Fields): Fields {
  const normal: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === objectPermissions) {
      normal[name] = grantsJson(readGrants(value));
      continue;
    }
    const named = facts.fields[name];
    const field = named?.aliasOf ? facts.fields[named.aliasOf] : named;
    if (!field || field.retired !== undefined || field.unreadable !== false) continue;
    normal[field.name] = normalValue(field, value);
  }
  return normal;
}

/** One value in its normal form. */
export function normalValue(field: FieldFacts, value: Json): Json {
  if (Array.isArray(value) && (field.set || (field.reference && field.many))) {
    const distinct = withoutRepeats(value);
    return field.set ? sorted(distinct) : distinct;
  }
  if (typeof value === 'string' && isDate(field.schema)) return normalDateTime(value) ?? value;
  return value;
}

const isDate = remembered((schema: JsonSchema): boolean => {
  const options = [schema, ...(['anyOf', 'oneOf'].flatMap((key) => schema[key] ?? []) as JsonSchema[])];
  return options.some((one) => one.format === 'date-time');
});

function withoutRepeats(list: readonly Json[]): Json[] {
  if (list.every((one) => one === null || typeof one !== 'object')) return [...new Set(list)];
  const seen = new Map<string, Json>();
  for (const element of list) {
    const key = canonical(element);
    if (!seen.has(key)) seen.set(key, element);
  }
  return [...seen.values()];
}

/** Sorts a list in place: numbers by size, anything else by its text. */
export function sorted(list: Json[]): Json[] {
  if (list.length < 2 || isSorted(list)) return list;
  if (list.every((one) => typeof one === 'number')) return list.sort((a, b) => (a as number) - (b as number));
  if (list.every((one) => typeof one === 'string')) return sortTexts(list as string[]);
  return list.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

/** Is it a sorted list of only numbers or only text? */
function isSorted(list: readonly Json[]): boolean {
  const type = typeof list[0];
  if (type !== 'number' && type !== 'string') return false;
  for (let at = 1; at < list.length; at++) {
    if (typeof list[at] !== type || list[at - 1]! > list[at]!) return false;
  }
  return true;
}

/** A value that can be changed without changing the one given. */
export function copyOf(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

/** Are two values equal? */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  return typeof one === 'object' && typeof other === 'object' && canonical(one) === canonical(other);
}

/**
 * The value to store when a field goes from `before` to `after` and holds `current`. Of a set, only what
 * differs between the two is added or removed, so elements that someone else added meanwhile stay.
 */
export function mergedValue(
  field: Pick<FieldFacts, 'set'>,
  current: Json | undefined,
  before: Json | undefined,
  after: Json,
): Json {
  if (!field.set || !Array.isArray(current) || !Array.isArray(before) || !Array.isArray(after)) return after;
  const was = new Set(before.map((one) => canonical(one)));
  const will = new Set(after.map((one) => canonical(one)));
  const kept = current.filter((element) => will.has(canonical(element)) || !was.has(canonical(element)));
  return sorted(withoutRepeats([...kept, ...after.filter((element) => !was.has(canonical(element)))]));
}
