/** Small conversions of values that evaluating an entry needs. */
import { isMap, type Origin, Unavailable, type Value } from '../model/model.js';
import type { TagMap, TagValue } from '../tags/values.js';
import { YamlFloat } from '../yaml/node.js';

/** authentik's merge of identifiers over attributes: maps merge, lists concatenate, the identifier wins. */
export function mergedOver(attribute: Value, identifier: Value): Value {
  if (Array.isArray(attribute) && Array.isArray(identifier)) return [...attribute, ...identifier];
  if (!isMap(attribute) || !isMap(identifier)) return identifier;
  const merged: Record<string, Value> = { ...(attribute as Record<string, Value>) };
  for (const [key, value] of Object.entries(identifier as Record<string, Value>)) {
    merged[key] = Object.hasOwn(merged, key) ? mergedOver(merged[key]!, value) : value;
  }
  return merged;
}

/** The origin of the first unavailable part of a value. */
export function firstUnavailable(value: Value): Origin | undefined {
  if (value instanceof Unavailable) return value.origin;
  if (Array.isArray(value)) return value.map(firstUnavailable).find(Boolean);
  return isMap(value)
    ? Object.values(value as Record<string, Value>)
        .map(firstUnavailable)
        .find(Boolean)
    : undefined;
}

/** A resource's attributes as a map that tags can index. */
export function described(attributes: Record<string, Value>): TagMap {
  return new Map(Object.entries(attributes).map(([key, value]) => [key, asTagValue(value)]));
}

function asTagValue(value: Value): TagValue {
  if (Array.isArray(value)) return value.map(asTagValue);
  if (isMap(value)) return described(value as Record<string, Value>);
  if (value instanceof Unavailable) return null;
  if (typeof value === 'number' && !Number.isInteger(value)) return new YamlFloat(value);
  return value as TagValue;
}
