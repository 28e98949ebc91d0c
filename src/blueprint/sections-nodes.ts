/** Builds the nodes of expanded entries. They have the places of what the user wrote, so that problems point there. */
import { catalogue, type FieldFacts, type Shorthand } from '../model/kinds.js';
import { remembered } from '../model/remembered.js';
import { MapNode, type Node, type Pair, ScalarNode, SequenceNode } from '../yaml/node.js';

/** The place of a synthetic node. */
export type Span = Pick<Node, 'start' | 'end'>;

/** A synthetic text. */
export function textNode(text: string, { start, end }: Span): ScalarNode {
  return new ScalarNode(start, end, undefined, text, text, false);
}

/** A synthetic whole number. */
export function numberNode(value: number, { start, end }: Span): ScalarNode {
  return new ScalarNode(start, end, undefined, value, String(value), true);
}

export function sequenceNode(items: readonly Node[], { start, end }: Span, tag?: string): SequenceNode {
  const dynamic = tag !== undefined || items.some((one) => one.dynamic);
  return new SequenceNode(start, end, tag, dynamic, items);
}

export function mapNode(pairs: readonly Pair[], { start, end }: Span): MapNode {
  const dynamic = pairs.some((one) => one.value.dynamic);
  return new MapNode(start, end, undefined, dynamic, pairs, false);
}

/** A pair with a synthetic key. */
export function pairOf(key: string, value: Node): Pair {
  return { key: textNode(key, value), value };
}

/** What a `!Find` by natural key needs. */
export interface Lookup {
  /** The kind, or the base model of the family. */
  readonly model: string;
  /** The only attribute of the natural key. */
  readonly key: string;
  readonly idType: 'uuid' | 'integer';
}

/** How a reference to a kind or family is looked up by name; undefined when its natural key has several parts. */
export const lookupOf = remembered((to: string): Lookup | undefined => {
  const { kinds, families, familyModels } = catalogue();
  const members = families.get(to) ?? [kinds.get(to)!];
  const [first] = members;
  const key = first?.key[0];
  if (key === undefined || members.some((one) => one.key.length !== 1 || one.key[0] !== key))
    return undefined;
  const base = [...familyModels].find(([, family]) => family === to)?.[0];
  const model = families.has(to) ? (base ?? (members.length === 1 ? first!.kind : undefined)) : to;
  // A family may know its members by another id than their own (users by `uuid`).
  const ownId = first!.families.some((one) => one.family === to && one.ownId);
  return model === undefined ? undefined : { model, key, idType: ownId ? 'uuid' : first!.idType };
});

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Is the node an id, and not a natural key? */
export function isId(node: ScalarNode, { idType }: Lookup): boolean {
  if (idType === 'uuid') return uuid.test(node.text);
  return typeof node.value === 'number' || typeof node.value === 'bigint';
}

/** The value of a reference: a natural key becomes a `!Find`; tags, ids and null stay. */
export function namedReference(to: string, node: Node): Node {
  const lookup = lookupOf(to);
  if (!lookup || node.tag || node.type !== 'scalar' || node.value === null || isId(node, lookup)) return node;
  return findNode(lookup, node);
}

/** `!Find [model, [key, name]]`, where the name stands. */
export function findNode({ model, key }: Lookup, node: ScalarNode): SequenceNode {
  const pair = sequenceNode([textNode(key, node), textNode(node.text, node)], node);
  return sequenceNode([textNode(model, node), pair], node, 'Find');
}

/** The name from which a section made a lookup, which has the same place; undefined for a `!Find` that the user wrote. */
export function nameIn(node: Node): string | undefined {
  if (node.type !== 'sequence' || node.tag !== 'Find' || node.items[0]?.start !== node.start)
    return undefined;
  const pair = node.items[1];
  const name = pair?.type === 'sequence' ? pair.items[1] : undefined;
  return name?.type === 'scalar' ? name.text : undefined;
}

/** The value of an attribute as an entry would write it: natural keys become lookups, texts that stand for maps the maps. */
export function asInEntry(field: FieldFacts | undefined, node: Node): Node {
  if (field?.shorthand && node.type === 'sequence' && !node.tag)
    return sequenceNode(
      node.items.map((item) => written(field.shorthand!, item)),
      node,
    );
  const to = field?.reference?.to;
  if (to === undefined || node.tag) return node;
  if (!field!.many) return namedReference(to, node);
  if (node.type !== 'sequence') return node;
  return sequenceNode(
    node.items.map((item) => namedReference(to, item)),
    node,
  );
}

/** A text as the map that it is short for. */
function written({ text, rest }: Shorthand, node: Node): Node {
  if (node.tag || node.type !== 'scalar' || typeof node.value !== 'string') return node;
  const others = Object.entries(rest).map(([key, value]) => pairOf(key, textNode(value, node)));
  return mapNode([pairOf(text, node), ...others], node);
}
