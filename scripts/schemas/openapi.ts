/** The published OpenAPI of authentik in; JSON Schemas (draft 2020-12) of request and response bodies out. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { load } from 'js-yaml';
import type { Json } from '../../src/model/model.js';

export type Schema = { [key: string]: Json };

interface Parameter {
  name?: string;
  in?: string;
  $ref?: string;
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { content?: Record<string, { schema?: { $ref?: string } }> };
  responses?: Record<string, { content?: Record<string, { schema?: { $ref?: string } }> }>;
}

export interface OpenApi {
  readonly info: { readonly version: string };
  readonly components: {
    readonly schemas: Record<string, Schema>;
    readonly parameters?: Record<string, Parameter>;
  };
  readonly paths: Record<string, Record<string, Operation>>;
}

/** A component's writable side: its properties as JSON Schemas, and which of them must be given. */
export interface Body {
  readonly properties: Record<string, Schema>;
  readonly required: readonly string[];
}

const componentPrefix = '#/components/schemas/';

/** Says what is meant for people or for one direction only; facts take its place. */
const dropped = new Set([
  'title',
  'description',
  'readOnly',
  'writeOnly',
  'deprecated',
  'default',
  'nullable',
  'example',
]);
/** Formats that a JSON Schema validator checks; the others (`int64`, `double`) repeat the type. */
const keptFormats = new Set(['uuid', 'date-time', 'date', 'email', 'uri']);

/** Reads the OpenAPI that the `@goauthentik/api` package carries. */
export function readOpenApi(): OpenApi {
  const file = createRequire(import.meta.url).resolve('@goauthentik/api/schema.yml');
  return load(readFileSync(file, 'utf8')) as unknown as OpenApi;
}

/** The request body of a component (`User` for `UserRequest`), of its PATCH where nothing can be created. */
export function requestBody(api: OpenApi, component: string): Body | undefined {
  const { schemas } = api.components;
  const schema = schemas[`${component}Request`] ?? schemas[`Patched${component}Request`];
  if (!schema) return undefined;
  const properties: Record<string, Schema> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    properties[name] = toJsonSchema(api, property as Schema);
  }
  return { properties, required: (schema.required ?? []) as string[] };
}

/** Names of the read-only properties of a component's response. */
export function readOnlyNames(api: OpenApi, component: string): string[] {
  const properties = (api.components.schemas[component]?.properties ?? {}) as Record<string, Schema>;
  return Object.keys(properties).filter((name) => properties[name]!.readOnly === true);
}

/** Names of the properties that can be set and are never given back. */
export function writeOnlyNames(api: OpenApi, component: string): string[] {
  const properties = (api.components.schemas[`${component}Request`]?.properties ?? {}) as Record<
    string,
    Schema
  >;
  return Object.keys(properties).filter((name) => properties[name]!.writeOnly === true);
}

/** The component whose name is a kind's model name, whatever the capitals (`oauth2provider`: `OAuth2Provider`). */
export function componentNamed(api: OpenApi, model: string): string | undefined {
  const { schemas } = api.components;
  return Object.keys(schemas).find((name) => name.toLowerCase() === model);
}

/** The path whose list holds the component: where it is created if anywhere, otherwise the shortest. */
export function listPath(api: OpenApi, component: string): string | undefined {
  const lists = Object.entries(api.paths).filter(([path, operations]) => {
    if (path.includes('{')) return false;
    const creates = refOf(operations.post?.requestBody?.content) === `${component}Request`;
    const lists = refOf(operations.get?.responses?.['200']?.content) === `Paginated${component}List`;
    return creates || lists;
  });
  const rank = ([path, operations]: [string, Record<string, Operation>]) =>
    (operations.post ? 0 : 1000) + path.length;
  return lists.sort((one, other) => rank(one) - rank(other))[0]?.[0];
}

/** What can be done below a list's path, and the name of the parameter that an object's own path ends with. */
export function endpoint(api: OpenApi, path: string): { verbs: string[]; lookup?: string } {
  const list = api.paths[`${path}/`] ?? {};
  const own = Object.keys(api.paths).find(
    (other) => /^\{\w+\}\/$/.test(other.slice(path.length + 1)) && other.startsWith(`${path}/`),
  );
  const detail = own === undefined ? {} : api.paths[own]!;
  const verbs = [
    ...(list.get ? ['list'] : []),
    ...(list.post ? ['create'] : []),
    ...((detail.patch ?? list.patch) ? ['update'] : []),
    ...(detail.delete ? ['delete'] : []),
  ];
  return { verbs, lookup: own?.slice(path.length + 2, -2) };
}

/** The names by which the list below a path can be narrowed. */
export function listFilters(api: OpenApi, path: string): string[] {
  const { parameters = [] } = api.paths[`${path}/`]?.get ?? {};
  const shared = api.components.parameters ?? {};
  return parameters
    .map((one) =>
      one.$ref === undefined ? one : (shared[one.$ref.slice('#/components/parameters/'.length)] ?? {}),
    )
    .flatMap(({ name, in: where }) => (where === 'query' && name !== undefined ? [name] : []));
}

function refOf(content: Record<string, { schema?: { $ref?: string } }> | undefined): string | undefined {
  return content?.['application/json']?.schema?.$ref?.slice(componentPrefix.length);
}

/** An OpenAPI 3.0 schema as JSON Schema: references inlined, `nullable` as a type, nothing for people. */
export function toJsonSchema(api: OpenApi, schema: Schema): Schema {
  const inlined = inline(api, schema);
  const result: Schema = {};
  for (const [key, value] of Object.entries(inlined)) {
    if (dropped.has(key)) continue;
    if (key === 'format' && !keptFormats.has(value as string)) continue;
    if (key === 'items') result.items = toJsonSchema(api, value as Schema);
    else if (key === 'properties') {
      const properties = Object.entries(value as Record<string, Schema>);
      result.properties = Object.fromEntries(
        properties.map(([name, inner]) => [name, toJsonSchema(api, inner)]),
      );
    } else if (key === 'additionalProperties') {
      if (!isEmpty(value)) result.additionalProperties = value;
    } else if (key === 'oneOf') {
      const enums = (value as Schema[]).map((one) => toJsonSchema(api, one));
      result.enum = enums.flatMap((one) => (one.enum ?? []) as Json[]);
    } else result[key] = value;
  }
  return orNull(allowBlank(result), inlined.nullable === true);
}

/** Follows `$ref` and the one-element `allOf` that OpenAPI 3.0 needs to put anything beside a `$ref`. */
function inline(api: OpenApi, schema: Schema): Schema {
  const { $ref, allOf, ...own } = schema;
  let result = own as Schema;
  for (const part of [...((allOf ?? []) as Schema[]), ...($ref ? [{ $ref } as Schema] : [])]) {
    const target =
      typeof part.$ref === 'string' ? api.components.schemas[part.$ref.slice(componentPrefix.length)] : part;
    if (!target) throw new Error(`The OpenAPI has no ${part.$ref}`);
    result = { ...inline(api, target), ...result };
  }
  return result;
}

/** The OpenAPI asks for a minimum length wherever a text may not be empty, and forgets that an empty one has no format. */
function allowBlank(schema: Schema): Schema {
  const { format, ...rest } = schema;
  if ((format !== 'uri' && format !== 'email') || schema.minLength !== undefined) return schema;
  return { ...rest, anyOf: [{ const: '' }, { format }] };
}

function orNull(schema: Schema, nullable: boolean): Schema {
  if (!nullable || isEmpty(schema)) return schema;
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.filter((value) => value !== '' && value !== null);
    return { ...schema, type: [schema.type as string, 'null'], enum: [...values, null] };
  }
  if (typeof schema.type === 'string' && !schema.anyOf) return { ...schema, type: [schema.type, 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
