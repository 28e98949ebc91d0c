/** `schemas/overlay.yaml` in; what it says about one kind, inherited facts folded in, out. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { OnDelete } from '../../src/model/kinds.js';
import type { Json } from '../../src/model/model.js';
import type { Schema } from './openapi.js';

/** What the overlay says of one attribute. A plain value or list stands for `{default: …}`. */
export interface FieldOverlay {
  /** Short name of the kind or family referred to. */
  readonly to?: string;
  readonly onDelete?: OnDelete;
  readonly set?: 'exact' | 'granted';
  readonly map?: boolean;
  readonly default?: Json;
  readonly computed?: 'always' | 'when-omitted';
  readonly secret?: boolean;
  readonly unreadable?: boolean | 'password';
  readonly exclusive?: Json;
  readonly retired?: string;
  /** `user.groups`: the list that this one is the other side of. */
  readonly inverseOf?: string;
  readonly aliasOf?: string;
  /** References to the own kind that may not lead round in a circle. */
  readonly acyclic?: boolean;
  /** The natural key of what sections refer to when the attribute is left out. */
  readonly usual?: string;
  /** How sections write each map of the list as a text. */
  readonly shorthand?: { readonly text: string; readonly rest: Readonly<Record<string, string>> };
  /** Narrows the OpenAPI's schema, or stands in its place when it has a `type`; text names one of `schemas`. */
  readonly schema?: Schema | string;
}

type Fields = Record<string, FieldOverlay>;
type Constraint = { readonly schema: Schema; readonly message: string };

interface Facts {
  readonly families?: readonly string[];
  readonly id?: string;
  readonly key?: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  readonly match?: readonly string[];
  readonly partOf?: string;
  readonly expires?: string;
  readonly prune?: 'delete' | 'deactivate' | 'forget';
  /** Must be given, though the OpenAPI says otherwise. */
  readonly required?: readonly string[];
  readonly fields?: Fields;
  readonly constraints?: readonly Constraint[];
}

interface FamilyOverlay extends Facts {
  readonly model?: string;
}

interface KindOverlay extends Facts {
  readonly name: string;
  readonly like?: string;
  /** Families that know the object by an id of its own, and what authentik calls that id. */
  readonly ownId?: Readonly<Record<string, string>>;
  readonly component?: string | null;
  readonly path?: string | null;
  readonly singleton?: boolean;
  readonly meta?: boolean;
  readonly spends?: boolean;
  /** Need not be given, though the OpenAPI says otherwise. */
  readonly optional?: readonly string[];
  readonly permissions?: readonly string[];
  readonly withoutPermissions?: readonly string[];
}

export interface Overlay {
  readonly schemas: Record<string, Schema>;
  readonly permissions: readonly string[];
  readonly permissionModels: readonly string[];
  readonly fields: Fields;
  readonly templates: Record<string, Facts>;
  readonly families: Record<string, FamilyOverlay>;
  readonly kinds: Record<string, KindOverlay>;
  /** A sentence for each kind, by its name for people. */
  readonly about: Record<string, string>;
  /** Sentences for attributes, by the kind's name; `all` for those that mean the same everywhere. */
  readonly aboutAttributes: Record<string, Record<string, string>>;
  /** An example of each kind for which one cannot be made from its facts. */
  readonly examples: Record<string, string>;
}

/** A kind's part of the overlay with everything it inherits. */
export interface KindFactsOverlay extends Omit<KindOverlay, 'families' | 'ownId' | 'unique' | 'fields'> {
  readonly kind: string;
  readonly families: readonly {
    readonly family: string;
    readonly model?: string;
    readonly ownId: boolean;
    readonly idName?: string;
  }[];
  readonly unique: readonly { readonly fields: readonly string[]; readonly within?: string }[];
  readonly constraints: readonly Constraint[];
  /** Facts for attributes that the kind need not have, by attribute. */
  readonly inherited: Fields;
  /** Facts for attributes that the kind must have. */
  readonly own: Fields;
}

const kindKeys = new Set<keyof KindOverlay>([
  ...(['name', 'like', 'families', 'ownId', 'component', 'path', 'singleton', 'meta', 'id', 'key'] as const),
  ...(['unique', 'match', 'partOf', 'expires', 'spends', 'prune', 'required', 'permissions'] as const),
  ...(['withoutPermissions', 'optional', 'fields', 'constraints'] as const),
]);
const fieldKeys = new Set<keyof FieldOverlay>([
  ...(['to', 'onDelete', 'set', 'map', 'default', 'computed', 'secret', 'unreadable'] as const),
  ...(['exclusive', 'retired', 'inverseOf', 'aliasOf', 'acyclic', 'usual', 'shorthand', 'schema'] as const),
]);

/** Reads the overlay; a misspelt key is an error, because it would silently lose a fact. */
export function readOverlay(file: URL): Overlay {
  const raw = parse(readFileSync(file, 'utf8')) as Overlay;
  const facts = <T extends Facts>(entries: Record<string, T>, more: string[] = []): Record<string, T> =>
    Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => {
        for (const key of Object.keys(entry ?? {})) {
          if (!kindKeys.has(key as keyof KindOverlay) && !more.includes(key)) {
            throw new Error(`overlay.yaml: ${name} has an unknown key ${key}`);
          }
        }
        return [name, { ...entry, fields: expandFields(name, entry?.fields) }];
      }),
    );
  return {
    schemas: raw.schemas,
    permissions: raw.permissions,
    permissionModels: raw.permissionModels,
    fields: expandFields('fields', raw.fields),
    templates: facts(raw.templates),
    families: facts(raw.families, ['model']),
    kinds: facts(raw.kinds),
    about: raw.about,
    aboutAttributes: raw.aboutAttributes,
    examples: raw.examples,
  };
}

function expandFields(owner: string, fields: Record<string, unknown> = {}): Fields {
  const expanded: Record<string, FieldOverlay> = {};
  for (const [name, value] of Object.entries(fields)) {
    const plain = typeof value !== 'object' || value === null || Array.isArray(value);
    const field = plain ? { default: value as Json } : (value as FieldOverlay);
    for (const key of Object.keys(field)) {
      if (!fieldKeys.has(key as keyof FieldOverlay)) {
        throw new Error(`overlay.yaml: ${owner}.${name} has an unknown key ${key}`);
      }
    }
    expanded[name] = field;
  }
  return expanded;
}

/** Folds in what a kind inherits: from `fields`, its families (and theirs), then its template, its own last. */
export function resolveKind(overlay: Overlay, kind: string): KindFactsOverlay {
  const own = overlay.kinds[kind]!;
  const families = withAncestors(overlay, own.families ?? []);
  const bases: Facts[] = families.map((family) => overlay.families[family]!);
  if (own.like) {
    const template = overlay.templates[own.like];
    if (!template) throw new Error(`overlay.yaml: ${kind} is like ${own.like}, which is no template`);
    bases.push(template);
  }
  const inherited: Fields = { ...overlay.fields };
  for (const base of bases) Object.assign(inherited, base.fields);
  const first = <Key extends 'id' | 'key' | 'match' | 'partOf' | 'expires' | 'prune'>(key: Key) =>
    own[key] ?? bases.find((base) => base[key] !== undefined)?.[key];
  return {
    ...own,
    kind,
    families: families.map((family) => ({
      family,
      model: overlay.families[family]!.model,
      ownId: own.ownId?.[family] !== undefined,
      idName: own.ownId?.[family],
    })),
    id: first('id'),
    key: first('key'),
    match: first('match'),
    partOf: first('partOf'),
    expires: first('expires'),
    prune: first('prune'),
    required: [...(own.required ?? []), ...bases.flatMap((base) => base.required ?? [])],
    unique: [
      ...(own.unique ?? []).map((fields) => ({ fields })),
      ...families.flatMap((family) =>
        (overlay.families[family]!.unique ?? []).map((fields) => ({ fields, within: family })),
      ),
    ],
    constraints: [...(own.constraints ?? []), ...bases.flatMap((base) => base.constraints ?? [])],
    inherited,
    own: own.fields ?? {},
  };
}

function withAncestors(overlay: Overlay, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const family = overlay.families[name];
    if (!family) throw new Error(`overlay.yaml: no family ${name}`);
    return [name, ...withAncestors(overlay, family.families ?? [])];
  });
}
