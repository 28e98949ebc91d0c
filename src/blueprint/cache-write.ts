/** A file's tree in, numbers and texts to keep it by out. */
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../diagnostic.js';
import type { Place } from '../source.js';
import {
  type KeptDiagnostic,
  type KeptPlace,
  type KeptTree,
  resolved,
  tagNumbers,
  wordForm,
} from './cache-form.js';
import type { Node, ScalarNode } from './node.js';
import type { ReadYaml } from './yaml.js';

const {
  sort,
  tagShift,
  plainBit,
  apartBit,
  keptBit,
  wideBit,
  partBit,
  gapShift,
  gapMask,
  sizeShift,
  sizeMask,
} = wordForm;

/** What a tree is kept by; nothing for one that is broken or too odd. `isFine`: there was nothing to say of its file. */
export function keptTree({ tree, diagnostics, inChunks }: ReadYaml, isFine = false): KeptTree | undefined {
  if (!tree.root) return undefined;
  const writer = new Writer(tree.source.text, inChunks !== true);
  writer.node(tree.root, false);
  if (writer.odd) return undefined;
  return {
    words: writer.words.slice(0, writer.length),
    texts: writer.texts,
    diagnostics: diagnostics.map(keptDiagnostic),
    inChunks: inChunks === true,
    isFine,
  };
}

class Writer {
  words = new Int32Array(1 << 16);
  length = 0;
  readonly texts: string[] = [];
  /** Something cannot be kept. */
  odd = false;
  private readonly numbers = new Map<string, number>();
  /** Where the nodes are that may come again. */
  private readonly seen: Map<Node, number> | undefined;
  private last = 0;

  constructor(
    private readonly text: string,
    shares: boolean,
  ) {
    if (shares) this.seen = new Map();
  }

  node(node: Node, isKey: boolean): void {
    const before = this.seen?.get(node);
    if (before !== undefined) {
      this.push(sort.again);
      this.push(before);
      return;
    }
    this.seen?.set(node, this.seen.size);
    const tag = (node.tag === undefined ? 0 : tagNumbers.get(node.tag)!) << tagShift;
    if (node.type === 'scalar') this.scalar(node, tag, isKey);
    else if (node.type === 'sequence') {
      this.collection(node, sort.sequence | tag, node.items.length, () => {
        let dynamic = node.tag !== undefined;
        for (const item of node.items) {
          this.node(item, false);
          if (item.dynamic) dynamic = true;
        }
        return dynamic;
      });
    } else {
      const set = node.set ? plainBit : 0;
      this.collection(node, sort.map | tag | set, node.pairs.length, () => {
        let dynamic = node.tag !== undefined;
        for (const { key, value } of node.pairs) {
          this.node(key, true);
          this.node(value, false);
          if (key.dynamic || value.dynamic) dynamic = true;
        }
        return dynamic;
      });
    }
  }

  private scalar(node: ScalarNode, tag: number, isKey: boolean): void {
    const { start, end, text, value, plain } = node;
    let flags = sort.scalar | tag | (plain ? plainBit : 0);
    if (value !== text) {
      flags |= apartBit;
      if (!isDeepStrictEqual(resolved(text, plain), value)) this.odd = true;
    }
    const textEnd = plain ? end : end - 1;
    const length = end - start;
    const short = isKey && plain && length === text.length && length < 64;
    let number = short ? this.numberOf(text) : undefined;
    if (number === undefined && this.text.slice(textEnd - text.length, textEnd) !== text) {
      number = this.texts.push(text) - 1;
    }
    const whole = number === undefined ? (plain ? 0 : 2) + text.length === length : text.length === length;
    if (number !== undefined) flags |= keptBit;
    if (!whole) flags |= partBit;
    this.head(flags, start, number ?? length);
    if (!whole) this.push(number === undefined ? text.length : length);
    this.last = end;
  }

  private collection({ start, end, dynamic }: Node, head: number, size: number, inside: () => boolean): void {
    const at = this.length;
    this.head(head, start, size);
    // A value that was dropped because its key came again may have been dynamic.
    if (inside() !== dynamic) this.odd = true;
    if (this.last !== end) {
      this.words[at]! |= apartBit;
      this.push(end - this.last);
      this.last = end;
    }
  }

  private head(flags: number, start: number, size: number): void {
    const gap = start - this.last;
    if (gap >= 0 && gap <= gapMask && size <= sizeMask) {
      this.push(flags | (gap << gapShift) | (size << sizeShift));
    } else {
      this.push(flags | wideBit);
      this.push(gap);
      this.push(size);
    }
    this.last = start;
  }

  private numberOf(text: string): number | undefined {
    let number = this.numbers.get(text);
    if (number === undefined && this.texts.length <= sizeMask) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }

  private push(word: number): void {
    if (this.length === this.words.length) {
      const more = new Int32Array(this.length * 2);
      more.set(this.words);
      this.words = more;
    }
    this.words[this.length++] = word;
  }
}

function keptPlace({ offset, length }: Place): KeptPlace {
  return [offset, length ?? null];
}

function keptDiagnostic({ place, related, ...rest }: Diagnostic): KeptDiagnostic {
  return {
    ...rest,
    ...(place ? { at: keptPlace(place) } : {}),
    ...(related
      ? { related: related.map((one) => ({ at: keptPlace(one.place), message: one.message })) }
      : {}),
  };
}
