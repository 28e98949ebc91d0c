/** A file's text, again and again, in, its blueprint out: what did not change in between is neither read nor parsed again. */
import type { Diagnostic } from '../diagnostic.js';
import { type CurrentFile, Stretch } from '../source.js';
import { type Chunk, type Chunks, inFile } from './chunk.js';
import { type Edit, editBetween, layoutAfter } from './chunk-edit.js';
import type { Part } from './chunk-layout.js';
import { borderOf, collectionOf, type Item, PieceReader, rootOf } from './chunk-read.js';
import { type FileReading, settled } from './chunk-reading.js';
import type { LoadedSource } from './load.js';
import type { Node, Pair, ScalarNode } from './node.js';
import { parseChunks } from './parse.js';
import { checkTags } from './tag-forms.js';
import type { ReadYaml } from './yaml.js';

/** A stretch with all that is known of it. */
interface Kept extends Chunk {
  readonly source: Stretch;
  readonly item: Item;
  /** Where it stood when it was read. */
  readonly start: number;
  /** What is wrong with its syntax and its tags, with places in the stretch. */
  readonly syntax: readonly Diagnostic[];
  readonly tags: readonly Diagnostic[];
  /** The last reading that it was in. */
  reading: number;
}

/** A part of the file. */
interface KeptPart {
  readonly part: Part;
  readonly key: ScalarNode;
  /** What comes before the items, which holds the value when there are none, else the key. */
  readonly opening: Kept;
  readonly items: readonly Kept[];
}

const none: never[] = [];

/** A file that is read again and again, in pieces. */
export class ChunkedFile {
  private parts: readonly KeptPart[] = none;
  private readings = 0;
  private readonly file: CurrentFile;

  constructor(private source: LoadedSource) {
    this.file = { source };
  }

  /** How many stretches are kept. */
  get size(): number {
    return this.parts.reduce((size, { items }) => size + 1 + items.length, 0);
  }

  /** Begins with a tree that was read in the pieces of the layout; nothing when an id is used twice. */
  begin(layout: readonly Part[], { tree, diagnostics }: ReadYaml): FileReading | undefined {
    const { root } = tree;
    if (root?.type !== 'map' || root.pairs.length !== layout.length) return undefined;
    let next = 0;
    const before = (border: number): readonly Diagnostic[] => {
      const from = next;
      while (next < diagnostics.length && (diagnostics[next]!.place?.offset ?? 0) < border) next++;
      return from === next ? none : diagnostics.slice(from, next);
    };
    const parts: KeptPart[] = [];
    for (const [at, part] of layout.entries()) {
      const { key, value } = root.pairs[at]!;
      const items = itemsOf(part, value);
      if (items.length !== part.items.length) return undefined;
      const split = items.length > 0;
      parts.push({
        part,
        key,
        opening: this.keep(split ? key : value, part.from, before(borderOf(part, 0))),
        items: items.map((item, at) => this.keep(item, part.items[at]!, before(borderOf(part, at + 1)))),
      });
    }
    return this.take(this.source, parts);
  }

  /** Reads the file again; nothing, and no change in what is kept, when that cannot be done in pieces. */
  again(source: LoadedSource): FileReading | undefined {
    const edit = editBetween(this.source.text, source.text);
    const layout = layoutAfter(
      this.parts.map((one) => one.part),
      edit,
    );
    if (!layout) return undefined;
    const found: Diagnostic[] = [];
    const reader = new PieceReader(source, found);
    const parts: KeptPart[] = [];
    let kept = 0;
    for (const part of layout) {
      const opened = this.opening(source, part, reader, found);
      if (!opened) return undefined;
      if (opened.opening.parsed) kept++;
      const former = this.parts.find((one) => one.key.value === opened.key.value);
      const items = this.known(edit, part, former);
      for (const [at, item] of items.entries()) {
        if (item) {
          kept++;
          continue;
        }
        const read = reader.items(part, at, at + 1, true);
        if (!read) return undefined;
        items[at] = this.keep(read[0]!, part.items[at]!, found.splice(0));
      }
      parts.push({ part, ...opened, items: items as Kept[] });
    }
    // With nothing in common it is another file, which is read faster as one.
    return kept > 0 ? this.take(source, parts) : undefined;
  }

  private opening(
    source: LoadedSource,
    part: Part,
    reader: PieceReader,
    found: Diagnostic[],
  ): Pick<KeptPart, 'key' | 'opening'> | undefined {
    // What is not an item has its offsets in the file, so that it must not have moved.
    const former = this.parts.find((one) => one.part.from === part.from);
    const split = part.items.length > 0;
    if (former && former.part.items.length > 0 === split) {
      const text = this.source.text.slice(part.from, borderOf(former.part, 0));
      if (text === source.text.slice(part.from, borderOf(part, 0))) {
        return { key: former.key, opening: former.opening };
      }
    }
    const pair = reader.opening(part, true);
    if (!pair) return undefined;
    const { key, value } = pair;
    return { key, opening: this.keep(split ? key : value, part.from, found.splice(0)) };
  }

  /** The items of a part, with those that are known from the former reading: those whose text is the same. */
  private known(edit: Edit, part: Part, former: KeptPart | undefined): (Kept | undefined)[] {
    const items = new Array<Kept | undefined>(part.items.length).fill(undefined);
    if (!former || former.part.list !== part.list || former.part.indent !== part.indent) return items;
    const { before, after, same, sameEnd } = edit;
    const now = (at: number) => after.slice(part.items[at], borderOf(part, at + 1));
    const then = (at: number) => before.slice(former.part.items[at], borderOf(former.part, at + 1));
    const most = Math.min(items.length, former.items.length);
    let first = 0;
    // What ends before the first difference need not be compared, nor what starts behind the last.
    const isBefore = (at: number) => borderOf(part, at + 1) <= same && borderOf(former.part, at + 1) <= same;
    for (; first < most && (isBefore(first) || now(first) === then(first)); first++)
      items[first] = former.items[first];
    let last = 0;
    const [end, formerEnd] = [items.length - 1, former.items.length - 1];
    const isBehind = (at: number, formerAt: number) =>
      part.items[at]! >= after.length - sameEnd && former.part.items[formerAt]! >= before.length - sameEnd;
    while (last < most - first) {
      const [at, formerAt] = [end - last, formerEnd - last];
      if (!isBehind(at, formerAt) && now(at) !== then(formerAt)) break;
      items[at] = former.items[formerAt];
      last++;
    }
    const moved = new Map<string, Kept>();
    for (let at = first; at <= formerEnd - last; at++) moved.set(then(at), former.items[at]!);
    for (let at = first; at <= end - last && moved.size > 0; at++) {
      const text = now(at);
      items[at] = moved.get(text);
      moved.delete(text);
    }
    return items;
  }

  private keep(item: Item, start: number, syntax: readonly Diagnostic[]): Kept {
    const source = new Stretch(this.file);
    const node = 'key' in item ? item.value : item;
    return {
      source,
      item,
      start,
      syntax: syntax.length > 0 ? syntax.map((one) => withSource(one, source)) : none,
      tags: node.dynamic ? orNone(checkTags(node, source)) : none,
      parsed: undefined,
      reading: 0,
    };
  }

  /** Makes the blueprint out of the parts and keeps them; nothing, and no change, when an id or key is used twice. */
  private take(source: LoadedSource, parts: readonly KeptPart[]): FileReading | undefined {
    const stretches = new Stretches();
    const pairs = parts.map((one): Pair => {
      const { part, key, opening, items } = one;
      if (items.length === 0) return { key, value: stretches.add(opening.item as Node, opening) };
      const last = items.length - 1;
      const moved = part.items[last]! - items[last]!.start;
      const nodes = items.map(({ item }) => item);
      return { key, value: stretches.addItems(collectionOf(part, nodes, moved), items) };
    });
    const root = rootOf(pairs);
    if (!root) return undefined;
    const former = { source: this.source, parts: this.parts };
    this.place(source, parts);
    const found: Diagnostic[] = [];
    const all = stretchesOf(parts);
    for (const one of all) if (one.syntax !== none) found.push(...one.syntax.map(inFile));
    for (const one of all) if (one.tags !== none) found.push(...one.tags.map(inFile));
    const { blueprint, clash } = parseChunks({ source, root }, source.named, found, stretches);
    if (clash) {
      this.place(former.source, former.parts);
      return undefined;
    }
    // Who still holds what is gone sees it where it was.
    const gone: CurrentFile = { source: former.source };
    this.readings++;
    for (const one of all) one.reading = this.readings;
    for (const one of stretchesOf(former.parts)) if (one.reading !== this.readings) one.source.file = gone;
    return settled(source, blueprint, found);
  }

  /** Says where everything stands. */
  private place(source: LoadedSource, parts: readonly KeptPart[]): void {
    this.source = source;
    this.file.source = source;
    this.parts = parts;
    for (const { part, items } of parts) {
      for (let at = 0; at < items.length; at++) items[at]!.source.moved = part.items[at]! - items[at]!.start;
    }
  }
}

/** The stretches of a file as its parser asks for them. */
class Stretches implements Chunks {
  private readonly values = new Map<Node, Kept>();
  private readonly collections = new Map<Node, readonly Kept[]>();

  add(value: Node, kept: Kept): Node {
    this.values.set(value, kept);
    return value;
  }

  addItems(collection: Node, kept: readonly Kept[]): Node {
    this.collections.set(collection, kept);
    return collection;
  }

  whole(value: Node): Kept | undefined {
    return this.values.get(value);
  }

  of(collection: Node): readonly Kept[] | undefined {
    return this.collections.get(collection);
  }
}

/** All stretches, in their order. */
function stretchesOf(parts: readonly KeptPart[]): Kept[] {
  const all: Kept[] = [];
  for (const { opening, items } of parts) {
    all.push(opening);
    for (const one of items) all.push(one);
  }
  return all;
}

function itemsOf(part: Part, value: Node): readonly Item[] {
  if (part.items.length === 0 || value.type === 'scalar') return none;
  return value.type === 'map' ? value.pairs : value.items;
}

function orNone(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.length > 0 ? diagnostics : none;
}

function withSource(diagnostic: Diagnostic, source: Stretch): Diagnostic {
  const { place, related } = diagnostic;
  return {
    ...diagnostic,
    place: place && { ...place, source },
    ...(related ? { related: related.map((one) => ({ ...one, place: { ...one.place, source } })) } : {}),
  };
}
