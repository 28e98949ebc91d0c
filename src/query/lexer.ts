/** Cuts the text of a query into tokens exactly as djangoql's lexer does, one at a time, so that the first mistake wins. */
import { positionOf, pythonText, type QueryProblem, queryError } from './problem.js';

/**
 * Which authentik's language is read. 2025.12 pins djangoql 0.18, 2026.5 pins 0.19, which takes texts in single quotes
 * and the escape `\'` as well.
 */
export type Release = '2025.12' | '2026.5';

export interface Token {
  /** `word` is a keyword, `end` the end of the text. */
  readonly kind: 'text' | 'integer' | 'decimal' | 'word' | 'name' | 'symbol' | 'end';
  /** As it stands in the query; of a text what is between the quotes. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
}

const keyword = /(?:or|and|not|in|startswith|endswith|True|False|None)(?![_0-9A-Za-z])/y;
const decimal = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)/y;
const integer = /-?(?:0|[1-9][0-9]*)/y;
const name = /[_A-Za-z][_0-9A-Za-z]*(?:\.[_A-Za-z][_0-9A-Za-z]*)*/y;
const symbol = /!=|>=|<=|!~|[,()=><~]/y;
/** Blanks and line ends. Other white space, such as U+2003, is an illegal character. */
const blanks = /[ \t\v\f\u00a0\n\r\u2028\u2029]*/y;

const patterns = [
  ['decimal', decimal],
  ['integer', integer],
  ['word', keyword],
  ['name', name],
  ['symbol', symbol],
] as const;

/** The first token at or behind an offset, or the problem with what stands there. */
export function readToken(text: string, from: number, release: Release): Token | QueryProblem {
  const start = endOf(blanks, text, from)!;
  if (start === text.length) return { kind: 'end', raw: '', start, end: start };
  const first = text[start]!;
  if (first === '"' || (first === "'" && release !== '2025.12')) {
    const end = endOfText(text, start, release);
    if (end !== undefined) return { kind: 'text', raw: text.slice(start + 1, end - 1), start, end };
  }
  for (const [kind, pattern] of patterns) {
    const end = endOf(pattern, text, start);
    if (end !== undefined) return { kind, raw: text.slice(start, end), start, end };
  }
  return illegal(text, start, release);
}

function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Where the text in quotes that starts here ends, or undefined where it is not closed or has a bad escape. */
function endOfText(text: string, start: number, release: Release): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === quote) return at + 1;
    if (/[\n\r\u2028\u2029]/.test(character)) return undefined;
    if (character !== '\\') continue;
    const length = escapeLength(text, at, release);
    if (length === 0) return undefined;
    at += length - 1;
  }
  return undefined;
}

function escapeLength(text: string, at: number, release: Release): number {
  const next = text[at + 1];
  if (next === undefined) return 0;
  if ('"\\/bfnrt'.includes(next) || (next === "'" && release !== '2025.12')) return 2;
  return next === 'u' && /^[0-9A-Fa-f]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
}

/**
 * What a text between quotes stands for. `\u00e9` is its character; every other escape is the character behind the
 * backslash, `\n` included: that is what djangoql does, although it means to do otherwise.
 */
export function unescapeText(raw: string): string {
  return raw.includes('\\')
    ? raw.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/g, (_, code: string | undefined, plain: string) =>
        code === undefined ? plain : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : raw;
}

function illegal(text: string, start: number, release: Release): QueryProblem {
  const character = String.fromCodePoint(text.codePointAt(start)!);
  const message = `Illegal character ${pythonText(character)}`;
  const { line, column } = positionOf(text, start);
  return queryError(text, {
    code: 'illegal-character',
    message,
    start,
    end: start + character.length,
    authentik: `Line ${line}, col ${column}: ${message}`,
    help: helpFor(character, text, start, release),
  });
}

function helpFor(character: string, text: string, start: number, release: Release): string {
  if (character === "'" && release === '2025.12') {
    return 'Write texts in double quotes; single quotes are understood by authentik 2026.5 and later.';
  }
  if (character === '"' || character === "'") {
    const escapes = release === '2025.12' ? '\\" \\\\ \\/ \\u00e9' : '\\" \\\' \\\\ \\/ \\u00e9';
    return `The text that starts here is not closed on its line, or has an escape other than ${escapes}.`;
  }
  const insideName = /[_0-9A-Za-z]$/.test(text.slice(0, start));
  if (character === '.' && /\d$/.test(text.slice(0, start))) return 'A number needs digits behind the point.';
  if (insideName || character === '.') {
    return 'A name is letters, digits and `_`, joined by single dots; a key with any other character cannot be queried.';
  }
  return 'Outside quotes a query has only names, numbers, operators, parentheses and commas.';
}
