/** Short keyed hashes of values: the ledger keeps these, so that it can notice a change without holding the value. */
import { hash } from 'node:crypto';
import { canonical, canonicalSet, type KnownIds } from './canonical.js';
import type { KindFacts } from './kinds.js';
import { type Attributes, isMap, type Origin, pointerStep, Ref, Unavailable, type Value } from './model.js';
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
export function fingerprints(key: Buffer, idOf: KnownIds): Fingerprints {
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

/** Gives the names of a map in order. Consecutive maps mostly have the same names and need no sorting. */
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

/**
 * The applied paths of a resource with their values: one for each attribute, leaf of a free map, and element of a
 * set (by what it is: a permission, or the id of what is referred to). The third is the pointer in the blueprint.
 */
export function* appliedPaths(
  facts: KindFacts,
  attributes: Attributes,
  idOf: KnownIds,
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

/** The key of an element in a set. */
export function elementKey(element: Value, idOf: KnownIds): string {
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

/** Where the value came from when it was applied; empty for one written in the blueprint. */
export function originsIn(recorded: string): Origin[] {
  if (!recorded.includes(' ')) return [];
  const [, ...names] = recorded.split(' ');
  return names.map((one) => {
    const at = one.indexOf(':');
    return { type: one.slice(0, at) as Origin['type'], name: decoded(one.slice(at + 1)) };
  });
}

/** A ledger that somebody wrote by hand may hold anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fingerprint of a whole with pending reverts. It equals no other, so that the next plan looks for them. */
export function unsettled(whole: string): string {
  return `~${whole}`;
}
