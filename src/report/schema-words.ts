/** Describes the JSON Schema of an attribute in a few words. */
import type { FieldFacts, JsonSchema } from '../model/kinds.js';
import { isMap, type Json } from '../model/model.js';

/** How a value's type is written. */
export interface TypeLook {
  /** The short name of a kind. */
  readonly nameOf: (kind: string) => string;
  /** Choices that take more columns than this are counted. */
  readonly room?: number;
}

/** What may be written: `text`, `list of group`, `enrollment | recovery`. */
export function typeText(field: FieldFacts, { nameOf, room = Number.POSITIVE_INFINITY }: TypeLook): string {
  const to = field.reference && nameOf(field.reference.to);
  const one = to ?? words(field.schema, room);
  const base = to !== undefined && field.many ? `list of ${to}` : one;
  return field.nullable && !field.many && base !== 'any value' ? `${base} or null` : base;
}

/** The limits on a value: `at most 150 characters`, `at least 0`. */
export function schemaRules(field: FieldFacts): string[] {
  const schema = withoutNull(field.schema);
  const limits: readonly (readonly [string, (limit: Json) => string])[] = [
    ['minimum', (limit) => `at least ${limit}`],
    ['maximum', (limit) => `at most ${limit}`],
    ['minLength', (limit) => `at least ${limit} ${limit === 1 ? 'character' : 'characters'}`],
    ['maxLength', (limit) => `at most ${limit} characters`],
    ['minItems', (limit) => `at least ${limit} of them`],
    ['maxItems', (limit) => `at most ${limit} of them`],
    ['pattern', (limit) => `like ${limit}`],
  ];
  return limits.flatMap(([key, say]) => (schema[key] === undefined ? [] : [say(schema[key])]));
}

const formats: Readonly<Record<string, string>> = {
  'date-time': 'date and time',
  date: 'date',
  uuid: 'UUID',
  uri: 'URL',
  email: 'email address',
};

function words(given: JsonSchema, room: number): string {
  const schema = withoutNull(given);
  if (Array.isArray(schema.enum)) return choices(schema.enum, room);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const alternatives = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (Array.isArray(alternatives)) {
    return [...new Set(alternatives.map((one) => words(one, room)))].join(' or ');
  }
  switch (typeOf(schema)) {
    case 'string':
      return formats[String(schema.format)] ?? 'text';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'boolean':
      return 'true | false';
    case 'array':
      return isMap(schema.items) ? `list of ${words(schema.items as JsonSchema, room)}` : 'list';
    case 'object':
      return 'map';
    default:
      return 'any value';
  }
}

/** The type without null, when there is one. */
function typeOf(schema: JsonSchema): string | undefined {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((one) => one !== 'null');
  return types.length === 1 ? (types[0] as string | undefined) : undefined;
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(alternatives)) return schema;
  const rest = (alternatives as JsonSchema[]).filter((one) => one.type !== 'null');
  return rest.length === 1 ? { ...schema, anyOf: undefined!, oneOf: undefined!, ...rest[0] } : schema;
}

function choices(values: readonly Json[], room: number): string {
  const texts = values
    .filter((one) => one !== null)
    .map((one) => (typeof one === 'string' ? one || '""' : String(one)));
  const all = texts.join(' | ');
  if (all.length <= room) return all;
  let taken = 0;
  let length = 0;
  while (taken < texts.length && length + texts[taken]!.length + 3 <= room - 10)
    length += texts[taken++]!.length + 3;
  return taken === 0
    ? `one of ${texts.length}`
    : `${texts.slice(0, taken).join(' | ')} | … ${texts.length - taken} more`;
}
