/**
 * What a directory does with an object by the facts of its kind: unique keys, cascades, expiry. Pure, and shared by
 * all of our own stores.
 */

import { canonical } from '../model/canonical.js';
import { normalDateTime } from '../model/datetime.js';
import { catalogue, type FieldFacts, type KindFacts, objectPermissions } from '../model/kinds.js';
import type { Fields, Id, Json, Kind } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import { type UniqueGroup, uniqueGroups } from '../model/unique-values.js';
import type { Selector } from './directory.js';
import { DirectoryError } from './errors.js';
import { labelOf } from './label.js';
import { sameJson } from './normal.js';

/** The fields of a kind, sorted by how a store keeps them. */
export interface Layout {
  /** References that the kind itself holds. */
  readonly references: readonly FieldFacts[];
  /** Lists that are the other side of another kind's references. */
  readonly inverses: readonly FieldFacts[];
  /** Values that cannot be read. */
  readonly unreadable: readonly FieldFacts[];
  /** Everything else. */
  readonly plain: readonly FieldFacts[];
  /** All of them. */
  readonly all: readonly FieldFacts[];
  /** Does the directory compute a value on create? */
  readonly computes: boolean;
}

/** How a store keeps the fields of a kind. Aliases and retired fields are not kept at all. */
export const layoutOf = remembered((facts: KindFacts): Layout => {
  const kept = Object.values(facts.fields).filter((field) => !field.aliasOf && field.retired === undefined);
  const isReference = (field: FieldFacts): boolean => field.reference !== undefined;
  return {
    references: kept.filter((field) => isReference(field) && !field.inverseOf),
    inverses: kept.filter((field) => field.inverseOf),
    unreadable: kept.filter((field) => field.unreadable !== false && !isReference(field) && !field.inverseOf),
    plain: kept.filter((field) => !isReference(field) && !field.inverseOf && field.unreadable === false),
    all: kept,
    computes: kept.some((field) => field.computed),
  };
});

/** The facts of a kind that can hold objects, or an error. */
export function factsOf(kind: Kind): KindFacts {
  const facts = catalogue().kinds.get(kind);
  if (!facts || facts.meta)
    throw new DirectoryError('unsupported', `objects of kind ${kind} cannot be stored`, { kind });
  return facts;
}

/** The type of the ids by which a kind or family knows its objects; ids of a family's own are UUIDs. */
export function idType(kindOrFamily: string): 'uuid' | 'integer' {
  const { kinds, families } = catalogue();
  const facts = kinds.get(kindOrFamily) ?? families.get(kindOrFamily)?.[0];
  const ownId = facts?.families.some((one) => one.family === kindOrFamily && one.ownId);
  return ownId ? 'uuid' : (facts?.idType ?? 'uuid');
}

/** Refuses to create or delete a singleton. */
export function refuseSingleton(facts: KindFacts): void {
  if (!facts.singleton) return;
  const message = `${facts.name} can be changed, but not created or deleted`;
  throw new DirectoryError('unsupported', message, { kind: facts.kind });
}

/** Fields under their real names, retired ones dropped. An unknown field is an error. */
export function realFields(facts: KindFacts, fields: Fields): Fields {
  const real: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === objectPermissions) {
      real[name] = value;
      continue;
    }
    const field = facts.fields[name];
    if (!field) {
      const message = `${labelOf(facts, fields)}: there is no attribute \`${name}\``;
      throw new DirectoryError('invalid', message, { kind: facts.kind, field: name });
    }
    if (field.retired === undefined) real[field.aliasOf ?? name] = value;
  }
  return real;
}

/** A text that must be unique, and where: in a kind, in a family, or for one value. */
export interface UniqueKey {
  readonly scope: string;
  readonly value: string;
  /** The fields that make it up. */
  readonly fields: readonly string[];
  /** Is one of them a reference? */
  readonly byReference: boolean;
}

/** The unique keys of an object, without those with an empty part, as in SQL. */
export function uniqueKeys(facts: KindFacts, attributes: Fields): UniqueKey[] {
  const keys: UniqueKey[] = [];
  for (const { scope, fields, only } of uniqueGroups(facts)) {
    const values = fields.map((name) => attributes[name]);
    if (values.some((value) => value === undefined || value === null)) continue;
    if (only !== undefined && !sameJson(values[0], only)) continue;
    const byReference = fields.some((name) => facts.fields[name]?.reference);
    keys.push({ scope, value: canonical(only ?? (values as Json[])), fields, byReference });
  }
  return keys;
}

/** The scope in which one field alone is unique within the kind. */
export function uniqueScope(facts: KindFacts, field: string): string | undefined {
  const isAlone = ({ fields, only }: UniqueGroup): boolean =>
    only === undefined && fields.length === 1 && fields[0] === field;
  return uniqueGroups(facts).find(isAlone)?.scope;
}

/** The error for a unique key that another object has. */
export function duplicateError(facts: KindFacts, attributes: Fields, key: UniqueKey): DirectoryError {
  const shown = key.fields
    .map((name) => (facts.fields[name]?.secret ? `its \`${name}\`` : `\`${name}\``))
    .join(' and ');
  const message = `${labelOf(facts, attributes)}: another object already has the same ${shown}`;
  return new DirectoryError('duplicate', message, { kind: facts.kind, field: key.fields[0] });
}

/** The error for a reference to something that is not there. */
export function danglingError(
  facts: KindFacts,
  attributes: Fields,
  field: string,
  to: string,
): DirectoryError {
  const name = catalogue().kinds.get(to)?.name ?? to;
  const message = `${labelOf(facts, attributes)}: \`${field}\` points to a ${name} that does not exist`;
  return new DirectoryError('dangling', message, { kind: facts.kind, field });
}

/** An object that points to another through a field. */
export interface Referrer<Key> {
  readonly source: Key;
  readonly kind: Kind;
  readonly field: string;
  readonly target: Key;
}

/**
 * Everything that is deleted with an object, the object itself first. Objects that only lose a reference are in
 * `released`. A reference that forbids the deletion, from an object that stays, is an error.
 */
export async function planDeletion<Key>(
  start: Key,
  referrersOf: (targets: readonly Key[]) => Promise<readonly Referrer<Key>[]>,
  fieldOf = (referrer: Referrer<Key>): FieldFacts | undefined =>
    catalogue().kinds.get(referrer.kind)?.fields[referrer.field],
): Promise<{ deleted: Key[]; released: Key[] }> {
  const deleted = new Set<Key>([start]);
  const released = new Set<Key>();
  const restricting: Referrer<Key>[] = [];
  let frontier: Key[] = [start];
  while (frontier.length > 0) {
    const next: Key[] = [];
    for (const referrer of await referrersOf(frontier)) {
      const field = fieldOf(referrer);
      const rule = field?.reference?.onDelete ?? 'nothing';
      if (rule === 'restrict') restricting.push(referrer);
      else if (rule === 'cascade' && !field?.many) {
        if (!deleted.has(referrer.source)) next.push(referrer.source);
        deleted.add(referrer.source);
      } else released.add(referrer.source);
    }
    frontier = next;
  }
  const holder = restricting.find((one) => !deleted.has(one.source));
  if (holder) {
    const name = catalogue().kinds.get(holder.kind)?.name ?? holder.kind;
    const message = `still in use: the \`${holder.field}\` of a ${name} refers to it`;
    throw new DirectoryError('in-use', message, { kind: holder.kind, field: holder.field });
  }
  return { deleted: [...deleted], released: [...released].filter((key) => !deleted.has(key)) };
}

/** Has an object expired? */
export function isExpired(facts: KindFacts, attributes: Fields, now: string): boolean {
  const expires = expiryOf(facts, attributes);
  return expires !== null && expires <= now;
}

/** When an object expires, in normal form; null for never. */
export function expiryOf(facts: KindFacts, attributes: Fields): string | null {
  if (facts.expires === undefined || attributes.expiring === false) return null;
  const expires = attributes[facts.expires];
  return typeof expires === 'string' ? (normalDateTime(expires) ?? expires) : null;
}

/** Does a live object fit a selector? */
export function isSelected(facts: KindFacts, id: Id, attributes: Fields, only: Selector): boolean {
  if (only.field === 'id' || only.field === 'pk')
    return only.values.some((value) => String(value) === String(id));
  const field = facts.fields[only.field]?.aliasOf ?? only.field;
  const value = attributes[field] ?? null;
  const wanted = (one: Json): boolean => only.values.some((other) => sameJson(one, other));
  return (
    wanted(value) ||
    (Array.isArray(value) && facts.fields[field]?.reference !== undefined && value.some(wanted))
  );
}

/** The groups that make their members superusers: those that are superuser groups themselves or through parents. */
export function superuserGroups<Key>(
  own: Iterable<Key>,
  childrenOf: (group: Key) => readonly Key[],
): Set<Key> {
  const found = new Set<Key>(own);
  for (const group of found) for (const child of childrenOf(group)) found.add(child);
  return found;
}
