/** Reads entries in authentik's form into what the section writer needs: kind, key, attributes, and what references mean. */
import { isAlias, isMap, isScalar, isSeq, Scalar, visit } from 'yaml';
import { fieldNamed, isIdName } from '../blueprint/check-names.js';
import { kindNamed } from '../blueprint/kind-name.js';
import { isId, lookupOf } from '../blueprint/sections-nodes.js';
import { type FieldFacts, type KindFacts, kindsOf } from '../model/kinds.js';
import { ScalarNode } from '../yaml/node.js';
import {
  childOf,
  giveCommentsToItems,
  nodeText,
  pairsOf,
  scalarOf,
  textOf,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlPair,
} from './yaml.js';

/** An attribute of an entry, from its `identifiers` or its `attrs`. */
export interface Attribute {
  readonly name: string;
  readonly field: FieldFacts | undefined;
  readonly pair: YamlPair;
  readonly value: YamlNode | null;
  readonly identifies: boolean;
}

/** An entry that may move into a section. */
export interface Draft {
  readonly facts: KindFacts;
  readonly map: YamlMap;
  /** The natural key, where the entry writes it as plain text; `system` for the settings. */
  readonly key: string | undefined;
  readonly id: string | undefined;
  /** Undefined when it is a tag. */
  readonly state: string | undefined;
  /** The conditions as YAML text; empty when there are none. */
  readonly conditions: string;
  /** By name; undefined when one is written twice, for example under an alias. */
  readonly attributes: ReadonlyMap<string, Attribute> | undefined;
}

/** The entries of a file, and the state of moving them into sections. */
export interface Book {
  readonly drafts: readonly Draft[];
  readonly byId: ReadonlyMap<string, Draft>;
  /** By kind and natural key, without objects that several entries describe. */
  readonly byKey: ReadonlyMap<string, Draft>;
  /** Entries that have moved into a section. */
  readonly done: Set<Draft>;
  /** Ids written into sections; those that nothing refers to are dropped at the end. */
  readonly ids: { readonly map: YamlMap; readonly id: string }[];
  /** What can be shortened only once those are gone. */
  readonly later: (() => void)[];
}

/** Reads the lists of entries of a file that has no errors. */
export function bookOf(lists: readonly YamlList[]): Book {
  const byId = new Map<string, Draft>();
  const byKey = new Map<string, Draft | undefined>();
  const drafts: Draft[] = [];
  for (const list of lists) {
    giveCommentsToItems(list);
    for (const item of list.items) {
      const draft = isMap(item) ? draftOf(item as YamlMap) : undefined;
      if (!draft) continue;
      drafts.push(draft);
      if (draft.id !== undefined) byId.set(draft.id, draft);
      if (draft.key === undefined) continue;
      const name = `${draft.facts.kind} ${draft.key}`;
      byKey.set(name, byKey.has(name) ? undefined : draft);
    }
  }
  const single = [...byKey].filter((pair): pair is [string, Draft] => pair[1] !== undefined);
  return { drafts, byId, byKey: new Map(single), done: new Set(), ids: [], later: [] };
}

/** Undefined for an entry that cannot move: its kind is a tag, or it shares parts with other places through anchors. */
function draftOf(map: YamlMap): Draft | undefined {
  const named = kindNamed(textOf(childOf(map, 'model')) ?? '');
  if (!('facts' in named) || isShared(map)) return undefined;
  const { facts } = named;
  const [key, ...more] = facts.key;
  const identifiers = pairsOf(childOf(map, 'identifiers'));
  const state = childOf(map, 'state');
  const conditions = childOf(map, 'conditions');
  const keyPair = more.length > 0 ? undefined : identifiers.find((pair) => textOf(pair.key) === key);
  return {
    facts,
    map,
    key: facts.singleton && identifiers.length === 0 ? 'system' : textOf(keyPair?.value),
    id: textOf(childOf(map, 'id')),
    state: state ? textOf(state) : 'present',
    conditions: isSeq(conditions) && conditions.items.length > 0 ? nodeText(conditions as YamlList) : '',
    attributes: attributesOf(facts, map),
  };
}

function isShared(map: YamlMap): boolean {
  let shared = false;
  visit(map, (_, node) => {
    const merges = isScalar(node) && node.source === '<<' && node.type === Scalar.PLAIN;
    if (!isAlias(node) && !(node as { anchor?: string }).anchor && !merges) return undefined;
    shared = true;
    return visit.BREAK;
  });
  return shared;
}

function attributesOf(facts: KindFacts, map: YamlMap): Map<string, Attribute> | undefined {
  const found = new Map<string, Attribute>();
  for (const part of ['identifiers', 'attrs']) {
    for (const pair of pairsOf(childOf(map, part))) {
      const written = String(pair.key.value);
      const field = fieldNamed(facts, written);
      const name = field?.name ?? written;
      if (found.has(name)) return undefined;
      found.set(name, { name, field, pair, value: pair.value, identifies: part === 'identifiers' });
    }
  }
  return found;
}

/** May an identifier become an attribute? Not a lookup, an id, or a map that is matched by what it contains. */
export function saysOnlyValue({ facts }: Draft, { field, pair }: Attribute): boolean {
  if (!field || isIdName(facts, String(pair.key.value))) return false;
  return !field.retired && !field.secret && !field.map && !field.json;
}

// References

/** The entry of the file that a reference means. */
export function targetOf(book: Book, node: YamlNode | null | undefined): Draft | undefined {
  if (isScalar(node) && node.tag === '!KeyOf') return book.byId.get(String(node.value));
  const found = plainFind(node);
  return found && book.byKey.get(`${found.model} ${found.name}`);
}

/** The natural key that may take the place of a reference; undefined when it would find something else. */
export function nameOf(book: Book, to: string, node: YamlNode | null, holder: Draft): string | undefined {
  const lookup = lookupOf(to);
  if (!lookup) return undefined;
  const found = plainFind(node);
  const target = found ? undefined : targetOf(book, node);
  let name: string | undefined;
  if (found) {
    const member = book.byKey.get(`${found.model} ${found.name}`);
    // What the file describes under the name of one kind has the name alone in its family.
    const isMember = member && kindsOf(to).includes(member.facts.kind) && staysFor(member, holder);
    name = (found.model === lookup.model || isMember) && found.field === lookup.key ? found.name : undefined;
  } else if (target && kindsOf(to).includes(target.facts.kind) && target.facts.key[0] === lookup.key)
    name = staysFor(target, holder) ? target.key : undefined;
  return name !== undefined && !isId(new ScalarNode(0, 0, undefined, name, name, false), lookup)
    ? name
    : undefined;
}

/** Does the target exist whenever the holder does, so that a name is as good as `!KeyOf`? */
export function staysFor(target: Draft, holder: Draft): boolean {
  const { state } = target;
  if (state === undefined || (state === 'absent' && holder.state !== 'absent')) return false;
  return target.conditions === '' || target.conditions === holder.conditions;
}

/** The parts of `!Find [model, [field, text]]`. */
function plainFind(node: unknown): { model: string; field: string; name: string } | undefined {
  if (!isSeq(node) || node.tag !== '!Find' || node.items.length !== 2) return undefined;
  const [model, pair] = node.items;
  if (!isSeq(pair) || pair.tag || pair.items.length !== 2) return undefined;
  const [base, field, name] = [model, ...pair.items].map(textOf);
  if (base === undefined || field === undefined || name === undefined) return undefined;
  const dot = base.indexOf('.');
  return { model: base.slice(0, dot) + base.slice(dot).toLowerCase(), field, name };
}

/** The `order` of a binding, if it is a whole number. */
export function orderOf({ attributes }: Draft): number | undefined {
  const value = scalarOf(attributes?.get('order')?.value)?.value;
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}
