/** Finds what an excerpt of a file must not show: the values of secret attributes and of unknown keys. */
import type { Range, Source } from '../diagnostic/source.js';
import { remembered } from '../model/remembered.js';
import { isOpen, isSecretKey, nameAlone } from '../secrets/open-keys.js';
import type { MapNode, Node, Pair } from './node.js';
import { readYaml } from './read-yaml.js';

/** Sections whose keys are the names of objects. */
const named = new Set(['users', 'groups', 'roles', 'flows', 'invitations', 'applications']);

/** Larger files are not parsed again just for an excerpt. */
const largest = 1_000_000;
/** Tags whose text says where a value is, not what it is. */
const pointers = new Set(['Env', 'File', 'Context', 'KeyOf', 'Value']);

/** The ranges to hide, in order; undefined when no line may be shown, because the file is not YAML or very large. */
export const hiddenValues = remembered((source: Source): readonly Range[] | undefined =>
  source.text.length > largest ? undefined : rangesIn(source),
);

function rangesIn(source: Source): Range[] | undefined {
  const { root } = readYaml(source).tree;
  if (!root) return undefined;
  const ranges: Range[] = [];
  hideBelow(source.text, root, [], ranges);
  ranges.sort(([a], [b]) => a - b);
  return ranges.filter(([, end], at) => at === 0 || end > ranges[at - 1]![1]);
}

function hideBelow(text: string, node: Node, keys: readonly string[], ranges: Range[]): void {
  if (node.type === 'sequence') for (const item of node.items) hideBelow(text, item, keys, ranges);
  if (node.type !== 'map') return;
  for (const [at, pair] of node.pairs.entries()) {
    const { key, value } = pair;
    // A merged value is hidden where it is written.
    if (key.start < node.start || key.end > node.end) continue;
    // The section is called like a secret attribute.
    const isSecret = isSecretKey(key.text) && !isFreeName(keys, key.text, value);
    const own = [...keys, key.text];
    if (isSecret ? !isPointer(value) : !isOpen(own) && !holdsMaps(value))
      ranges.push(rangeOf(text, node, pair, node.pairs[at + 1]));
    // The same goes for aliased values.
    else if (value.start >= key.end) hideBelow(text, value, own, ranges);
  }
}

/** People name lists of entries, and the objects of a section, as they like; what is secret in them lies further down. */
function isFreeName(keys: readonly string[], name: string, value: Node): boolean {
  if (keys.length === 0) return name === 'settings';
  if (keys.length > 1) return false;
  if (keys[0] === 'entries')
    return value.type === 'sequence' && value.items.every((one) => one.type === 'map');
  return named.has(keys[0]!) && value.type === 'map';
}

function isPointer(value: Node): boolean {
  if (value.tag === undefined || !pointers.has(value.tag)) return false;
  // A default hides nothing when it is null.
  return (
    value.type === 'scalar' ||
    (value.type === 'sequence' &&
      value.items.every((one, at) => one.type === 'scalar' && (at === 0 || one.value === null)))
  );
}

function holdsMaps(value: Node): boolean {
  return value.type === 'map' || (value.type === 'sequence' && value.items.some(holdsMaps));
}

/** From the end of the name to the next key or, after the last, to the end of the map or its line. */
function rangeOf(text: string, map: MapNode, { key, value }: Pair, next: Pair | undefined): Range {
  const stuck = value.end <= key.end ? nameAlone(key.text) : key.text;
  const from = stuck === key.text ? key.end : key.start + stuck.length - 1;
  const start = from + /^["']?\s*:?[ \t]*/.exec(text.slice(from, from + 200))![0].length;
  const last = Math.max(value.end, key.end);
  if (next && next.key.start >= last) {
    const between = text.slice(start, next.key.start);
    return [start, start + between.replace(/[\s,?]*$/, '').length];
  }
  const line = text.indexOf('\n', last);
  const end = line === -1 ? text.length : line;
  return [start, text[map.start] === '{' ? Math.max(last, map.end - 1) : end];
}
