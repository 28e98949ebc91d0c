/** Python's `%` operator for strings, which `!Format` is defined by. */

import { decimalDigits, type Notation } from './format-float.js';
import {
  asciiOnly,
  numberOf,
  PythonError,
  pythonRepr,
  pythonStr,
  type TextOfTag,
  typeName,
} from './python.js';
import { type TagValue, Uuid, untraced } from './values.js';

/** A larger width or precision is a mistake and would only fill memory. */
const widest = 100_000;

interface Conversion {
  readonly flags: ReadonlySet<string>;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
  /** Where the type stands in the format string. */
  readonly at: number;
}

/** `format % tuple(values)`; throws a PythonError where Python raises. References must have been replaced. */
export function percentFormat(format: string, values: readonly TagValue[], textOfTag: TextOfTag): string {
  let used = 0;
  const take = (): TagValue => {
    if (used >= values.length) throw new PythonError('TypeError', 'not enough arguments for format string');
    return values[used++]!;
  };
  let result = '';
  let done = 0;
  for (let percent = format.indexOf('%'); percent !== -1; percent = format.indexOf('%', done)) {
    result += format.slice(done, percent);
    if (format[percent + 1] === '%') {
      result += '%';
      done = percent + 2;
      continue;
    }
    const conversion = readConversion(format, percent + 1, take);
    result += convert(conversion, take, textOfTag);
    done = conversion.at + conversion.type.length;
  }
  if (used < values.length) {
    throw new PythonError('TypeError', 'not all arguments converted during string formatting');
  }
  return result + format.slice(done);
}

function readConversion(format: string, start: number, take: () => TagValue): Conversion {
  let at = start;
  const here = (): string => {
    const character = format[at];
    if (character === undefined) throw new PythonError('ValueError', 'incomplete format');
    return character;
  };
  const size = (what: string): number => {
    let amount: number;
    if (here() === '*') {
      at++;
      const value = untraced(take());
      if (typeName(value) !== 'int' && typeof value !== 'boolean')
        throw new PythonError('TypeError', '* wants int');
      amount = Number(numberOf(value));
    } else {
      const first = at;
      while (/[0-9]/.test(here())) at++;
      amount = Number(format.slice(first, at));
    }
    if (Math.abs(amount) > widest) throw new PythonError('ValueError', `${what} too big`);
    return amount;
  };
  if (here() === '(') throw new PythonError('TypeError', 'format requires a mapping');
  const flags = new Set<string>();
  for (; '-+ #0'.includes(here()); at++) flags.add(format[at]!);
  let width = size('width');
  if (width < 0) {
    flags.add('-');
    width = -width;
  }
  let precision: number | undefined;
  if (here() === '.') {
    at++;
    precision = Math.max(0, size('precision'));
  }
  if ('hlL'.includes(here())) at++;
  here();
  return { flags, width, precision, type: String.fromCodePoint(format.codePointAt(at)!), at };
}

function convert(conversion: Conversion, take: () => TagValue, textOfTag: TextOfTag): string {
  const { type, precision } = conversion;
  switch (type) {
    case 's':
      return pad(conversion, cut(pythonStr(take(), textOfTag), precision));
    case 'r':
      return pad(conversion, cut(pythonRepr(take(), textOfTag), precision));
    case 'a':
      return pad(conversion, cut(asciiOnly(pythonRepr(take(), textOfTag)), precision));
    case 'c':
      return pad(conversion, cut(character(take()), precision));
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return padNumber(conversion, integerDigits(conversion, take()));
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return padNumber(conversion, floatDigits(conversion, take()));
    default: {
      // Python consumes the argument before it checks the type.
      take();
      const code = type.codePointAt(0)!;
      const shown = code > 31 && code < 127 ? type : '?';
      throw new PythonError(
        'ValueError',
        `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${conversion.at}`,
      );
    }
  }
}

function cut(text: string, precision: number | undefined): string {
  if (precision === undefined || text.length <= precision) return text;
  return [...text].slice(0, precision).join('');
}

function character(value: TagValue): string {
  const plain = untraced(value);
  if (typeof plain === 'string') {
    if ([...plain].length === 1) return plain;
  } else if (typeName(plain) === 'int' || typeof plain === 'boolean') {
    const code = Number(numberOf(plain));
    if (code < 0 || code > 0x10ffff) throw new PythonError('OverflowError', '%c arg not in range(0x110000)');
    return String.fromCodePoint(code);
  }
  throw new PythonError('TypeError', '%c requires int or char');
}

/** Digits with their sign and base prefix. */
interface Digits {
  readonly negative: boolean;
  /** `0x` and the like. */
  readonly prefix: string;
  readonly digits: string;
}

function integerDigits({ type, flags, precision }: Conversion, value: TagValue): Digits {
  const number = integerOf(type, value);
  const negative = number < 0n;
  const base = type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10;
  const digits = (negative ? -number : number).toString(base).padStart(precision ?? 0, '0');
  const prefix = flags.has('#') && base !== 10 ? `0${type}` : '';
  return { negative, prefix, digits: type === 'X' ? digits.toUpperCase() : digits };
}

function integerOf(type: string, value: TagValue): bigint {
  const plain = untraced(value);
  const name = typeName(plain);
  const whole = type === 'o' || type === 'x' || type === 'X';
  if (name === 'int' || name === 'bool') return BigInt(numberOf(plain)!);
  if (!whole && name === 'float') {
    const number = Number(numberOf(plain));
    if (Number.isNaN(number)) throw new PythonError('ValueError', 'cannot convert float NaN to integer');
    if (!Number.isFinite(number))
      throw new PythonError('OverflowError', 'cannot convert float infinity to integer');
    return BigInt(Math.trunc(number));
  }
  if (!whole && plain instanceof Uuid) return BigInt(`0x${plain.text.replaceAll('-', '')}`);
  const wanted = whole ? 'an integer' : 'a real number';
  throw new PythonError('TypeError', `%${type} format: ${wanted} is required, not ${name}`);
}

function floatDigits({ type, flags, precision = 6 }: Conversion, value: TagValue): Digits {
  const plain = numberOf(value);
  if (plain === undefined) throw new PythonError('TypeError', `must be real number, not ${typeName(value)}`);
  const number = Number(plain);
  if (typeof plain === 'bigint' && !Number.isFinite(number)) {
    throw new PythonError('OverflowError', 'int too large to convert to float');
  }
  const negative = number < 0 || Object.is(number, -0);
  const digits = decimalDigits(Math.abs(number), type.toLowerCase() as Notation, precision, flags.has('#'));
  return { negative, prefix: '', digits: type === type.toUpperCase() ? digits.toUpperCase() : digits };
}

/** Zeros only ever fill numbers. */
function pad({ flags, width }: Conversion, text: string): string {
  const missing = width - (text.length < width ? [...text].length : width);
  if (missing <= 0) return text;
  return flags.has('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function padNumber(conversion: Conversion, { negative, prefix, digits }: Digits): string {
  const { flags, width } = conversion;
  const sign = negative ? '-' : flags.has('+') ? '+' : flags.has(' ') ? ' ' : '';
  const zeros =
    flags.has('0') && !flags.has('-') ? Math.max(0, width - sign.length - prefix.length - digits.length) : 0;
  return pad(conversion, sign + prefix + '0'.repeat(zeros) + digits);
}
