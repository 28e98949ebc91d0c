/** Parses JSON as Python's `json.loads` does, which differs from JavaScript's `JSON.parse`. */
import { YamlFloat } from '../yaml/node.js';
import { PythonError } from './python.js';
import type { TagMap, TagValue } from './values.js';

/** The text is not JSON; the message says where, as Python's does. */
export class JsonError extends Error {}

/** Python's own limit is its stack, somewhere near a thousand. */
const deepest = 500;
const longestInteger = 4300;
const numberPattern = /(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const words: readonly (readonly [string, TagValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', new YamlFloat(Number.NaN)],
  ['Infinity', new YamlFloat(Number.POSITIVE_INFINITY)],
  ['-Infinity', new YamlFloat(Number.NEGATIVE_INFINITY)],
];

/** `json.loads(text)`: takes NaN and the infinities, and of repeated keys the last. */
export function parsePythonJson(text: string): TagValue {
  let at = 0;

  const fail = (message: string, position: number): never => {
    const before = text.slice(0, position);
    const lines = before.split('\n');
    const column = [...lines[lines.length - 1]!].length + 1;
    throw new JsonError(`${message}: line ${lines.length} column ${column} (char ${[...before].length})`);
  };
  const skipSpace = (): void => {
    while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  };

  function value(depth: number): TagValue {
    const start = at;
    if (depth > deepest) throw new JsonError(`more than ${deepest} levels deep`);
    if (text[at] === '"') return string();
    if (text[at] === '{') return object(depth);
    if (text[at] === '[') return array(depth);
    for (const [word, meaning] of words) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    numberPattern.lastIndex = at;
    const match = numberPattern.exec(text);
    if (!match) return fail('Expecting value', start);
    at += match[0].length;
    const [whole, integer, fraction, exponent] = match as unknown as [string, string, string?, string?];
    if (fraction !== undefined || exponent !== undefined) return new YamlFloat(Number(whole));
    if (integer.length > longestInteger) {
      throw new PythonError(
        'ValueError',
        `Exceeds the limit (${longestInteger} digits) for integer string conversion`,
      );
    }
    const number = Number(integer);
    // Python's integers have no negative zero.
    return Number.isSafeInteger(number) ? number + 0 : BigInt(integer);
  }

  function object(depth: number): TagMap {
    const map: TagMap = new Map();
    members('}', () => {
      if (text[at] !== '"') fail('Expecting property name enclosed in double quotes', at);
      const key = string();
      skipSpace();
      if (text[at] !== ':') fail("Expecting ':' delimiter", at);
      at++;
      skipSpace();
      map.set(key, value(depth + 1));
    });
    return map;
  }

  function array(depth: number): TagValue[] {
    const items: TagValue[] = [];
    members(']', () => items.push(value(depth + 1)));
    return items;
  }

  /** Reads what stands between brackets, separated by commas, and the closing one. */
  function members(closing: string, member: () => void): void {
    at++;
    skipSpace();
    for (let first = true; text[at] !== closing || !first; first = false) {
      member();
      skipSpace();
      if (text[at] === closing) break;
      if (text[at] !== ',') fail("Expecting ',' delimiter", at);
      at++;
      skipSpace();
    }
    at++;
  }

  function string(): string {
    const start = at++;
    let result = '';
    for (;;) {
      const character = text[at];
      if (character === undefined) return fail('Unterminated string starting at', start);
      if (character === '"') break;
      if (character < ' ') return fail('Invalid control character at', at);
      at++;
      if (character !== '\\') {
        result += character;
        continue;
      }
      const kind = text[at];
      if (kind === undefined) return fail('Unterminated string starting at', start);
      if (kind === 'u') {
        const hex = text.slice(at + 1, at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) return fail('Invalid \\uXXXX escape', at);
        result += String.fromCharCode(Number.parseInt(hex, 16));
        at += 5;
      } else {
        const meant = escapes[kind];
        if (meant === undefined) return fail('Invalid \\escape', at - 1);
        result += meant;
        at++;
      }
    }
    at++;
    return result;
  }

  if (text.startsWith('\ufeff')) return fail('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0);
  skipSpace();
  const result = value(1);
  skipSpace();
  if (at < text.length) return fail('Extra data', at);
  return result;
}
