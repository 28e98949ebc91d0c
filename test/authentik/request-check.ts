/**
 * Checks requests against the OpenAPI of `@goauthentik/api`: path, method, query and body. Every test of a client of authentik's should
 * hold what it sent to this. What the release in question has otherwise than the OpenAPI (`releases.ts`) is taken into account; an
 * attribute that nobody knows is an error here, although authentik passes over it in silence.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Json, JsonObject } from './json.js';
import { catalogueOf } from './kinds.js';
import { bodySchema, methodsOf, openApi, parametersOf, routeOf } from './openapi.js';
import { defaultVersion, formerAttributesOf, formerImport, hasAttribute, missingPaths } from './releases.js';
import type { RecordedRequest } from './server.js';

type Checked = Pick<RecordedRequest, 'method' | 'path' | 'query' | 'body'>;

/** Throws with everything that is wrong with a request, if anything is. */
export function assertRequestMatchesOpenApi(request: Checked, version = defaultVersion): void {
  const problems = requestProblems(request, version);
  if (problems.length === 0) return;
  const query = request.query === '' ? '' : `?${request.query}`;
  throw new Error(
    `${request.method} ${request.path}${query} does not match the OpenAPI of authentik ${version}:\n${problems
      .map((problem) => `- ${problem}`)
      .join('\n')}\nbody: ${JSON.stringify(request.body)?.slice(0, 500)}`,
  );
}

/** What is wrong with a request, in words. */
export function requestProblems(request: Checked, version = defaultVersion): string[] {
  const { method, path } = request;
  if (formerImport(version, path)) return method === 'POST' ? [] : [`${path} takes POST only`];
  const listed = new Set(catalogueOf(version).byPath.keys());
  const route = routeOf(path, missingPaths(version, listed));
  if (!route) return [`authentik ${version} has no path ${path}`];
  if (!methodsOf(route.template).includes(method)) {
    return [`${route.template} takes ${methodsOf(route.template).join(', ')}, not ${method}`];
  }
  return [
    ...pathProblems(route.template, route.parameters),
    ...queryProblems(method, route.template, request.query, version),
    ...bodyProblems(method, route.template, request.body, version),
  ];
}

function pathProblems(template: string, values: Readonly<Record<string, string>>): string[] {
  const method = methodsOf(template)[0]!;
  return parametersOf(method, template)
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name, schema }) => valueProblems(`path parameter ${name}`, schema, [values[name] ?? '']));
}

function queryProblems(method: string, template: string, query: string, version: string): string[] {
  const known = parametersOf(method, template).filter((parameter) => parameter.in === 'query');
  const given = new URLSearchParams(query);
  const unknown = [...new Set(given.keys())].filter(
    (name) =>
      !known.some((one) => one.name === name) && !formerFilters[`${version.slice(0, 7)} ${template} ${name}`],
  );
  return [
    ...unknown.map((name) => `${method} ${template} has no parameter ${name}`),
    ...known
      .filter(({ name, required }) => required && !given.has(name))
      .map(({ name }) => `the parameter ${name} is missing`),
    ...known
      .filter(({ name }) => given.has(name))
      .flatMap(({ name, schema }) => valueProblems(`parameter ${name}`, schema, given.getAll(name))),
  ];
}

/** Filters of a release that the OpenAPI in use calls otherwise. */
const formerFilters: Readonly<Record<string, boolean>> = { '2025.12 /rbac/roles/ ak_groups': true };

/** Query and path values are texts; they are read as what the schema asks for before they are checked. */
function valueProblems(what: string, schema: JsonObject, texts: readonly string[]): string[] {
  const isList = schema.type === 'array';
  const inner = (isList ? schema.items : schema) as JsonObject;
  const values = texts.map((text): Json => {
    if (inner.type === 'integer' || inner.type === 'number')
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    if (inner.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
    return text;
  });
  const value = isList ? values : values.at(-1)!;
  const validate = compiled(JSON.stringify(schema), () => toJsonSchema(schema));
  return validate(value) ? [] : errorsOf(what, validate);
}

function bodyProblems(method: string, template: string, body: Json | undefined, version: string): string[] {
  const expected = bodySchema(method, template);
  if (!expected) return body === undefined ? [] : [`${method} ${template} takes no body`];
  if (body === undefined) return expected.required ? ['the body is missing'] : [];
  if (expected.mediaType !== 'application/json') return [];
  const key = `${version} ${method} ${template}`;
  const validate = compiled(key, () => releaseSchema(template, expected.schema, version));
  return validate(body) ? [] : errorsOf('body', validate);
}

/** The schema of a body as a release has it. */
function releaseSchema(template: string, schema: JsonObject, version: string): JsonObject {
  // The settings' flags are each release's own.
  if (template === '/admin/settings/') {
    const settings = toJsonSchema(schema);
    return { ...settings, properties: { ...(settings.properties as JsonObject), flags: { type: 'object' } } };
  }
  const { byPath } = catalogueOf(version);
  const kind = byPath.get(template) ?? byPath.get(template.replace(/\{\w+\}\/$/, ''));
  const whole = toJsonSchema(schema);
  if (!kind || typeof whole.properties !== 'object') return whole;
  const properties = { ...(whole.properties as JsonObject) };
  let required = [...((whole.required ?? []) as string[])];
  for (const name of Object.keys(properties)) {
    if (hasAttribute(version, kind.kind, name)) continue;
    delete properties[name];
    required = required.filter((one) => one !== name);
  }
  const isPatch = typeof schema.$ref === 'string' && schema.$ref.includes('/Patched');
  for (const [name, former] of formerAttributesOf(version, kind.kind)) {
    properties[name] = toJsonSchema(former.schema);
    if (former.required && !isPatch) required.push(name);
  }
  return { ...whole, properties, required };
}

const validators = new Map<string, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function compiled(key: string, schema: () => JsonObject): ValidateFunction {
  const known = validators.get(key);
  if (known) return known;
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats.default(ajv);
  }
  const validate = ajv.compile(schema());
  validators.set(key, validate);
  return validate;
}

function errorsOf(what: string, { errors }: ValidateFunction): string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    const extra = (params as { additionalProperty?: string }).additionalProperty;
    const allowed = (params as { allowedValues?: string[] }).allowedValues;
    return `${what}${instancePath} ${message}${extra ? `: ${extra}` : ''}${allowed ? `: ${allowed.join(', ')}` : ''}`;
  });
}

/** Words for people, and for answers. */
const dropped = new Set([
  'description',
  'title',
  'default',
  'example',
  'readOnly',
  'writeOnly',
  'nullable',
  'deprecated',
]);
const numberFormats = new Set(['int32', 'int64', 'double', 'float', 'binary', 'decimal']);

/** An OpenAPI 3.0 schema as JSON Schema: references followed, `nullable` as a type, and no properties but those that are named. */
function toJsonSchema(schema: JsonObject): JsonObject {
  const { $ref, allOf, ...own } = schema;
  const parts = [...((allOf ?? []) as JsonObject[]), ...(typeof $ref === 'string' ? [{ $ref }] : [])];
  let merged: JsonObject = own;
  for (const part of parts) {
    const target =
      typeof part.$ref === 'string' ? openApi().components.schemas[part.$ref.split('/').at(-1)!]! : part;
    merged = { ...(target.$ref || target.allOf ? toJsonSchema(target) : target), ...merged };
  }
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(merged)) {
    if (dropped.has(key) || (key === 'format' && numberFormats.has(String(value)))) continue;
    if (key === 'items') result.items = toJsonSchema(value as JsonObject);
    else if (key === 'oneOf' || key === 'anyOf') result.anyOf = (value as JsonObject[]).map(toJsonSchema);
    else if (key === 'properties') {
      result.properties = Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, one]) => [name, toJsonSchema(one as JsonObject)]),
      );
    } else result[key] = value;
  }
  if (result.properties !== undefined) result.additionalProperties ??= false;
  // Choices that are numbers are taken as numbers too (recorded: a TOTP stage's digits).
  const choices = (result.enum ?? []) as Json[];
  if (choices.length > 0 && choices.every((choice) => /^\d+$/.test(String(choice)))) {
    return { enum: [...choices, ...choices.map(Number)] };
  }
  return orNull(orBlank(result), merged.nullable === true);
}

/** An empty text has no format; where it may not be empty, the document asks for a minimum length. */
function orBlank(schema: JsonObject): JsonObject {
  const { format, ...rest } = schema;
  if ((format !== 'uri' && format !== 'email') || schema.minLength !== undefined) return schema;
  // authentik fills placeholders of the user into addresses.
  return { ...rest, anyOf: [{ const: '' }, { format }, { pattern: '%\\(\\w+\\)s' }] };
}

function orNull(schema: JsonObject, isNullable: boolean): JsonObject {
  if (!isNullable || Object.keys(schema).length === 0) return schema;
  return { anyOf: [{ type: 'null' }, schema] };
}
