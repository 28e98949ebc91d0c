/**
 * A fast path for values without tags that need no coercion, which is most of them; everything else is left to
 * `evaluate.ts`.
 */

import { fieldNamed } from '../blueprint/check-names.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import type { Kind, Ref, Value } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import type { Node } from '../yaml/node.js';
import { coercedTest, type IsCoerced } from './coerce.js';
import { type Item, setsAttribute } from './item.js';

// Each function gives the value that `evaluate.ts` would give, or undefined to leave it to that file.

/** What a key means for a kind; worked out once per key. */
export interface Slot {
  /** The attribute, aliases followed. */
  readonly name: string;
  readonly field: FieldFacts | undefined;
  /** It is ignored: authentik does not have it, or no longer. */
  readonly ignored: boolean;
  /** Does it also identify the object? */
  readonly identifies: boolean;
  /** Does a value need no coercion? Undefined for references and unknown fields. */
  readonly isCoerced: IsCoerced | undefined;
}

/** The slots of a kind, by the keys met so far. */
export const slotsOf = remembered((_: KindFacts): Map<string, Slot> => new Map());

/** The slot of a key. */
export function slotOf(facts: KindFacts, known: Map<string, Slot>, key: string): Slot {
  let slot = known.get(key);
  if (!slot) {
    const field = fieldNamed(facts, key);
    slot = {
      name: field?.name ?? key,
      field,
      ignored: field === undefined || field.retired !== undefined,
      identifies: setsAttribute(facts, key),
      isCoerced: field && !field.reference ? coercedTest(field) : undefined,
    };
    known.set(key, slot);
  }
  return slot;
}

/** The value of a node without tags, if it needs no coercion and has no problem. */
export function plainValue(slot: Slot, node: Node): Value | undefined {
  if (slot.isCoerced === undefined || node.dynamic) return undefined;
  const value = plain(node);
  return value !== undefined && slot.isCoerced(value) ? value : undefined;
}

/**
 * The references of a node that is nothing but `!KeyOf` of entries that are matched already; otherwise undefined. `ids`: the entries of the file that have one.
 */
export function plainReferences(
  { field }: Slot,
  node: Node,
  ids: ReadonlyMap<string, Item>,
): Value | undefined {
  if (!field?.reference || !node.dynamic) return undefined;
  const { to } = field.reference;
  if (!field.many) return plainReference(to, node, ids);
  if (node.type !== 'sequence' || node.tag) return undefined;
  const list = new Array<Value>(node.items.length);
  for (let at = 0; at < list.length; at++) {
    const ref = plainReference(to, node.items[at]!, ids);
    if (!ref) return undefined;
    list[at] = ref;
  }
  return field.set && list.length > 1 && new Set(list).size < list.length ? [...new Set(list)] : list;
}

function plainReference(to: Kind, node: Node, ids: ReadonlyMap<string, Item>): Ref | undefined {
  if (node.tag !== 'KeyOf' || node.type !== 'scalar') return undefined;
  const target = ids.get(node.text);
  if (!target?.match || target.held !== false || target.state === 'absent') return undefined;
  return target.facts.kind === to ? target.match.ref : undefined;
}

/** The node's value, made of nothing but text, exact numbers, true, false, null, lists and maps. */
function plain(node: Node): Value | undefined {
  if (node.type === 'scalar') {
    const { value } = node;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
  }
  if (node.type === 'sequence') {
    const list = new Array<Value>(node.items.length);
    for (let at = 0; at < list.length; at++) {
      const value = plain(node.items[at]!);
      if (value === undefined) return undefined;
      list[at] = value;
    }
    return list;
  }
  if (node.set) return undefined;
  const map: Record<string, Value> = {};
  for (const { key, value } of node.pairs) {
    const inner = typeof key.value === 'string' && !key.tag ? plain(value) : undefined;
    if (inner === undefined || key.value === '__proto__') return undefined;
    map[key.value as string] = inner;
  }
  return map;
}
