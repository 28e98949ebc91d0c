/** A YAML tree in, the same out in lines: short maps and lists on one line or two, long ones with a line for each item. */
import { Document, isCollection, isMap, isScalar, Scalar, visit, YAMLMap, YAMLSeq } from 'yaml';
import { nullScalar, plainScalar, type YamlNode, type YamlPair } from './drafts.js';

/** How long a line of the compact form may be. */
const width = 120;
/** By how much a level is indented. */
const step = 2;
/** Stands around the number of a text that is filled in once the document is written. */
const [opens, closes] = ['\uE000', '\uE001'];

/** How the document is written out. */
export const writing = { lineWidth: 0, flowCollectionPadding: false } as const;

/** The layout of one document. */
export interface Layout {
  /** Lays out the value of a pair that is indented. What is in `block` has a line for each item, however short. */
  pair(pair: YamlPair, indent: number, block: ReadonlySet<unknown>): void;
  /** The document as it is written, with what stands on two lines filled in. */
  filled(text: string): string;
}

/** A layout for a document that is made of a text. */
export function layoutOf(source: string): Layout {
  const texts: string[] = [];
  const mayBreak = !source.includes(opens);
  const place = (node: YamlNode, indent: number, column: number, block: ReadonlySet<unknown>): YamlNode => {
    if (!isCollection(node) || node.items.length === 0) return node;
    if (canShareLine(node, block)) {
      if (column + lengthOf(onLine(node)) <= width) return onLine(node);
      const lines = mayBreak ? onTwoLines(node, column) : undefined;
      if (lines) {
        const stand = plainScalar(`${opens}${texts.push(lines) - 1}${closes}`);
        stand.commentBefore = node.commentBefore;
        return stand;
      }
    }
    node.flow = false;
    for (const [at, item] of node.items.entries()) {
      if (isMap(node)) pair(item as YamlPair, indent, block);
      else node.items[at] = place(item as YamlNode, indent + step, indent + step, block);
    }
    return node;
  };
  const pair = (one: YamlPair, indent: number, block: ReadonlySet<unknown>): void => {
    const { key, value } = one;
    if (!value) return;
    one.value = value.commentBefore ? value : place(value, indent + step, indent + lengthOf(key) + 2, block);
  };
  return {
    pair,
    filled: (text) =>
      text.replace(new RegExp(`${opens}(\\d+)${closes}`, 'g'), (_, number) => texts[Number(number)]!),
  };
}

/** May the node be written without line breaks? A comment above it does not stand in it. */
function canShareLine(node: YamlNode, block: ReadonlySet<unknown>): boolean {
  let can = true;
  visit(node, (_, inner) => {
    if (!isScalar(inner) && !isCollection(inner)) return undefined;
    const long = isScalar(inner) && typeof inner.value === 'string' && inner.value.includes('\n');
    const said = (inner !== node && inner.commentBefore) || inner.comment;
    if (!said && !long && !block.has(inner)) return undefined;
    can = false;
    return visit.BREAK;
  });
  return can;
}

/** The node with everything in it on one line. */
function onLine(node: YamlNode): YamlNode {
  visit(node, {
    Collection: (_, inner) => {
      inner.flow = true;
    },
  });
  return node;
}

/** The items on two lines, the second below the first; undefined when they need more. */
function onTwoLines(node: YAMLMap | YAMLSeq, column: number): string | undefined {
  const tag = node.tag?.startsWith('!') ? `${node.tag} ` : '';
  const start = column + tag.length + 1;
  const lines = [''];
  for (const [at, item] of node.items.entries()) {
    const last = at === node.items.length - 1;
    const text = `${itemText(node, item)}${last ? '' : ','}`;
    const line = lines.at(-1)!;
    const longer = line === '' ? text : `${line} ${text}`;
    if (start + longer.length + (last ? 1 : 0) <= width) lines[lines.length - 1] = longer;
    else if (lines.length === 2 || line === '' || start + text.length + 1 > width) return undefined;
    else lines.push(text);
  }
  const [opening, closing] = isMap(node) ? ['{', '}'] : ['[', ']'];
  return `${tag}${opening}${lines.join(`\n${' '.repeat(start)}`)}${closing}`;
}

/** An item of a map or list, as it stands among others on a line. */
function itemText(node: YAMLMap | YAMLSeq, item: unknown): string {
  const alone = isMap(node) ? new YAMLMap() : new YAMLSeq();
  alone.flow = true;
  alone.items.push(item as never);
  return textOf(alone as YamlNode).slice(1, -1);
}

function lengthOf(node: YamlNode): number {
  const [first] = textOf(node.commentBefore ? withoutComment(node) : node).split('\n', 1);
  return first!.length;
}

function withoutComment(node: YamlNode): YamlNode {
  const copy = node.clone() as YamlNode;
  copy.commentBefore = undefined;
  return copy;
}

function textOf(node: YamlNode): string {
  const document = new Document(undefined, { schema: 'failsafe', version: '1.1' });
  document.contents = node as never;
  return document.toString(writing).trimEnd();
}

/** Takes out blank lines, and writes values that are missing as null: `{a:}` is not the same to every reader. */
export function tidy(node: YamlNode): void {
  visit(node, {
    Pair: (_, pair) => {
      if (isNothing(pair.value)) pair.value = keepingComments(pair.value as Scalar | null);
    },
    Seq: (_, list) => {
      for (const [at, item] of list.items.entries()) {
        if (isNothing(item)) list.items[at] = keepingComments(item as Scalar | null);
      }
    },
    Node: (_, inner) => {
      (inner as Scalar).spaceBefore = undefined;
    },
  });
}

function isNothing(node: unknown): boolean {
  if (node === null || node === undefined) return true;
  return isScalar(node) && node.source === '' && node.type === Scalar.PLAIN && !node.tag;
}

function keepingComments(node: Scalar | null): Scalar {
  const made = nullScalar();
  made.comment = node?.comment;
  made.commentBefore = node?.commentBefore;
  return made;
}
