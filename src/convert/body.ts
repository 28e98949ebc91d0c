/** Writes the body of one object in the compact form: its attributes, with names in the place of references. */

import { isMap, isScalar, isSeq, Pair, type Scalar, visit, YAMLMap } from 'yaml';
import { bindingKeys } from '../blueprint/sections-bindings.js';
import { reservedKeys } from '../blueprint/sections-entry.js';
import { isId, lookupOf } from '../blueprint/sections-nodes.js';
import { catalogue, type FieldFacts, objectPermissions, type Shorthand } from '../model/kinds.js';
import { stagesKey } from '../model/section-names.js';
import { type Book, type Draft, nameOf, saysOnlyValue } from './entries.js';
import {
  childOf,
  joined,
  listNode,
  mapNode,
  pairOf,
  pairsOf,
  plainNode,
  scalarOf,
  textNode,
  textOf,
  withComments,
  type YamlList,
  type YamlMap,
  type YamlNode,
} from './yaml.js';

/** What an object inherits from the one that it is written in, unless it has its own. */
export type Around = Pick<Draft, 'state' | 'conditions'>;

export interface Wanted {
  /** Attributes that follow from where the object is written. */
  readonly said: readonly string[];
  /** Defaults of the compact form: left out when equal. An object that does not write one cannot move. */
  readonly implied?: Readonly<Record<string, string | number>>;
  readonly around: Around;
}

/** Keys with a meaning of their own in the compact form, so that no attribute can have their name. */
const notAttributes = new Set<string>([...reservedKeys, ...bindingKeys, stagesKey]);

/**
 * The body of an entry's object, with the comments of parts that are gone above it; undefined when the compact form
 * cannot say the same. The entry itself is not changed.
 */
export function bodyOf(
  book: Book,
  draft: Draft,
  { said, implied = {}, around }: Wanted,
): YamlMap | undefined {
  const { map, attributes, state } = draft;
  const was = formerKey(draft);
  const grants = grantsOf(book, draft);
  if (!attributes || was === false || grants === false) return undefined;
  if (state !== 'absent' && Object.keys(implied).some((name) => !attributes.has(name))) return undefined;
  const moved = new Set<unknown>();
  const body = new YAMLMap<Scalar, YamlNode>();
  const keep = (key: string): void => {
    const value = childOf(map, key);
    moved.add(value);
    if (value) body.items.push(pairOf(key, value));
  };
  if (draft.id !== undefined) body.items.push(pairOf('id', textNode(draft.id)));
  if (state === undefined || state !== around.state)
    body.items.push(pairOf('state', childOf(map, 'state') ?? plainNode('present')));
  if (was !== undefined) body.items.push(pairOf('was', textNode(was)));
  if (pairsOf(childOf(map, 'labels')).length > 0) keep('labels');
  if (draft.conditions !== around.conditions) {
    if (draft.conditions !== '') keep('conditions');
    else body.items.push(pairOf('conditions', listNode([])));
  }
  for (const one of attributes.values()) {
    if (said.includes(one.name)) continue;
    if (notAttributes.has(String(one.pair.key.value)) || (one.identifies && !saysOnlyValue(draft, one)))
      return undefined;
    if (Object.hasOwn(implied, one.name) && scalarOf(one.value)?.value === implied[one.name]) continue;
    const value = valueFor(book, draft, one.field, one.value);
    if (!value) return undefined;
    moved.add(one.pair.key).add(one.value);
    body.items.push(new Pair(one.pair.key, value));
  }
  if (grants) {
    moved.add(childOf(map, 'permissions'));
    body.items.push(pairOf(objectPermissions, grants));
  }
  body.commentBefore = commentsOf(map, moved);
  return body;
}

/** Records that an entry has moved into a body. */
export function moveInto(book: Book, draft: Draft, body: YamlMap): void {
  book.done.add(draft);
  if (draft.id !== undefined) book.ids.push({ map: body, id: draft.id });
}

/** The former key, for `was`; false when the entry's `was` is more than a key. */
function formerKey({ map, facts }: Draft): string | undefined | false {
  const was = childOf(map, 'was');
  if (!was) return undefined;
  const [pair, ...more] = pairsOf(was);
  if (!pair || more.length > 0 || facts.key.length > 1 || textOf(pair.key) !== facts.key[0]) return false;
  return textOf(pair.value) ?? false;
}

/** The permissions on the object; false when the compact form cannot write one of them. */
function grantsOf(book: Book, draft: Draft): YamlNode | undefined | false {
  const list = childOf(draft.map, 'permissions');
  if (!isSeq(list) || list.items.length === 0) return undefined;
  const grants: YamlNode[] = [];
  for (const item of list.items) {
    const grant = withComments(mapNode([]), item);
    for (const { key, value } of pairsOf(item)) {
      const holder = ['user', 'role'].find((one) => one === key.value);
      const to = holder && catalogue().byName.get(holder)!.kind;
      const node = to === undefined ? value : referenceOf(book, to, value, draft);
      if (!node) return false;
      grant.items.push(new Pair(key, node));
    }
    grants.push(grant);
  }
  return listNode(grants);
}

/** An attribute's value, references by name; undefined when a section would read it differently. */
function valueFor(
  book: Book,
  draft: Draft,
  field: FieldFacts | undefined,
  written: YamlNode | null,
): YamlNode | undefined {
  const node = written ?? plainNode('null');
  if (field?.set === 'exact' && isMap(node) && !node.tag) return undefined;
  const to = field?.reference?.to;
  if (field?.shorthand && isSeq(node) && !node.tag) return asTexts(field.shorthand, node as YamlList);
  if (to === undefined || (node.tag && field!.many)) return node;
  if (!field!.many) return referenceOf(book, to, node, draft);
  if (!isSeq(node)) return undefined;
  const items = (node.items as YamlNode[]).map((item) => referenceOf(book, to, item, draft));
  return items.every((item) => item !== undefined) ? withComments(listNode(items), node) : undefined;
}

/** A list with texts in the place of maps that say nothing but what the text is short for. */
function asTexts({ text, rest }: Shorthand, list: YamlList): YamlNode {
  const wanted = Object.entries(rest);
  const items = list.items.map((item) => {
    const value = isMap(item) && !item.tag ? textOf(childOf(item as YamlMap, text)) : undefined;
    const says = (key: string): string | undefined => textOf(childOf(item as YamlMap, key));
    const isShort =
      value !== undefined &&
      (item as YamlMap).items.length === wanted.length + 1 &&
      wanted.every(([key, other]) => says(key) === other);
    return isShort ? withComments(textNode(value), item) : item;
  });
  return withComments(listNode(items), list);
}

/** A reference by name, or unchanged where a section reads it the same way; undefined where it does not. */
export function referenceOf(
  book: Book,
  to: string,
  written: YamlNode | null,
  holder: Draft,
): YamlNode | undefined {
  const node = written ?? plainNode('null');
  if (node.tag) {
    const name = nameOf(book, to, node, holder);
    return name === undefined ? node : withComments(textNode(name), node);
  }
  const lookup = lookupOf(to);
  const value = scalarOf(node);
  return value && (value.value === null || !lookup || isId(value, lookup)) ? node : undefined;
}

/** Comments on parts of the entry that have no place in the body. */
function commentsOf(map: YamlMap, moved: ReadonlySet<unknown>): string | undefined {
  const found: (string | null | undefined)[] = [];
  visit(map, (_, node) => {
    if (moved.has(node)) return visit.SKIP;
    if (isScalar(node) || isMap(node) || isSeq(node)) found.push(node.commentBefore, node.comment);
    return undefined;
  });
  return joined(found);
}
