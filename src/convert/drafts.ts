/** A blueprint and its YAML document in, its entries with what the compact form needs to know of each out. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Blueprint, Entry } from '../blueprint/blueprint.js';
import { fieldNamed, isIdName } from '../blueprint/check-names.js';
import { isId, lookupOf, textNode } from '../blueprint/sections-nodes.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import { child, type MapNode, type Node } from '../yaml/node.js';
import { resolveScalar } from '../yaml/scalars.js';

export type YamlNode = Scalar | YAMLMap | YAMLSeq;
export type YamlPair = Pair<Scalar, YamlNode>;

/** An entry of the file, not converted yet. */
export interface Draft {
  readonly entry: Entry;
  readonly facts: KindFacts;
  readonly map: YAMLMap<Scalar, YamlNode>;
  /** The list that holds it. */
  readonly list: YAMLSeq;
  /** The natural key, where it is one text that is written. */
  readonly key?: string;
  /** The conditions as they are written; empty when there are none. */
  readonly conditions: string;
}

/** An attribute of an entry, as our tree and as YAML. */
export interface Attribute {
  readonly name: string;
  readonly field: FieldFacts | undefined;
  readonly key: Scalar;
  readonly node: Node;
  readonly yaml: YamlNode;
}

/** The entries of a file, by what they may be called. */
export interface Book {
  readonly drafts: readonly Draft[];
  readonly byId: ReadonlyMap<string, Draft>;
  /** By kind and natural key; what several entries describe is left out. */
  readonly byKey: ReadonlyMap<string, Draft>;
  /** The ids that were written into sections, each to be dropped when nothing refers to it. */
  readonly ids: { readonly map: YAMLMap; readonly pair: YamlPair; readonly id: string }[];
  /** What is left to shorten once those are gone. */
  readonly later: (() => void)[];
  /** Maps and lists that have a line for each item, however short. */
  readonly block: Set<unknown>;
  /** The entries that have a place in a section. */
  readonly done: Set<Draft>;
}

/** Reads the entries of a file that has no errors. */
export function bookOf(document: Document, blueprint: Blueprint): Book {
  const drafts: Draft[] = [];
  const byId = new Map<string, Draft>();
  const byKey = new Map<string, Draft | undefined>();
  let at = 0;
  for (const list of entryLists(document)) {
    for (const item of list.items) {
      const entry = blueprint.entries[at++];
      if (!entry?.facts || !isMap(item)) continue;
      const conditions = child(entry.node, 'conditions');
      const draft: Draft = {
        entry,
        facts: entry.facts,
        map: item as Draft['map'],
        list,
        key: keyOf(entry, entry.facts),
        conditions: entry.conditions.length > 0 ? textAt(entry, conditions!) : '',
      };
      drafts.push(draft);
      if (entry.id !== undefined) byId.set(entry.id, draft);
      if (draft.key === undefined) continue;
      const name = bookKey(entry.facts, draft.key);
      byKey.set(name, byKey.has(name) ? undefined : draft);
    }
  }
  const single = [...byKey].filter((pair): pair is [string, Draft] => pair[1] !== undefined);
  return { drafts, byId, byKey: new Map(single), ids: [], later: [], block: new Set(), done: new Set() };
}

/** The lists of entries of a document. */
export function entryLists(document: Document): YAMLSeq[] {
  const entries = isMap(document.contents) ? document.contents.get('entries', true) : undefined;
  if (isSeq(entries)) return [entries];
  return isMap(entries) ? entries.items.map((pair) => pair.value).filter(isSeq) : [];
}

/** The name of a draft in the book. */
export function bookKey(facts: KindFacts, key: string): string {
  return `${facts.kind} ${key}`;
}

function keyOf({ identifiers }: Entry, facts: KindFacts): string | undefined {
  const [key, ...more] = facts.key;
  if (key === undefined || more.length > 0 || !identifiers) return undefined;
  const node = child(identifiers, key);
  return node?.type === 'scalar' && !node.tag && typeof node.value === 'string' && node.value !== ''
    ? node.value
    : undefined;
}

function textAt({ source }: Entry, { start, end }: Node): string {
  return source.text.slice(start, end).trim();
}

/** Is something in the entry shared with another place of the file, so that it has to stay where it is? */
export function isShared({ map }: Draft): boolean {
  let shared = false;
  visit(map, (_, node) => {
    const merges = isScalar(node) && node.source === '<<' && node.type === Scalar.PLAIN;
    if (!isAlias(node) && !(node as { anchor?: string }).anchor && !merges) return undefined;
    shared = true;
    return visit.BREAK;
  });
  return shared;
}

/**
 * What an entry writes of its object beside the named identifiers; undefined when the compact form cannot say it:
 * a lookup or an id among the identifiers, or an attribute in both places.
 */
export function attributesOf(draft: Draft, identifiers: readonly string[]): Attribute[] | undefined {
  const { entry, facts, map } = draft;
  const found: Attribute[] = [];
  for (const [name, written] of [
    ['identifiers', entry.identifiers],
    ['attrs', entry.attributes],
  ] as const) {
    const yaml = map.get(name, true);
    if (!written) continue;
    if (!isMap(yaml) || yaml.items.length !== written.pairs.length) return undefined;
    for (const [at, pair] of written.pairs.entries()) {
      const attribute = attributeAt(facts, written, at, yaml.items[at] as YamlPair);
      if (name === 'identifiers') {
        if (identifiers.includes(pair.key.text)) continue;
        const { field } = attribute;
        const plain = field && !field.retired && !field.secret && !field.map && !field.json;
        if (!plain || isIdName(facts, pair.key.text)) return undefined;
      }
      found.push(attribute);
    }
  }
  const names = new Set([...identifiers, ...found.map((one) => one.field?.name ?? one.name)]);
  return names.size === identifiers.length + found.length ? found : undefined;
}

function attributeAt(facts: KindFacts, map: MapNode, at: number, { key, value }: YamlPair): Attribute {
  const pair = map.pairs[at]!;
  return {
    name: pair.key.text,
    field: fieldNamed(facts, pair.key.text),
    key,
    node: pair.value,
    yaml: value ?? nullScalar(),
  };
}

/** The identifiers that are written, by name. */
export function identifierNames({ entry }: Draft): readonly string[] {
  return entry.identifiers?.pairs.map((pair) => pair.key.text) ?? [];
}

// References

/** The entry of the file that a reference means. */
export function targetOf(book: Book, node: Node): Draft | undefined {
  if (node.tag === 'KeyOf' && node.type === 'scalar') return book.byId.get(node.text);
  const found = plainFind(node);
  return found && book.byKey.get(`${found.model} ${found.name}`);
}

/** The natural key under which the compact form finds what a reference means; undefined when it finds something else. */
export function nameOf(book: Book, to: string, node: Node, holder: Draft): string | undefined {
  const lookup = lookupOf(to);
  if (!lookup) return undefined;
  let name: string | undefined;
  if (node.tag === 'KeyOf') {
    const target = targetOf(book, node);
    if (!target || !belongsTo(target.facts, to) || target.facts.key[0] !== lookup.key) return undefined;
    if (!staysFor(target, holder)) return undefined;
    name = target.key;
  } else {
    const found = plainFind(node);
    if (found?.model !== lookup.model || found.field !== lookup.key) return undefined;
    name = found.name;
  }
  return name !== undefined && !isId(textNode(name, node), lookup) ? name : undefined;
}

function belongsTo(facts: KindFacts, to: string): boolean {
  return facts.kind === to || facts.families.some((one) => one.family === to);
}

/** May a holder find the target by its name, whenever it may refer to its entry? */
export function staysFor(target: Draft, holder: Draft): boolean {
  const { state } = target.entry;
  if (typeof state !== 'string' || (state === 'absent' && holder.entry.state !== 'absent')) return false;
  return target.conditions === '' || target.conditions === holder.conditions;
}

/** The parts of `!Find [model, [field, text]]`. */
function plainFind(node: Node): { model: string; field: string; name: string } | undefined {
  if (node.tag !== 'Find' || node.type !== 'sequence' || node.items.length !== 2) return undefined;
  const [model, pair] = node.items;
  if (model?.type !== 'scalar' || model.tag || pair?.type !== 'sequence' || pair.tag) return undefined;
  const [field, name, ...more] = pair.items;
  if (field?.type !== 'scalar' || field.tag || name?.type !== 'scalar' || name.tag || more.length > 0)
    return undefined;
  if (typeof name.value !== 'string' || name.value === '') return undefined;
  const dot = model.text.indexOf('.');
  return {
    model: model.text.slice(0, dot) + model.text.slice(dot).toLowerCase(),
    field: field.text,
    name: name.value,
  };
}

// YAML

/** Text as a scalar, quoted where it would be read as something else. */
export function textScalar(text: string): Scalar {
  const scalar = new Scalar(text);
  if (text === '<<' || text === '=' || resolveScalar(text, true) !== text) scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/** A scalar that is written as it stands: `10`, `absent`. */
export function plainScalar(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = 'PLAIN';
  return scalar;
}

export function nullScalar(): Scalar {
  return plainScalar('null');
}
