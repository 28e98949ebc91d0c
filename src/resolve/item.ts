/** An entry on its way to a resource: what is known of it so far. Each part is worked out once and kept. */

import type { Blueprint, Entry, State } from '../blueprint/blueprint.js';
import { fieldNamed, isIdName } from '../blueprint/check-names.js';
import type { Place } from '../diagnostic/source.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import type { Address, LiveResource, Origin, Ref, Value } from '../model/model.js';
import { type Node, placeOfNode } from '../yaml/node.js';
import { type Question, questionOf } from './django-lookups.js';

/** Where an attribute of an entry is written: among `attrs`, among the identifiers, or in both. */
export interface WrittenAttribute {
  readonly name: string;
  readonly field: FieldFacts | undefined;
  attribute?: Node;
  identifier?: Node;
}

/** An attribute's value as it was resolved and coerced. */
export interface Resolved {
  readonly value: Value;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
  /** Where it is written. */
  readonly node: Node;
}

/** One identifier: the question and the value it asks for. */
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
  /** The address before a rename that is now reverted. */
  readonly renamedFrom?: Address;
}

/**
 * An entry with its intermediate results. Nearly all entries are plain and need none of the maps, so these are made on
 * demand: four maps for each of a hundred thousand entries would be most of a run.
 */
export class Item {
  /** It has an error that was reported, and is skipped from here on. */
  broken = false;
  held: boolean | undefined = undefined;
  identifiers: readonly Identifier[] | undefined = undefined;
  match: Matched | undefined = undefined;
  private knownWritten: Map<string, WrittenAttribute> | undefined = undefined;
  private knownValues: Map<string, Resolved | undefined> | undefined = undefined;
  private steps: Set<string> | undefined = undefined;

  constructor(
    readonly entry: Entry,
    readonly file: Blueprint,
    readonly facts: KindFacts,
    readonly state: State,
  ) {}

  /** The attributes it writes, by name. */
  get written(): ReadonlyMap<string, WrittenAttribute> {
    return (this.knownWritten ??= writtenOf(this.entry, this.facts));
  }

  /** Those that were resolved so far; undefined for a broken one. */
  get values(): ReadonlyMap<string, Resolved | undefined> {
    return this.knownValues ?? noValues;
  }

  /** Keeps the resolved value of an attribute, and with `written` where it is written. */
  keep(name: string, value: Resolved | undefined, written?: WrittenAttribute): void {
    this.knownValues ??= new Map();
    this.knownValues.set(name, value);
    if (written) (this.written as Map<string, WrittenAttribute>).set(name, written);
  }

  /** Is the step (`conditions`, `identifiers`, `match`, or an attribute's) under way? */
  isWorking(step: string): boolean {
    return this.steps?.has(step) === true;
  }

  begin(step: string): void {
    this.steps ??= new Set();
    this.steps.add(step);
  }

  end(step: string): void {
    this.steps!.delete(step);
  }
}

const noValues: ReadonlyMap<string, Resolved | undefined> = new Map();

function writtenOf(entry: Entry, facts: KindFacts): Map<string, WrittenAttribute> {
  const parts = new Map<string, WrittenAttribute>();
  const part = (name: string): WrittenAttribute | undefined => {
    const field = fieldNamed(facts, name);
    // Of an unknown one nothing is kept, whether that is an error or not.
    if (!field || field.retired) return undefined;
    const real = field.name;
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
    if (!setsAttribute(facts, name)) continue;
    const one = part(name);
    if (one) one.identifier = value;
  }
  return parts;
}

/** Does an identifier of this name also set an attribute? */
export function setsAttribute(facts: KindFacts, name: string): boolean {
  if (isIdName(facts, name) || !fieldNamed(facts, name)) return false;
  const { lookup, steps } = questionOf(name);
  return lookup === 'exact' && steps.length === 1;
}

/** The place of a node of the item's file. */
export function placeOf(item: Item, node: Node): Place {
  return placeOfNode(node, item.entry.source);
}

/** The place to point at for the whole entry: its natural key as written, else its model. */
export function placeOfItem(item: Item): Place {
  return placeOf(item, item.entry.node);
}
