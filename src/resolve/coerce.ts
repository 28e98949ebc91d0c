/**
 * Coerces a value as authentik's REST framework would: text to numbers, numbers to text, `yes` to true, dates to one
 * form. The rules are those of Django REST framework's serializer fields.
 */

import { didYouMean } from '../diagnostic/did-you-mean.js';
import { normalDateTime } from '../model/datetime.js';
import type { FieldFacts, JsonSchema } from '../model/kinds.js';
import { Deferred, isMap, Ref, Unavailable, type Value } from '../model/model.js';
import { remembered } from '../model/remembered.js';

/** A coerced value, or what is wrong with the one given. */
export type Coerced = { readonly value: Value } | { readonly problem: string; readonly help?: string };

const trueTexts = new Set(['t', 'y', 'yes', 'true', 'on', '1']);
const falseTexts = new Set(['f', 'n', 'no', 'false', 'off', '0']);
const nullTexts = new Set(['', 'null', 'n/a', 'none']);

/** Coerces the value of an attribute that is not a reference. */
export function coerce(field: FieldFacts, value: Value): Coerced {
  if (value === null) {
    return field.nullable ? { value } : { problem: 'may not be null' };
  }
  if (field.json && !field.map) return { value };
  return coerceTo(field.schema, value, field.nullable);
}

/** Would `coerce` leave a value as it is? False when in doubt. */
export type IsCoerced = (value: Value) => boolean;

/** The test for the values of one attribute that is not a reference. */
export function coercedTest(field: FieldFacts): IsCoerced {
  const inside = field.json && !field.map ? () => true : schemaTest(field.schema);
  const { nullable } = field;
  return (value) => (value === null ? nullable : inside(value));
}

/** The same for a value that is not null. */
function schemaTest(from: JsonSchema): IsCoerced {
  const { type, schema } = shapeOf(from);
  if (Array.isArray(schema.enum)) {
    const texts = new Set(schema.enum.filter((one) => typeof one === 'string'));
    // A text may stand for a number among the choices.
    const others = schema.enum.some((one) => typeof one !== 'string' && one !== null);
    return (value) => !others && typeof value === 'string' && texts.has(value);
  }
  switch (type) {
    case 'string':
      if (schema.format === 'date-time' || schema.format === 'uuid') return () => false;
      return (value) => typeof value === 'string' && value.trim() === value;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'integer':
      return (value) => typeof value === 'number' && Number.isSafeInteger(value);
    case 'number':
      return (value) => typeof value === 'number';
    case 'array': {
      if (!schema.items) return Array.isArray;
      const inside = schemaTest(schema.items as JsonSchema);
      return (value) => Array.isArray(value) && value.every((one) => one === null || inside(one));
    }
    case 'object':
      return isMap;
    default:
      return () => true;
  }
}

interface Shape {
  readonly type?: string;
  readonly schema: JsonSchema;
}

/** The part of a schema that is not null. */
const shapeOf = remembered((schema: JsonSchema): Shape => {
  const options = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  const inner = options?.filter((one) => one.type !== 'null');
  if (inner?.length === 1) return shapeOf(inner[0]!);
  if (!Array.isArray(schema.type)) return { type: schema.type as string | undefined, schema };
  const types = schema.type.filter((one) => one !== 'null') as string[];
  return { type: types.length === 1 ? types[0] : undefined, schema };
});

function coerceTo(from: JsonSchema, value: Value, nullable: boolean): Coerced {
  if (value instanceof Deferred || value instanceof Unavailable) return { value };
  const { type, schema } = shapeOf(from);
  if (Array.isArray(schema.enum)) return coerceChoice(schema.enum, value);
  switch (type) {
    case 'string':
      return coerceText(schema, value, nullable);
    case 'boolean':
      return coerceBoolean(value, nullable);
    case 'integer':
      return coerceInteger(value);
    case 'number':
      return coerceNumber(value);
    case 'array':
      return coerceList(schema, value);
    case 'object':
      return isMap(value) ? { value } : { problem: `needs a map, not ${describe(value)}` };
    default:
      return { value };
  }
}

function coerceChoice(choices: readonly unknown[], value: Value): Coerced {
  if (typeof value === 'object') return { problem: `needs one of ${choices.join(', ')}` };
  const text = String(value);
  for (const choice of choices) {
    if (choice !== null && String(choice) === text && typeof value !== 'boolean')
      return { value: choice as Value };
  }
  const shown = choices.filter((one) => one !== null && one !== '').join(', ');
  const help = didYouMean(
    text,
    choices.filter((one) => typeof one === 'string'),
  );
  return { problem: `must be one of ${shown}, not ${describe(value)}`, help };
}

function coerceText(schema: JsonSchema, value: Value, nullable: boolean): Coerced {
  if (typeof value === 'boolean') return { problem: `needs text, not ${value}; quote it if text was meant` };
  if (typeof value !== 'string' && typeof value !== 'number')
    return { problem: `needs text, not ${describe(value)}` };
  const text = String(value).trim();
  if (schema.format === 'date-time') {
    if (text === '' && nullable) return { value: null };
    const normal = normalDateTime(text);
    return normal === undefined
      ? { problem: 'needs a date and time such as 2027-01-31T00:00:00Z' }
      : { value: normal };
  }
  if (schema.format === 'uuid') return coerceUuid(text);
  return { value: text };
}

function coerceUuid(text: string): Coerced {
  const digits = text
    .toLowerCase()
    .replace(/^urn:uuid:|[{}]/g, '')
    .replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) return { problem: 'needs a UUID' };
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ];
  return { value: parts.join('-') };
}

function coerceBoolean(value: Value, nullable: boolean): Coerced {
  if (typeof value === 'boolean') return { value };
  const text = String(value).toLowerCase();
  if (typeof value === 'string' || typeof value === 'number') {
    if (trueTexts.has(text)) return { value: true };
    if (falseTexts.has(text)) return { value: false };
    if (nullable && nullTexts.has(text)) return { value: null };
  }
  return { problem: `must be true or false, not ${describe(value)}` };
}

function coerceInteger(value: Value): Coerced {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { value };
  const text = typeof value === 'string' ? value.trim().replace(/\.0*$/, '') : '';
  if (/^[+-]?[0-9]+(_[0-9]+)*$/.test(text)) {
    const number = Number(text.replaceAll('_', ''));
    if (Number.isSafeInteger(number)) return { value: number };
  }
  return { problem: `needs a whole number, not ${describe(value)}` };
}

function coerceNumber(value: Value): Coerced {
  if (typeof value === 'number') return { value };
  if (typeof value === 'boolean') return { value: value ? 1 : 0 };
  const number =
    typeof value === 'string' && value.trim() !== '' ? Number(value.trim().replaceAll('_', '')) : Number.NaN;
  return Number.isFinite(number) ? { value: number } : { problem: `needs a number, not ${describe(value)}` };
}

function coerceList(schema: JsonSchema, value: Value): Coerced {
  if (!Array.isArray(value)) return { problem: `needs a list, not ${describe(value)}` };
  const items = schema.items as JsonSchema | undefined;
  if (!items) return { value };
  const coerced: Value[] = [];
  for (const item of value) {
    const one = item === null ? { value: item } : coerceTo(items, item, false);
    if ('problem' in one) return { problem: `an item ${one.problem}` };
    coerced.push(one.value);
  }
  return { value: coerced };
}

/** Describes a value in a few words. Long texts are cut, so that a misplaced secret is not repeated whole. */
function describe(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Ref) return `a reference to ${value.address}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return value.length > 40 ? 'this text' : `\`${value}\``;
  return `${value}`;
}
