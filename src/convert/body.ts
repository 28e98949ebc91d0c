/** The map that the compact form writes for the object of an entry. */
import { isMap, isScalar, isSeq, Pair, type Scalar, visit, YAMLMap } from 'yaml';
import { stagesKey } from '../blueprint/sections.js';
import { bindingKeys } from '../blueprint/sections-bindings.js';
import { reservedKeys } from '../blueprint/sections-entry.js';
import { isId, lookupOf } from '../blueprint/sections-nodes.js';
import { catalogue, type FieldFacts, objectPermissions } from '../model/kinds.js';
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
  type YamlMap,
  type YamlNode,
} from './yaml.js';

/** What an object has of the one that it stands in, unless it says its own. */
export type Around = Pick<Draft, 'state' | 'conditions'>;

export interface Wanted {
  /** Attributes that the place of the object says. */
  readonly said: readonly string[];
  /** Values that the compact form gives to attributes that are not written. */
  readonly implied?: Readonly<Record<string, string | number>>;
  readonly around: Around;
}

/** What a name means in the compact form, whatever it means among an entry's attributes. */
const notAttributes = new Set<string>([...reservedKeys, ...bindingKeys, stagesKey]);

/**
 * The body of an entry's object, below the comments that stood on what has no place in it; undefined when the compact
 * form would not say the same. Changes nothing.
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

/** Notes that an entry's object stands in a body. */
export function moveInto(book: Book, draft: Draft, body: YamlMap): void {
  book.done.add(draft);
  if (draft.id !== undefined) book.ids.push({ map: body, id: draft.id });
}

/** The former key; false when it is more than that. */
function formerKey({ map, facts }: Draft): string | undefined | false {
  const was = childOf(map, 'was');
  if (!was) return undefined;
  const [pair, ...more] = pairsOf(was);
  if (!pair || more.length > 0 || facts.key.length > 1 || textOf(pair.key) !== facts.key[0]) return false;
  return textOf(pair.value) ?? false;
}

/** The permissions on the object; false when the compact form would read them otherwise. */
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

/** An attribute's value with names in the place of references; undefined when it would be read otherwise. */
function valueFor(
  book: Book,
  draft: Draft,
  field: FieldFacts | undefined,
  written: YamlNode | null,
): YamlNode | undefined {
  const node = written ?? plainNode('null');
  if (field?.set === 'exact' && isMap(node) && !node.tag) return undefined;
  const to = field?.reference?.to;
  if (to === undefined || (node.tag && field!.many)) return node;
  if (!field!.many) return referenceOf(book, to, node, draft);
  if (!isSeq(node)) return undefined;
  const items = (node.items as YamlNode[]).map((item) => referenceOf(book, to, item, draft));
  return items.every((item) => item !== undefined) ? withComments(listNode(items), node) : undefined;
}

/** A reference by name, or as it stands when the compact form reads it in the same way. */
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

/** The comments of an entry that stood on parts which are gone. */
function commentsOf(map: YamlMap, moved: ReadonlySet<unknown>): string | undefined {
  const found: (string | null | undefined)[] = [];
  visit(map, (_, node) => {
    if (moved.has(node)) return visit.SKIP;
    if (isScalar(node) || isMap(node) || isSeq(node)) found.push(node.commentBefore, node.comment);
    return undefined;
  });
  return joined(found);
}
