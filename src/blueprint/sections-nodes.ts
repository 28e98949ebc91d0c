/** Nodes of a section in, the nodes that an entry would hold out: synthetic ones stand where what they are made of stands. */
import { catalogue, type FieldFacts } from '../model/kinds.js';
import { remembered } from '../model/remembered.js';
import { MapNode, type Node, type Pair, ScalarNode, SequenceNode } from '../yaml/node.js';

/** Where a synthetic node stands. */
export type Span = Pick<Node, 'start' | 'end'>;

/** Text that nobody wrote at a place where something else is written. */
export function textNode(text: string, { start, end }: Span): ScalarNode {
  return new ScalarNode(start, end, undefined, text, text, false);
}

/** A whole number that nobody wrote. */
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

/** A pair whose key nobody wrote. */
export function pairOf(key: string, value: Node): Pair {
  return { key: textNode(key, value), value };
}

/** What `!Find` needs to find something of a kind or family by the natural key. */
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

/** The name that stands in a section where an entry would have a `!Find`: such a lookup has the place of the name itself. */
export function nameIn(node: Node): string | undefined {
  if (node.type !== 'sequence' || node.tag !== 'Find' || node.items[0]?.start !== node.start)
    return undefined;
  const pair = node.items[1];
  const name = pair?.type === 'sequence' ? pair.items[1] : undefined;
  return name?.type === 'scalar' ? name.text : undefined;
}

/** The value of an attribute as an entry would write it: natural keys in the place of references become lookups. */
export function withReferences(field: FieldFacts | undefined, node: Node): Node {
  const to = field?.reference?.to;
  if (to === undefined || node.tag) return node;
  if (!field!.many) return namedReference(to, node);
  if (node.type !== 'sequence') return node;
  return sequenceNode(
    node.items.map((item) => namedReference(to, item)),
    node,
  );
}
