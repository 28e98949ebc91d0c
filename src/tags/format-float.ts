/** Formats floats as C's `printf` does: exact, ties to even, at any precision. JavaScript's own formatting differs. */

export type Notation = 'e' | 'f' | 'g';

/** A number as digits (`significand / 10 ** scale`), both exact integers. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/** The digits of a number that is not negative. `alternate` (`#`) keeps the point and `%g`'s trailing zeros. */
export function decimalDigits(
  value: number,
  notation: Notation,
  precision: number,
  alternate: boolean,
): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return 'inf';
  if (notation === 'f') return fixed(value, precision, alternate);
  if (notation === 'e') return exponential(value, precision, alternate);
  const significant = precision === 0 ? 1 : precision;
  const { exponent } = rounded(value, significant);
  const text =
    exponent < -4 || exponent >= significant
      ? exponential(value, significant - 1, alternate)
      : fixed(value, significant - 1 - exponent, alternate);
  return alternate ? text : withoutTrailingZeros(text);
}

function withoutTrailingZeros(text: string): string {
  const [mantissa, exponent] = text.split('e') as [string, string | undefined];
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent === undefined ? short : `${short}e${exponent}`;
}

function fixed(value: number, precision: number, alternate: boolean): string {
  const digits = String(scaled(value, precision)).padStart(precision + 1, '0');
  const point = digits.length - precision;
  const fraction = digits.slice(point);
  return digits.slice(0, point) + (fraction || alternate ? '.' : '') + fraction;
}

function exponential(value: number, precision: number, alternate: boolean): string {
  const { digits, exponent } = rounded(value, precision + 1);
  const sign = exponent < 0 ? '-' : '+';
  const point = precision > 0 || alternate ? '.' : '';
  return `${digits[0]}${point}${digits.slice(1)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The number rounded to so many significant digits, and the power of ten of the first. */
function rounded(value: number, significant: number): Decimal {
  if (value === 0) return { digits: '0'.repeat(significant), exponent: 0 };
  // The shortest form has the right exponent, unless rounding carries into another digit.
  let exponent = Number(value.toExponential().split('e')[1]);
  let digits = String(scaled(value, significant - 1 - exponent));
  if (digits.length > significant) {
    exponent++;
    digits = String(scaled(value, significant - 1 - exponent));
  }
  return { digits, exponent };
}

/** `value * 10 ** places`, rounded to an integer, ties to even. */
function scaled(value: number, places: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const power = (biased === 0 ? 1 : biased) - 1075;
  let numerator = mantissa;
  let denominator = 1n;
  if (power >= 0) numerator <<= BigInt(power);
  else denominator <<= BigInt(-power);
  if (places >= 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
