/** Kept numbers and texts and the file's text in, the tree out that was kept; small maps only when somebody looks into them. */
import type { Diagnostic } from '../diagnostic.js';
import type { Place, Source } from '../source.js';
import {
  type KeptDiagnostic,
  type KeptPlace,
  type KeptTree,
  keyOfNumber,
  resolved,
  tagNames,
  wordForm,
} from './cache-form.js';
import { MapNode, type Node, type Pair, ScalarNode, SequenceNode } from './node.js';
import type { ReadYaml } from './yaml.js';

const {
  sort,
  tagShift,
  tagMask,
  plainBit,
  apartBit,
  keptBit,
  wideBit,
  partBit,
  gapShift,
  gapMask,
  sizeShift,
} = wordForm;

/** How many words a map has at most that is read lazily: reading it again costs next to nothing. */
const smallMap = 512;
/** Of so many lazy maps the pairs are kept, as whoever looks into a map looks again soon. */
const recentMaps = 16;

/**
 * The tree that was kept, of a source with the same text. Throws when it is none. `lazily`: small maps are made when
 * somebody looks into them, and anew when somebody does so later, so that a long file takes little memory.
 */
export function treeOf(kept: KeptTree, source: Source, lazily = false): ReadYaml {
  const reader = new Reader(kept, source.text, lazily);
  const root = reader.node();
  if (reader.at !== kept.words.length) throw new Error('a kept tree has more words than nodes');
  const diagnostics = kept.diagnostics.map((one) => givenDiagnostic(one, source));
  return {
    tree: { source, root },
    diagnostics,
    ...(kept.inChunks ? { inChunks: true } : {}),
    ...(kept.isFine ? { isFine: true } : {}),
  };
}

/** A small map as it is kept, of no tag or other than `!KeyOf`. */
class KeptMap implements Pick<MapNode, keyof MapNode> {
  /** Its pairs while it is among those that were looked into last. */
  known: readonly Pair[] | undefined = undefined;

  constructor(
    readonly start: number,
    readonly end: number,
    readonly dynamic: boolean,
    private readonly reader: Reader,
    /** Where its first word is. */
    readonly at: number,
  ) {}

  get type(): 'map' {
    return 'map';
  }

  get tag(): undefined {
    return undefined;
  }

  get set(): boolean {
    return false;
  }

  get namesOnly(): boolean {
    return true;
  }

  get pairs(): readonly Pair[] {
    return this.known ?? this.reader.pairsOf(this);
  }
}

class Reader {
  at = 0;
  private readonly words: Int32Array;
  private readonly texts: readonly string[];
  private readonly seen: Node[] | undefined;
  private readonly recent: (KeptMap | undefined)[] = new Array(recentMaps).fill(undefined);
  private next = 0;
  private last = 0;
  private passedTag = false;

  constructor(
    { words, texts, inChunks }: KeptTree,
    private readonly text: string,
    private readonly lazily: boolean,
  ) {
    this.words = words;
    this.texts = texts;
    if (!inChunks) this.seen = [];
  }

  /** The pairs of a map that was passed. */
  pairsOf(map: KeptMap): readonly Pair[] {
    const head = this.words[map.at]!;
    const isWide = (head & wideBit) !== 0;
    this.at = map.at + (isWide ? 3 : 1);
    this.last = map.start;
    const pairs = this.pairs(isWide ? this.words[map.at + 2]! : head >>> sizeShift);
    const forgotten = this.recent[this.next];
    if (forgotten) forgotten.known = undefined;
    this.recent[this.next] = map;
    this.next = (this.next + 1) % recentMaps;
    map.known = pairs;
    return pairs;
  }

  /** A map that may wait until somebody looks into it; otherwise nothing, and no step is taken. */
  private lazyMap(first: number, start: number): Node | undefined {
    const { at, last } = this;
    this.at = first;
    // Its own head is passed once more.
    this.last = start - this.gapAt(first);
    this.passedTag = false;
    const head = this.words[first]!;
    const isPlain = (head & plainBit) === 0 && ((head >>> tagShift) & tagMask) === 0;
    if (isPlain && this.pass(first + smallMap)) {
      return new KeptMap(start, this.last, this.passedTag, this, first);
    }
    this.at = at;
    this.last = last;
    return undefined;
  }

  private gapAt(at: number): number {
    const head = this.words[at]!;
    return head & wideBit ? this.words[at + 1]! : (head >>> gapShift) & gapMask;
  }

  /** Goes past a node as `node` does; false when it is none of a small map. */
  private pass(limit: number): boolean {
    if (this.at >= limit) return false;
    const head = this.words[this.at++]!;
    const which = head & 3;
    if (which === sort.again) return false;
    let gap = (head >>> gapShift) & gapMask;
    let size = head >>> sizeShift;
    if (head & wideBit) {
      gap = this.words[this.at++]!;
      size = this.words[this.at++]!;
    }
    this.last += gap;
    const number = (head >>> tagShift) & tagMask;
    if (number !== 0) {
      // What other tags find out may be kept by the node.
      if (number !== keyOfNumber) return false;
      this.passedTag = true;
    }
    if (which === sort.scalar) {
      let length = size;
      if (head & keptBit) length = head & partBit ? this.words[this.at++]! : this.texts[size]!.length;
      else if (head & partBit) this.at++;
      this.last += length;
      return true;
    }
    for (let left = which === sort.map ? 2 * size : size; left > 0; left--) {
      if (!this.pass(limit)) return false;
    }
    this.end(head);
    return true;
  }

  node(): Node {
    const first = this.at;
    const head = this.words[this.at++]!;
    const which = head & 3;
    if (which === sort.again) return this.seen![this.words[this.at++]!]!;
    let gap = (head >>> gapShift) & gapMask;
    let size = head >>> sizeShift;
    if (head & wideBit) {
      gap = this.words[this.at++]!;
      size = this.words[this.at++]!;
    }
    const start = this.last + gap;
    this.last = start;
    const number = (head >>> tagShift) & tagMask;
    const tag = number === 0 ? undefined : tagNames[number - 1];
    if (which === sort.scalar) return this.scalar(head, start, size, tag);
    const lazy = this.lazily && which === sort.map && !this.seen ? this.lazyMap(first, start) : undefined;
    if (lazy) return lazy;
    const place = this.seen ? this.seen.push(noNode) - 1 : 0;
    const node =
      which === sort.map ? this.map(head, start, size, tag) : this.sequence(head, start, size, tag);
    if (this.seen) this.seen[place] = node;
    return node;
  }

  private scalar(head: number, start: number, size: number, tag: string | undefined): ScalarNode {
    const plain = (head & plainBit) !== 0;
    let end = start + size;
    let text: string;
    if (head & keptBit) {
      text = this.texts[size]!;
      end = start + (head & partBit ? this.words[this.at++]! : text.length);
    } else {
      const textEnd = plain ? end : end - 1;
      const length = head & partBit ? this.words[this.at++]! : plain ? size : size - 2;
      text = this.text.slice(textEnd - length, textEnd);
    }
    this.last = end;
    const value = head & apartBit ? resolved(text, plain) : text;
    const node = new ScalarNode(start, end, tag, value, text, plain);
    this.seen?.push(node);
    return node;
  }

  private sequence(head: number, start: number, size: number, tag: string | undefined): SequenceNode {
    const items = new Array<Node>(size);
    let dynamic = tag !== undefined;
    for (let at = 0; at < size; at++) {
      const item = this.node();
      if (item.dynamic) dynamic = true;
      items[at] = item;
    }
    return new SequenceNode(start, this.end(head), tag, dynamic, items);
  }

  private map(head: number, start: number, size: number, tag: string | undefined): MapNode {
    const pairs = this.pairs(size);
    const dynamic = tag !== undefined || pairs.some(({ key, value }) => key.dynamic || value.dynamic);
    return new MapNode(start, this.end(head), tag, dynamic, pairs, (head & plainBit) !== 0);
  }

  private pairs(size: number): readonly Pair[] {
    const pairs = new Array<Pair>(size);
    for (let at = 0; at < size; at++) {
      const key = this.node() as ScalarNode;
      pairs[at] = { key, value: this.node() };
    }
    return pairs;
  }

  private end(head: number): number {
    if (head & apartBit) this.last += this.words[this.at++]!;
    return this.last;
  }
}

/** Stands where a node will be that is being read. */
const noNode = new ScalarNode(0, 0, undefined, null, '', true);

function givenPlace([offset, length]: KeptPlace, source: Source): Place {
  return { source, offset, ...(length === null ? {} : { length }) };
}

function givenDiagnostic({ at, related, ...rest }: KeptDiagnostic, source: Source): Diagnostic {
  return {
    ...rest,
    ...(at ? { place: givenPlace(at, source) } : {}),
    ...(related
      ? { related: related.map((one) => ({ place: givenPlace(one.at, source), message: one.message })) }
      : {}),
  };
}
