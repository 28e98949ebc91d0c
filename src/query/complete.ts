/**
 * What can be written at a place in a query, for a shell's completion or a search box: fields, keys into JSON, operators,
 * values, `and`, `or` and parentheses. It asks the parser what it expects, so it offers what the grammar takes.
 */
import { valueAt } from './json-value.js';
import { type Release, readToken, type Token } from './lexer.js';
import { takeToken, valueKinds } from './parser.js';
import { type Reading, startReading } from './reading.js';
import { isLookup } from './refused.js';
import type { Field, Row, Schema } from './schema.js';
import { type Operator, operators, printText } from './syntax.js';

export interface Completion {
  /** What to put in the place of the text from `from` to `to`. */
  readonly text: string;
  readonly kind: 'field' | 'operator' | 'value' | 'word' | 'parenthesis';
  /** A few words about it. */
  readonly about?: string;
}

export interface Completions {
  /** Offsets of what the items replace: the word before the cursor, or nothing. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

export interface CompletionSource {
  readonly release?: Release;
  /** Paths below a JSON field, such as `manager.site`; see `jsonPaths`. */
  readonly paths?: (field: string) => Iterable<string>;
  /** Values that objects have there; `path` is empty but for JSON. */
  readonly values?: (field: string, path: readonly string[]) => Iterable<string>;
}

/** The most items that one answer has. */
const mostItems = 200;

/** What can stand at the cursor. Nothing where the text before it is not the beginning of a query. */
export function completeQuery(
  text: string,
  cursor: number,
  schema: Schema,
  source: CompletionSource = {},
): Completions {
  const before = text.slice(0, cursor);
  const reading = startReading(before);
  const from = readUntilWord(before, reading, source.release ?? '2026.5');
  if (from === undefined) return { from: cursor, to: cursor, items: [] };
  const items = offers(reading, schema, source).filter((one) => startsLike(one.text, before.slice(from)));
  return { from, to: cursor, items: items.slice(0, mostItems) };
}

/**
 * Reads all tokens but the last one where it touches the end: that is the word to complete, and its offset is the answer.
 * Undefined where the text is not the beginning of a query.
 */
function readUntilWord(text: string, reading: Reading, release: Release): number | undefined {
  let from = 0;
  for (;;) {
    const token = readToken(text, from, release);
    if ('code' in token) return isOpenEnd(text, token.start) ? token.start : undefined;
    if (token.kind === 'end') return text.length;
    if (token.end === text.length && isUnfinished(token)) return token.start;
    // A name that ends with a dot: the lexer leaves the dot over, the path goes on behind it.
    if (token.kind === 'name' && text.slice(token.end) === '.') return token.start;
    if (takeToken(reading, token)) return undefined;
    from = token.end;
  }
}

/** A word or an operator can still grow; a text in quotes, a comma and a parenthesis are done. */
function isUnfinished(token: Token): boolean {
  return token.kind !== 'text' && !(token.kind === 'symbol' && /[(),]/.test(token.raw));
}

/** Whether what the lexer refuses is only the beginning of something: a text without its end, or `!`. */
function isOpenEnd(text: string, start: number): boolean {
  const rest = text.slice(start);
  return rest === '!' || /^["'][^\n\r\u2028\u2029]*$/.test(rest);
}

function startsLike(offered: string, prefix: string): boolean {
  // A text may be begun in either quotes; it is completed in double ones.
  const plain = prefix.startsWith("'") ? `"${prefix.slice(1)}` : prefix;
  return offered.toLowerCase().startsWith(plain.toLowerCase());
}

function offers(reading: Reading, schema: Schema, source: CompletionSource): Completion[] {
  switch (reading.expected) {
    case 'condition':
      return [...fieldOffers(schema, source), { text: '(', kind: 'parenthesis' }];
    case 'operator':
      return operatorOffers(fieldOf(reading, schema));
    case 'not':
      return operatorOffers(fieldOf(reading, schema)).flatMap((one) =>
        one.text.startsWith('not ') ? [{ ...one, text: one.text.slice(4) }] : [],
      );
    case 'list':
      return [{ text: '(', kind: 'parenthesis' }];
    case 'value':
    case 'item':
      return valueOffers(reading, schema, source);
    case 'listed':
      return [
        { text: ',', kind: 'parenthesis' },
        { text: ')', kind: 'parenthesis' },
      ];
    default:
      return [
        { text: 'and', kind: 'word', about: 'both conditions' },
        { text: 'or', kind: 'word', about: 'one of the conditions' },
        ...(reading.groups.length > 1 ? [{ text: ')', kind: 'parenthesis' } as const] : []),
      ];
  }
}

function fieldOffers(schema: Schema, source: CompletionSource): Completion[] {
  return schema.fields.flatMap(({ name, type, about }): Completion[] => {
    if (type !== 'json') return [{ text: name, kind: 'field', about }];
    const paths = [...(source.paths?.(name) ?? [])].map((path) => `${name}.${path}`);
    return [`${name}.`, ...paths.sort()].map((text) => ({ text, kind: 'field', about }));
  });
}

function fieldOf(reading: Reading, schema: Schema): Field | undefined {
  return schema.fields.find(({ name }) => name === reading.name!.parts[0]);
}

const meanings: Readonly<Record<Operator, string>> = {
  '=': 'equals, case matters',
  '!=': 'differs',
  '>': 'behind in order',
  '>=': 'equal or behind',
  '<': 'before in order',
  '<=': 'equal or before',
  '~': 'contains, in any case',
  '!~': 'does not contain',
  startswith: 'starts with, in any case',
  'not startswith': 'does not start with',
  endswith: 'ends with, in any case',
  'not endswith': 'does not end with',
  in: 'is one of',
  'not in': 'is none of',
};

/** The operators that select anything on a field of this type. */
function operatorOffers(field: Field | undefined): Completion[] {
  const useless: Partial<Record<Field['type'], RegExp>> = { boolean: /[<>~]|with/, time: /with/ };
  const skip = field && useless[field.type];
  return operators
    .filter((operator) => !skip?.test(operator))
    .map((text) => ({ text, kind: 'operator', about: meanings[text] }));
}

function valueOffers(reading: Reading, schema: Schema, source: CompletionSource): Completion[] {
  const field = fieldOf(reading, schema);
  if (!field) return [];
  if (field.type === 'boolean') {
    const kinds = valueKinds(reading.operator!);
    return kinds.includes('true') ? ['True', 'False'].map((text) => ({ text, kind: 'value' })) : [];
  }
  if (field.choices.length > 0) {
    return field.choices.map(({ value, label }) => ({ text: printText(value), kind: 'value', about: label }));
  }
  const path = field.type === 'json' ? reading.name!.parts.slice(1) : [];
  const values = new Set(source.values?.(field.name, path) ?? []);
  return [...values].sort().map((value) => ({ text: printText(value), kind: 'value' }));
}

/**
 * The paths into the documents of a JSON field that a query can name, in order, at most `limit`. Keys that a query cannot
 * write or must not ask for are left out.
 */
export function jsonPaths(rows: Iterable<Row>, field: string, limit = 1000): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, member] of Object.entries(value)) {
      if (found.size >= limit) return;
      if (!/^[_A-Za-z][_0-9A-Za-z]*$/.test(key) || key.includes('__') || key.endsWith('_')) continue;
      if (!isLookup(key) && key !== field) found.add(path + key);
      visit(member, `${path}${key}.`);
    }
  };
  for (const row of rows) visit(row[field], '');
  return [...found].sort();
}

/** The texts that rows have in a field, or at a path of a JSON field, each once, at most `limit`. */
export function textsOf(rows: Iterable<Row>, field: string, path: readonly string[], limit = 1000): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    const value = valueAt(row[field], path);
    if (typeof value === 'string') found.add(value);
    if (found.size >= limit) break;
  }
  return [...found];
}
