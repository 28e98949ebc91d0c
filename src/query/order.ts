/** Puts rows in order as PostgreSQL does for authentik: `-last_login,username`. */
import { nearest } from '../diagnostic/did-you-mean.js';
import { addressKey, uuidKey } from './addresses.js';
import { compareJson } from './json-value.js';
import { type QueryProblem, queryError } from './problem.js';
import { fieldReader, type Row, type Schema } from './schema.js';
import { sortKey } from './text-value.js';
import { timeOfRow } from './times.js';

export interface OrderTerm {
  readonly name: string;
  /** See `Field`. */
  readonly otherwise?: string;
  readonly type: Schema['ordered'][string];
  readonly descending: boolean;
}

/**
 * Reads a list of fields with commas between, each with `-` before it for descending. A field that rows cannot be ordered
 * by is an error; authentik leaves it out and says nothing. Empty text is authentik's own order.
 */
export function parseOrder(text: string, schema: Schema): { terms?: OrderTerm[]; problems: QueryProblem[] } {
  const problems: QueryProblem[] = [];
  const terms: OrderTerm[] = [];
  let offset = 0;
  const written = text.trim() === '' ? schema.order : text;
  for (const part of written.split(',')) {
    const descending = part.trim().startsWith('-');
    const field = part.trim().replace(/^-/, '');
    const type = Object.hasOwn(schema.ordered, field) ? schema.ordered[field] : undefined;
    if (type === undefined) problems.push(unknownOrder(field, written, offset + part.indexOf(field), schema));
    else terms.push({ name: field, type, descending, otherwise: otherNames[field] });
    offset += part.length + 1;
  }
  return problems.length > 0 ? { problems } : { terms, problems };
}

/** REST calls an event's key `pk`, its column is `event_uuid`. */
const otherNames: Readonly<Record<string, string>> = { pk: 'event_uuid', event_uuid: 'pk' };

function unknownOrder(field: string, text: string, start: number, schema: Schema): QueryProblem {
  const fields = Object.keys(schema.ordered);
  const near = nearest(field, fields);
  return queryError(text, {
    code: 'unknown-order',
    message: field === '' ? 'A field is missing' : `${schema.type} cannot be ordered by \`${field}\``,
    start,
    end: start + field.length,
    near,
    help: `Order by ${fields.join(', ')}; \`-\` before a field is descending.`,
  });
}

type Comparable = string | number;
type Key = Comparable | undefined;

/**
 * The rows in order, as a new list. Rows without a value come last, in descending order first, as in PostgreSQL; rows that
 * are equal keep their order. The key of each row is made once.
 */
export function orderRows<R extends Row>(rows: readonly R[], terms: readonly OrderTerm[]): R[] {
  const columns = terms.map((term) => {
    const read = fieldReader(term);
    const sign = term.descending ? -1 : 1;
    if (term.type === 'json') {
      const values = rows.map((row) => read(row) ?? undefined);
      return (one: number, other: number) => sign * compareNullable(values[one], values[other], compareJson);
    }
    const keys = rows.map((row) => keyOf(term.type, read(row)));
    return (one: number, other: number) => sign * compareNullable(keys[one], keys[other], comparePlain);
  });
  const places = rows.map((_, at) => at);
  places.sort((one, other) => {
    for (const column of columns) {
      const order = column(one, other);
      if (order !== 0) return order;
    }
    return one - other;
  });
  return places.map((at) => rows[at]!);
}

function compareNullable<V>(
  one: V | undefined,
  other: V | undefined,
  compare: (one: V, other: V) => number,
): number {
  if (one === undefined) return other === undefined ? 0 : 1;
  return other === undefined ? -1 : compare(one, other);
}

function comparePlain(one: Comparable, other: Comparable): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function keyOf(type: OrderTerm['type'], value: unknown): Key {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'number':
      return Number(value);
    case 'boolean':
      return value === true ? 1 : 0;
    case 'time':
      return timeOfRow(value);
    case 'uuid':
      return uuidKey(String(value));
    case 'address':
      return addressKey(String(value));
    default:
      return sortKey(String(value));
  }
}
