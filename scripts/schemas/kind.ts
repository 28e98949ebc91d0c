/** One kind's OpenAPI bodies and overlay in; its `<kind>.schema.json` out (the keys are explained in `schemas/README.md`). */
import type { Json } from '../../src/model/model.js';
import {
  componentNamed,
  endpoint,
  listPath,
  type OpenApi,
  readOnlyNames,
  requestBody,
  type Schema,
  writeOnlyNames,
} from './openapi.js';
import { type FieldOverlay, type KindFactsOverlay, type Overlay, resolveKind } from './overlay.js';

/** A kind's schema: plain JSON Schema plus facts under `x-asbuilt`. */
export interface KindSchema extends Schema {
  properties: { [name: string]: Schema };
  required: string[];
  'x-asbuilt': { [key: string]: Json };
}

interface Targets {
  /** Full name of a kind, or name of a family, by short name. */
  readonly full: ReadonlyMap<string, string>;
  /** Schema of an id by the same names. */
  readonly id: ReadonlyMap<string, Schema>;
}

/** What Django lets be permitted on any model. */
const verbs = ['add', 'change', 'delete', 'view'];

/** Every kind's schema by its full name, sorted. */
export function kindSchemas(api: OpenApi, overlay: Overlay): Map<string, KindSchema> {
  const kinds = Object.keys(overlay.kinds)
    .sort()
    .map((kind) => resolveKind(overlay, kind));
  const targets = targetsOf(overlay, kinds);
  return new Map(kinds.map((facts) => [facts.kind, kindSchema(api, overlay, targets, facts)]));
}

function targetsOf(overlay: Overlay, kinds: readonly KindFactsOverlay[]): Targets {
  const full = new Map(kinds.map((kind) => [kind.name, kind.kind]));
  const id = new Map(kinds.map((kind) => [kind.name, idSchema(kind.id)]));
  for (const [family, facts] of Object.entries(overlay.families)) {
    if (full.has(family)) throw new Error(`overlay.yaml: ${family} is both a kind and a family`);
    full.set(family, family);
    id.set(family, idSchema(facts.id));
  }
  return { full, id };
}

function idSchema(id: string | undefined): Schema {
  return id?.endsWith(' integer') ? { type: 'integer' } : { type: 'string', format: 'uuid' };
}

function kindSchema(api: OpenApi, overlay: Overlay, targets: Targets, kind: KindFactsOverlay): KindSchema {
  const [app, model] = kind.kind.split('.') as [string, string];
  const component = kind.component === undefined ? componentNamed(api, model) : kind.component;
  if (component === undefined) throw new Error(`${kind.kind}: the OpenAPI has no component for it`);
  const body = (component ? requestBody(api, component) : undefined) ?? { properties: {}, required: [] };
  const unreadable = new Set(component ? writeOnlyNames(api, component) : []);

  const properties: Record<string, Schema> = {};
  const required = new Set([...body.required, ...(kind.required ?? [])]);
  for (const name of kind.optional ?? []) required.delete(name);
  const names = new Set([...Object.keys(body.properties), ...madeByOverlay(overlay, kind)]);
  for (const name of Object.keys(kind.own)) {
    if (!names.has(name)) throw new Error(`overlay.yaml: ${kind.kind} has no attribute ${name}`);
  }
  for (const name of names) {
    const facts: FieldOverlay = { ...kind.inherited[name], ...kind.own[name] };
    properties[name] = property(overlay, targets, {
      owner: `${kind.kind}.${name}`,
      published: body.properties[name],
      facts,
      required: required.has(name),
      unreadable: unreadable.has(name),
    });
  }
  const sentences = { ...overlay.aboutAttributes.all, ...overlay.aboutAttributes[kind.name] };
  for (const name of Object.keys(overlay.aboutAttributes[kind.name] ?? {})) {
    if (!names.has(name))
      throw new Error(`overlay.yaml: aboutAttributes: ${kind.name} has no attribute ${name}`);
  }
  for (const [name, property] of Object.entries(properties)) {
    const sentence = sentences[name];
    if (sentence !== undefined) properties[name] = { description: sentence, ...property };
  }
  for (const property of Object.values(properties)) {
    const alias = (property['x-asbuilt'] as Schema | undefined)?.aliasOf;
    if (typeof alias === 'string') Object.assign(property, plain(properties[alias]!));
  }

  const readOnly = component ? readOnlyNames(api, component).filter((name) => !names.has(name)) : [];
  const path =
    kind.path === undefined ? component && listPath(api, component)?.replace(/\/$/, '') : kind.path;
  const unique = kind.unique.filter(({ fields }) => fields.every((field) => names.has(field)));
  const uniqueKey = unique.some(({ fields }) => fields.every((field) => kind.key?.includes(field)));
  const defaultPermissions = verbs
    .filter((verb) => !kind.withoutPermissions?.includes(verb))
    .map((verb) => `${verb}_${model}`);
  const noModel = kind.meta || app === 'asbuilt';
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:asbuilt:kind:${kind.kind}`,
    description: aboutKind(overlay, kind.name),
    type: 'object',
    additionalProperties: false,
    properties,
    required: [...required].sort(),
    'x-asbuilt': compact({
      kind: kind.kind,
      name: kind.name,
      families: kind.families.map((family) => compact({ ...family })),
      idType: kind.id?.endsWith(' integer') ? 'integer' : 'uuid',
      idName: kind.id?.split(' ')[0] ?? 'pk',
      key: [...(kind.key ?? [])],
      keyUnique: uniqueKey,
      unique: unique.map((one) => compact({ fields: [...one.fields], within: one.within })),
      match: uniqueKey ? [] : [...(kind.match ?? kind.key ?? [])],
      singleton: kind.singleton === true,
      meta: kind.meta === true,
      prune: kind.prune ?? 'delete',
      spends: kind.spends === true,
      expires: kind.expires,
      partOf: kind.partOf,
      readOnly: readOnly.sort(),
      permissions: noModel ? [] : [...defaultPermissions, ...(kind.permissions ?? [])].sort(),
      constraints: kind.constraints.map(({ schema, message }) => ({ schema, message })),
      ...(path ? { path, ...endpoint(api, path) } : {}),
      example: overlay.examples?.[kind.name],
    }),
  };
}

function aboutKind({ about }: Overlay, name: string): string {
  const sentence = about[name];
  if (sentence === undefined) throw new Error(`overlay.yaml: about: no sentence for ${name}`);
  return sentence;
}

/** Attributes that the OpenAPI lacks: blueprints have them, or authentik once had. */
function madeByOverlay(overlay: Overlay, kind: KindFactsOverlay): string[] {
  const shared = new Set(Object.keys(overlay.fields));
  const candidates = Object.entries({ ...kind.inherited, ...kind.own });
  return candidates
    .filter(([name, facts]) => !(shared.has(name) && kind.inherited[name] === facts))
    .filter(([, facts]) => facts.retired || facts.aliasOf || schemaOf(overlay, facts)?.type !== undefined)
    .map(([name]) => name);
}

interface Attribute {
  readonly owner: string;
  /** Its schema in the OpenAPI. */
  readonly published?: Schema;
  readonly facts: FieldOverlay;
  readonly required: boolean;
  readonly unreadable: boolean;
}

function property(overlay: Overlay, targets: Targets, attribute: Attribute): Schema {
  const { facts, owner, published } = attribute;
  if (facts.retired) return { 'x-asbuilt': { retired: facts.retired } };
  if (facts.aliasOf) return { 'x-asbuilt': { aliasOf: facts.aliasOf, blueprintOnly: true } };

  const given = schemaOf(overlay, facts);
  const schema = given?.type === undefined ? { ...published, ...given } : { ...given };
  const many = facts.to !== undefined && typesOf(schema).includes('array');
  const nullable = acceptsNull(schema);
  const json = isFreeJson(schema);
  if (facts.to) checkReference(targets, owner, facts.to, schema, many);

  let fallback = facts.default;
  if (fallback === undefined && facts.to && !attribute.required && !facts.computed) {
    if (many) fallback = [];
    else if (nullable) fallback = null;
  }
  // Whoever must be given, or is worked out, has no constant to go back to.
  if (attribute.required || facts.computed) fallback = undefined;
  const [otherKind, otherField] = facts.inverseOf?.split('.') ?? [];
  const own = compact({
    nullable: nullable || undefined,
    reference: facts.to && {
      to: targets.full.get(facts.to)!,
      onDelete: facts.onDelete ?? (many || nullable ? 'set_null' : 'cascade'),
    },
    many: many || undefined,
    set: facts.set ?? (many ? 'exact' : undefined),
    map: facts.map,
    json: json || undefined,
    default: fallback,
    computed: facts.computed,
    secret: facts.secret,
    unreadable: facts.unreadable ?? (attribute.unreadable || undefined),
    exclusive: facts.exclusive,
    acyclic: facts.acyclic,
    usual: facts.usual,
    shorthand: facts.shorthand as Json | undefined,
    blueprintOnly: published === undefined || undefined,
    inverseOf:
      otherKind && otherField ? { kind: targets.full.get(otherKind)!, field: otherField } : undefined,
  });
  return Object.keys(own).length > 0 ? { ...schema, 'x-asbuilt': own } : schema;
}

function schemaOf(overlay: Overlay, facts: FieldOverlay): Schema | undefined {
  if (typeof facts.schema !== 'string') return facts.schema;
  const named = overlay.schemas[facts.schema];
  if (!named) throw new Error(`overlay.yaml: no schema ${facts.schema}`);
  return named;
}

function checkReference(targets: Targets, owner: string, to: string, schema: Schema, many: boolean): void {
  const expected = targets.id.get(to);
  if (!expected) throw new Error(`overlay.yaml: ${owner} refers to ${to}, which is no kind or family`);
  const single = many ? (schema.items as Schema) : schema;
  if (!typesOf(single).includes(expected.type as string)) {
    throw new Error(`overlay.yaml: ${owner} does not hold ids of ${to}`);
  }
}

function typesOf(schema: Schema): string[] {
  return Array.isArray(schema.type) ? (schema.type as string[]) : [schema.type as string];
}

function acceptsNull(schema: Schema): boolean {
  if (Object.keys(schema).length === 0) return true;
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as Schema[]).some(acceptsNull);
  return typesOf(schema).includes('null');
}

function isFreeJson(schema: Schema): boolean {
  const shaped = schema.properties !== undefined && schema.additionalProperties === undefined;
  return Object.keys(schema).length === 0 || (typesOf(schema).includes('object') && !shaped);
}

/** Every permission by its full name: those of kinds, of models that are no kinds, and of none of them. */
export function knownPermissions(kinds: ReadonlyMap<string, KindSchema>, overlay: Overlay): string[] {
  const names = new Set(overlay.permissions);
  for (const [kind, schema] of kinds) {
    const app = kind.slice(0, kind.indexOf('.'));
    for (const name of schema['x-asbuilt'].permissions as string[]) names.add(`${app}.${name}`);
  }
  for (const full of overlay.permissionModels) {
    const [app, model] = full.split('.');
    for (const verb of verbs) names.add(`${app}.${verb}_${model}`);
  }
  return [...names].sort();
}

/** A schema without its facts. */
export function plain(schema: Schema): Schema {
  const { 'x-asbuilt': _, ...rest } = schema;
  return rest;
}

/** The entries that say something. */
function compact(entries: Record<string, Json | undefined>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
