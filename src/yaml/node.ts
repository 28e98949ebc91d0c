/** Our own tree of a YAML file: every reader produces it, and everything after that works on it. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Place, Source } from '../diagnostic/source.js';

/** A date or time as YAML 1.1 reads it (authentik would hold a Python date or datetime). */
export class YamlDate {
  constructor(
    readonly type: 'date' | 'datetime',
    /** ISO 8601: `2024-01-01`, `2024-01-01T10:00:00+00:00`. */
    readonly iso: string,
  ) {}
}

/** A number written with a point or exponent: `1.0` is not the integer 1 to `%s` and `%d`. */
export class YamlFloat {
  constructor(readonly value: number) {}
}

/** `!!binary`. */
export class YamlBytes {
  constructor(readonly base64: string) {}
}

/** What a scalar holds. Integers are numbers while exact, bigints beyond 2^53. */
export type Scalar = null | boolean | number | bigint | string | YamlFloat | YamlDate | YamlBytes;

// A file of 100,000 entries has 2.5 million nodes, so what they share is on the prototypes.

export class ScalarNode {
  constructor(
    /** Offset of the first character of the value (of the tag, where there is one). */
    readonly start: number,
    readonly end: number,
    /** One of the 14 blueprint tags, without `!`: `KeyOf`. */
    readonly tag: string | undefined,
    readonly value: Scalar,
    /** The text as it is read by tags that take text (`!Context 5` looks up `5`): unresolved. */
    readonly text: string,
    /** Written without quotes. */
    readonly plain: boolean,
  ) {}

  get type(): 'scalar' {
    return 'scalar';
  }

  /** This node has a blueprint tag. */
  get dynamic(): boolean {
    return this.tag !== undefined;
  }
}

export class SequenceNode {
  constructor(
    readonly start: number,
    readonly end: number,
    readonly tag: string | undefined,
    /** This node has a blueprint tag, or one below it does. */
    readonly dynamic: boolean,
    readonly items: readonly Node[],
  ) {}

  get type(): 'sequence' {
    return 'sequence';
  }
}

export class MapNode {
  constructor(
    readonly start: number,
    readonly end: number,
    readonly tag: string | undefined,
    /** This node has a blueprint tag, or one below it does. */
    readonly dynamic: boolean,
    /** In document order, merge keys (`<<`) already merged in, keys unique. */
    readonly pairs: readonly Pair[],
    /** `!!set`: only keys. */
    readonly set: boolean,
  ) {}

  get type(): 'map' {
    return 'map';
  }
}

export interface Pair {
  readonly key: ScalarNode;
  readonly value: Node;
}

/** An aliased node is the same object as its anchor's. */
export type Node = ScalarNode | SequenceNode | MapNode;

/** A file's tree. */
export interface Tree {
  readonly source: Source;
  /** Undefined for an empty file. */
  readonly root: Node | undefined;
}

/** The value under a text key, or undefined. */
export function child(map: MapNode, key: string): Node | undefined {
  for (const pair of map.pairs) if (pair.key.value === key) return pair.value;
  return undefined;
}

/** The place of a node: the value as far as its first line goes; of a list or map over several lines, where it begins. */
export function placeOfNode(node: Node, source: Source): Place {
  const { start, end } = node;
  const line = source.text.indexOf('\n', start);
  const isOneLine = line === -1 || line >= end;
  const spans = isOneLine || node.type === 'scalar' || '[{!'.includes(source.text[start]!);
  return { source, offset: start, length: Math.max(1, spans ? (isOneLine ? end : line) - start : 1) };
}

/** The node at a path of keys and positions below a node, as far as it is written out there. */
export function nodeAt(node: Node, path: readonly string[]): Node {
  let at = node;
  for (const step of path) {
    if (at.tag || at.type === 'scalar') return at;
    const next = at.type === 'map' ? child(at, step) : at.items[Number(step)];
    if (!next) return at;
    at = next;
  }
  return at;
}

/** A tree with what is wrong or surprising about it. */
export interface ReadYaml {
  readonly tree: Tree;
  readonly diagnostics: Diagnostic[];
}
