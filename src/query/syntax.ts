/** The form of a query: what the parser makes of its text, and the text for such a form. */

/** Operators as djangoql names them; the negations of words have one space. */
export const operators = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  '~',
  '!~',
  'startswith',
  'not startswith',
  'endswith',
  'not endswith',
  'in',
  'not in',
] as const;
export type Operator = (typeof operators)[number];

/** What a value looks like in the query, before anybody asks whether its field takes it. */
export type ValueKind = 'text' | 'integer' | 'decimal' | 'true' | 'false' | 'none';

interface Ranged {
  /** Offsets in the query's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface Value extends Ranged {
  readonly kind: ValueKind;
  /** Of a text what it stands for, of everything else how it is written. */
  readonly text: string;
}

export interface Name extends Ranged {
  /** At least one; each is an ASCII identifier. */
  readonly parts: readonly string[];
}

/** `username ~ "bo"`: one value for every operator but `in` and `not in`. */
export interface Comparison extends Ranged {
  readonly kind: 'comparison';
  readonly name: Name;
  readonly operator: Operator;
  readonly operatorStart: number;
  readonly values: readonly Value[];
}

/**
 * Conditions joined by `and` and `or` without parentheses between them. Both words bind equally and to the right, so
 * `a and b or c` is `a and (b or c)` (djangoql's grammar has no precedence). A term that is a chain stood in parentheses.
 */
export interface Chain extends Ranged {
  readonly kind: 'chain';
  /** Two or more. */
  readonly terms: readonly Query[];
  /** One between each two terms. */
  readonly words: readonly ('and' | 'or')[];
  /** Chains inside each other, this one counted. */
  readonly height: number;
}

export type Query = Comparison | Chain;

/** A query with the text that its offsets are about. */
export interface ParsedQuery {
  readonly text: string;
  readonly root: Query;
}

/** The query as text again; parsing it gives the same form. */
export function printQuery(query: Query): string {
  if (query.kind === 'comparison') {
    const values = query.values.map(printValue);
    const right = query.operator.endsWith('in') ? `(${values.join(', ')})` : values[0]!;
    return `${query.name.parts.join('.')} ${query.operator} ${right}`;
  }
  const terms = query.terms.map((term) =>
    term.kind === 'chain' ? `(${printQuery(term)})` : printQuery(term),
  );
  return terms.map((term, at) => (at === 0 ? term : `${query.words[at - 1]} ${term}`)).join(' ');
}

function printValue(value: Value): string {
  if (value.kind === 'text') return printText(value.text);
  if (value.kind === 'true') return 'True';
  if (value.kind === 'false') return 'False';
  return value.kind === 'none' ? 'None' : value.text;
}

/** A text in double quotes, as a query takes it. Line ends become `\u` escapes, since `\n` stands for `n`. */
export function printText(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/[\n\r\u2028\u2029]/g, unicodeEscape);
  return `"${escaped}"`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * A chain with every pair of parentheses that its reading implies: `a and (b or c)`. Terms are shown as written in `text`.
 */
export function explainReading(chain: Chain, text: string): string {
  let shown = '';
  let open = 0;
  for (const [at, term] of chain.terms.entries()) {
    if (at > 0) shown += ` ${chain.words[at - 1]} `;
    // Where the word changes behind this term, everything from here on belongs together.
    if (at > 0 && at < chain.words.length && chain.words[at] !== chain.words[at - 1]) {
      shown += '(';
      open++;
    }
    shown += termText(term, text);
  }
  return shown + ')'.repeat(open);
}

/** The same chain as most languages would read it, `and` before `or`: `(a and b) or c`. */
export function explainUsual(chain: Chain, text: string): string {
  const groups: string[][] = [[]];
  for (const [at, term] of chain.terms.entries()) {
    if (at > 0 && chain.words[at - 1] === 'or') groups.push([]);
    groups.at(-1)!.push(termText(term, text));
  }
  return groups.map((group) => (group.length > 1 ? `(${group.join(' and ')})` : group[0])).join(' or ');
}

function termText(term: Query, text: string): string {
  const written = text.slice(term.start, term.end).replace(/\s+/g, ' ');
  return term.kind === 'chain' ? `(${written})` : written;
}
