/**
 * The canonical text of a value, for comparing, hashing and sorting: two values have the same text if and only if they
 * are equal.
 */
import { Deferred, type IdOf, Masked, Ref, Unavailable, type Value } from './model.js';
import { sortTexts } from './sort-texts.js';

/** The id of what a reference points to, also within a family; undefined while it does not exist. */
export type KnownIds = (ref: Ref, family?: string) => string | number | undefined;

const noIds: KnownIds = () => undefined;

/** What JSON.stringify would escape; surrogates may be unpaired. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

function quoted(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * Canonical JSON: no white space, map keys in order of code units. References stand as ids where `idOf` knows them and as
 * addresses elsewhere; unavailable and masked values as `?`.
 */
export function canonical(value: Value, idOf: KnownIds = noIds): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Ref) return `@${idOf(value) ?? value.address}`;
  if (value instanceof Deferred) {
    const known = value.refs.every((ref) => idOf(ref) !== undefined);
    return known ? JSON.stringify(value.compute(idOf as IdOf)) : `?${JSON.stringify(value.recipe)}`;
  }
  if (value instanceof Unavailable || value instanceof Masked) return '?';
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, idOf)).join()}]`;
  let text = '';
  for (const key of sortTexts(Object.keys(value)))
    text += `${text && ','}${quoted(key)}:${canonical(value[key]!, idOf)}`;
  return `{${text}}`;
}

/** The same for a set: its elements in order of their texts. */
export function canonicalSet(list: readonly Value[], idOf: KnownIds = noIds): string {
  if (list.length === 1) return canonical(list[0]!, idOf);
  return sortTexts(list.map((one) => canonical(one, idOf))).join();
}
