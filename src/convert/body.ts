/** An entry in, the map that the compact form writes for its object out; nothing when it cannot say the same. */

import { isMap, isScalar, isSeq, Pair, type Scalar, visit, YAMLMap, YAMLSeq } from 'yaml';
import type { State } from '../blueprint/blueprint.js';
import { stagesKey } from '../blueprint/sections.js';
import { bindingKeys } from '../blueprint/sections-bindings.js';
import { reservedKeys } from '../blueprint/sections-entry.js';
import { isId, lookupOf } from '../blueprint/sections-nodes.js';
import { roleKind, userKind } from '../model/kind-names.js';
import { objectPermissions } from '../model/kinds.js';
import { child, type Node } from '../yaml/node.js';
import {
  type Attribute,
  attributesOf,
  type Book,
  type Draft,
  isShared,
  nameOf,
  nullScalar,
  plainScalar,
  textScalar,
  type YamlNode,
  type YamlPair,
} from './drafts.js';

/** What an object has of the one that it stands in. */
export interface Around {
  readonly state: State | Node;
  readonly conditions: string;
}

/** What the top level of a section passes on. */
export const topLevel: Around = { state: 'present', conditions: '' };

/** The body of an object, and the comments that stood on what has no place in it. */
export interface Body {
  readonly map: YAMLMap<Scalar, YamlNode>;
  readonly comment: string | undefined;
  readonly around: Around;
}

export interface Wanted {
  /** Identifiers and attributes that the compact form says in another way. */
  readonly said: readonly string[];
  readonly around: Around;
  /** Pairs to come first. */
  readonly before?: readonly YamlPair[];
  /** Writes an attribute in a way of its own, or not at all (`null`). */
  readonly instead?: (attribute: Attribute) => YamlNode | null | undefined;
}

/** What a name means in the compact form, whatever it means among an entry's attributes. */
const notAttributes = new Set<string>([...reservedKeys, ...bindingKeys, stagesKey]);

interface Parts {
  readonly pairs: readonly YamlPair[];
  readonly was: string | undefined;
  readonly grants: YAMLSeq | undefined;
  /** What of the entry stands in them. */
  readonly reused: Set<unknown>;
}

/** The parts of an entry's body; undefined when the compact form cannot say one of them. Changes nothing. */
export function partsFor(
  book: Book,
  draft: Draft,
  wanted: Pick<Wanted, 'said' | 'instead'>,
): Parts | undefined {
  if (isShared(draft)) return undefined;
  const attributes = attributesOf(draft, wanted.said);
  const was = wasFor(draft);
  const grants = grantsFor(book, draft);
  if (!attributes || was === false || grants === false) return undefined;
  const reused = new Set<unknown>();
  const pairs: YamlPair[] = [];
  for (const attribute of attributes) {
    if (notAttributes.has(attribute.name)) return undefined;
    const own = wanted.instead?.(attribute);
    const value = own === undefined ? valueFor(book, draft, attribute) : own;
    if (value === undefined) return undefined;
    if (value === null) continue;
    reused.add(attribute.key).add(attribute.yaml);
    pairs.push(new Pair(attribute.key, value));
  }
  return { pairs, was, grants, reused };
}

/** The body of an entry's object, or undefined. Changes nothing of the document unless it succeeds. */
export function bodyFor(book: Book, draft: Draft, wanted: Wanted): Body | undefined {
  const { entry, map } = draft;
  const parts = partsFor(book, draft, wanted);
  if (!parts) return undefined;
  const { pairs, was, grants, reused } = parts;
  const state = stateFor(draft, wanted.around.state);
  const body = new YAMLMap<Scalar, YamlNode>();
  if (entry.id !== undefined) {
    const pair = pairFor('id', textScalar(entry.id));
    body.items.push(pair);
    book.ids.push({ map: body, pair, id: entry.id });
  }
  if (state) body.items.push(state);
  if (was) body.items.push(pairFor('was', textScalar(was)));
  const kept = (name: string): void => {
    const value = map.get(name, true);
    if (!value) return;
    reused.add(value);
    body.items.push(pairFor(name, value));
  };
  if (entry.labels && Object.keys(entry.labels).length > 0) kept('labels');
  if (draft.conditions !== wanted.around.conditions) {
    if (draft.conditions !== '') kept('conditions');
    else body.items.push(pairFor('conditions', emptyList()));
  }
  body.items.push(...(wanted.before ?? []), ...pairs);
  if (grants) {
    body.items.push(pairFor(objectPermissions, grants));
    reused.add(map.get('permissions', true));
  }
  return {
    map: body,
    comment: commentsFor(draft, body, reused),
    around: { state: entry.state, conditions: draft.conditions },
  };
}

/** The state that has to be written; undefined when it is the one around. */
function stateFor({ entry, map }: Draft, around: State | Node): YamlPair | undefined {
  if (typeof entry.state === 'string' && entry.state === around) return undefined;
  return pairFor('state', map.get('state', true) ?? plainScalar(String(entry.state)));
}

/** The former key; false when it is more than that. */
function wasFor({ entry, facts }: Draft): string | undefined | false {
  if (!entry.was) return undefined;
  const [pair, ...more] = entry.was.pairs;
  const isKey = pair && more.length === 0 && facts.key.length === 1 && pair.key.text === facts.key[0];
  const node = pair?.value;
  return isKey && node?.type === 'scalar' && !node.tag && typeof node.value === 'string' && node.value;
}

/** The permissions on the object; false when the compact form would read them otherwise. */
function grantsFor(book: Book, draft: Draft): YAMLSeq | undefined | false {
  const { entry, map } = draft;
  const list = map.get('permissions', true);
  if (entry.permissions.length === 0 || !isSeq(list)) return undefined;
  const grants = new YAMLSeq<YAMLMap>();
  for (const [at, { node }] of entry.permissions.entries()) {
    const item = list.items[at];
    if (!isMap(item)) return false;
    const grant = new YAMLMap<Scalar, YamlNode>();
    grant.commentBefore = item.commentBefore;
    for (const [index, pair] of node.pairs.entries()) {
      const { key, value } = item.items[index] as YamlPair;
      const to = holders.get(pair.key.text);
      const given = value ?? nullScalar();
      const written = to === undefined ? given : referenceFor(book, to, pair.value, given, draft);
      if (!written) return false;
      grant.items.push(new Pair(key, written));
    }
    grants.items.push(grant);
  }
  return grants;
}

const holders: ReadonlyMap<string, string> = new Map([
  ['user', userKind],
  ['role', roleKind],
]);

/** An attribute's value with names in the place of references; undefined when it would be read otherwise. */
export function valueFor(book: Book, draft: Draft, { field, node, yaml }: Attribute): YamlNode | undefined {
  if (field?.set === 'exact' && node.type === 'map' && !node.tag) return undefined;
  const to = field?.reference?.to;
  if (to === undefined || (node.tag && field!.many)) return yaml;
  if (!field!.many) return referenceFor(book, to, node, yaml, draft);
  if (node.type !== 'sequence' || !isSeq(yaml) || yaml.items.length !== node.items.length) return undefined;
  const list = new YAMLSeq<YamlNode>();
  copyComments(yaml, list);
  for (const [at, item] of node.items.entries()) {
    const written = referenceFor(book, to, item, yaml.items[at] as YamlNode, draft);
    if (!written) return undefined;
    list.items.push(written);
  }
  return list;
}

/** A reference by name, or as it stands when the compact form reads it in the same way. */
export function referenceFor(
  book: Book,
  to: string,
  node: Node,
  yaml: YamlNode,
  holder: Draft,
): YamlNode | undefined {
  if (node.tag) {
    const name = nameOf(book, to, node, holder);
    return name === undefined ? yaml : copyComments(yaml, textScalar(name));
  }
  const lookup = lookupOf(to);
  const same = node.type === 'scalar' && (node.value === null || !lookup || isId(node, lookup));
  return same ? yaml : undefined;
}

function copyComments<T extends YamlNode>(from: YamlNode, to: T): T {
  to.commentBefore = from.commentBefore;
  to.comment = from.comment;
  return to;
}

export function pairFor(key: string, value: unknown): YamlPair {
  return new Pair(plainScalar(key), value as YamlNode);
}

function emptyList(): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  return list;
}

/** Comments of an entry that stood on parts which are gone; those on its attributes stay with them. */
function commentsFor(
  draft: Draft,
  body: YAMLMap<Scalar, YamlNode>,
  reused: ReadonlySet<unknown>,
): string | undefined {
  const attributes = draft.map.get('attrs', true);
  if (isMap<Scalar>(attributes)) {
    const first = attributes.items.find((pair) => body.items.some((one) => one.key === pair.key))?.key;
    if (first && attributes.commentBefore) {
      first.commentBefore = joined([attributes.commentBefore, first.commentBefore]);
      attributes.commentBefore = undefined;
    }
    if (first && attributes.comment) {
      body.comment = attributes.comment;
      attributes.comment = undefined;
    }
  }
  const found: (string | null | undefined)[] = [];
  visit(draft.map, (_, node) => {
    if (reused.has(node)) return visit.SKIP;
    if (isScalar(node) || isMap(node) || isSeq(node)) found.push(node.commentBefore, node.comment);
    return undefined;
  });
  return joined(found);
}

/** Comments one below the other. */
export function joined(comments: readonly (string | null | undefined)[]): string | undefined {
  const lines = comments.filter((one) => one);
  return lines.length > 0 ? lines.join('\n') : undefined;
}

/** The whole number that an attribute holds, where it is written as one. */
export function numberOf(
  attributes: readonly Pick<Attribute, 'name' | 'node'>[],
  name: string,
): number | undefined {
  const node = attributes.find((one) => one.name === name)?.node;
  return node?.type === 'scalar' &&
    !node.tag &&
    typeof node.value === 'number' &&
    Number.isInteger(node.value)
    ? node.value
    : undefined;
}

/** What an entry writes under a name, among its identifiers or attributes. */
export function written({ entry }: Draft, name: string): Node | undefined {
  return (
    (entry.identifiers && child(entry.identifiers, name)) ??
    (entry.attributes && child(entry.attributes, name))
  );
}
