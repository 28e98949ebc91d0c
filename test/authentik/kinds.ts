/**
 * The kinds of object that the test server keeps: the facts in `schemas/kinds/` joined with the OpenAPI's endpoints and bodies, as
 * far as the release in question has them. Nothing is written here kind by kind.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from './json.js';
import { shownThoughWriteOnly } from './oddities.js';
import { listComponent, listTemplates, openApi, type Property, properties, readProperty } from './openapi.js';
import { formerAttributesOf, hasAttribute, hasKind } from './releases.js';

export interface Reference {
  /** A kind, or a family of kinds. */
  readonly to: string;
  readonly onDelete: 'cascade' | 'set_null' | 'restrict' | 'nothing';
}

export interface Attribute {
  readonly name: string;
  readonly property: Property;
  readonly reference?: Reference;
  readonly many: boolean;
  /** What the server fills in on create; undefined where it works the value out or it must be given. */
  readonly fallback?: Json;
  readonly duration: boolean;
}

export interface Family {
  readonly family: string;
  /** The base class in authentik (`authentik_flows.stage`). */
  readonly model?: string;
  /** The family knows the object by another id, shown under `idName`. */
  readonly ownId: boolean;
  readonly idName?: string;
}

export interface Unique {
  readonly fields: readonly string[];
  /** The family across which the values are unique. */
  readonly within?: string;
}

export interface Kind {
  /** `authentik_core.user` */
  readonly kind: string;
  readonly app: string;
  readonly model: string;
  /** The name of the component in the OpenAPI, which is the class's name but for capitals. */
  readonly component: string;
  /** `/core/users/` */
  readonly path: string;
  /** What the last part of an object's own path is: its id, or the attribute that is named here. */
  readonly lookupAttribute?: string;
  readonly idType: 'uuid' | 'integer';
  /** What authentik calls the id, and under which name answers show it. */
  readonly idName: string;
  readonly shownIdName: string;
  readonly families: readonly Family[];
  /** What REST takes, in the order of the serializer. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Attributes that refer to other objects, those that REST does not take among them (a device's user). */
  readonly references: readonly {
    readonly name: string;
    readonly reference: Reference;
    readonly many: boolean;
  }[];
  /** What an answer shows. */
  readonly shown: ReadonlyMap<string, Property>;
  readonly unique: readonly Unique[];
  readonly permissions: readonly string[];
}

export interface Catalogue {
  readonly kinds: ReadonlyMap<string, Kind>;
  /** By list path. */
  readonly byPath: ReadonlyMap<string, Kind>;
  /** The members of each family. */
  readonly families: ReadonlyMap<string, readonly Kind[]>;
}

interface Facts {
  readonly properties: Record<string, { readonly pattern?: string; readonly 'x-asbuilt'?: AttributeFacts }>;
  readonly 'x-asbuilt': {
    readonly kind: string;
    readonly families: Family[];
    readonly idType: 'uuid' | 'integer';
    readonly idName: string;
    readonly unique: Unique[];
    readonly permissions: string[];
    readonly path?: string;
    readonly lookup?: string;
  };
}

interface AttributeFacts {
  readonly reference?: Reference;
  readonly many?: boolean;
  readonly default?: Json;
  readonly blueprintOnly?: boolean;
}

const folder = fileURLToPath(new URL('../../schemas/kinds/', import.meta.url));
let allFacts: Facts[] | undefined;
const catalogues = new Map<string, Catalogue>();

/** The kinds of a release, with those REST objects that are no kinds but can be listed (sessions, consents, …). */
export function catalogueOf(version: string): Catalogue {
  const known = catalogues.get(version);
  if (known) return known;
  allFacts ??= readdirSync(folder).map((name) => JSON.parse(readFileSync(folder + name, 'utf8')) as Facts);
  const kinds = new Map<string, Kind>();
  const byPath = new Map<string, Kind>();
  for (const facts of allFacts) {
    const kind = readKind(facts, version);
    if (!kind) continue;
    kinds.set(kind.kind, kind);
    if (kind.path) byPath.set(kind.path, kind);
  }
  for (const path of listTemplates()) {
    if (!byPath.has(path) && !path.includes('{') && !absentUnderOtherName(path, version)) {
      const kind = listedOnly(path);
      if (!kinds.has(kind.kind)) kinds.set(kind.kind, kind);
      byPath.set(path, kind);
    }
  }
  const families = new Map<string, Kind[]>();
  for (const kind of kinds.values()) {
    for (const { family } of kind.families) families.set(family, [...(families.get(family) ?? []), kind]);
  }
  const catalogue = { kinds, byPath, families };
  catalogues.set(version, catalogue);
  return catalogue;
}

/** Whether a path lists a kind that this release does not have. */
function absentUnderOtherName(path: string, version: string): boolean {
  const facts = allFacts!.find((one) => `${one['x-asbuilt'].path}/` === path);
  return facts !== undefined && !hasKind(version, facts['x-asbuilt'].kind);
}

function readKind(facts: Facts, version: string): Kind | undefined {
  const { kind, path, lookup, idName, idType, families, unique, permissions } = facts['x-asbuilt'];
  if (!hasKind(version, kind) || !path || !kind.startsWith('authentik_')) return undefined;
  const listPath = `${path}/`;
  const component = listComponent(listPath) ?? componentOf(kind);
  if (component === undefined) return undefined;
  const attributes = new Map<string, Attribute>();
  const requested = properties(`${component}Request`);
  const written = requested.size > 0 ? requested : properties(`Patched${component}Request`);
  for (const [name, property] of written) {
    if (!hasAttribute(version, kind, name)) continue;
    attributes.set(name, readAttribute(name, property, facts.properties[name]));
  }
  const shown = new Map<string, Property>();
  for (const [name, property] of properties(component)) {
    if (hasAttribute(version, kind, name)) shown.set(name, property);
  }
  for (const name of shownThoughWriteOnly[kind] ?? []) {
    if (attributes.has(name)) shown.set(name, attributes.get(name)!.property);
  }
  for (const [name, former] of formerAttributesOf(version, kind)) {
    const property = readProperty(former.schema, former.required === true);
    const { reference, fallback } = former;
    attributes.set(name, { name, property, reference, fallback, many: false, duration: false });
    shown.set(name, property);
  }
  const [app, model] = kind.split('.') as [string, string];
  const byAttribute = lookup !== undefined && attributes.has(lookup) && lookup !== idName;
  return {
    kind,
    app,
    model,
    component,
    path: listPath,
    lookupAttribute: byAttribute ? lookup : undefined,
    idType,
    idName,
    shownIdName: shown.has('pk') ? 'pk' : idName,
    families,
    attributes,
    references: referencesOf(facts, attributes),
    shown,
    unique: unique.filter(({ fields }) => fields.every((field) => attributes.has(field))),
    permissions,
  };
}

function referencesOf(facts: Facts, attributes: ReadonlyMap<string, Attribute>): Kind['references'] {
  const written = [...attributes.values()];
  const others = Object.entries(facts.properties)
    .filter(([name]) => !attributes.has(name))
    .map(([name, schema]) => ({
      name,
      reference: schema['x-asbuilt']?.reference,
      many: schema['x-asbuilt']?.many === true,
    }));
  return [...written, ...others].flatMap(({ name, reference, many }) =>
    reference ? [{ name, reference, many }] : [],
  );
}

function readAttribute(
  name: string,
  property: Property,
  schema: Facts['properties'][string] | undefined,
): Attribute {
  const facts = schema?.['x-asbuilt'] ?? {};
  return {
    name,
    property,
    reference: facts.reference,
    many: facts.many === true,
    fallback: facts.default ?? property.fallback,
    duration: schema?.pattern?.includes('microseconds|milliseconds') === true,
  };
}

/** The component that is called like a kind's model, whatever the capitals. */
function componentOf(kind: string): string | undefined {
  const model = kind.slice(kind.indexOf('.') + 1);
  return Object.keys(openApi().components.schemas).find((name) => name.toLowerCase() === model);
}

/** An object that can be looked at but not kept true to a blueprint; the server has none of it at first. */
function listedOnly(path: string): Kind {
  const component = listComponent(path)!;
  const shown = properties(component);
  const own = Object.keys(openApi().paths).find(
    (other) => other.startsWith(path) && /^\{\w+\}\/$/.test(other.slice(path.length)),
  );
  const idName = own?.slice(path.length + 1, -2) ?? 'pk';
  return {
    kind: `listed.${component.toLowerCase()}`,
    app: 'listed',
    model: component.toLowerCase(),
    component,
    path,
    idType: 'uuid',
    idName,
    shownIdName: shown.has('pk') ? 'pk' : idName,
    families: [],
    references: [],
    attributes: new Map(),
    shown,
    unique: [],
    permissions: [],
  };
}

/** The kinds that a reference may point to. */
export function targetsOf(catalogue: Catalogue, to: string): readonly Kind[] {
  const kind = catalogue.kinds.get(to);
  return kind ? [kind] : (catalogue.families.get(to) ?? []);
}
