/**
 * What is wrong, or surprising, about a query: a value with a place, authentik's words, and what to write instead.
 * authentik hides all of this (it searches for the text of a broken query); here a broken query is an error.
 */
import { displayWidth } from './width.js';

export type QueryProblemCode =
  | 'illegal-character'
  | 'syntax'
  | 'unexpected-end'
  | 'too-deep'
  | 'unknown-field'
  | 'wrong-value'
  | 'wrong-path'
  | 'refused-lookup'
  | 'mixed-logic'
  | 'odd-escape'
  | 'single-quotes'
  | 'never-matches'
  | 'unknown-order'
  | 'unknown-column';

export interface QueryProblem {
  readonly code: QueryProblemCode;
  readonly severity: 'error' | 'warning';
  /** One sentence. Where authentik has words for the same mistake, they are authentik's. */
  readonly message: string;
  /** Offsets in the text, in UTF-16 units; `end` is behind the last one. Equal at the end of the text. */
  readonly start: number;
  readonly end: number;
  /** From 1, as authentik counts: a column is a code point, and each of CR, LF, U+2028, U+2029 ends a line. */
  readonly line: number;
  readonly column: number;
  /** The exact text that authentik writes to its debug log; absent where authentik finds nothing wrong or fails. */
  readonly authentik?: string;
  /** The word that was probably meant. */
  readonly near?: string;
  /** What to do next about it. */
  readonly help?: string;
}

/** The parts of a problem that do not follow from the text. */
export type ProblemParts = Omit<QueryProblem, 'line' | 'column' | 'severity'>;

/** An error at a place of the text. */
export function queryError(text: string, parts: ProblemParts): QueryProblem {
  return { ...parts, severity: 'error', ...positionOf(text, parts.start) };
}

/** Something worth saying about a query that runs. */
export function queryWarning(text: string, parts: ProblemParts): QueryProblem {
  return { ...parts, severity: 'warning', ...positionOf(text, parts.start) };
}

export function hasQueryErrors(problems: readonly QueryProblem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** What authentik would have logged before it falls back to plain search, or undefined where it takes the query. */
export function authentikError(problems: readonly QueryProblem[]): string | undefined {
  return problems.find(({ authentik }) => authentik !== undefined)?.authentik;
}

const lineEnd = /[\n\r\u2028\u2029]/g;

/** Line and column of an offset, both from 1 (djangoql's `find_column`). */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (const { index } of text.slice(0, offset).matchAll(lineEnd)) {
    line++;
    lineStart = index + 1;
  }
  return { line, column: [...text.slice(lineStart, offset)].length + 1 };
}

const unprintable = /[\p{C}\p{Z}]/u;

/** A text as Python's `repr` shows it, since authentik's messages quote values that way. */
export function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let shown = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (character === quote || character === '\\') shown += `\\${character}`;
    else if (character === '\n') shown += '\\n';
    else if (character === '\r') shown += '\\r';
    else if (character === '\t') shown += '\\t';
    else if (character === ' ' || !unprintable.test(character)) shown += character;
    else if (code < 0x100) shown += `\\x${hex(code, 2)}`;
    else if (code < 0x10000) shown += `\\u${hex(code, 4)}`;
    else shown += `\\U${hex(code, 8)}`;
  }
  return quote + shown + quote;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** Columns of the line that are shown at most; of longer ones, the part around the problem. */
const widest = 96;

/**
 * A problem as people read it: the message, the line of the query with a caret run under the place, the help.
 * Plain text without colours; the last line has no line end.
 */
export function renderQueryError(problem: QueryProblem, text: string): string {
  const before = text.slice(0, problem.start);
  const from = Math.max(...['\n', '\r', '\u2028', '\u2029'].map((one) => before.lastIndexOf(one))) + 1;
  const until = text.slice(from).search(/[\n\r\u2028\u2029]/);
  const line = [...(until < 0 ? text.slice(from) : text.slice(from, from + until))].map(visible);
  const start = problem.column - 1;
  const under = Math.max(1, [...text.slice(problem.start, problem.end)].length);
  const first = Math.max(0, Math.min(start - Math.floor(widest / 3), line.length - widest));
  const last = Math.min(line.length, first + widest);
  const shown = line.slice(first, last).join('');
  const lead = first > 0 ? '…' : '';
  const pad = displayWidth(lead + line.slice(first, start).join(''));
  const carets = Math.max(1, displayWidth(line.slice(start, Math.min(last, start + under)).join('')));
  const number = String(problem.line);
  const gutter = ' '.repeat(number.length);
  const lines = [
    `${problem.severity}: ${problem.message}`,
    ` ${number} | ${lead}${shown}${last < line.length ? '…' : ''}`.trimEnd(),
    ` ${gutter} | ${' '.repeat(pad)}${'^'.repeat(carets)}`,
  ];
  if (problem.near !== undefined) lines.push(`  Did you mean \`${problem.near}\`?`);
  if (problem.help !== undefined) lines.push(`  ${problem.help}`);
  return lines.join('\n');
}

/** A character that takes room on the line and does nothing to a terminal. */
function visible(character: string): string {
  if (character === '\t' || character === '\u00a0') return ' ';
  return character !== ' ' && /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u.test(character) ? '\ufffd' : character;
}
