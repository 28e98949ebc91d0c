/** A source's text in, the stretches of it that hold the values of secret attributes out: what nothing may show. */

import { nearest } from '../diagnostic/did-you-mean.js';
import type { Place, Source } from '../diagnostic/source.js';
import { catalogue, type FieldFacts } from '../model/kinds.js';

/** A stretch of a text: offsets of its first character and behind its last. */
export type Range = readonly [start: number, end: number];

/**
 * What stands under a key. A name that is only like that of a secret is that of a user, a flow or a group as well
 * (`password-reset`), so that a map under it is gone into instead.
 */
type Secrecy = 'all of it' | 'unless a map' | undefined;

/** A key: at the start of a line or of an item in braces; or anywhere with its `:`, or the `=` written instead. */
const keyPattern =
  /(?:^[ \t]*(?:[-?][ \t]+)*|[{,][ \t]*)["']?([A-Za-z_][\w-]*)["']?(?:[ \t]*([:=])|(?=[ \t\r]|$))|[ \t]["']?([A-Za-z_][\w-]*)["']?[ \t]*[:=]/gm;
const keyShaped = /^[ \t]*(?:[-?][ \t]+)*["']?\w[^\s:"']*["']?[ \t]*:(?:\s|$)/;
/** What follows on the next line at the same column without belonging to a value. */
const ownLine = /^[ \t]*(?:#|---|\.\.\.|[}\]])/;
const writtenMap = /^(?:&\S+\s+)?\{\s*(?:$|\}|["']?[\w.-]+["']?\s*:)/;
const quotedText = /"(?:\\.|[^"\\])*"|'(?:''|[^'])*'/y;
/** Values that say where a secret is, and not what: a tag with one name, the head of a block. */
const harmless = /^(?:!(?:Env|File|Context|KeyOf|Value)\s+[\w./-]+|[|>][-+\d]*)\s*(?:#.*)?$/;
const aliasAlone = /^\*([^\s,[\]{}]+)\s*(?:#.*)?$/;

const found = new WeakMap<Source, readonly Range[]>();

/** The stretches of a source that hold values of secret attributes, in order; one over several lines is one for each. */
export function secretRanges(source: Source): readonly Range[] {
  let ranges = found.get(source);
  if (!ranges) {
    ranges = rangesIn(source.text);
    found.set(source, ranges);
  }
  return ranges;
}

/** Does any of it belong to the value of a secret attribute? */
export function isSecretPlace(place: Place): boolean {
  const { source, offset, length } = place;
  const end = offset + Math.max(1, length ?? 1);
  const ranges = secretRanges(source);
  const first = firstBehind(ranges, offset);
  return first < ranges.length && ranges[first]![0] < end;
}

/** The first of the stretches that ends behind an offset. */
export function firstBehind(ranges: readonly Range[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A name that somebody wrote, without the value that belongs behind it: `password:hunter2` has no blank and is one word. */
export function nameAlone(text: string): string {
  const [start] = rangesIn(text)[0] ?? [];
  return start === undefined ? text : `${text.slice(0, start)}…`;
}

function rangesIn(text: string): Range[] {
  const ranges: Range[] = [];
  const pattern = new RegExp(keyPattern);
  const anchors = anchorsIn(text);
  let line = lineAt(text, 0);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const name = (match[1] ?? match[3])!;
    if (match.index >= line.end) line = lineAt(text, text.lastIndexOf('\n', match.index) + 1);
    const lineStart = line.start;
    const keyStart = match.index + match[0].search(/["']?[A-Za-z_]/);
    const atTop = keyStart === lineStart && !match[0].startsWith('{');
    const secrecy = secrecyOf(name, atTop);
    // A word without `:` is mostly one of a sentence.
    const isWord = match[1] !== undefined && match[2] === undefined;
    if (!secrecy || (isWord && secrecy !== 'all of it')) continue;
    const begins = /^[ \t]*(?:[-?][ \t]+)*$/.test(text.slice(lineStart, keyStart));
    const value: Value = {
      text,
      start: match.index + match[0].length,
      line,
      anchors,
      column: begins ? columnOf(text.slice(lineStart, keyStart)) : line.indent,
      begins,
      secrecy,
    };
    pattern.lastIndex = Math.max(pattern.lastIndex, takeValue(value, ranges));
  }
  return ranges;
}

/** A line, with what is asked about it again and again: one may be all of a large file. */
interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Columns of the first bracket or brace and of the first comment; behind the line where there is none. */
  readonly bracket: number;
  readonly indent: number;
  readonly comment: number;
}

function lineAt(text: string, start: number): Line {
  const end = endOfLine(text, start);
  const line = text.slice(start, end);
  const column = (pattern: RegExp): number => pattern.exec(line)?.index ?? line.length;
  return {
    start,
    end,
    text: line,
    indent: column(/\S/),
    bracket: column(/[{[]/),
    comment: column(/(?:^|\s)#/),
  };
}

/** Of a key with nothing but marks before it. The value of `? key` stands below the question mark. */
function columnOf(before: string): number {
  const question = before.indexOf('?');
  return question === -1 ? before.length : question;
}

/** The names of all anchors, found when first asked for. */
function anchorsIn(text: string): () => ReadonlySet<string> {
  let known: ReadonlySet<string> | undefined;
  return () => (known ??= new Set(Array.from(text.matchAll(/&([^\s,[\]{}]+)/g), (one) => one[1]!)));
}

interface Value {
  readonly text: string;
  /** Behind the key's `:`. */
  readonly start: number;
  readonly line: Line;
  readonly anchors: () => ReadonlySet<string>;
  /** Of the key; of the line, when other things stand before the key. */
  readonly column: number;
  /** Does the line begin with the key? */
  readonly begins: boolean;
  readonly secrecy: Secrecy;
}

/** Adds the stretches of one value, and tells where it ends. */
function takeValue(value: Value, ranges: Range[]): number {
  const { text, line, secrecy, anchors } = value;
  const start = skipBlanks(text, value.start, line.end);
  const { end, open } = endOfValue(line, start - line.start, value.begins);
  const written = line.text.slice(start - line.start, end).trimEnd();
  if (secrecy === 'unless a map' && writtenMap.test(written)) return value.start;
  if (written !== '' && !isHarmless(written, anchors)) ranges.push([start, line.start + end]);
  return open ? takeLines(value, line.end, written, ranges) : line.start + end;
}

/** Adds the lines below on which a value goes on. */
function takeLines(value: Value, from: number, written: string, ranges: Range[]): number {
  const { text, column, begins, secrecy } = value;
  let mayBeMap = secrecy === 'unless a map' && written === '';
  const quote = /^["']/.exec(written)?.[0];
  let behind = from;
  for (let at = from + 1; at < text.length; at = endOfLine(text, at) + 1) {
    const end = endOfLine(text, at);
    const line = text.slice(at, end);
    if (line.trim() === '') continue;
    const indent = indentOf(text, at);
    const isKey = keyShaped.test(line);
    if (indent < column || (indent === column && (isKey || ownLine.test(line)))) break;
    if (isKey && mayBeMap) break;
    mayBeMap = false;
    ranges.push([at + indent, end]);
    behind = end;
    // In braces it ends with its quote, or where the next item begins.
    if (!begins && (quote ? line.includes(quote) : /[,}\]]/.test(line))) break;
  }
  return behind;
}

/** Where on its line a value ends, and whether it may go on below. */
function endOfValue(
  { text: line, bracket, comment }: Line,
  start: number,
  begins: boolean,
): { end: number; open: boolean } {
  const first = line[start];
  if (first === '"' || first === "'") {
    quotedText.lastIndex = start;
    const quoted = quotedText.exec(line);
    // Text right behind a quote belongs to it: the quote should have been escaped.
    if (quoted && /^\s*(?:$|[,}\]#])/.test(line.slice(start + quoted[0].length)))
      return { end: start + quoted[0].length, open: false };
    return { end: line.length, open: true };
  }
  // A nested value, or a tag with a list of arguments, may hold commas: all of the line goes.
  const nested = /^(?:![\w!]*\s*)?[{[]/.test(line.slice(start));
  // A comment goes no further.
  if (comment < start) return { end: line.length, open: false };
  const stop =
    nested || begins || bracket >= start ? -1 : line.slice(start).search(/,\s|[}\]](?=[\s,}\]]|$)/);
  return stop === -1 ? { end: line.length, open: true } : { end: start + stop, open: false };
}

function isHarmless(written: string, anchors: () => ReadonlySet<string>): boolean {
  const alias = aliasAlone.exec(written)?.[1];
  // An alias of nothing is a text that begins with an asterisk.
  return alias === undefined ? harmless.test(written) : anchors().has(alias);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function skipBlanks(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && /\s/.test(text[at]!)) at++;
  return at;
}

function indentOf(text: string, lineStart: number): number {
  return skipBlanks(text, lineStart, endOfLine(text, lineStart)) - lineStart;
}

/** Sections of a blueprint that are called like a secret attribute. */
const sections = new Set(['settings']);
/** What people write who do not know what an attribute is called. */
const telling = /(?:^|_)(?:pass(?:word|wd|wort|phrase|code)?|paswd|pwd|secret|token|key|credential)s?(?:_|$)/;

interface Names {
  readonly secret: ReadonlyMap<string, FieldFacts>;
  readonly others: ReadonlySet<string>;
  readonly asked: Map<string, Secrecy>;
}

let names: Names | undefined;

function namesOfFields(): Names {
  if (names) return names;
  const fields = [...catalogue().kinds.values()].flatMap((facts) => Object.values(facts.fields));
  const secret = new Map(fields.filter((one) => one.secret).map((one) => [one.name, one]));
  const others = new Set(fields.filter((one) => !secret.has(one.name)).map((one) => one.name));
  names = { secret, others, asked: new Map() };
  return names;
}

/** How secret what stands under a key is, also when the name is misspelt. */
function secrecyOf(key: string, atTop: boolean): Secrecy {
  if (atTop && sections.has(key)) return undefined;
  const { asked } = namesOfFields();
  if (asked.has(key)) return asked.get(key);
  const secrecy = secrecyOfName(key);
  // Names of things are keys, too, and a process may see very many.
  if (asked.size < 10_000) asked.set(key, secrecy);
  return secrecy;
}

function secrecyOfName(key: string): Secrecy {
  const { secret, others } = namesOfFields();
  const name = key
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replaceAll('-', '_')
    .toLowerCase();
  if (secret.has(name) || secret.has(key.toLowerCase())) return 'all of it';
  if (others.has(name)) return undefined;
  const near = nearest(name, secret.keys());
  if (near === undefined) return telling.test(name) ? 'unless a map' : undefined;
  const { map, json } = secret.get(near)!;
  return map || json ? 'all of it' : 'unless a map';
}
