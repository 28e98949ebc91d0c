/** Breaks sections into lines: short maps and lists go on one or two lines, longer ones get a line for each item. */
import { isCollection, isMap, isScalar, Pair, Scalar, visit, YAMLMap, YAMLSeq } from 'yaml';
import { Lines, nodeText, type YamlNode, type YamlPair } from './yaml.js';

/** The longest line of the compact form. */
const width = 120;
/** Indentation of one level. */
const step = 2;

/** Lays out the value of a pair at an indentation. Collections that already have `flow: false` stay on separate lines. */
export function layOut(pair: YamlPair, indent: number): void {
  const { key, value } = pair;
  if (value && !value.commentBefore)
    pair.value = laidOut(value, indent + step, indent + nodeText(key).split('\n').at(-1)!.length + 2);
}

function laidOut(node: YamlNode, indent: number, column: number): YamlNode {
  if (!isCollection(node) || node.items.length === 0) return node;
  const text = canShareLine(node) ? onTwoLines(node, column) : undefined;
  if (text !== undefined) {
    const lines = new Scalar<unknown>(new Lines(text));
    lines.commentBefore = node.commentBefore;
    return lines as Scalar;
  }
  node.flow = false;
  for (const [at, item] of node.items.entries()) {
    if (item instanceof Pair) layOut(item as YamlPair, indent);
    else node.items[at] = laidOut(item as YamlNode, indent + step, indent + step);
  }
  return node;
}

/** Can the node be written without line breaks? A comment above it does not matter. */
function canShareLine(node: YamlNode): boolean {
  let can = true;
  visit(node, (_, inner) => {
    if (!isScalar(inner) && !isCollection(inner)) return undefined;
    const isLong = isScalar(inner) && typeof inner.value === 'string' && inner.value.includes('\n');
    const hasComment = (inner !== node && inner.commentBefore) || inner.comment;
    const isBlock = isCollection(inner) && inner.flow === false;
    if (!hasComment && !isLong && !isBlock) return undefined;
    can = false;
    return visit.BREAK;
  });
  return can;
}

/** The items on one line or two; undefined when they need more. */
function onTwoLines(node: YAMLMap | YAMLSeq, column: number): string | undefined {
  visit(node, {
    Collection: (_, inner) => {
      inner.flow = true;
    },
  });
  const tag = node.tag?.startsWith('!') ? `${node.tag} ` : '';
  const start = column + tag.length + 1;
  const lines = [''];
  for (const [at, item] of node.items.entries()) {
    const last = at === node.items.length - 1;
    const alone = isMap(node) ? new YAMLMap() : new YAMLSeq();
    alone.flow = true;
    alone.items.push(item as never);
    const text = `${nodeText(alone as YamlNode).slice(1, -1)}${last ? '' : ','}`;
    const line = lines.at(-1)!;
    const longer = line === '' ? text : `${line} ${text}`;
    if (start + longer.length + (last ? 1 : 0) <= width) lines[lines.length - 1] = longer;
    else if (lines.length === 2 || line === '' || start + text.length + 1 > width) return undefined;
    else lines.push(text);
  }
  const [opening, closing] = isMap(node) ? ['{', '}'] : ['[', ']'];
  return `${tag}${opening}${lines.join(`\n${' '.repeat(start)}`)}${closing}`;
}
