/** The facts about every kind, read from `schemas/kinds/`. Kinds are data: nothing here names one. */
import { readdirSync, readFileSync } from 'node:fs';
import { append } from './append.js';
import type { Json, Kind } from './model.js';

/** A JSON Schema (draft 2020-12), as plain data. */
export type JsonSchema = { [key: string]: Json };

/** What happens to the holder of a reference when the object it points to is deleted. */
export type OnDelete = 'cascade' | 'set_null' | 'restrict' | 'nothing';

export interface ReferenceFacts {
  /** The kind or family referred to. */
  readonly to: string;
  readonly onDelete: OnDelete;
}

/** How the compact form writes the maps of a list as texts. */
export interface Shorthand {
  /** The attribute of the map that the text gives. */
  readonly text: string;
  /** The other attributes. */
  readonly rest: Readonly<Record<string, string>>;
}

/** What is known about one attribute of a kind. */
export interface FieldFacts {
  readonly name: string;
  /** What it means, in a sentence, where there is one. */
  readonly about?: string;
  /** Schema of the value, null included where allowed; of the id(s) for a reference. */
  readonly schema: JsonSchema;
  readonly nullable: boolean;
  /** Must it be given when an object is created? */
  readonly required: boolean;
  /** Set when values are references; `many` for a list of them. */
  readonly reference?: ReferenceFacts;
  readonly many: boolean;
  /** A list without order. `granted`: only the elements that this project applied are its own. */
  readonly set?: 'exact' | 'granted';
  /** A free map, owned path by path. */
  readonly map: boolean;
  /** Free JSON: may hold any value. */
  readonly json: boolean;
  /** The constant the directory fills in when the attribute is omitted on create; absent when none is known. */
  readonly default?: Json;
  /** The directory computes the value: always, or when it is omitted. */
  readonly computed?: 'always' | 'when-omitted';
  readonly secret: boolean;
  /** The directory does not give it back. `password`: compared through argon2id. */
  readonly unreadable: boolean | 'password';
  /** At most one object of the kind may hold this value (a brand's `default: true`). */
  readonly exclusive?: Json;
  /** authentik no longer has it; the text names the successor, if any. */
  readonly retired?: string;
  /** Only blueprints have it; authentik's REST API sets it through another call. */
  readonly blueprintOnly: boolean;
  /** This list is the other side of `kind.field` (`group.users` of `user.groups`). */
  readonly inverseOf?: { readonly kind: Kind; readonly field: string };
  /** References to the own kind that must not form a cycle (`group.parents`). */
  readonly acyclic: boolean;
  /** Another name for the field given here (`application.icon` is `meta_icon`). */
  readonly aliasOf?: string;
  /** The natural key of what the compact form refers to when the attribute is left out; authentik ships it. */
  readonly usual?: string;
  /** The compact form may write a text for each map of the list. */
  readonly shorthand?: Shorthand;
}

/** What is known about a kind. */
export interface KindFacts {
  readonly kind: Kind;
  /** The name for people, the first part of an address: `user`, `flow-stage-binding`. */
  readonly name: string;
  /** What it is, in a sentence. */
  readonly about: string;
  /** A blueprint with such an object as YAML, where one is written by hand. */
  readonly example?: string;
  /** Families it belongs to; `ownId` when the family knows the object by an id of its own, which authentik calls `idName`. */
  readonly families: readonly {
    readonly family: string;
    readonly ownId: boolean;
    readonly idName?: string;
  }[];
  readonly idType: 'uuid' | 'integer';
  /** What authentik calls the id field, besides `pk`: `flow_uuid`, `id`. */
  readonly idName: string;
  /** The natural key: the attributes that make up the address. */
  readonly key: readonly string[];
  /** Is the natural key unique in the directory? */
  readonly keyUnique: boolean;
  /** Every group of attributes that must be unique; `within` a family when it spans the family's kinds. */
  readonly unique: readonly { readonly fields: readonly string[]; readonly within?: string }[];
  /** Attributes that distinguish objects where no key is unique. */
  readonly match: readonly string[];
  /** There is exactly one, which can only be updated (`settings`). */
  readonly singleton: boolean;
  /** An ordering hint, not an object (`metaapplyblueprint`). */
  readonly meta: boolean;
  /** What prune does to an object we created. */
  readonly prune: 'delete' | 'deactivate' | 'forget';
  /** Once used or expired it is gone and is not created again (invitations). */
  readonly spends: boolean;
  /** The attribute that says when it expires. */
  readonly expires?: string;
  /** The reference to the object it is a part of (a token's `user`). */
  readonly partOf?: string;
  readonly fields: Readonly<Record<string, FieldFacts>>;
  /** Read-only names in what the directory shows. */
  readonly readOnly: readonly string[];
  /** Permission codenames on the kind, without the app label. */
  readonly permissions: readonly string[];
  /** Rules between attributes: a schema that must hold over the attributes (defaults filled in), and what to say. */
  readonly constraints: readonly { readonly schema: JsonSchema; readonly message: string }[];
  /** REST path below `/api/v3`, where there is one. */
  readonly path?: string;
  /** What REST can do there; `update` alone for a singleton. */
  readonly verbs: readonly ('list' | 'create' | 'update' | 'delete')[];
  /** What REST calls the part of an object's own path that names it: `id`, `slug`. */
  readonly lookup?: string;
}

/** All kinds and families. */
export interface Catalogue {
  /** By full name (`authentik_core.user`). */
  readonly kinds: ReadonlyMap<Kind, KindFacts>;
  /** By short name (`user`). */
  readonly byName: ReadonlyMap<string, KindFacts>;
  /** Family name to its members. */
  readonly families: ReadonlyMap<string, readonly KindFacts[]>;
  /** Full names by which authentik knows the families' base models (`authentik_flows.stage` to `stage`). */
  readonly familyModels: ReadonlyMap<string, string>;
  /** Every permission by its full name, also those on models that are no kinds (`authentik_rbac.view_system_info`). */
  readonly permissions: ReadonlySet<string>;
}

/** The pseudo-attribute that every kind has: permissions on this one object. */
export const objectPermissions = 'object_permissions';

let loaded: Catalogue | undefined;

/** The catalogue, read on first use. Throws a plain Error when the package is damaged. */
export function catalogue(): Catalogue {
  loaded ??= readCatalogue(new URL('../../schemas/', import.meta.url));
  return loaded;
}

/** The kinds of a family; of a kind, itself alone. */
export function kindsOf(kindOrFamily: string): readonly Kind[] {
  return (
    catalogue()
      .families.get(kindOrFamily)
      ?.map((one) => one.kind) ?? [kindOrFamily]
  );
}

function readCatalogue(schemas: URL): Catalogue {
  const folder = new URL('kinds/', schemas);
  const kinds = new Map<Kind, KindFacts>();
  const byName = new Map<string, KindFacts>();
  const families = new Map<string, KindFacts[]>();
  const familyModels = new Map<string, string>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.schema.json')) continue;
    const facts = factsOf(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), familyModels);
    kinds.set(facts.kind, facts);
    byName.set(facts.name, facts);
    for (const { family } of facts.families) append(families, family, facts);
  }
  const permissions = new Set<string>(JSON.parse(readFileSync(new URL('permissions.json', schemas), 'utf8')));
  return { kinds, byName, families, familyModels, permissions };
}

let filters: Readonly<Record<Kind, readonly string[]>> | undefined;

/** Attributes by which authentik's REST API can narrow the list of a kind. */
export function listFilters(kind: Kind): readonly string[] {
  filters ??= JSON.parse(readFileSync(new URL('../../schemas/filters.json', import.meta.url), 'utf8'));
  return filters![kind] ?? [];
}

/** Turns one `<kind>.schema.json` into facts. See `schemas/README.md` for the `x-asbuilt` keys. */
// biome-ignore lint/suspicious/noExplicitAny: the file's shape is fixed by the generator and checked by its tests
function factsOf(schema: any, familyModels: Map<string, string>): KindFacts {
  const own = schema['x-asbuilt'];
  const required = new Set<string>(schema.required ?? []);
  const fields: Record<string, FieldFacts> = {};
  // biome-ignore lint/suspicious/noExplicitAny: as above
  for (const [name, property] of Object.entries<any>(schema.properties)) {
    const { 'x-asbuilt': facts = {}, description: about, ...plain } = property;
    fields[name] = {
      name,
      about,
      schema: plain,
      nullable: facts.nullable === true,
      required: required.has(name),
      reference: facts.reference,
      many: facts.many === true,
      set: facts.set,
      map: facts.map === true,
      json: facts.json === true,
      default: facts.default,
      computed: facts.computed,
      secret: facts.secret === true,
      unreadable: facts.unreadable ?? false,
      exclusive: facts.exclusive,
      retired: facts.retired,
      blueprintOnly: facts.blueprintOnly === true,
      inverseOf: facts.inverseOf,
      acyclic: facts.acyclic === true,
      aliasOf: facts.aliasOf,
      usual: facts.usual,
      shorthand: facts.shorthand,
    };
  }
  for (const family of own.families ?? []) {
    if (family.model) familyModels.set(family.model, family.family);
  }
  return {
    kind: own.kind,
    name: own.name,
    about: schema.description ?? '',
    example: own.example,
    families: own.families ?? [],
    idType: own.idType,
    idName: own.idName,
    key: own.key ?? [],
    keyUnique: own.keyUnique === true,
    unique: own.unique ?? [],
    match: own.match ?? [],
    singleton: own.singleton === true,
    meta: own.meta === true,
    prune: own.prune ?? 'delete',
    spends: own.spends === true,
    expires: own.expires,
    partOf: own.partOf,
    fields,
    readOnly: own.readOnly ?? [],
    permissions: own.permissions ?? [],
    constraints: own.constraints ?? [],
    path: own.path,
    verbs: own.verbs ?? [],
    lookup: own.lookup,
  };
}
