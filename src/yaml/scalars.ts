/** Resolves YAML scalars as PyYAML's SafeLoader does (YAML 1.1). */
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Scalar, YamlBytes, YamlDate, YamlFloat } from './node.js';

/** Why a scalar has no value. */
export class ScalarProblem {
  constructor(
    readonly code: DiagnosticCode,
    /** What is wrong; continues after `about` if that is given. */
    readonly message: string,
    readonly help?: string,
    /** The text that it is about. */
    readonly about?: string,
  ) {}
}

const coreTag = 'tag:yaml.org,2002:';
const booleans = new Map<string, boolean>();
for (const [truth, words] of [
  [true, ['yes', 'true', 'on']],
  [false, ['no', 'false', 'off']],
] as const) {
  for (const word of words) {
    booleans.set(word, truth);
    booleans.set(word[0]!.toUpperCase() + word.slice(1), truth);
    booleans.set(word.toUpperCase(), truth);
  }
}
const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);

// These are PyYAML's patterns for YAML 1.1: an exponent needs a point before it and
// a sign in it, and only the day-month-year form of a date may leave the time out.
const floatPattern =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integerPattern =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const timestampPattern =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$/;
const timestampParts =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?)?$/;

/** Python refuses longer ones, and converting them takes quadratic time. */
const longestInteger = 4300;

/**
 * The value of a scalar: by its explicit tag (the full name, `tag:yaml.org,2002:int`), else, when it is
 * written without quotes, by what it looks like, else its text.
 */
export function resolveScalar(text: string, plain: boolean, explicitTag?: string): Scalar | ScalarProblem {
  if (explicitTag !== undefined) return resolveTagged(text, explicitTag);
  return plain ? resolvePlain(text) : text;
}

function resolvePlain(text: string): Scalar | ScalarProblem {
  if (text === '') return null;
  const first = text.charCodeAt(0);
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)
    return resolveNumber(text);
  switch (text[0]) {
    case 'n':
    case 'N':
    case '~':
      if (nulls.has(text)) return null;
      return booleans.get(text) ?? text;
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
      return booleans.get(text) ?? text;
    case '<':
    case '=':
      if (text !== '<<' && text !== '=') return text;
      return new ScalarProblem(
        'yaml-syntax',
        `a lone \`${text}\` has a special meaning in YAML`,
        'Quote it.',
      );
    default:
      return text;
  }
}

function resolveNumber(text: string): Scalar | ScalarProblem {
  if (integerPattern.test(text)) return integer(text);
  if (floatPattern.test(text)) return float(text);
  if (timestampPattern.test(text)) return timestamp(text);
  return text;
}

function resolveTagged(text: string, tag: string): Scalar | ScalarProblem {
  if (tag === '!') return resolvePlain(text);
  if (!tag.startsWith(coreTag)) return unknownTag(tag);
  const name = tag.slice(coreTag.length);
  switch (name) {
    case 'str':
      return text;
    case 'null':
      return null;
    case 'bool':
      return booleans.get(text.toLowerCase()) ?? unfit(text, 'boolean');
    case 'int':
      return integer(text);
    case 'float':
      return float(text);
    case 'timestamp':
      return timestamp(text);
    case 'binary':
      return binary(text);
    case 'seq':
    case 'map':
    case 'set':
      return new ScalarProblem('wrong-type', `\`!!${name}\` is not valid for a scalar`);
    default:
      return unknownTag(tag);
  }
}

function unknownTag(tag: string): ScalarProblem {
  return new ScalarProblem('yaml-unknown-tag', `unknown tag \`${tag}\``);
}

function unfit(text: string, what: string): ScalarProblem {
  return new ScalarProblem('invalid-value', `is not a valid ${what}`, undefined, text);
}

function integer(text: string): Scalar | ScalarProblem {
  if (text.length > longestInteger) {
    return new ScalarProblem(
      'yaml-number',
      `the number has ${text.length} characters`,
      'Quote it if text was meant.',
    );
  }
  const compact = text.trim().replaceAll('_', '');
  const negative = compact[0] === '-';
  const digits = negative || compact[0] === '+' ? compact.slice(1) : compact;
  const magnitude = integerMagnitude(digits);
  if (magnitude === undefined) return unfit(text, 'integer');
  if (typeof magnitude === 'number' && Number.isSafeInteger(magnitude)) {
    return negative && magnitude !== 0 ? -magnitude : magnitude;
  }
  const large = BigInt(magnitude);
  return negative ? -large : large;
}

function integerMagnitude(digits: string): number | bigint | undefined {
  if (digits.startsWith('0b')) return radix(digits.slice(2), /^[01]+$/, '0b');
  if (digits.startsWith('0x')) return radix(digits.slice(2), /^[0-9a-fA-F]+$/, '0x');
  if (digits[0] === '0') return radix(digits.replace(/^0[oO]/, ''), /^[0-7]+$/, '0o');
  if (digits.includes(':')) {
    let total = 0n;
    for (const part of digits.split(':')) {
      if (!/^\d+$/.test(part)) return undefined;
      total = total * 60n + BigInt(part);
    }
    return shrink(total);
  }
  if (!/^\d+$/.test(digits)) return undefined;
  return digits.length < 16 ? Number(digits) : shrink(BigInt(digits));
}

function radix(digits: string, allowed: RegExp, prefix: string): number | bigint | undefined {
  return allowed.test(digits) ? shrink(BigInt(prefix + digits)) : undefined;
}

function shrink(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function float(text: string): YamlFloat | ScalarProblem {
  const compact = text.trim().replaceAll('_', '').toLowerCase();
  const sign = compact[0] === '-' ? -1 : 1;
  const digits = compact[0] === '-' || compact[0] === '+' ? compact.slice(1) : compact;
  if (digits === '.inf') return new YamlFloat(sign * Number.POSITIVE_INFINITY);
  if (digits === '.nan') return new YamlFloat(Number.NaN);
  let total = 0;
  for (const part of digits.split(':')) {
    const value = decimal(part);
    if (value === undefined) return unfit(text, 'number');
    total = total * 60 + value;
  }
  return new YamlFloat(sign * total);
}

/** What Python's `float()` reads. */
function decimal(text: string): number | undefined {
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(text)) return Number(text);
  if (text === 'inf' || text === 'infinity') return Number.POSITIVE_INFINITY;
  return text === 'nan' ? Number.NaN : undefined;
}

function timestamp(text: string): YamlDate | ScalarProblem {
  const match = timestampParts.exec(text);
  const [, year, month, day, hour, minute, second, fraction, zone, zoneSign, zoneHour, zoneMinute] =
    match ?? [];
  if (!year || !existsInCalendar(+year, +month!, +day!)) return noTime(text, 'date');
  const date = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  if (hour === undefined) return new YamlDate('date', date);
  const offset = +(zoneHour ?? 0) * 60 + +(zoneMinute ?? 0);
  if (+hour > 23 || +minute! > 59 || +second! > 59 || offset >= 24 * 60) return noTime(text, 'time');
  const micro = (fraction ?? '').slice(0, 6).padEnd(6, '0');
  let iso = `${date}T${hour.padStart(2, '0')}:${minute}:${second}`;
  if (micro !== '000000') iso += `.${micro}`;
  if (zone) {
    const sign = zoneSign === '-' && offset !== 0 ? '-' : '+';
    iso += `${sign}${String(Math.floor(offset / 60)).padStart(2, '0')}:${String(offset % 60).padStart(2, '0')}`;
  }
  return new YamlDate('datetime', iso);
}

function existsInCalendar(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

function noTime(text: string, what: string): ScalarProblem {
  return new ScalarProblem('invalid-value', `is not a valid ${what}`, 'Quote it if text was meant.', text);
}

function binary(text: string): YamlBytes | ScalarProblem {
  if (/[^\x00-\x7f]/.test(text)) return unfit(text, 'base64 text');
  let data = '';
  let padding = 0;
  for (const character of text) {
    if (character === '=') {
      // Everything after complete padding is ignored.
      if (data.length % 4 >= 2 && (data.length % 4) + ++padding >= 4) return bytes(data);
    } else if (/[A-Za-z0-9+/]/.test(character)) {
      data += character;
      padding = 0;
    }
  }
  return data.length % 4 === 0 ? bytes(data) : unfit(text, 'base64 text');
}

function bytes(data: string): YamlBytes {
  return new YamlBytes(Buffer.from(data, 'base64').toString('base64'));
}

/** A surprising value: its type, why, and the value itself. */
export interface Surprise {
  readonly type: string;
  readonly value: string;
  /** How the text was read, in brackets; may be empty. */
  readonly form: string;
}

/**
 * What is surprising about the value that a plain scalar was given; undefined when nothing is. Dates are not: whether
 * one is right depends on the attribute.
 */
export function surpriseOf(text: string, value: Scalar): Surprise | undefined {
  if (typeof value === 'boolean') {
    const word = text.toLowerCase();
    return word === 'true' || word === 'false' ? undefined : { type: 'boolean', value: `${value}`, form: '' };
  }
  if (typeof value !== 'number' && typeof value !== 'bigint' && !(value instanceof YamlFloat))
    return undefined;
  const number = { type: 'number', value: `${value instanceof YamlFloat ? value.value : value}` };
  if (text.includes(':')) return { ...number, form: ' (base 60)' };
  if (/^[-+]?0[0-7_]+$/.test(text)) return { ...number, form: ' (octal)' };
  return text.includes('_') ? { ...number, form: '' } : undefined;
}
