/** Everything that somebody asks of a list of users, groups or events, understood: which rows, in which order, of which columns. */
import { parseColumns } from './columns.js';
import { prepareQuery } from './evaluate.js';
import { type Narrowing, narrowingOf } from './narrow.js';
import { type OrderTerm, parseOrder } from './order.js';
import { hasQueryErrors, type QueryProblem } from './problem.js';
import { type ObjectType, type Row, schemas } from './schema.js';
import { plainSearch } from './search.js';

/** A question as it is written. Empty texts count as absent. */
export interface Wanted {
  readonly type: ObjectType;
  readonly query?: string;
  /** Words to search for plainly. */
  readonly search?: string;
  readonly order?: string;
  readonly columns?: string;
  /** A folder of users; those in it and below are wanted. */
  readonly path?: string;
  /** How many rows at most. */
  readonly limit?: number;
}

export interface Ask {
  readonly type: ObjectType;
  readonly matches: (row: Row) => boolean;
  /** Does `matches` read more than the fields that a query can name? */
  readonly searches: boolean;
  readonly narrow: readonly Narrowing[];
  readonly order: readonly OrderTerm[];
  /** Is it the order in which nobody asked for another one? */
  readonly usualOrder: boolean;
  readonly columns?: readonly string[];
  readonly limit?: number;
}

/** What is wrong with, or odd about, one of the texts. */
export interface AskProblem {
  readonly part: 'query' | 'order' | 'columns';
  readonly text: string;
  readonly problem: QueryProblem;
}

/** Understands a question; without `ask` there is at least one error. `others`: further columns that are known. */
export function understandAsk(
  wanted: Wanted,
  others: readonly string[] = [],
): { readonly ask?: Ask; readonly problems: readonly AskProblem[] } {
  const { type, query = '', search = '', order = '', columns = '', path = '', limit } = wanted;
  const schema = schemas[type];
  const problems: AskProblem[] = [];
  const note = (part: AskProblem['part'], text: string, found: readonly QueryProblem[]): void => {
    problems.push(...found.map((problem) => ({ part, text, problem })));
  };
  // As in authentik, NUL characters count for nothing, and no query is all rows.
  const text = query.replaceAll('\0', '');
  const asked = text.trim() === '' ? undefined : prepareQuery(text, schema);
  if (asked) note('query', text, asked.problems);
  const ordered = parseOrder(order, schema);
  note('order', order, ordered.problems);
  const chosen = columns.trim() === '' ? undefined : parseColumns(columns, type, others);
  if (chosen) note('columns', columns, chosen.problems);
  if (hasQueryErrors(problems.map(({ problem }) => problem))) return { problems };
  const folder = path.replace(/\/+$/, '');
  const tests = [
    ...(asked?.matches ? [asked.matches] : []),
    ...(search.trim() === '' ? [] : [plainSearch(search, schema)]),
    ...(folder === '' ? [] : [inFolder(folder)]),
  ];
  return {
    ask: {
      type,
      matches: tests.length === 1 ? tests[0]! : (row) => tests.every((test) => test(row)),
      searches: search.trim() !== '',
      narrow: [
        ...(asked?.checked ? narrowingOf(asked.checked) : []),
        ...(folder === '' ? [] : [{ field: 'path', path: [], prefix: folder }]),
      ],
      order: untilUnique(ordered.terms!),
      usualOrder: order.trim() === '',
      columns: chosen?.columns,
      limit,
    },
    problems,
  };
}

/** Whether a user is in a folder or below it. authentik's own filter also takes `staff2` for `staff`. */
function inFolder(folder: string): (row: Row) => boolean {
  const below = `${folder}/`;
  return ({ path }) => path === folder || (typeof path === 'string' && path.startsWith(below));
}

const unique = new Set(['pk', 'uuid', 'username', 'event_uuid']);

/** No two rows are equal in these fields, so nothing behind them decides. */
function untilUnique(terms: readonly OrderTerm[]): readonly OrderTerm[] {
  const at = terms.findIndex(({ name }) => unique.has(name));
  return at < 0 ? terms : terms.slice(0, at + 1);
}
