/**
 * What the test server keeps: a table of rows for each kind, with indexes for ids, unique values and references, and deletes that take
 * along or let go what authentik takes along or lets go.
 */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from './json.js';
import { type Catalogue, catalogueOf, type Kind, targetsOf, type Unique } from './kinds.js';
import { deletedWith } from './oddities.js';

export type Id = string | number;

export interface Row {
  readonly kind: Kind;
  readonly id: Id;
  /** Attributes as REST writes them, and what the server keeps beside them. References hold the target's own id. */
  values: JsonObject;
  /** Grows with every row of the server. */
  readonly serial: number;
}

export interface State {
  readonly version: string;
  readonly catalogue: Catalogue;
  readonly tables: Map<string, Map<string, Row>>;
  /** Rows by the id that a family knows them by, where that is another one. */
  readonly byOwnId: Map<string, Row>;
  readonly byKey: Map<string, Row>;
  readonly byUnique: Map<string, Row>;
  readonly sequences: Map<string, number>;
  /** Exports in the background, by their ids: the file, and how often somebody asked about it. */
  readonly exports: Map<string, { readonly values: JsonObject; readonly text: string; asked: number }>;
  settings: JsonObject;
  serial: number;
  /** The server's clock, in milliseconds. */
  now(): number;
}

export function createState(version: string, now: () => number): State {
  return {
    version,
    catalogue: catalogueOf(version),
    tables: new Map(),
    byOwnId: new Map(),
    byKey: new Map(),
    byUnique: new Map(),
    sequences: new Map(),
    exports: new Map(),
    settings: {},
    serial: 0,
    now,
  };
}

/** A kind by its name; a name that the release does not know is a mistake of the server's own code. */
export function kindNamed(state: State, name: string): Kind {
  const kind = state.catalogue.kinds.get(name);
  if (!kind) throw new Error(`authentik ${state.version} has no kind ${name}`);
  return kind;
}

export function rowsOf(state: State, kind: string): Row[] {
  return [...(state.tables.get(kind)?.values() ?? [])];
}

export function rowOf(state: State, kind: string, id: Json | undefined): Row | undefined {
  return state.tables.get(kind)?.get(String(id).toLowerCase());
}

/** The row that a reference to a kind or family means, by its own id or the one that the family knows it by. */
export function findRow(state: State, to: string, id: Json | undefined): Row | undefined {
  if (id === null || id === undefined) return undefined;
  const targets = targetsOf(state.catalogue, to);
  for (const kind of targets) {
    const found = rowOf(state, kind.kind, id);
    if (found) return found;
  }
  const known = state.byOwnId.get(String(id).toLowerCase());
  return known && targets.includes(known.kind) ? known : undefined;
}

/** The row that the last part of an object's path names. */
export function rowAt(state: State, kind: Kind, key: string): Row | undefined {
  if (kind.lookupAttribute === undefined) return rowOf(state, kind.kind, key);
  return state.byKey.get(`${kind.kind}/${key}`);
}

/** Providers, and the like, share one sequence of numbers. */
export function nextNumber(state: State, sequence: string): number {
  const next = (state.sequences.get(sequence) ?? 0) + 1;
  state.sequences.set(sequence, next);
  return next;
}

function sequenceOf(kind: Kind): string {
  return kind.families.find(({ model }) => model !== undefined)?.family ?? kind.kind;
}

/** Adds a row, under an id of its own unless one is given. */
export function insertRow(state: State, kind: Kind, values: JsonObject, id?: Id): Row {
  const newId = id ?? (kind.idType === 'integer' ? nextNumber(state, sequenceOf(kind)) : randomUUID());
  const row: Row = { kind, id: newId, values: { ...values }, serial: ++state.serial };
  for (const { ownId, idName } of kind.families) {
    if (ownId && idName !== undefined) row.values[idName] ??= randomUUID();
  }
  const table = state.tables.get(kind.kind) ?? new Map<string, Row>();
  state.tables.set(kind.kind, table.set(String(newId), row));
  index(state, row);
  return row;
}

/** Changes some of a row's values. */
export function changeRow(state: State, row: Row, values: JsonObject): void {
  unindex(state, row);
  row.values = { ...row.values, ...values };
  index(state, row);
}

function index(state: State, row: Row): void {
  for (const { ownId, idName } of row.kind.families) {
    if (ownId && idName !== undefined) state.byOwnId.set(String(row.values[idName]), row);
  }
  const { lookupAttribute } = row.kind;
  if (lookupAttribute !== undefined) state.byKey.set(`${row.kind.kind}/${row.values[lookupAttribute]}`, row);
  for (const unique of row.kind.unique) {
    const key = uniqueKey(row.kind, unique, row.values);
    if (key !== undefined) state.byUnique.set(key, row);
  }
}

function unindex(state: State, row: Row): void {
  for (const { ownId, idName } of row.kind.families) {
    if (ownId && idName !== undefined) state.byOwnId.delete(String(row.values[idName]));
  }
  const { lookupAttribute } = row.kind;
  if (lookupAttribute !== undefined) state.byKey.delete(`${row.kind.kind}/${row.values[lookupAttribute]}`);
  for (const unique of row.kind.unique) {
    const key = uniqueKey(row.kind, unique, row.values);
    if (key !== undefined && state.byUnique.get(key) === row) state.byUnique.delete(key);
  }
}

function uniqueKey(kind: Kind, { fields, within }: Unique, values: JsonObject): string | undefined {
  const parts = fields.map((field) => values[field]);
  if (parts.some((part) => part === null || part === undefined)) return undefined;
  return `${within ?? kind.kind}|${fields.join()}|${JSON.stringify(parts)}`;
}

/** Another row that has the values which only one may have. */
export function holderOf(state: State, kind: Kind, unique: Unique, values: JsonObject): Row | undefined {
  const key = uniqueKey(kind, unique, values);
  return key === undefined ? undefined : state.byUnique.get(key);
}

export interface Referrer {
  readonly row: Row;
  readonly attribute: string;
  readonly many: boolean;
  readonly onDelete: string;
}

/** Everything that refers to a row, by attribute. */
export function referrersOf(state: State, target: Row): Referrer[] {
  const names = new Set([target.kind.kind, ...target.kind.families.map(({ family }) => family)]);
  const found: Referrer[] = [];
  for (const kind of state.catalogue.kinds.values()) {
    const table = state.tables.get(kind.kind);
    if (!table?.size) continue;
    for (const { name, reference, many } of kind.references) {
      if (!names.has(reference.to) || isShadow(kind, name)) continue;
      for (const row of table.values()) {
        const value = row.values[name];
        const hit = Array.isArray(value) ? value.includes(target.id) : value === target.id;
        if (hit) found.push({ row, attribute: name, many, onDelete: reference.onDelete });
      }
    }
  }
  return found;
}

/** A group's `users` is the other side of its users' `groups`, and is kept there. */
export function isShadow(kind: Kind, attribute: string): boolean {
  return kind.kind === 'authentik_core.group' && attribute === 'users';
}

/** Deletes a row with what goes with it, and takes it out of what stays. Returns all that is gone, the row last. */
export function deleteRow(state: State, row: Row, gone: Row[] = []): Row[] {
  if (state.tables.get(row.kind.kind)?.get(String(row.id)) !== row) return gone;
  unindex(state, row);
  state.tables.get(row.kind.kind)!.delete(String(row.id));
  for (const { row: holder, attribute, many, onDelete } of referrersOf(state, row)) {
    if (many) {
      const kept = (holder.values[attribute] as Json[]).filter((id) => id !== row.id);
      changeRow(state, holder, { [attribute]: kept });
    } else if (onDelete === 'cascade') deleteRow(state, holder, gone);
    else changeRow(state, holder, { [attribute]: null });
  }
  for (const [attribute, to] of Object.entries(deletedWith[row.kind.kind] ?? {})) {
    const ids = row.values[attribute];
    for (const id of Array.isArray(ids) ? ids : [ids]) {
      const part = findRow(state, to, id);
      if (part) deleteRow(state, part, gone);
    }
  }
  gone.push(row);
  return gone;
}

/** A time as authentik writes it: UTC, with microseconds. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace('Z', `${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}Z`);
}
