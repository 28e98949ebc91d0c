/** Values in, short keyed hashes out: what the ledger keeps of a value instead of the value. */
import { hash } from 'node:crypto';
import type { KindFacts } from './kinds.js';
import {
  type Attributes,
  Deferred,
  type IdOf,
  isMap,
  Masked,
  type Origin,
  pointerStep,
  Ref,
  Unavailable,
  type Value,
} from './model.js';
import { sortTexts } from './sort-texts.js';

/** Keyed fingerprints of values. */
export interface Fingerprints {
  /** Of one value; references by id. */
  of(value: Value): string;
  /** Of everything that is applied to an object, passwords left out (they have a hash of their own). */
  whole(facts: KindFacts, attributes: Attributes, labels: Readonly<Record<string, string>>): string;
}

/**
 * SHA-256 over the key and the canonical text, cut to 96 bits: enough to notice a change, useless to guess a
 * secret from without the key. `idOf` gives undefined for what does not exist yet.
 */
export function fingerprints(
  key: Buffer,
  idOf: (ref: Ref, family?: string) => string | number | undefined,
): Fingerprints {
  const prefix = key.toString('base64');
  const of = (text: string): string => hash('sha256', prefix + text, 'base64').slice(0, 16);
  const sorted = sortedNames();
  return {
    of: (value) => of(canonical(value, idOf)),
    whole: (facts, attributes, labels) => {
      let text = '';
      for (const name of sorted(attributes)) {
        const value = attributes[name]!;
        if (value instanceof Unavailable) continue;
        const field = facts.fields[name];
        if (field?.unreadable === 'password') text += `${name}=?;`;
        else if (field?.set) text += `${name}=${canonicalSet((value as Value[]) ?? [], idOf)};`;
        else text += `${name}=${canonical(value, idOf)};`;
      }
      for (const name of sortTexts(Object.keys(labels))) text += `#${name}=${labels[name]};`;
      return of(text);
    },
  };
}

/** Gives the names of a map in order. One map after another has the same, so that most need no sorting. */
function sortedNames(): (map: object) => readonly string[] {
  let names: readonly string[] = [];
  let sorted: readonly string[] = [];
  return (map) => {
    const keys = Object.keys(map);
    if (keys.length !== names.length || keys.some((name, at) => name !== names[at])) {
      names = keys;
      sorted = [...keys].sort();
    }
    return sorted;
  };
}

/** What makes JSON write a text otherwise than between quotes; surrogates may stand alone. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

function quoted(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function canonicalSet(list: readonly Value[], idOf: Parameters<typeof canonical>[1]): string {
  if (list.length === 1) return canonical(list[0]!, idOf);
  return sortTexts(list.map((one) => canonical(one, idOf))).join();
}

/** A text that two values share exactly when they are equal; map keys sorted, references by id. */
export function canonical(
  value: Value,
  idOf: (ref: Ref, family?: string) => string | number | undefined,
): string {
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

/**
 * The applied paths of a resource with their values: one for each attribute, leaf of a free map, and element of a
 * set (by what it is: a permission, or the id of what is referred to). The third is the pointer in the blueprint.
 */
export function* appliedPaths(
  facts: KindFacts,
  attributes: Attributes,
  idOf: (ref: Ref, family?: string) => string | number | undefined,
): Generator<[path: string, value: Value, from: string]> {
  for (const [name, value] of Object.entries(attributes)) {
    if (value instanceof Unavailable) continue;
    const field = facts.fields[name];
    const path = `/${pointerStep(name)}`;
    if (field?.map && isMap(value)) yield* leaves(path, value);
    else if ((field?.set || !field) && Array.isArray(value)) {
      yield [path, null, ''];
      for (const [at, element] of value.entries())
        yield [`${path}/${pointerStep(elementKey(element, idOf))}`, element, `${path}/${at}`];
    } else yield [path, value, path];
  }
}

/** What tells an element of a set from another. */
export function elementKey(
  element: Value,
  idOf: (ref: Ref, family?: string) => string | number | undefined,
): string {
  if (element instanceof Ref) return String(idOf(element) ?? element.address);
  return typeof element === 'string' ? element : canonical(element, idOf);
}

function* leaves(path: string, value: Readonly<Record<string, Value>>): Generator<[string, Value, string]> {
  for (const [key, inner] of Object.entries(value)) {
    const below = `${path}/${pointerStep(key)}`;
    if (isMap(inner) && Object.keys(inner).length > 0) yield* leaves(below, inner);
    else yield [below, inner, below];
  }
}

/** A fingerprint with where the value came from, as the ledger keeps it. */
export function withOrigins(fingerprint: string, origins: readonly Origin[] | undefined): string {
  const names = (origins ?? []).map(({ type, name }) => ` ${type}:${encodeURIComponent(name)}`);
  return fingerprint + names.join('');
}

/** The fingerprint alone. */
export function fingerprintIn(recorded: string | undefined): string | undefined {
  return recorded?.split(' ', 1)[0];
}

/** Where the value came from when it was applied; empty for one that stood in the blueprint. */
export function originsIn(recorded: string): Origin[] {
  if (!recorded.includes(' ')) return [];
  const [, ...names] = recorded.split(' ');
  return names.map((one) => {
    const at = one.indexOf(':');
    return { type: one.slice(0, at) as Origin['type'], name: decodeURIComponent(one.slice(at + 1)) };
  });
}

/** The fingerprint of a whole whose reverts are still to come: it equals no other, so that they are looked for. */
export function unsettled(whole: string): string {
  return `~${whole}`;
}
