/** Which values a field can be compared to: djangoql's rules, in djangoql's words. */
import { addressKey, uuidKey } from './addresses.js';
import { type ProblemParts, pythonText } from './problem.js';
import type { Field } from './schema.js';
import type { Operator, Value } from './syntax.js';
import { timeOfQuery } from './times.js';

/** djangoql's name of a field's type, and what it says can be compared to it. */
function described(field: Field): { type: string; values: string } {
  if (field.type === 'boolean') return { type: 'bool', values: 'True or False' };
  if (field.type === 'time') return { type: 'datetime', values: 'timestamps in "YYYY-MM-DD HH:MM" format' };
  // authentik's JSON field calls itself a relation, so that its search box offers keys.
  return { type: field.type === 'json' ? 'relation' : 'str', values: 'strings' };
}

/** Why a field cannot be compared to a value, or undefined where it can. */
export function wrongValue(field: Field, value: Value): (ProblemParts & { authentik: string }) | undefined {
  const place = { code: 'wrong-value', start: value.start, end: value.end } as const;
  const say = (message: string, help?: string) => ({ ...place, message, authentik: message, help });
  if (value.kind === 'none') {
    if (field.nullable) return undefined;
    return say(`Field ${field.name} is not nullable, can't compare it to None`, helpForNone(field));
  }
  const { type, values } = described(field);
  const fits =
    field.type === 'boolean' ? value.kind === 'true' || value.kind === 'false' : value.kind === 'text';
  if (!fits) {
    const full = field.nullable ? `nullable ${type}` : type;
    const all = field.nullable ? `${values} or None` : values;
    return say(
      `Field "${field.name}" has "${full}" type. It can be compared to ${all}, but not to ${pythonValue(value)}`,
      helpForType(field, value),
    );
  }
  // Empty text is None for djangoql, which it allows here.
  if (field.type === 'time' && value.text !== '' && timeOfQuery(value.text) === undefined) {
    return say(
      `Field "${field.name}" can be compared to timestamps in "YYYY-MM-DD HH:MM" format, but not to ${pythonText(value.text)}`,
      'Write the day, and if you like the time in UTC behind a blank: "2026-01-30", "2026-01-30 10:20" or "2026-01-30 10:20:59".',
    );
  }
  return undefined;
}

/** Why the database would refuse a value that djangoql takes; authentik answers those with a server error. */
export function failingValue(field: Field, operator: Operator, value: Value): ProblemParts | undefined {
  const inText = operator.endsWith('~') || operator.endsWith('swith');
  const refuse = (message: string, help: string) => ({
    code: 'wrong-value' as const,
    message,
    start: value.start,
    end: value.end,
    help,
  });
  if (field.type === 'uuid' && !inText && uuidKey(value.text) === undefined) {
    return refuse(
      `${pythonText(value.text)} is not a UUID`,
      'Write all 32 digits, or use `startswith` or `~` for a part.',
    );
  }
  // Empty text is no address at all, which the database takes for NULL.
  if (field.type === 'address' && !inText && value.text !== '' && addressKey(value.text) === undefined) {
    return refuse(
      `${pythonText(value.text)} is not an IP address`,
      'Write a full address such as "10.0.0.1"; for a part of it use `startswith` or `~`. Networks cannot be asked for.',
    );
  }
  if (field.type === 'time' && value.text === '' && /^[<>]|swith$/.test(operator)) {
    return refuse(`\`${operator}\` needs a time, not empty text`, 'Write a day such as "2026-01-30".');
  }
  return undefined;
}

/** A value as Python's `repr` shows it. */
export function pythonValue(value: Value): string {
  if (value.kind === 'text') return pythonText(value.text);
  if (value.kind === 'integer') return value.text === '-0' ? '0' : value.text;
  return value.kind === 'decimal' ? `Decimal('${pythonDecimal(value.text)}')` : value.text;
}

/** A number as Python's Decimal writes it: plain where the exponent is small (`0.001`), else `1E+3`. */
function pythonDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  const exponent = BigInt(power) - BigInt(fraction.length);
  const left = exponent + BigInt(digits.length);
  if (exponent <= 0n && left > -6n) {
    const point = Number(left);
    if (exponent === 0n) return sign + digits;
    if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
    return `${sign}0.${'0'.repeat(-point)}${digits}`;
  }
  const shown = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  const shift = left - 1n;
  return `${sign}${shown}E${shift < 0n ? '' : '+'}${shift}`;
}

function helpForNone(field: Field): string {
  if (field.type === 'json')
    return 'There is no test for null or for a missing key; both are never selected by `=`.';
  return `Every object has this field; for an empty one write \`${field.name} = ""\`.`;
}

function helpForType(field: Field, value: Value): string {
  if (field.type === 'boolean') {
    const near = value.text.toLowerCase();
    const written = near === 'true' || near === 'false' ? near[0]!.toUpperCase() + near.slice(1) : 'True';
    return `Write \`${field.name} = ${written}\`, without quotes.`;
  }
  if (field.type !== 'json') return `Write the value in double quotes: "${value.text}".`;
  const text = value.text.toLowerCase();
  return `Values in JSON are asked for as text: \`~ "${text}"\` looks in the text of numbers and booleans, \`= "${text}"\` finds texts only.`;
}
