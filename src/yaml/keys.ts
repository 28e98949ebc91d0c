/** The keys of a map under construction: finding one again, and merging `<<` in. */
import { type Pair, type Scalar, YamlBytes, YamlDate, YamlFloat } from './node.js';

/** A map's pairs so far. */
export interface Keyed {
  readonly pairs: Pair[];
  /** The pairs that `<<` brings in, the strongest last. */
  merged: Pair[] | undefined;
  /** The index of each key in `pairs`; only for large maps. */
  index: Map<string, number> | undefined;
}

/** Up to this size, a linear search beats an index. */
const fewKeys = 8;

/** A map's pairs after its merge keys: merged ones first, later ones in their place, as in a Python dict. */
export function allPairs(map: Keyed): Pair[] {
  if (!map.merged) return map.pairs;
  const byKey = new Map<unknown, Pair>();
  for (const pairs of [map.merged, map.pairs]) {
    for (const pair of pairs) byKey.set(pair.key.tag ? pair.key : keyOf(pair.key.value), pair);
  }
  return [...byKey.values()];
}

/** The index of an equal key in `pairs`, or -1; a new key is indexed and must be pushed. */
export function indexOfKey(map: Keyed, value: Scalar): number {
  const { pairs } = map;
  if (pairs.length < fewKeys) {
    const wanted = typeof value === 'string' ? undefined : keyOf(value);
    for (let at = 0; at < pairs.length; at++) {
      const { key } = pairs[at]!;
      if ((wanted === undefined ? key.value === value : keyOf(key.value) === wanted) && !key.tag) return at;
    }
    return -1;
  }
  if (!map.index) {
    map.index = new Map();
    for (const [at, pair] of pairs.entries()) if (!pair.key.tag) map.index.set(keyOf(pair.key.value), at);
  }
  const key = keyOf(value);
  const before = map.index.get(key);
  if (before === undefined) map.index.set(key, pairs.length);
  return before ?? -1;
}

/** Equal for keys that are equal in Python, where `1`, `1.0` and `true` are one key. */
function keyOf(value: Scalar): string {
  if (typeof value === 'string') return `"${value}`;
  if (value instanceof YamlDate) return `${value.type} ${value.iso}`;
  if (value instanceof YamlBytes) return `bytes ${value.base64}`;
  if (value instanceof YamlFloat) return String(value.value);
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}
