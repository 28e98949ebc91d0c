/**
 * The OpenAPI that `@goauthentik/api` carries, read once and asked by path, by component and by property. The test server takes
 * its endpoints and the shapes of its answers from here, and the checker of requests what a client may send.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { load } from 'js-yaml';
import type { Json, JsonObject } from './json.js';

type Schema = JsonObject;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly parameters?: Json[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content };
  readonly responses?: Record<string, { readonly content?: Content }>;
}

type Content = Record<string, { readonly schema?: Schema }>;

interface OpenApi {
  readonly info: { readonly version: string };
  readonly paths: Record<string, Record<string, Operation> & { parameters?: Json[] }>;
  readonly components: {
    readonly schemas: Record<string, Schema>;
    readonly parameters?: Record<string, Schema>;
  };
}

/** One property of a component, references followed. */
export interface Property {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'any';
  readonly format?: string;
  readonly nullable: boolean;
  readonly readOnly: boolean;
  readonly required: boolean;
  /** The choices, `''` among them where nothing may be chosen. */
  readonly choices?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly items?: Property;
  /** The component that an object, or each element of a list, is made of. */
  readonly component?: string;
  readonly fallback?: Json;
}

let loaded: OpenApi | undefined;

/** The whole document (about half a second the first time, then kept). */
export function openApi(): OpenApi {
  const file = () => createRequire(import.meta.url).resolve('@goauthentik/api/schema.yml');
  loaded ??= load(readFileSync(file(), 'utf8')) as unknown as OpenApi;
  return loaded;
}

const propertiesOf = new Map<string, ReadonlyMap<string, Property>>();

/** A component's properties in the order of the serializer; an unknown component has none. */
export function properties(component: string): ReadonlyMap<string, Property> {
  const known = propertiesOf.get(component);
  if (known) return known;
  const schema = openApi().components.schemas[component] ?? {};
  const required = (schema.required ?? []) as string[];
  const result = new Map<string, Property>();
  propertiesOf.set(component, result);
  for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    result.set(name, readProperty(property, required.includes(name)));
  }
  return result;
}

/** A schema as a property, for attributes that the document does not have. */
export function readProperty(schema: Schema, required: boolean): Property {
  const { component, merged } = follow(schema);
  const choices = choicesOf(merged);
  const type = choices ? 'string' : ((merged.type as Property['type'] | undefined) ?? 'any');
  const isMap = type === 'object' && merged.properties === undefined;
  return {
    type: typeof merged.enum?.[0 as never] === 'number' ? 'integer' : type,
    format: merged.format as string | undefined,
    nullable: merged.nullable === true,
    readOnly: merged.readOnly === true,
    required,
    choices,
    minLength: merged.minLength as number | undefined,
    maxLength: merged.maxLength as number | undefined,
    minimum: merged.minimum as number | undefined,
    maximum: merged.maximum as number | undefined,
    pattern: merged.pattern as string | undefined,
    minItems: merged.minItems as number | undefined,
    items: type === 'array' ? readProperty((merged.items ?? {}) as Schema, true) : undefined,
    component: isMap ? undefined : component,
    fallback: merged.default,
  };
}

const schemaPrefix = '#/components/schemas/';

/** Follows `$ref` and the `allOf` of one that OpenAPI 3.0 needs to say anything beside a `$ref`. */
function follow(schema: Schema): { component?: string; merged: Schema } {
  const { $ref, allOf, ...own } = schema;
  const parts = [...((allOf ?? []) as Schema[]), ...(typeof $ref === 'string' ? [{ $ref }] : [])];
  let component: string | undefined;
  let merged: Schema = own;
  for (const part of parts) {
    if (typeof part.$ref === 'string') {
      component = part.$ref.slice(schemaPrefix.length);
      merged = { ...follow(openApi().components.schemas[component] ?? {}).merged, ...merged };
    } else merged = { ...part, ...merged };
  }
  return { component, merged };
}

function choicesOf(schema: Schema): string[] | undefined {
  const own = (schema.enum ?? undefined) as Json[] | undefined;
  const parts = ((schema.oneOf ?? []) as Schema[]).map((part) => follow(part).merged);
  const values = [...(own ?? []), ...parts.flatMap((part) => (part.enum ?? []) as Json[])];
  const texts = values.filter((value): value is string => typeof value === 'string');
  return texts.length > 0 ? texts : undefined;
}

interface Route {
  readonly template: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

let routes: readonly Route[] | undefined;

/** The path template (`/core/users/{id}/`) that a path below `/api/v3` belongs to; words go before parameters. */
export function routeOf(
  path: string,
  leftOut: ReadonlySet<string> = new Set(),
): { template: string; parameters: Record<string, string> } | undefined {
  routes ??= Object.keys(openApi().paths)
    .sort((one, other) => parametersIn(one) - parametersIn(other))
    .map((template) => ({
      template,
      pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`),
      names: [...template.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!),
    }));
  for (const route of routes) {
    const found = route.pattern.exec(path);
    if (!found || leftOut.has(route.template)) continue;
    const parameters = route.names.map((name, index) => [name, decodeURIComponent(found[index + 1]!)]);
    return { template: route.template, parameters: Object.fromEntries(parameters) };
  }
  return undefined;
}

function parametersIn(template: string): number {
  return template.split('{').length;
}

/** The methods that a template offers, in capitals. */
export function methodsOf(template: string): string[] {
  const methods = Object.keys(openApi().paths[template] ?? {}).filter((key) => key !== 'parameters');
  return methods.map((method) => method.toUpperCase());
}

function operationOf(method: string, template: string): Operation | undefined {
  return openApi().paths[template]?.[method.toLowerCase()];
}

/** The parameters of an operation, those of its path too. */
export function parametersOf(method: string, template: string): Parameter[] {
  const path = openApi().paths[template] ?? {};
  const all = [...(path.parameters ?? []), ...(operationOf(method, template)?.parameters ?? [])] as Schema[];
  return all.map((one) => {
    const named =
      typeof one.$ref === 'string' ? one.$ref.slice('#/components/parameters/'.length) : undefined;
    const parameter = named === undefined ? one : openApi().components.parameters![named]!;
    const { name, required, schema } = parameter as unknown as Parameter;
    return { name, in: parameter.in as Parameter['in'], required: required === true, schema: schema ?? {} };
  });
}

/** The schema of a JSON (or multipart) request body, and whether there must be one. */
export function bodySchema(
  method: string,
  template: string,
): { schema: Schema; mediaType: string; required: boolean } | undefined {
  const body = operationOf(method, template)?.requestBody;
  const [mediaType, content] = Object.entries(body?.content ?? {})[0] ?? [];
  if (mediaType === undefined || !content?.schema) return undefined;
  return { schema: content.schema, mediaType, required: body?.required === true };
}

/** The component that a path's list consists of, and whether it comes in pages. */
export function listComponent(template: string): string | undefined {
  const schema = operationOf('get', template)?.responses?.['200']?.content?.['application/json']?.schema;
  const name = typeof schema?.$ref === 'string' ? schema.$ref.slice(schemaPrefix.length) : undefined;
  return name === undefined ? undefined : /^Paginated(\w+)List$/.exec(name)?.[1];
}

/** All path templates that list objects in pages. */
export function listTemplates(): string[] {
  return Object.keys(openApi().paths).filter((template) => listComponent(template) !== undefined);
}

export function allTemplates(): string[] {
  return Object.keys(openApi().paths);
}
