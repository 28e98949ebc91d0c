/** Django's lookups over our values: does this value answer `name__iexact`, is this map contained in that? */

import { type Lookup, lookups } from '../blueprint/check-names.js';
import { isMap, Ref, type Value } from '../model/model.js';

/** A question about a resource: `provider__name__iexact` is the steps `provider`, `name` and the lookup `iexact`. */
export interface Question {
  readonly steps: readonly string[];
  readonly lookup: Lookup;
}

/** Splits a name at its double underscores. */
export function questionOf(name: string): Question {
  const steps = name.split('__');
  const last = steps.at(-1) as Lookup;
  if (steps.length > 1 && lookups.includes(last)) return { steps: steps.slice(0, -1), lookup: last };
  return { steps, lookup: 'exact' };
}

/** Does `there` (undefined: nothing) satisfy the lookup with `wanted`? */
export function satisfies(lookup: Lookup, there: Value | undefined, wanted: Value): boolean {
  const value = there ?? null;
  switch (lookup) {
    case 'exact':
      return wanted === null
        ? value === null
        : isMap(wanted)
          ? contains(value, wanted)
          : equal(value, wanted);
    case 'iexact':
      return wanted === null ? value === null : fold(value) === fold(wanted) && value !== null;
    case 'isnull':
      return (value === null) === Boolean(wanted);
    case 'in':
      return Array.isArray(wanted) && wanted.some((one) => equal(value, one));
    case 'contains':
      return typeof value === 'string' ? value.includes(String(wanted)) : contains(value, wanted);
    case 'icontains':
      return value !== null && fold(value).includes(fold(wanted));
    case 'startswith':
      return value !== null && textOf(value).startsWith(textOf(wanted));
    case 'istartswith':
      return value !== null && fold(value).startsWith(fold(wanted));
    case 'endswith':
      return value !== null && textOf(value).endsWith(textOf(wanted));
    case 'iendswith':
      return value !== null && fold(value).endsWith(fold(wanted));
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return value !== null && compares(lookup, value, wanted);
    case 'regex':
    case 'iregex':
      return value !== null && pattern(textOf(wanted), lookup === 'iregex')?.test(textOf(value)) === true;
  }
}

/** JSON containment as PostgreSQL's `@>`: maps by their keys, lists by their elements, the rest by equality. */
export function contains(there: Value, wanted: Value): boolean {
  if (isMap(wanted)) {
    if (!isMap(there)) return false;
    const map = there as Record<string, Value>;
    return Object.entries(wanted as Record<string, Value>).every(
      ([key, value]) => Object.hasOwn(map, key) && contains(map[key]!, value),
    );
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(there) && wanted.every((one) => there.some((other) => contains(other, one)));
  }
  if (Array.isArray(there)) return there.some((one) => equal(one, wanted));
  return equal(there, wanted);
}

/** Equal as a database compares: references by identity, the rest as JSON. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Ref || b instanceof Ref || typeof a !== 'object' || typeof b !== 'object') return false;
  return JSON.stringify(a) === JSON.stringify(b);
}

function textOf(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function fold(value: Value): string {
  return textOf(value).toLowerCase();
}

function compares(lookup: 'gt' | 'gte' | 'lt' | 'lte', a: Value, b: Value): boolean {
  const [left, right] = typeof a === 'number' && typeof b === 'number' ? [a, b] : [textOf(a), textOf(b)];
  if (lookup === 'gt') return left > right;
  if (lookup === 'gte') return left >= right;
  return lookup === 'lt' ? left < right : left <= right;
}

function pattern(text: string, ignoreCase: boolean): RegExp | undefined {
  try {
    return new RegExp(text, ignoreCase ? 'iu' : 'u');
  } catch {
    return undefined;
  }
}

/** A text that equal scalars and references share, for an index; undefined for what an index cannot hold. */
export function indexKey(value: Value): string | undefined {
  if (value === null) return 'null';
  if (value instanceof Ref) return `@${value.serial}`;
  if (typeof value === 'object') return undefined;
  return typeof value === 'string' ? `"${value}` : `${typeof value} ${value}`;
}
