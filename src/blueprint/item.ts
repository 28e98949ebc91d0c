/** An entry on its way to a resource: what is known of it so far, each part worked out once and kept. */
import type { FieldFacts, KindFacts } from '../catalogue.js';
import type { LiveResource, Origin, Ref, Value } from '../model.js';
import type { Place } from '../source.js';
import type { Blueprint, Entry, State } from './blueprint.js';
import { fieldNamed, isIdName } from './check.js';
import { type Question, questionOf } from './lookup.js';
import type { Node } from './node.js';

/** Where an attribute of an entry is written: among `attrs`, among the identifiers, or in both. */
export interface Part {
  readonly name: string;
  readonly field: FieldFacts | undefined;
  attribute?: Node;
  identifier?: Node;
}

/** An attribute's value as it was resolved and coerced. */
export interface Resolved {
  readonly value: Value;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
  /** Where it is written; its place is made when somebody asks. */
  readonly node: Node;
}

/** One identifier: what it asks and the value it asks for. */
export interface Identifier {
  readonly name: string;
  readonly question: Question;
  readonly field: FieldFacts | undefined;
  readonly isId: boolean;
  readonly value: Value;
  readonly node: Node;
}

export interface Matched {
  readonly ref: Ref;
  readonly live?: LiveResource;
}

export interface Item {
  readonly entry: Entry;
  readonly file: Blueprint;
  readonly facts: KindFacts;
  readonly state: State;
  readonly parts: ReadonlyMap<string, Part>;
  /** Something of it is wrong and was reported; it takes part in nothing further. */
  broken: boolean;
  held?: boolean;
  identifiers?: readonly Identifier[];
  match?: Matched;
  readonly values: Map<string, Resolved | undefined>;
  /** What is being worked out right now: names of parts, `conditions`, `identifiers`, `match`. */
  readonly working: Set<string>;
}

/** Makes an item of an entry whose model and state are known. */
export function itemOf(entry: Entry, file: Blueprint, facts: KindFacts, state: State): Item {
  const parts = new Map<string, Part>();
  const part = (name: string): Part | undefined => {
    const field = fieldNamed(facts, name);
    if (field?.retired) return undefined;
    const real = field?.name ?? name;
    let one = parts.get(real);
    if (!one) parts.set(real, (one = { name: real, field }));
    return one;
  };
  for (const { key, value } of entry.attributes?.pairs ?? []) {
    const one = part(String(key.value));
    if (one) one.attribute = value;
  }
  for (const { key, value } of entry.identifiers?.pairs ?? []) {
    const name = String(key.value);
    if (isIdName(facts, name) || !fieldNamed(facts, name)) continue;
    const question = questionOf(name);
    if (question.lookup !== 'exact' || question.steps.length > 1) continue;
    const one = part(name);
    if (one) one.identifier = value;
  }
  return { entry, file, facts, state, parts, broken: false, values: new Map(), working: new Set() };
}

/** The place of a node of the item's file. */
export function placeOf(item: Item, node: Node): Place {
  return {
    source: item.entry.source,
    offset: node.start,
    length: node.type === 'scalar' ? node.end - node.start : 1,
  };
}

/** Where the entry is pointed at: its natural key as it is written, else its model. */
export function placeOfItem(item: Item): Place {
  return placeOf(item, item.entry.node);
}
