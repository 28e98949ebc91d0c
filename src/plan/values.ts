/** Compares attribute values, and tells which cannot be compared yet. */
import { Deferred, isMap, Ref, Unavailable, type Value } from '../model/model.js';

/** Are two values equal? References are equal when they are the same; what is not known yet equals nothing. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, at) => sameValue(one, b[at]!));
  }
  if (a instanceof Deferred && b instanceof Deferred)
    return JSON.stringify(a.recipe) === JSON.stringify(b.recipe);
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key]!, b[key]!));
}

/** Does any part of the value need a variable or file that is missing? Then the whole value counts as unchanged. */
export function hasUnavailable(value: Value): boolean {
  if (value instanceof Unavailable) return true;
  if (Array.isArray(value)) return value.some(hasUnavailable);
  return isMap(value) && Object.values(value as Record<string, Value>).some(hasUnavailable);
}

/** Does any part of the value refer to an object, or is it not known yet? Then no directory can normalize it. */
export function hasReference(value: Value): boolean {
  if (value instanceof Ref || value instanceof Deferred || value instanceof Unavailable) return true;
  if (Array.isArray(value)) return value.some(hasReference);
  return isMap(value) && Object.values(value as Record<string, Value>).some(hasReference);
}

/** Does the value depend on something that does not exist yet? Then it differs although nobody edited it. */
export function notYetKnown(value: Value): boolean {
  return value instanceof Deferred;
}

/** A list as it is; anything else has no elements. */
export function asList(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}

/** A map as it is; anything else has no keys. */
export function asMap(value: Value | undefined): Record<string, Value> {
  return isMap(value) ? value : {};
}
