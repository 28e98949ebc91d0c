/**
 * Every kind's schema in; one schema of a whole blueprint file for editors out (draft 7, which all of them know).
 *
 * An editor does not resolve tags: it sees `!KeyOf x` as text and `!Find [...]` as a list. So this schema knows names,
 * enums and rough types, accepts text and lists wherever a tag may stand, and leaves the rest to `asbuilt validate`.
 */
import type { Json } from '../../src/model/model.js';
import type { KindSchema } from './kind.js';
import type { Schema } from './openapi.js';
import { sectionSchemas } from './sections.js';

const draft = 'http://json-schema.org/draft-07/schema#';
/** What a tag looks like to an editor. */
const tag = ['string', 'array'];
const labels: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const stateSchema = orTag({ enum: ['present', 'created', 'must_created', 'absent'], default: 'present' });

/** The content of `schemas/blueprint.schema.json`. */
export function blueprintSchema(
  kinds: ReadonlyMap<string, KindSchema>,
  permissions: readonly string[],
): Schema {
  const definitions: Record<string, Schema> = {
    permission: { anyOf: [{ enum: [...permissions] }, { type: tag }] },
    entry: entrySchema([...kinds]),
  };
  for (const [kind, schema] of kinds) definitions[kind] = attributesSchema(schema);
  const sections = sectionSchemas(kinds, {
    state: stateSchema,
    labels,
    permissions: { type: 'array', items: permissionSchema() },
  });
  Object.assign(definitions, sections.definitions);
  return {
    $schema: draft,
    $id: 'urn:asbuilt:blueprint',
    type: 'object',
    required: ['version'],
    properties: {
      version: { const: 1 },
      metadata: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, labels },
        additionalProperties: false,
      },
      context: { type: 'object' },
      entries: {
        anyOf: [
          { type: 'array', items: ref('entry') },
          { type: 'object', additionalProperties: { type: 'array', items: ref('entry') } },
        ],
      },
      ...sections.properties,
    },
    patternProperties: { '^x-': {} },
    additionalProperties: false,
    definitions,
  };
}

function entrySchema(kinds: readonly (readonly [string, KindSchema])[]): Schema {
  return {
    type: 'object',
    required: ['model'],
    additionalProperties: false,
    properties: {
      model: orTag({ enum: kinds.map(([kind]) => kind) }),
      state: stateSchema,
      id: { type: 'string' },
      identifiers: { type: 'object', minProperties: 1 },
      attrs: { type: ['object', 'null'] },
      conditions: { type: 'array' },
      permissions: { type: 'array', items: permissionSchema() },
      was: { type: 'object', minProperties: 1 },
      labels,
    },
    allOf: [...kinds].map(([kind, schema]) => ({
      // No `const`: the YAML language server takes the beginning of one for it when it completes.
      if: { properties: { model: { type: 'string', pattern: exactly(kind) } }, required: ['model'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        properties: {
          identifiers: { allOf: [ref(kind)], propertyNames: identifierNames(schema) },
          attrs: { allOf: [ref(kind)], propertyNames: { enum: Object.keys(schema.properties) } },
        },
      },
    })),
  };
}

function exactly(kind: string): string {
  return `^${kind.replaceAll('.', '\\.')}$`;
}

/** Attributes, the id, and lookups such as `name__startswith`, which are the directory's business. */
function identifierNames(kind: KindSchema): Schema {
  return { anyOf: [{ enum: [...Object.keys(kind.properties), 'pk'] }, { pattern: '__' }] };
}

function permissionSchema(): Schema {
  return {
    type: 'object',
    required: ['permission'],
    additionalProperties: false,
    properties: {
      permission: ref('permission'),
      user: { type: ['integer', ...tag] },
      role: { type: tag },
    },
  };
}

/** The attributes without saying which must be there: an entry has some in `identifiers` and the rest in `attrs`. */
function attributesSchema(kind: KindSchema): Schema {
  const required = new Set(kind.required);
  const properties = Object.entries(kind.properties).map(([name, property]) => {
    const shape = loosely(property);
    const description = descriptionOf(property, required.has(name));
    return [name, shape.deprecationMessage || !description ? shape : { description, ...shape }];
  });
  return { properties: Object.fromEntries(properties) };
}

/** What an editor shows over the attribute's name. */
function descriptionOf(property: Schema, required: boolean): string {
  const facts = (property['x-asbuilt'] ?? {}) as Schema;
  const reference = facts.reference as { to: string } | undefined;
  const types = ([property.type ?? []].flat() as string[]).filter((type) => type !== 'null');
  const type = types.map((name) => typeWords[name] ?? name).join(' or ') || 'Any value';
  const shown = facts.default === undefined || facts.secret ? undefined : JSON.stringify(facts.default);
  const target = reference && `${facts.many ? 'References' : 'A reference'} to ${reference.to}`;
  const own = typeof property.description === 'string' ? property.description : '';
  const sentences = [
    own.replace(/\.$/, ''),
    // Editors list the values of an enum themselves.
    property.enum ? '' : (target ?? type),
    required ? 'Required' : '',
    shown === undefined ? '' : `Default: ${shown}`,
    facts.nullable ? 'May be null' : '',
    facts.secret ? 'A secret, which is never printed' : '',
    facts.computed ? `Worked out by the directory${facts.computed === 'always' ? '' : ' when left out'}` : '',
    facts.map ? 'Owned key by key' : '',
  ];
  return sentences.flatMap((sentence) => (sentence ? [`${sentence}.`] : [])).join(' ');
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'Text',
  boolean: 'True or false',
  integer: 'A whole number',
  number: 'A number',
  array: 'A list',
  object: 'A map',
};

function loosely(property: Schema): Schema {
  const facts = (property['x-asbuilt'] ?? {}) as Schema;
  if (typeof facts.retired === 'string') return { deprecationMessage: facts.retired, doNotSuggest: true };
  const types = [property.type ?? []].flat() as string[];
  const fallback: Schema = facts.default === undefined || facts.secret ? {} : { default: facts.default };
  if (facts.reference) return { type: [...new Set([...types, 'integer', ...tag])], ...fallback };
  if (facts.set === 'granted') return { type: tag, items: ref('permission') };
  if (Array.isArray(property.enum)) return { ...orTag({ enum: spellings(property.enum) }), ...fallback };
  if (types.length === 0) return fallback;
  const shape: Schema = { type: [...new Set([...types.flatMap(acceptedFor), ...tag])], ...fallback };
  if (types.includes('array')) shape.items = itemsOf(property.items as Schema);
  if (property.properties) shape.properties = membersOf(property);
  return shape;
}

/** Items are only checked where a name can be misspelt: a tag may make any list. */
function itemsOf(items: Schema): Schema {
  if (Array.isArray(items.enum)) return orTag({ enum: items.enum });
  return items.properties ? { properties: membersOf(items) } : {};
}

function membersOf(schema: Schema): Schema {
  const members = Object.entries(schema.properties as Record<string, Schema>);
  return Object.fromEntries(members.map(([name, member]) => [name, loosely(member)]));
}

/** authentik takes numbers for text, and the text of a number for it. */
function acceptedFor(type: string): string[] {
  return type === 'string' ? ['string', 'number'] : [type];
}

/** `6` may stand for `"6"`. */
function spellings(values: readonly Json[]): Json[] {
  const numbers = values.filter((value) => typeof value === 'string' && /^\d+$/.test(value));
  return [...values, ...numbers.map(Number)];
}

/** An enum or a tag in list form. A tag in scalar form would be any text, and no misspelt name would be found. */
function orTag(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'array' }] };
}

function ref(definition: string): Schema {
  return { $ref: `#/definitions/${definition}` };
}
