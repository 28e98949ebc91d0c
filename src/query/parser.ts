/**
 * Reads a query by djangoql's grammar. It takes one token after the other and always knows what may come next, so
 * completion asks the same code. Nothing recurses: text of any length is read, or refused, without running out of stack.
 *
 *     query      := condition { ("and" | "or") condition }        both words bind equally and to the right
 *     condition  := "(" query ")" | NAME operator value
 */
import { type Release, readToken, type Token, unescapeText } from './lexer.js';
import { helpForEnd, helpForToken } from './parser-help.js';
import { mixingWarnings, textWarnings } from './parser-warnings.js';
import { positionOf, pythonText, type QueryProblem, queryError } from './problem.js';
import { type Expected, type Group, newGroup, type Reading, startReading } from './reading.js';
import type { Comparison, Operator, ParsedQuery, Query, Value, ValueKind } from './syntax.js';

export interface ParseOptions {
  /** Whose language; the newest when absent. */
  readonly release?: Release;
}

/** Chains inside each other at most: what evaluates a query calls itself that deep. */
const deepest = 500;

/** Reads a query. Either a query and warnings, or one error, which is the first that authentik would find. */
export function parseQuery(
  text: string,
  { release = '2026.5' }: ParseOptions = {},
): { query?: ParsedQuery; problems: QueryProblem[] } {
  const reading = startReading(text);
  let from = 0;
  for (;;) {
    const token = readToken(text, from, release);
    if ('code' in token) return { problems: [token] };
    if (token.kind === 'end') break;
    const problem = takeToken(reading, token);
    if (problem) return { problems: [problem] };
    from = token.end;
  }
  if (reading.expected !== 'word' || reading.groups.length > 1) {
    return { problems: [endError(reading)] };
  }
  const root = joined(reading.groups[0]!);
  return { query: { text, root }, problems: [...reading.warnings, ...mixingWarnings(root, text)] };
}

/** Reads one more token; the problem when it cannot stand here. */
export function takeToken(reading: Reading, token: Token): QueryProblem | undefined {
  const taken = takers[reading.expected](reading, token);
  if (taken === true) return undefined;
  return taken === false ? syntaxError(reading, token) : taken;
}

/** Whether the token may stand here, or a problem of another sort. */
type Taker = (reading: Reading, token: Token) => boolean | QueryProblem;

const takers: Record<Expected, Taker> = {
  condition(reading, token) {
    const group = reading.groups.at(-1)!;
    if (group.start < 0) group.start = token.start;
    if (isSymbol(token, '(')) {
      reading.groups.push(newGroup());
      return true;
    }
    if (token.kind !== 'name') return false;
    reading.name = { parts: token.raw.split('.'), start: token.start, end: token.end };
    reading.values = [];
    reading.expected = 'operator';
    return true;
  },

  operator(reading, token) {
    reading.operatorStart = token.start;
    if (isWord(token, 'not')) {
      reading.expected = 'not';
      return true;
    }
    if (isWord(token, 'in', 'startswith', 'endswith')) return operatorRead(reading, token.raw as Operator);
    if (!isSymbol(token, '=', '!=', '>', '>=', '<', '<=', '~', '!~')) return false;
    return operatorRead(reading, token.raw as Operator);
  },

  not(reading, token) {
    if (!isWord(token, 'in', 'startswith', 'endswith')) return false;
    return operatorRead(reading, `not ${token.raw}` as Operator);
  },

  value(reading, token) {
    const value = readValue(reading, token);
    if (value === undefined || !valueKinds(reading.operator!).includes(value.kind)) return false;
    reading.values.push(value);
    return conditionRead(reading, token.end);
  },

  list(reading, token) {
    if (!isSymbol(token, '(')) return false;
    reading.expected = 'item';
    return true;
  },

  item(reading, token) {
    const value = readValue(reading, token);
    if (value === undefined) return false;
    reading.values.push(value);
    reading.expected = 'listed';
    return true;
  },

  listed(reading, token) {
    if (isSymbol(token, ')')) return conditionRead(reading, token.end);
    if (!isSymbol(token, ',')) return false;
    reading.expected = 'item';
    return true;
  },

  word(reading, token) {
    if (isWord(token, 'and', 'or')) {
      reading.groups.at(-1)!.words.push(token.raw as 'and' | 'or');
      reading.expected = 'condition';
      return true;
    }
    if (!isSymbol(token, ')') || reading.groups.length === 1) return false;
    const closed = reading.groups.pop()!;
    const outer = reading.groups.at(-1)!;
    const term = joined(closed);
    if (term.kind === 'chain' && term.height > deepest) return tooDeep(reading, token);
    addTerm(outer, term, token.end);
    return true;
  },
};

/** The kinds of values that the grammar allows behind an operator. */
export function valueKinds(operator: Operator): readonly ValueKind[] {
  if (operator === '=' || operator === '!=' || operator.endsWith('in')) return everyKind;
  return operator.startsWith('<') || operator.startsWith('>') ? orderedKinds : textKinds;
}

const everyKind: readonly ValueKind[] = ['text', 'integer', 'decimal', 'true', 'false', 'none'];
const orderedKinds: readonly ValueKind[] = ['text', 'integer', 'decimal'];
const textKinds: readonly ValueKind[] = ['text'];

function isSymbol(token: Token, ...symbols: string[]): boolean {
  return token.kind === 'symbol' && symbols.includes(token.raw);
}

function isWord(token: Token, ...words: string[]): boolean {
  return token.kind === 'word' && words.includes(token.raw);
}

function operatorRead(reading: Reading, operator: Operator): true {
  reading.operator = operator;
  reading.expected = operator.endsWith('in') ? 'list' : 'value';
  return true;
}

function readValue(reading: Reading, token: Token): Value | undefined {
  const place = { start: token.start, end: token.end };
  if (token.kind === 'integer' || token.kind === 'decimal')
    return { kind: token.kind, text: token.raw, ...place };
  if (token.kind === 'text') {
    reading.warnings.push(...textWarnings(reading.text, token));
    return { kind: 'text', text: unescapeText(token.raw), ...place };
  }
  if (!isWord(token, 'True', 'False', 'None')) return undefined;
  return { kind: token.raw.toLowerCase() as ValueKind, text: token.raw, ...place };
}

function conditionRead(reading: Reading, end: number): true {
  const comparison: Comparison = {
    kind: 'comparison',
    name: reading.name!,
    operator: reading.operator!,
    operatorStart: reading.operatorStart,
    values: reading.values,
    start: reading.name!.start,
    end,
  };
  addTerm(reading.groups.at(-1)!, comparison, end);
  reading.expected = 'word';
  return true;
}

function addTerm(group: Group, term: Query, end: number): void {
  group.terms.push(term);
  group.end = end;
  if (term.kind === 'chain') group.height = Math.max(group.height, term.height);
}

/** What stood between two parentheses, or in the whole query. */
function joined({ terms, words, start, end, height }: Group): Query {
  return terms.length === 1 ? terms[0]! : { kind: 'chain', terms, words, start, end, height: height + 1 };
}

function syntaxError(reading: Reading, token: Token): QueryProblem {
  const characters = [...token.raw];
  const fragment = characters.length > 20 ? `${characters.slice(0, 17).join('')}...` : token.raw;
  const message = `Syntax error at ${pythonText(fragment)}`;
  const { line, column } = positionOf(reading.text, token.start);
  // djangoql knows the column of names and symbols only.
  const place =
    token.kind === 'name' || token.kind === 'symbol' ? `Line ${line}, col ${column}` : `Line ${line}`;
  return queryError(reading.text, {
    code: 'syntax',
    message,
    start: token.start,
    end: token.end,
    authentik: `${place}: ${message}`,
    ...helpForToken(reading, token),
  });
}

function endError(reading: Reading): QueryProblem {
  const end = reading.text.length;
  const message = 'Unexpected end of input';
  const help = helpForEnd(reading);
  return queryError(reading.text, {
    code: 'unexpected-end',
    message,
    start: end,
    end,
    authentik: message,
    help,
  });
}

function tooDeep(reading: Reading, token: Token): QueryProblem {
  return queryError(reading.text, {
    code: 'too-deep',
    message: `Parentheses are nested more than ${deepest} deep`,
    start: token.start,
    end: token.end,
    help: 'Leave out the parentheses that change nothing, or split the query.',
  });
}
