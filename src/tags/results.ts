/**
 * Converts what tags give into what a resource can hold, and keeps track of which parts came from a variable or file.
 */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { Deferred, type Origin, pointerStep, Ref, Unavailable, type Value } from '../model/model.js';
import { brokenTag } from '../yaml/blueprint-tags.js';
import { type Node, placeOfNode, type Scalar, YamlDate, YamlFloat } from '../yaml/node.js';
import { floatText } from './python.js';
import { type TagValue, Traced, UnresolvedTag, Uuid, untraced, YamlSet } from './values.js';

/** Where a value goes. */
export interface ValueTarget {
  readonly source: Source;
  /** The attribute holds free JSON (`attributes`, `fixed_data`), which has no dates, sets or bytes. */
  readonly json: boolean;
  /** Does the directory know the object by a UUID? In free JSON only numbers can stand for objects. */
  isUuid?(ref: Ref): boolean;
  report(diagnostic: Diagnostic): void;
}

/** A value with the origins of its parts, by JSON Pointer (`''` is the whole). */
export interface TracedValue {
  readonly value: Value;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
}

/** Converts what `evaluate` gave for a node; problems go to the target's `report`. */
export function toValue(value: TagValue, node: Node, target: ValueTarget): TracedValue {
  const origins = new Map<string, readonly Origin[]>();
  return { value: convert(value, node, '', target, origins), origins };
}

/** The same for a node without tags, straight from the tree. */
export function staticValue(node: Node, target: ValueTarget): Value {
  if (node.type === 'scalar') return scalarValue(node.value, node, target);
  if (node.type === 'sequence') return node.items.map((item) => staticValue(item, target));
  if (node.set)
    return setValue(
      node.pairs.map(({ key }) => scalarValue(key.value, key, target)),
      node,
      target,
    );
  const object: Record<string, Value> = {};
  for (const { key, value } of node.pairs) {
    const name = typeof key.value === 'string' ? key.value : keyText(key.value, key, target);
    if (name !== undefined) setKey(object, name, staticValue(value, target), key, target);
  }
  return object;
}

function convert(
  value: TagValue,
  node: Node,
  pointer: string,
  target: ValueTarget,
  origins: Map<string, readonly Origin[]>,
): Value {
  if (value instanceof Traced) {
    origins.set(pointer, value.origins);
    if (value.missing) return new Unavailable(value.missing);
    return convert(value.value, node, pointer, target, origins);
  }
  const inner = (item: TagValue, below: Node, step: string) =>
    convert(item, below, `${pointer}/${pointerStep(step)}`, target, origins);
  if (Array.isArray(value)) {
    const nodes = node.type === 'sequence' && !node.tag ? node.items : [];
    return value.map((item, at) => inner(item, nodes[at] ?? node, String(at)));
  }
  if (value instanceof Map) {
    const pairs = node.type === 'map' && !node.tag ? node.pairs : [];
    const object: Record<string, Value> = {};
    let at = 0;
    for (const [key, item] of value) {
      const pair = pairs[at++];
      const name = keyText(key, pair?.key ?? node, target);
      if (name !== undefined)
        setKey(object, name, inner(item, pair?.value ?? node, name), pair?.key ?? node, target);
    }
    return object;
  }
  if (value instanceof YamlSet) {
    return setValue(
      value.items.map((item, at) => inner(item, node, String(at))),
      node,
      target,
    );
  }
  if (value instanceof Ref) {
    if (target.json && target.isUuid?.(value)) refuseUuid(node, target);
    return value;
  }
  if (value instanceof Deferred) return value;
  if (value instanceof Uuid) {
    if (target.json) refuseUuid(node, target);
    return value.text;
  }
  if (value instanceof UnresolvedTag) {
    report(
      target,
      'tag-unresolved',
      `\`!${value.node.tag}\` is used where tags are not resolved`,
      value.node,
    );
    return null;
  }
  return scalarValue(value, node, target);
}

function scalarValue(value: Scalar, node: Node, target: ValueTarget): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    return notExact(String(value), node, target);
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : notExact(String(value), node, target);
  }
  if (value instanceof YamlFloat) {
    if (Number.isFinite(value.value)) return value.value;
    report(target, 'json-value', `${floatText(value.value)} is not a number that JSON can hold`, node);
    return null;
  }
  if (value instanceof YamlDate) {
    if (target.json) {
      const what = value.type === 'date' ? 'a date' : 'a date and time';
      report(target, 'json-value', `\`${value.iso}\` is ${what}, which JSON cannot hold`, node, 'Quote it.');
    }
    return value.iso;
  }
  if (target.json) report(target, 'json-value', 'JSON cannot hold bytes (`!!binary`)', node, 'Write text.');
  return value.base64;
}

function setValue(items: Value[], node: Node, target: ValueTarget): Value {
  if (target.json) report(target, 'json-value', 'JSON cannot hold a set (`!!set`)', node, 'Write a list.');
  return items;
}

function notExact(digits: string, node: Node, target: ValueTarget): Value {
  const shown = digits.length > 40 ? `${digits.slice(0, 40)}…` : digits;
  report(target, 'yaml-number', `${shown} is too large for an exact number`, node);
  return null;
}

function refuseUuid(node: Node, target: ValueTarget): void {
  const help = 'Make it text: `!Format ["%s", …]`.';
  report(target, 'json-value', 'the id of this object is a UUID, which JSON cannot hold', node, help);
}

/** A key as Python's `json.dumps` writes it; undefined (reported) when it cannot. */
function keyText(key: TagValue, node: Node, target: ValueTarget): string | undefined {
  const plain = untraced(key);
  if (typeof plain === 'string') return plain;
  if (plain === null || typeof plain === 'boolean' || typeof plain === 'bigint') return String(plain);
  if (typeof plain === 'number') return Number.isInteger(plain) ? String(BigInt(plain)) : floatText(plain);
  if (plain instanceof YamlFloat) {
    const { value } = plain;
    return Number.isFinite(value) ? floatText(value) : String(value);
  }
  if (plain instanceof UnresolvedTag) {
    report(
      target,
      'tag-unresolved',
      `a key is never resolved, so \`!${plain.node.tag}\` has no effect here`,
      plain.node,
    );
  } else {
    report(target, 'json-value', 'a key must be text, a number, a boolean or null', node, 'Quote it.');
  }
  return undefined;
}

function setKey(
  object: Record<string, Value>,
  key: string,
  value: Value,
  node: Node,
  target: ValueTarget,
): void {
  if (Object.hasOwn(object, key)) {
    report(
      target,
      'yaml-duplicate-key',
      `two keys of this map become \`${key}\` in JSON`,
      node,
      'Rename one of them.',
    );
  }
  if (key !== '__proto__') object[key] = value;
  // Plain assignment would change the object's prototype.
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function report(target: ValueTarget, code: DiagnosticCode, message: string, node: Node, help?: string): void {
  // Reported where the tag was read.
  if (node.tag === brokenTag) return;
  target.report(diagnose(code, message, placeOfNode(node, target.source), { help }));
}
