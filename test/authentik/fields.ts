/**
 * Checks one written value as the serializer field behind it would, and says the same when it refuses. The words are those of Django
 * REST framework (3.16) and of authentik 2025.12.4, in English.
 */
import { isIP } from 'node:net';
import { isObject, type Json, type JsonObject } from './json.js';
import type { Attribute } from './kinds.js';
import { type Property, properties } from './openapi.js';
import { hasProperty } from './releases.js';

/** A value that may be kept, or what a 400 says about the field: a list of messages, or a map of such lists. */
export type Checked = { readonly value: Json } | { readonly error: Json };

/** Finds the id of the object that a reference means. */
export type FindId = (to: string, id: Json) => Json | undefined;

interface About {
  readonly find: FindId;
  readonly version: string;
}

const truths = new Set<Json>([
  't',
  'T',
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  'true',
  'True',
  'TRUE',
  'on',
  'On',
  'ON',
  '1',
  1,
  true,
]);
const falsehoods = new Set<Json>([
  'f',
  'F',
  'n',
  'N',
  'no',
  'No',
  'NO',
  'false',
  'False',
  'FALSE',
  'off',
  'Off',
  'OFF',
  '0',
  0,
  false,
]);
const uuidPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const slugPattern = '^[-a-zA-Z0-9_]+$';

/** Checks the value that a request gives an attribute. */
export function checkAttribute(attribute: Attribute, value: Json, { find, version }: About): Checked {
  const { property, reference, many, duration } = attribute;
  if (value === null) return property.nullable ? { value } : { error: ['This field may not be null.'] };
  if (reference && many) return checkMany(attribute, value, find);
  if (reference) return checkReference(reference.to, property, value, find);
  const checked = checkProperty(property, value, version);
  if ('error' in checked || !duration || checked.value === '') return checked;
  return isDuration(String(checked.value))
    ? checked
    : { error: [`${checked.value} is not in the correct format of 'hours=3;minutes=1'.`] };
}

/** Whether authentik can read a text as a duration: it looks at the parts it knows and passes over others. */
export function isDuration(text: string): boolean {
  const units = /^\s*(microseconds|milliseconds|seconds|minutes|hours|days|weeks)\s*=\s*[-+]?[0-9.]+\s*$/i;
  const parts = text.split(';');
  return parts.every((part) => part.includes('=')) && parts.some((part) => units.test(part));
}

function checkMany({ reference, property }: Attribute, value: Json, find: FindId): Checked {
  if (!Array.isArray(value)) return notAList(value);
  if (value.length === 0 && property.minItems === 1) return { error: ['This list may not be empty.'] };
  const ids: Json[] = [];
  for (const one of value) {
    const checked = checkReference(reference!.to, property.items!, one, find);
    if ('error' in checked) return checked;
    if (!ids.includes(checked.value)) ids.push(checked.value);
  }
  return { value: ids.sort(byId) };
}

/** The order in which the server gives a list of references back: not the written one. */
function byId(one: Json, other: Json): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}

function checkReference(to: string, property: Property, value: Json, find: FindId): Checked {
  const found = find(to, value);
  if (found !== undefined) return { value: found };
  if (property.type === 'integer') {
    const isId = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
    if (!isId) return { error: [`Incorrect type. Expected pk value, received ${pythonType(value)}.`] };
  } else if (typeof value !== 'string' || !uuidPattern.test(value)) {
    return { error: [`“${pythonText(value)}” is not a valid UUID.`] };
  }
  return { error: [`Invalid pk "${pythonText(value)}" - object does not exist.`] };
}

/** Checks a value that refers to nothing. */
export function checkProperty(property: Property, value: Json, version: string): Checked {
  if (value === null) return property.nullable ? { value } : { error: ['This field may not be null.'] };
  if (property.choices) return checkChoice(property, value);
  if (property.type === 'string') return checkText(property, value);
  if (property.type === 'boolean') {
    if (typeof value === 'object') return { error: ['Must be a valid boolean.'] };
    if (truths.has(value)) return { value: true };
    return falsehoods.has(value) ? { value: false } : { error: ['Must be a valid boolean.'] };
  }
  if (property.type === 'integer' || property.type === 'number') return checkNumber(property, value);
  if (property.type === 'array') return checkList(property, value, version);
  if (property.type === 'object') {
    if (property.component !== undefined) return checkNested(property.component, value, version);
    if (!isObject(value)) return { error: ['Value must be a dictionary, and not have any duplicate keys.'] };
  }
  return { value };
}

function checkChoice({ choices, nullable }: Property, value: Json): Checked {
  const text = typeof value === 'object' ? undefined : String(value);
  if (text !== undefined && choices!.includes(text)) return { value: text };
  if (text === '' && nullable) return { value: '' };
  return { error: [`"${pythonText(value)}" is not a valid choice.`] };
}

function checkText(property: Property, value: Json): Checked {
  if (typeof value === 'object' || typeof value === 'boolean') {
    if (property.format === 'uuid') return { error: ['Must be a valid UUID.'] };
    return { error: [property.format === 'date-time' ? timeFormat : 'Not a valid string.'] };
  }
  if (property.format === 'date-time') return checkTime(String(value));
  const text = String(value).trim();
  if (text === '') {
    return (property.minLength ?? 0) > 0 ? { error: ['This field may not be blank.'] } : { value: text };
  }
  if (text.includes('\0')) return { error: ['Null characters are not allowed.'] };
  if (property.maxLength !== undefined && [...text].length > property.maxLength) {
    return { error: [`Ensure this field has no more than ${property.maxLength} characters.`] };
  }
  const words = formatError(property, text);
  return words === undefined ? { value: text } : { error: [words] };
}

function formatError({ pattern, format }: Property, text: string): string | undefined {
  if (pattern !== undefined && !new RegExp(pattern).test(text)) {
    if (pattern === slugPattern)
      return 'Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.';
    return 'This value does not match the required pattern.';
  }
  if (format === 'email' && !/^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(text)) return 'Enter a valid email address.';
  if (format === 'uri' && !/^(https?|ftps?|ldaps?|unix):\/\/\S+$/i.test(text)) return 'Enter a valid URL.';
  if (format === 'ipv4' || format === 'ipv6' || format === 'ip') {
    return isIP(text) ? undefined : 'Enter a valid IPv4 or IPv6 address.';
  }
  if (format === 'uuid' && !uuidPattern.test(text)) return 'Must be a valid UUID.';
  return undefined;
}

const timeFormat =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].';

/** Any offset may be written; UTC comes back, with the microseconds that were written if any. */
function checkTime(text: string): Checked {
  const found = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,6})\d*)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(
    text.trim(),
  );
  const [, day, minutes, seconds = ':00', fraction = '', zone = 'Z'] = found ?? [];
  const time = found ? Date.parse(`${day}T${minutes}${seconds}${zone}`) : Number.NaN;
  if (Number.isNaN(time)) return { error: [timeFormat] };
  const micro = Number(fraction.padEnd(6, '0')) > 0 ? `.${fraction.padEnd(6, '0')}` : '';
  return { value: `${new Date(time).toISOString().slice(0, 19)}${micro}Z` };
}

function checkNumber({ type, minimum, maximum }: Property, value: Json): Checked {
  const text = typeof value === 'string' ? value.trim() : value;
  const number =
    typeof text === 'number' || (typeof text === 'string' && text !== '') ? Number(text) : Number.NaN;
  if (Number.isNaN(number) || (type === 'integer' && !Number.isInteger(number))) {
    return { error: [`A valid ${type} is required.`] };
  }
  if (maximum !== undefined && number > maximum) {
    return { error: [`Ensure this value is less than or equal to ${maximum}.`] };
  }
  if (minimum !== undefined && number < minimum) {
    return { error: [`Ensure this value is greater than or equal to ${minimum}.`] };
  }
  return { value: number };
}

function checkList({ items, minItems }: Property, value: Json, version: string): Checked {
  if (!Array.isArray(value)) return notAList(value);
  if (value.length === 0 && minItems === 1) return { error: ['This list may not be empty.'] };
  const checked = value.map((one) => checkProperty(items!, one, version));
  if (checked.every((one) => 'value' in one))
    return { value: checked.map((one) => (one as { value: Json }).value) };
  if (items!.component !== undefined)
    return { error: checked.map((one) => ('error' in one ? one.error : {})) };
  const wrong = checked.flatMap((one, index) => ('error' in one ? [[String(index), one.error]] : []));
  return { error: Object.fromEntries(wrong) as JsonObject };
}

function checkNested(component: string, value: Json, version: string): Checked {
  if (!isObject(value)) {
    return {
      error: { non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`] },
    };
  }
  const result: JsonObject = {};
  const errors: JsonObject = {};
  for (const [name, property] of properties(component)) {
    if (!hasProperty(version, component, name)) continue;
    if (value[name] === undefined) {
      if (property.required) errors[name] = ['This field is required.'];
      else if (property.fallback !== undefined) result[name] = property.fallback;
      continue;
    }
    const checked = checkProperty(property, value[name], version);
    if ('error' in checked) errors[name] = checked.error;
    else result[name] = checked.value;
  }
  return Object.keys(errors).length > 0 ? { error: errors } : { value: result };
}

function notAList(value: Json): Checked {
  return { error: [`Expected a list of items but got type "${pythonType(value)}".`] };
}

function pythonType(value: Json): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { string: 'str', boolean: 'bool', object: 'dict' }[typeof value as 'string' | 'boolean' | 'object'];
}

/** A value as Python's `str` shows it. */
function pythonText(value: Json): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

function pythonRepr(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, one]) => `${pythonRepr(key)}: ${pythonRepr(one)}`)
    .join(', ')}}`;
}
