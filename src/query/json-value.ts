/** JSON values as PostgreSQL's `jsonb` writes and compares them, since that is what authentik's queries ask. */
import { sortKey } from './text-value.js';

/** The value at a path of keys, or undefined where a key is missing or what should hold it is not an object. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The text of a value (`->>`): a text as it is, everything else as jsonb writes it; undefined for null and nothing. */
export function jsonText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? undefined : writeJson(value);
}

/** As jsonb writes it: keys by length and then bytes, a space behind `,` and `:`, numbers without exponent. */
export function writeJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(', ')}]`;
  if (typeof value === 'object' && !(value instanceof Date)) {
    const pairs = sortedPairs(value as Record<string, unknown>);
    return `{${pairs.map(([key, member]) => `${JSON.stringify(key)}: ${writeJson(member)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

function writeNumber(number: number): string {
  const text = String(Object.is(number, -0) ? 0 : number);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign, first, rest = '', power] = match as unknown as [
    string,
    string,
    string,
    string | undefined,
    string,
  ];
  const digits = first + rest;
  const point = 1 + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

function sortedPairs(object: Record<string, unknown>): [string, unknown][] {
  const pairs = Object.entries(object).filter(([, member]) => member !== undefined);
  return pairs.sort(([one], [other]) => compareKeys(one, other));
}

function compareKeys(one: string, other: string): number {
  const length = Buffer.byteLength(one) - Buffer.byteLength(other);
  return length !== 0 ? length : compareTexts(one, other);
}

/** By code points, which is the order of the UTF-8 bytes too. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return sortKey(one) < sortKey(other) ? -1 : 1;
}

/** The order of types: null, text, number, boolean, array, object. */
function rank(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string') return 1;
  if (typeof value === 'number' || typeof value === 'bigint') return 2;
  if (typeof value === 'boolean') return 3;
  return Array.isArray(value) ? 4 : 5;
}

/**
 * jsonb's order of two values: negative, 0 or positive. An empty array comes before everything that is not an array or an
 * object: a historical accident that PostgreSQL keeps and documents.
 */
export function compareJson(one: unknown, other: unknown): number {
  const [left, right] = [topRank(one), topRank(other)];
  return left !== right ? left - right : compareMembers(one, other);
}

function topRank(value: unknown): number {
  return Array.isArray(value) && value.length === 0 ? -1 : rank(value);
}

/** Inside an array or object an empty array has no place of its own. */
function compareMembers(one: unknown, other: unknown): number {
  const difference = rank(one) - rank(other);
  if (difference !== 0) return difference;
  if (Array.isArray(one)) return compareArrays(one, other as unknown[]);
  if (typeof one === 'string') return compareTexts(one, other as string);
  if (typeof one === 'object' && one !== null) return compareObjects(one, other as object);
  if (one === other || rank(one) === 0) return 0;
  return (one as number) < (other as number) ? -1 : 1;
}

function compareArrays(one: readonly unknown[], other: readonly unknown[]): number {
  if (one.length !== other.length) return one.length - other.length;
  for (let at = 0; at < one.length; at++) {
    const order = compareMembers(one[at], other[at]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Sorting compares each document many times. */
const pairsOf = new WeakMap<object, [string, unknown][]>();

function rememberedPairs(object: object): [string, unknown][] {
  let pairs = pairsOf.get(object);
  if (!pairs) pairsOf.set(object, (pairs = sortedPairs(object as Record<string, unknown>)));
  return pairs;
}

function compareObjects(one: object, other: object): number {
  const [left, right] = [rememberedPairs(one), rememberedPairs(other)];
  if (left.length !== right.length) return left.length - right.length;
  for (let at = 0; at < left.length; at++) {
    const order = compareTexts(left[at]![0], right[at]![0]) || compareMembers(left[at]![1], right[at]![1]);
    if (order !== 0) return order;
  }
  return 0;
}
