/** Python's truth, equality, `str` and `repr` for our values, and the merge that authentik uses. */
import { Deferred, Ref } from '../model/model.js';
import { YamlBytes, YamlDate, YamlFloat } from '../yaml/node.js';
import {
  type TagMap,
  type TagValue,
  Traced,
  traced,
  UnresolvedTag,
  Uuid,
  untraced,
  YamlSet,
} from './values.js';

/** An exception that Python would raise. */
export class PythonError extends Error {
  constructor(
    readonly exception: 'TypeError' | 'ValueError' | 'OverflowError' | 'IndexError' | 'AttributeError',
    message: string,
  ) {
    super(message);
  }
}

/** Gives the text of a tag that stands unresolved in a value (authentik's `__repr__` of it). */
export type TextOfTag = (tag: UnresolvedTag) => string;

/** Is the value truthy in Python? */
export function isTrue(value: TagValue): boolean {
  const plain = untraced(value);
  if (plain === null || plain === '' || plain === false) return false;
  if (typeof plain === 'number') return plain !== 0;
  if (typeof plain === 'bigint') return plain !== 0n;
  if (plain instanceof YamlFloat) return plain.value !== 0;
  if (plain instanceof YamlBytes) return plain.base64 !== '';
  if (plain instanceof YamlSet) return plain.items.length > 0;
  if (Array.isArray(plain)) return plain.length > 0;
  return plain instanceof Map ? plain.size > 0 : true;
}

/** The name of the value's Python type. */
export function typeName(value: TagValue): string {
  const plain = untraced(value);
  if (plain === null) return 'NoneType';
  if (typeof plain === 'boolean') return 'bool';
  if (typeof plain === 'string') return 'str';
  if (typeof plain === 'bigint') return 'int';
  if (typeof plain === 'number') return Number.isInteger(plain) ? 'int' : 'float';
  if (plain instanceof YamlFloat) return 'float';
  if (plain instanceof YamlDate) return `datetime.${plain.type}`;
  if (plain instanceof YamlBytes) return 'bytes';
  if (plain instanceof YamlSet) return 'set';
  if (plain instanceof UnresolvedTag) return plain.node.tag ?? 'tag';
  if (Array.isArray(plain)) return 'list';
  return plain instanceof Map ? 'dict' : 'UUID';
}

/** May the value be a key of a dict? */
export function isHashable(value: TagValue): boolean {
  const plain = untraced(value);
  return !Array.isArray(plain) && !(plain instanceof Map) && !(plain instanceof YamlSet);
}

/** The value as a number when Python counts it among its numbers (booleans are), else undefined. */
export function numberOf(value: TagValue): number | bigint | undefined {
  const plain = untraced(value);
  if (typeof plain === 'number' || typeof plain === 'bigint') return plain;
  if (typeof plain === 'boolean') return Number(plain);
  return plain instanceof YamlFloat ? plain.value : undefined;
}

/** `==` */
export function isEqual(one: TagValue, other: TagValue): boolean {
  const left = untraced(one);
  const right = untraced(other);
  if (left === right) return true;
  const number = numberOf(left);
  if (number !== undefined) {
    const against = numberOf(right);
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal in Python when their values are
    return against !== undefined && number == against;
  }
  if (left instanceof Uuid) return right instanceof Uuid && left.text === right.text;
  if (left instanceof YamlDate)
    return right instanceof YamlDate && left.type === right.type && left.iso === right.iso;
  if (left instanceof YamlBytes) return right instanceof YamlBytes && left.base64 === right.base64;
  if (left instanceof UnresolvedTag) return right instanceof UnresolvedTag && left.node === right.node;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, at) => isEqual(item, right[at]!))
    );
  }
  if (left instanceof Map) {
    if (!(right instanceof Map) || left.size !== right.size) return false;
    return [...left].every(([key, value]) => {
      const found = keyIn(right, key);
      return found !== undefined && isEqual(value, right.get(found)!);
    });
  }
  if (left instanceof YamlSet) {
    if (!(right instanceof YamlSet) || left.items.length !== right.items.length) return false;
    return left.items.every((item) => right.items.some((against) => isEqual(item, against)));
  }
  return false;
}

/** The key of the map that equals the given one, or undefined. */
export function keyIn(map: TagMap, key: TagValue): TagValue | undefined {
  const plain = untraced(key);
  if (map.has(plain)) return plain;
  if (typeof plain === 'string') return undefined;
  for (const candidate of map.keys()) if (isEqual(candidate, plain)) return candidate;
  return undefined;
}

/**
 * deepmerge's `always_merger`: maps merge, lists concatenate, and for anything else the later value counts.
 * Changes neither argument.
 */
export function alwaysMerge(base: TagValue, next: TagValue): TagValue {
  const earlier = untraced(base);
  const later = untraced(next);
  const sources = [base, next].filter((one) => one instanceof Traced);
  if (Array.isArray(earlier) && Array.isArray(later)) return traced([...earlier, ...later], sources);
  if (earlier instanceof Map && later instanceof Map) {
    const merged = new Map(earlier);
    mergeInto(merged, later);
    return traced(merged, sources);
  }
  return next;
}

/** `alwaysMerge` that changes its first argument, at the top level only. */
export function mergeInto(base: TagMap, next: TagMap): void {
  for (const [key, value] of next) {
    const present = keyIn(base, key);
    if (present === undefined) base.set(untraced(key), value);
    else base.set(present, alwaysMerge(base.get(present)!, value));
  }
}

/** `str(value)`. References must have been replaced by their ids. */
export function pythonStr(value: TagValue, textOfTag: TextOfTag): string {
  const plain = untraced(value);
  if (typeof plain === 'string') return plain;
  if (plain instanceof Uuid) return plain.text;
  if (plain instanceof YamlDate) return plain.iso.replace('T', ' ');
  return pythonRepr(plain, textOfTag);
}

/** `repr(value)`. References must have been replaced by their ids. */
export function pythonRepr(value: TagValue, textOfTag: TextOfTag): string {
  const repr = (one: TagValue) => pythonRepr(one, textOfTag);
  const plain = untraced(value);
  if (plain === null) return 'None';
  if (typeof plain === 'string') return quoted(plain);
  if (typeof plain === 'boolean') return plain ? 'True' : 'False';
  if (typeof plain === 'bigint') return String(plain);
  if (typeof plain === 'number') return Number.isInteger(plain) ? String(BigInt(plain)) : floatText(plain);
  if (plain instanceof YamlFloat) return floatText(plain.value);
  if (plain instanceof YamlDate) return dateRepr(plain);
  if (plain instanceof YamlBytes) return bytesRepr(Buffer.from(plain.base64, 'base64'));
  if (plain instanceof YamlSet)
    return plain.items.length > 0 ? `{${plain.items.map(repr).join(', ')}}` : 'set()';
  if (plain instanceof Uuid) return `UUID('${plain.text}')`;
  if (plain instanceof UnresolvedTag) return textOfTag(plain);
  if (Array.isArray(plain)) return `[${plain.map(repr).join(', ')}]`;
  if (plain instanceof Ref || plain instanceof Deferred)
    throw new Error('a reference has no text before it has an id');
  return `{${[...plain].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
}

/** `ascii()` of a text that `repr` gave: everything beyond ASCII as an escape. */
export function asciiOnly(repr: string): string {
  return repr.replace(/[^\x00-\x7f]/gu, (character) => escapeOf(character.codePointAt(0)!));
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/['"\\]|[\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    if (character === '\\' || character === quote) return `\\${character}`;
    if (character === '"' || character === "'") return character;
    return character === '\n'
      ? '\\n'
      : character === '\r'
        ? '\\r'
        : character === '\t'
          ? '\\t'
          : escapeOf(character.codePointAt(0)!);
  });
  return quote + body + quote;
}

function escapeOf(codePoint: number): string {
  const hex = codePoint.toString(16);
  if (codePoint < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function bytesRepr(bytes: Uint8Array): string {
  let body = '';
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (character === '\\' || character === quote) body += `\\${character}`;
    else if (character === '\n') body += '\\n';
    else if (character === '\r') body += '\\r';
    else if (character === '\t') body += '\\t';
    else body += byte < 0x20 || byte > 0x7e ? escapeOf(byte) : character;
  }
  return `b${quote}${body}${quote}`;
}

/** `repr` of a float: the shortest digits that read back the same, an exponent from 1e16 up and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa, exponentText] = value.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  // JavaScript writes small numbers out down to 1e-6 and large ones up to 1e21, so this covers the rest.
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function dateRepr(date: YamlDate): string {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)(?:T(.*))?$/.exec(date.iso) ?? [];
  const parts = [year, month, day].map(Number);
  if (date.type === 'date') return `datetime.date(${parts.join(', ')})`;
  const [, hour, minute, second, micro, zone] = /^(\d+):(\d+):(\d+)(?:\.(\d+))?(.+)?$/.exec(time ?? '') ?? [];
  parts.push(Number(hour), Number(minute));
  if (Number(micro ?? 0) > 0) parts.push(Number(second), Number(micro));
  else if (Number(second) > 0) parts.push(Number(second));
  return `datetime.datetime(${parts.join(', ')}${zone ? `, tzinfo=${zoneRepr(zone)}` : ''})`;
}

function zoneRepr(zone: string): string {
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number];
  const seconds = (hours * 60 + minutes) * 60;
  if (seconds === 0) return 'datetime.timezone.utc';
  if (zone[0] === '+') return `datetime.timezone(datetime.timedelta(seconds=${seconds}))`;
  return `datetime.timezone(datetime.timedelta(days=-1, seconds=${24 * 3600 - seconds}))`;
}

/** `text.strip()`: Python counts other characters as space than JavaScript does. */
export function strip(text: string): string {
  const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
  const lead = new RegExp(`^${space}+`).exec(text)?.[0].length ?? 0;
  let end = text.length;
  const one = new RegExp(space);
  while (end > lead && one.test(text[end - 1]!)) end--;
  return text.slice(lead, end);
}
