/** Converts a node to a value without evaluating its tags. */
import type { Json } from '../model/model.js';
import { type Node, YamlFloat } from '../yaml/node.js';
import { type TagMap, type TagValue, UnresolvedTag, YamlSet } from './values.js';

/** The value of a node, tags unresolved. */
export function rawValue(node: Node): TagValue {
  if (node.tag) return new UnresolvedTag(node);
  if (node.type === 'scalar') return node.value;
  if (node.type === 'sequence') return node.items.map(rawValue);
  if (node.set) return new YamlSet(node.pairs.map(({ key }) => rawValue(key)));
  const map: TagMap = new Map();
  for (const { key, value } of node.pairs) map.set(rawValue(key), rawValue(value));
  return map;
}

/** Plain JSON as a value for tags, for context that does not come from YAML. */
export function jsonValue(json: Json): TagValue {
  if (typeof json === 'number' && !Number.isInteger(json)) return new YamlFloat(json);
  if (Array.isArray(json)) return json.map(jsonValue);
  if (json === null || typeof json !== 'object') return json;
  return new Map<TagValue, TagValue>(Object.entries(json).map(([key, value]) => [key, jsonValue(value)]));
}
