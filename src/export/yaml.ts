/** Values in, YAML 1.1 nodes out, and a blueprint file of them: every reader gets back what went in. */
import { Document, isScalar, Scalar, type Tags, type ToStringOptions, YAMLMap, YAMLSeq } from 'yaml';
import { isMap, type Json } from '../model/model.js';
import { YamlFloat } from '../yaml/node.js';
import { resolveScalar } from '../yaml/scalars.js';

export type YamlNode = Scalar | YAMLMap<Scalar, YamlNode> | YAMLSeq<YamlNode>;

const writing: ToStringOptions = { lineWidth: 0, flowCollectionPadding: false, indentSeq: true };
/** Characters that PyYAML refuses or takes for line breaks, and that are not escaped by themselves between quotes. */
const breaking = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/u;
/** Characters that can only be written escaped. */
const escaped = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/u;

/** Plain data as a node. */
export function dataNode(value: Json): YamlNode {
  if (typeof value === 'string') return textNode(value);
  if (typeof value === 'number') return numberNode(value);
  if (Array.isArray(value)) return listNode(value.map(dataNode));
  if (isMap(value))
    return mapNode(Object.entries(value as Record<string, Json>).map(([k, v]) => [k, dataNode(v)]));
  return new Scalar(value);
}

/** A map, in the given order. */
export function mapNode(
  pairs: readonly (readonly [key: string, value: YamlNode])[],
): YAMLMap<Scalar, YamlNode> {
  const map = new YAMLMap<Scalar, YamlNode>();
  for (const [key, value] of pairs) map.add({ key: keyNode(key), value });
  map.flow = pairs.length === 0;
  return map;
}

export function listNode(items: readonly YamlNode[]): YAMLSeq<YamlNode> {
  const list = new YAMLSeq<YamlNode>();
  list.items = [...items];
  list.flow = items.length === 0;
  return list;
}

/** A tag with an argument: text, or a list of arguments on one line. */
export function tagNode(tag: string, argument: string | readonly YamlNode[]): YamlNode {
  const node = typeof argument === 'string' ? textNode(argument) : listNode(argument);
  node.tag = `!${tag}`;
  if (isScalar(node)) node.type = isPlain(argument as string) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  else node.flow = true;
  return node;
}

/** Text: several lines as a block, quoted when YAML 1.1 would take it for something else. */
export function textNode(text: string): Scalar {
  const node = new Scalar(text);
  if (isBlock(text)) node.type = Scalar.BLOCK_LITERAL;
  else node.type = isPlain(text) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return node;
}

function keyNode(text: string): Scalar {
  const node = new Scalar(text);
  node.type = isPlain(text) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return node;
}

/** Is the text read as itself without quotes? What needs them for its punctuation is quoted by the library. */
function isPlain(text: string): boolean {
  return resolveScalar(text, true) === text && !escaped.test(text) && !/[\t\n]/.test(text);
}

/** Can it be a block? Its first line says how far the block is indented, so it must not begin with a space. */
function isBlock(text: string): boolean {
  return text.includes('\n') && !escaped.test(text) && /^[^\s]/.test(text);
}

function numberNode(value: number): Scalar {
  const node = new Scalar<unknown>(value);
  if (resolvesTo(String(value), value)) return node;
  // YAML 1.1 wants a point before an exponent: 1e+21 would be text.
  node.value = new ExponentNumber(String(value).replace(/^(-?\d+)e/, '$1.0e'));
  return node;
}

function resolvesTo(text: string, value: number): boolean {
  const read = resolveScalar(text, true);
  return read === value || (read instanceof YamlFloat && read.value === value);
}

/** A number as it must be written. */
class ExponentNumber {
  constructor(readonly text: string) {}
}

const exponentTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value: unknown) => value instanceof ExponentNumber,
  resolve: (text: string) => text,
  stringify: (item: Scalar) => (item.value as ExponentNumber).text,
} as const;

function isMergeTag(tag: Tags[number]): boolean {
  return tag === 'merge' || (typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:merge');
}

/** The text of a file. */
export function fileText(root: YamlNode, comment: readonly string[]): string {
  const document = new Document(undefined, {
    version: '1.1',
    // A key `<<` that is only text would be written as if it merged.
    customTags: (tags) => [exponentTag as never, ...tags.filter((one) => !isMergeTag(one))],
  });
  document.contents = root as never;
  if (comment.length > 0) {
    document.commentBefore = comment
      .map((line) => ` ${line.replace(new RegExp(escaped, 'gu'), '?')}`)
      .join('\n');
  }
  return document.toString(writing).replace(new RegExp(breaking, 'gu'), escapeOf);
}

/** What stands for a character between double quotes, where alone it can be. */
function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
