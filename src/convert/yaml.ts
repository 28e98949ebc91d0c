/**
 * Nodes for writing YAML 1.1 so that every reader gets back what went in, and helpers to read them. Scalars hold their
 * source text (failsafe schema), so that a value like `010` or `yes` is written back exactly as the file had it.
 */
import {
  Document,
  isScalar,
  isSeq,
  isMap as isYamlMap,
  Pair,
  type ParsedNode,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import {
  hasCommand,
  hasHidden,
  replaceHidden,
  withoutInnerCommands,
} from '../diagnostic/hidden-characters.js';
import { isMap, type Json } from '../model/model.js';
import { ScalarNode, YamlFloat } from '../yaml/node.js';
import { resolveScalar } from '../yaml/scalars.js';

export type YamlMap = YAMLMap<Scalar, YamlNode>;
export type YamlList = YAMLSeq<YamlNode>;
export type YamlNode = Scalar | YamlMap | YamlList;
export type YamlPair = Pair<Scalar, YamlNode>;

/** Characters that PyYAML refuses or takes for line breaks, and that are not escaped by themselves between quotes. */
const breaking = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu;
/** Characters that can only be written escaped. */
const escaped = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/u;

/** Text that is written as it is, line breaks included. */
export class Lines {
  constructor(readonly text: string) {}
}

const linesTag = {
  tag: 'tag:asbuilt,lines',
  default: true,
  identify: (value: unknown) => value instanceof Lines,
  resolve: (text: string) => text,
  stringify: (item: Scalar) => (item.value as Lines).text,
} as const;

const options = {
  version: '1.1',
  schema: 'failsafe',
  resolveKnownTags: false,
  customTags: (tags: unknown[]) => [...tags, linesTag] as never,
  logLevel: 'silent',
} as const;

/** Parses a file that is known to be valid, with its comments. */
export function documentOf(text: string): Document<ParsedNode> {
  return parseDocument(text, { ...options, keepSourceTokens: false }) as Document<ParsedNode>;
}

/** The text of a document. What nobody would see in it, or CI would take for a command, is written as escapes. */
export function yamlText(document: Document): string {
  if (document.commentBefore) document.commentBefore = safeComment(document.commentBefore);
  if (document.comment) document.comment = safeComment(document.comment);
  visit(document, {
    Node: (_, node) => {
      if (node.commentBefore) node.commentBefore = safeComment(node.commentBefore);
      if (node.comment) node.comment = safeComment(node.comment);
    },
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && !isHarmless(node.value))
        node.value = new Lines(quotedText(node.value));
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, indentSeq: true });
}

/** A comment is no value, so its meaning is not changed by a blank. */
function safeComment(text: string): string {
  const safe = replaceHidden(text, (one) => (one === '\n' || one === '\t' ? one : '?'));
  // The `#` in front of each line is not part of it.
  return withoutInnerCommands(safe, ' #').replace(/^#(?=(?:vso)?\[)/gim, ' #');
}

/** Is there nothing in the text that people would not see, or that CI would take for a command? */
export function isHarmless(text: string): boolean {
  return !hasCommand(text) && !hasHidden(text.replace(/[\n\t]|\r(?=\n)/g, ''));
}

/** Text between double quotes, with escapes for what nobody would see. */
function quotedText(text: string): string {
  const safe = replaceHidden(JSON.stringify(text), (one) => {
    const code = one.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
  return withoutInnerCommands(safe, '\\x23');
}

const scratch = new Document(undefined, options);

/** The text of a node by itself. */
export function nodeText(node: YamlNode): string {
  scratch.contents = node as never;
  return yamlText(scratch).trimEnd();
}

/** The text of a new file, below a comment. */
export function fileText(root: YamlNode, comment: readonly string[]): string {
  const document = new Document(undefined, options);
  document.contents = root as never;
  const lines = comment.map((line) => ` ${line.replace(new RegExp(escaped, 'gu'), '?')}`);
  if (lines.length > 0) document.commentBefore = lines.join('\n');
  // Between double quotes, where alone such a character can be.
  return yamlText(document).replace(
    breaking,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Plain data as a node. */
export function dataNode(value: Json): YamlNode {
  if (typeof value === 'string') return textNode(value);
  if (typeof value === 'number') return plainNode(numberText(value));
  if (Array.isArray(value)) return listNode(value.map(dataNode));
  if (!isMap(value)) return plainNode(String(value));
  return mapNode(Object.entries(value as Record<string, Json>).map(([key, one]) => [key, dataNode(one)]));
}

/** A map, in the given order. */
export function mapNode(pairs: readonly (readonly [key: string, value: YamlNode])[]): YamlMap {
  const map = new YAMLMap<Scalar, YamlNode>();
  map.items = pairs.map(([key, value]) => pairOf(key, value));
  if (pairs.length === 0) map.flow = true;
  return map;
}

export function pairOf(key: string, value: YamlNode | null): YamlPair {
  const node = new Scalar(key);
  node.type = isPlain(key) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return new Pair<Scalar, YamlNode>(node, value);
}

export function listNode(items: readonly YamlNode[]): YamlList {
  const list = new YAMLSeq<YamlNode>();
  list.items = [...items];
  if (items.length === 0) list.flow = true;
  return list;
}

/** A tag with an argument: text, or a list of arguments on one line. */
export function tagNode(tag: string, argument: string | readonly YamlNode[]): YamlNode {
  const node = typeof argument === 'string' ? textNode(argument) : listNode(argument);
  node.tag = `!${tag}`;
  if (!isScalar(node)) node.flow = true;
  else if (node.type === Scalar.BLOCK_LITERAL) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

/** Text: several lines as a block, quoted when YAML 1.1 would take it for something else. */
export function textNode(text: string): Scalar {
  const node = new Scalar(text);
  // The first line says how far a block is indented, so it must not begin with a space.
  const isBlock = text.includes('\n') && !escaped.test(text) && /^[^\s]/.test(text);
  node.type = isBlock ? Scalar.BLOCK_LITERAL : isPlain(text) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return node;
}

/** A scalar that is written as it stands: `10`, `absent`. */
export function plainNode(text: string): Scalar {
  const node = new Scalar(text);
  node.type = Scalar.PLAIN;
  return node;
}

/** Is the text read as itself without quotes? What needs them for its punctuation is quoted by the library. */
function isPlain(text: string): boolean {
  return resolveScalar(text, true) === text && !escaped.test(text) && !/[\t\n]/.test(text);
}

/** YAML 1.1 wants a point before an exponent: 1e+21 would be text. */
function numberText(value: number): string {
  const read = resolveScalar(String(value), true);
  const isRead = read === value || (read instanceof YamlFloat && read.value === value);
  return isRead ? String(value) : String(value).replace(/^(-?\d+)e/, '$1.0e');
}

// Reading nodes

/** A scalar without a tag as our own node, resolved as YAML 1.1; undefined for anything else. */
export function scalarOf(node: unknown): ScalarNode | undefined {
  if (!isScalar(node) || node.tag) return undefined;
  const text = String(node.value);
  const isPlainText = node.type === Scalar.PLAIN;
  return new ScalarNode(0, 0, undefined, resolveScalar(text, isPlainText) as never, text, isPlainText);
}

/** The text of a scalar without a tag; undefined for other values and for empty text. */
export function textOf(node: unknown): string | undefined {
  const value = scalarOf(node)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function childOf(map: YamlMap, key: string): YamlNode | undefined {
  return map.get(key, true) as YamlNode | undefined;
}

/** The pairs of a map without a tag; none for anything else. */
export function pairsOf(node: unknown): readonly YamlPair[] {
  return isYamlMap<Scalar, YamlNode>(node) && !node.tag ? node.items : [];
}

/** Removes blank lines, and writes missing values as null because readers disagree about `{a:}`. */
export function tidy(node: YamlNode): void {
  const filled = (value: unknown): YamlNode => {
    const isMissing = !value || (isScalar(value) && value.source === '' && value.type === Scalar.PLAIN);
    return isMissing && !(value as Scalar | null)?.tag
      ? withComments(plainNode('null'), value)
      : (value as YamlNode);
  };
  visit(node, {
    Pair: (_, pair) => {
      pair.value = filled(pair.value);
    },
    Seq: (_, list) => {
      list.items = list.items.map(filled);
    },
    Node: (_, inner) => {
      (inner as Scalar).spaceBefore = undefined;
    },
  });
}

// Comments

/** Comments on lines of their own, one after the other. */
export function joined(comments: readonly (string | null | undefined)[]): string | undefined {
  return comments.filter((one) => one).join('\n') || undefined;
}

/** Gives a node the comments of the nodes that it replaces. */
export function withComments<T extends YamlNode>(node: T, ...from: unknown[]): T {
  const olds = from as (YamlNode | null | undefined)[];
  node.commentBefore = joined([node.commentBefore, ...olds.map((one) => one?.commentBefore)]);
  node.comment = joined([node.comment, ...olds.map((one) => one?.comment)]);
  return node;
}

/** Moves comments to the first item or key below them: the parser attaches them to the whole list or map. */
export function giveCommentsToItems(node: YamlNode): void {
  visit(node, {
    Collection: (_, inner, path) => {
      const [first] = inner.items as [YamlPair | YamlNode | undefined];
      const target = first instanceof Pair ? first.key : first;
      if (!target || !inner.commentBefore || isSeq(path.at(-1))) return;
      target.commentBefore = joined([inner.commentBefore, target.commentBefore]);
      inner.commentBefore = undefined;
    },
  });
}
