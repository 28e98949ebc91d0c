/** An entry on its way to a resource: what is known of it so far, each part worked out once and kept. */

import type { Blueprint, Entry, State } from '../blueprint/blueprint.js';
import { fieldNamed, isIdName } from '../blueprint/check-names.js';
import type { Place } from '../diagnostic/source.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import type { Address, LiveResource, Origin, Ref, Value } from '../model/model.js';
import type { Node } from '../yaml/node.js';
import { type Question, questionOf } from './django-lookups.js';

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
  /** The address from which a rename is taken back. */
  readonly renamedFrom?: Address;
}

/**
 * Almost every entry is plain and resolved in one go, so an item makes what only the others need when somebody asks:
 * a hundred thousand items with four maps each would be most of a run.
 */
export class Item {
  /** Something of it is wrong and was reported; it takes part in nothing further. */
  broken = false;
  held: boolean | undefined = undefined;
  identifiers: readonly Identifier[] | undefined = undefined;
  match: Matched | undefined = undefined;
  private knownParts: Map<string, Part> | undefined = undefined;
  private knownValues: Map<string, Resolved | undefined> | undefined = undefined;
  private steps: Set<string> | undefined = undefined;

  constructor(
    readonly entry: Entry,
    readonly file: Blueprint,
    readonly facts: KindFacts,
    readonly state: State,
  ) {}

  /** The attributes it writes, by name. */
  get parts(): ReadonlyMap<string, Part> {
    return (this.knownParts ??= partsOf(this.entry, this.facts));
  }

  /** Those that were resolved so far; undefined for one that cannot be. */
  get values(): ReadonlyMap<string, Resolved | undefined> {
    return this.knownValues ?? noValues;
  }

  /** Keeps what an attribute was resolved to, and with `part` that it is one. */
  keep(name: string, value: Resolved | undefined, part?: Part): void {
    this.knownValues ??= new Map();
    this.knownValues.set(name, value);
    if (part) (this.parts as Map<string, Part>).set(name, part);
  }

  /** Is the step (`conditions`, `identifiers`, `match`, or an attribute's) being worked out right now? */
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

function partsOf(entry: Entry, facts: KindFacts): Map<string, Part> {
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
    if (!isPartName(facts, name)) continue;
    const one = part(name);
    if (one) one.identifier = value;
  }
  return parts;
}

/** Does an identifier of this name also say what an attribute is to be? */
export function isPartName(facts: KindFacts, name: string): boolean {
  if (isIdName(facts, name) || !fieldNamed(facts, name)) return false;
  const { lookup, steps } = questionOf(name);
  return lookup === 'exact' && steps.length === 1;
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
