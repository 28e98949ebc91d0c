/** Turns a checked query into one function of a row, with the results that authentik has on PostgreSQL. */
import { addressKey, uuidKey } from './addresses.js';
import { type Checked, type Condition, checkQuery } from './check.js';
import { compareJson, jsonText, valueAt } from './json-value.js';
import { type ParseOptions, parseQuery } from './parser.js';
import type { QueryProblem } from './problem.js';
import { fieldReader, type Row, type Schema } from './schema.js';
import type { Operator } from './syntax.js';
import { sortKey, upperCase } from './text-value.js';
import { timeAsPostgres, timeOfQuery, timeOfRow } from './times.js';

export type Matches = (row: Row) => boolean;

/**
 * Parses, checks and compiles a query. `matches` is absent when there is an error among the problems; otherwise they are
 * warnings.
 */
export function prepareQuery(
  text: string,
  schema: Schema,
  options: ParseOptions = {},
): { matches?: Matches; checked?: Checked; problems: QueryProblem[] } {
  const parsed = parseQuery(text, options);
  if (!parsed.query) return { problems: parsed.problems };
  const { checked, problems } = checkQuery(parsed.query, schema);
  const all = [...parsed.problems, ...problems];
  return checked ? { matches: compileQuery(checked), checked, problems: all } : { problems: all };
}

/** A function that says whether a row is selected. It keeps no state, and makes as little as it can for each row. */
export function compileQuery(query: Checked): Matches {
  if (query.kind === 'condition') return compileCondition(query);
  const terms = query.terms.map(compileQuery);
  const { words } = query;
  const last = terms.length - 1;
  // Words bind to the right, so what stands left of a word decides alone, or not at all: `false and …`, `true or …`.
  return (row) => {
    for (let at = 0; at < last; at++) {
      if (terms[at]!(row) !== (words[at] === 'and')) return words[at] === 'or';
    }
    return terms[last]!(row);
  };
}

/** The operator without its negation. */
type Positive = '=' | '>' | '>=' | '<' | '<=' | '~' | 'startswith' | 'endswith' | 'in';

const positive: Readonly<Record<Operator, Positive>> = {
  '=': '=',
  '!=': '=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
  '~': '~',
  '!~': '~',
  startswith: 'startswith',
  'not startswith': 'startswith',
  endswith: 'endswith',
  'not endswith': 'endswith',
  in: 'in',
  'not in': 'in',
};

function compileCondition(condition: Condition): Matches {
  const { field, operator } = condition;
  const read = fieldReader(field);
  const negated = positive[operator] !== operator;
  switch (field.type) {
    case 'boolean': {
      const values = new Set(condition.values);
      return (row) => values.has((read(row) as boolean | null | undefined) ?? null) !== negated;
    }
    case 'json':
      return compileJson(condition, read, negated);
    case 'time':
      return compileTime(condition, read, negated);
    case 'uuid':
      return compileKeyed(condition, read, negated, uuidKey);
    case 'address':
      return compileKeyed(condition, read, negated, addressKey);
    default: {
      const test = textTest(positive[operator], condition.values as string[]);
      // authentik has no user or group without these: where nothing is set, the text is empty.
      return (row) => test(textOf(read(row))) !== negated;
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
}

function textTest(operator: Positive, values: readonly string[]): (text: string) => boolean {
  const value = values[0] ?? '';
  if (operator === '=') return (text) => text === value;
  if (operator === 'in') {
    const all = new Set(values);
    return (text) => all.has(text);
  }
  const inText = foldedTest(operator, value);
  if (inText) return inText;
  const holds = orderTest(operator);
  const key = sortKey(value);
  return (text) => {
    const other = sortKey(text);
    return holds(other < key ? -1 : other > key ? 1 : 0);
  };
}

/** `~`, `startswith` and `endswith` ignore case; undefined for the other operators. */
function foldedTest(operator: Positive, value: string): ((text: string) => boolean) | undefined {
  const part = upperCase(value);
  if (operator === '~') return (text) => upperCase(text).includes(part);
  if (operator === 'startswith') return (text) => upperCase(text).startsWith(part);
  if (operator === 'endswith') return (text) => upperCase(text).endsWith(part);
  return undefined;
}

function orderTest(operator: Positive): (order: number) => boolean {
  if (operator === '>') return (order) => order > 0;
  if (operator === '>=') return (order) => order >= 0;
  return operator === '<' ? (order) => order < 0 : (order) => order <= 0;
}

/** Keys that are missing are selected by nothing, `!=` included; a null is by `!=` and `not in`, but not by `!~`. */
function compileJson(
  { path, operator, values }: Condition,
  read: (row: Row) => unknown,
  negated: boolean,
): Matches {
  const simple = positive[operator];
  const value = values[0] as string;
  const inText = foldedTest(simple, value);
  if (inText) {
    return (row) => {
      const text = jsonText(valueAt(read(row), path));
      return text !== undefined && inText(text) !== negated;
    };
  }
  if (simple === '=' || simple === 'in') {
    const all = new Set<unknown>(values);
    return (row) => {
      const found = valueAt(read(row), path);
      return found !== undefined && all.has(found) !== negated;
    };
  }
  const holds = orderTest(simple);
  return (row) => {
    const found = valueAt(read(row), path);
    return found !== undefined && holds(compareJson(found, value));
  };
}

/** Times compare by the instant; `~` looks in PostgreSQL's text for it; `startswith` and `endswith` find nothing there. */
function compileTime(
  { operator, values }: Condition,
  read: (row: Row) => unknown,
  negated: boolean,
): Matches {
  const simple = positive[operator];
  if (simple === '~') {
    const test = foldedTest('~', values[0] as string)!;
    return (row) => {
      const time = timeOfRow(read(row));
      return time !== undefined && test(timeAsPostgres(time)) !== negated;
    };
  }
  if (simple === 'startswith' || simple === 'endswith')
    return (row) => negated && timeOfRow(read(row)) !== undefined;
  const times = values.map((value) => timeOfQuery(value as string));
  if (simple === '=' || simple === 'in') {
    // Empty text is None: a row that has no time is found by `= ""`, and by nothing else.
    const all = new Set(simple === 'in' ? times.filter((time) => time !== undefined) : times);
    return (row) => {
      const time = timeOfRow(read(row));
      return time === undefined ? all.has(undefined) && !negated : all.has(time) !== negated;
    };
  }
  const holds = orderTest(simple);
  const than = times[0]!;
  return (row) => {
    const time = timeOfRow(read(row));
    return time !== undefined && holds(time < than ? -1 : time > than ? 1 : 0);
  };
}

/**
 * UUIDs and addresses compare by value, and their text is looked in as it stands. A row without one is selected by the
 * negations only, as Django writes it for a column that may be NULL. Empty text stands for NULL, which equals nothing.
 */
function compileKeyed(
  { operator, values }: Condition,
  read: (row: Row) => unknown,
  negated: boolean,
  keyOf: (text: string) => string | undefined,
): Matches {
  const simple = positive[operator];
  const inText = foldedTest(simple, values[0] as string);
  const keys = values.map((value) => keyOf(value as string));
  const withNull = keys.includes(undefined);
  const all = new Set(keys);
  const holds = orderTest(simple);
  const than = keys[0];
  return (row) => {
    const text = textOf(read(row));
    if (text === '') return negated;
    if (inText) return inText(text) !== negated;
    const key = keyOf(text);
    if (simple === '=' || simple === 'in')
      return key !== undefined && all.has(key) ? !negated : negated && !withNull;
    return key !== undefined && than !== undefined && holds(key < than ? -1 : key > than ? 1 : 0);
  };
}
