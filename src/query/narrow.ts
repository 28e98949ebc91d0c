/**
 * What every row that a query selects has in common, as far as a server's plain filters can express it: by that a
 * directory may read less than all rows. The query itself still decides about each row.
 */
import type { Checked, Condition } from './check.js';

/** A value that all wanted rows have in a field, or below it at a path. */
export interface Narrowing {
  readonly field: string;
  /** Keys into a JSON field; empty for every other one. */
  readonly path: readonly string[];
  /** The value is one of these; absent where `prefix` says something. */
  readonly values?: readonly (string | boolean)[];
  /** The text begins so, in exactly these letters. */
  readonly prefix?: string;
}

/**
 * What a query demands of every row: its conditions of equality that no `or` makes optional. Words bind to the right, so
 * whatever stands in front of the first `or` of a chain, joined by `and`, is demanded.
 */
export function narrowingOf(query: Checked): Narrowing[] {
  if (query.kind === 'condition') return ofCondition(query);
  const firstOr = query.words.indexOf('or');
  const demanded = query.terms.slice(0, firstOr < 0 ? query.terms.length : firstOr);
  return demanded.flatMap(narrowingOf);
}

function ofCondition({ field, path, operator, values }: Condition): Narrowing[] {
  if (operator !== '=' && operator !== 'in') return [];
  // `None` selects nothing, and times and addresses may be written in several ways.
  if (field.type === 'time' || field.type === 'address' || field.type === 'uuid') return [];
  if (values.includes(null)) return [];
  return [{ field: field.name, path, values: values as (string | boolean)[] }];
}
