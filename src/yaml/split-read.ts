/** Reads a large file piece by piece to save memory, and gives up where reading it whole might give another result. */

import { type Event, parseEvents } from 'js-yaml';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { EventWalk } from './fast-events.js';
import { MapNode, type Node, type Pair, type ReadYaml, SequenceNode } from './node.js';
import type { TopKey } from './split-layout.js';
import { treeBuilder, type Within } from './tree-builder.js';

/**
 * How much text is parsed at once, in code units. Its events take thirty times as much memory; but after some hundred
 * calls js-yaml takes twice as long for the same text, because the engine has then seen its state in too many shapes.
 */
const usualBatch = 4 * 1024 * 1024;

/** A node of a top-level list or a pair of a top-level map. */
type Item = Node | Pair;

/**
 * Reads a file with a given layout and no doubtful characters. The tree and diagnostics are those of reading it whole;
 * undefined when a piece does not hold what the layout says, or cannot be read.
 */
export function readInChunks(
  source: Source,
  layout: readonly TopKey[],
  batch = usualBatch,
): ReadYaml | undefined {
  const diagnostics: Diagnostic[] = [];
  const reader = new PieceReader(source, diagnostics);
  const pairs: Pair[] = [];
  for (const part of layout) {
    const opened = reader.opening(part);
    if (!opened) return undefined;
    const items: Item[] = [];
    for (let at = 0; at < part.items.length; ) {
      let past = at + 1;
      while (past < part.items.length && borderOf(part, past + 1) - borderOf(part, at) <= batch) past++;
      const read = reader.items(part, at, past);
      if (!read) return undefined;
      for (const one of read) items.push(one);
      at = past;
    }
    // A slice drops the spare capacity of an array that grew.
    pairs.push(items.length === 0 ? opened : { key: opened.key, value: collectionOf(part, items.slice()) });
  }
  const root = rootOf(pairs);
  return root && { tree: { source, root }, diagnostics };
}

/** Where an item starts, or where the last one ends. */
function borderOf(part: TopKey, item: number): number {
  return part.items[item] ?? part.to;
}

/** The value of a part that consists of these items, which become its own. */
function collectionOf({ list, items: starts, indent }: TopKey, items: Item[]): Node {
  const start = starts[0]! + indent;
  const last = items[items.length - 1]!;
  const end = 'value' in last && 'key' in last ? last.value.end : last.end;
  if (list) {
    const nodes = items as Node[];
    return new SequenceNode(start, end, undefined, nodes.some(isDynamic), nodes);
  }
  const pairs = items as Pair[];
  const dynamic = pairs.some((pair) => pair.value.dynamic);
  return new MapNode(start, end, undefined, dynamic, pairs, false);
}

/** The map of a file; undefined when two keys in it, or in one of its sections, are the same. */
function rootOf(pairs: readonly Pair[]): MapNode | undefined {
  if (!haveOwnKeys(pairs)) return undefined;
  for (const { value } of pairs) if (value.type === 'map' && !haveOwnKeys(value.pairs)) return undefined;
  const end = pairs[pairs.length - 1]!.value.end;
  const dynamic = pairs.some((pair) => pair.value.dynamic);
  return new MapNode(pairs[0]!.key.start, end, undefined, dynamic, pairs, false);
}

function isDynamic(node: Node): boolean {
  return node.dynamic;
}

function haveOwnKeys(pairs: readonly Pair[]): boolean {
  return new Set(pairs.map((pair) => pair.key.value)).size === pairs.length;
}

/** Reads pieces of a source, in order. */
class PieceReader {
  private readonly options = { known: new Map<string, string>(), part: true };

  constructor(
    private readonly source: Source,
    private readonly diagnostics: Diagnostic[],
  ) {}

  /** A part without its items: its key, and its value if it has no items. */
  opening(part: TopKey): Pair | undefined {
    const split = part.items.length > 0;
    const text = this.source.text.slice(part.from, borderOf(part, 0));
    const root = this.read(text, { base: part.from, depth: 0 });
    if (root?.type !== 'map' || root.pairs.length !== 1) return undefined;
    const [pair] = root.pairs;
    const { key, value } = pair!;
    if (typeof key.value !== 'string') return undefined;
    if (split && (value.type !== 'scalar' || value.tag || value.text !== '')) return undefined;
    return pair;
  }

  /** The items from one up to another. */
  items(part: TopKey, from: number, past: number): readonly Item[] | undefined {
    const base = borderOf(part, from);
    const text = this.source.text.slice(base, borderOf(part, past));
    const root = this.read(text, { base, depth: 1 });
    if (!root || root.type === 'scalar' || (root.type === 'sequence') !== part.list) return undefined;
    const items: readonly Item[] = root.type === 'sequence' ? root.items : root.pairs;
    if (items.length !== past - from) return undefined;
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!;
      const line = part.items[from + at]!;
      if ('key' in item) {
        if (item.key.start !== line + part.indent || typeof item.key.value !== 'string') return undefined;
      } else if (item.start <= line || item.start >= borderOf(part, from + at + 1)) return undefined;
    }
    return items;
  }

  private read(text: string, within: Within): Node | undefined {
    let events: Event[];
    try {
      events = parseEvents(text, {});
    } catch {
      return undefined;
    }
    const builder = treeBuilder(this.source, this.diagnostics, within);
    return new EventWalk(text, builder, this.options).walk(events) ? builder.finish() : undefined;
  }
}
/** A copy of the text; a slice would keep the whole text in memory. */
