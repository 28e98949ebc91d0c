/** Reads and writes the references between objects. */

import { type KindFacts, objectPermissions } from '../../model/kinds.js';
import type { Fields, Id, Json } from '../../model/model.js';
import { type Grant, readGrants } from '../grants.js';
import { normalValue } from '../normal.js';
import { danglingError, layoutOf } from '../semantics.js';
import { type Bindable, type Connection, chunks, insertRows, placeholders } from './connection.js';
import type { Target } from './find.js';
import type { WriteContext } from './write-context.js';

/** By field, the objects that its ids point to. */
export type Targets = ReadonlyMap<string, readonly Target[]>;

/** The placeholder for the row of a new object that points to itself. */
const itself = -1;

/** The objects that the reference fields among `fields` point to. An id that points to nothing is an error. */
export async function resolveFields(
  context: WriteContext,
  facts: KindFacts,
  fields: Fields,
  ownId: Id,
): Promise<Targets> {
  const { references, inverses } = layoutOf(facts);
  const resolved = new Map<string, readonly Target[]>();
  for (const field of [...references, ...inverses]) {
    const value = fields[field.name];
    if (value === undefined) continue;
    const to = field.inverseOf?.kind ?? field.reference!.to;
    const ids = idsIn(value);
    const found = await context.targets(to, ids);
    const targets = ids.map((id) => {
      const target = found.get(String(id));
      if (target) return target;
      if (String(id) === String(ownId) && to === facts.kind) return { row: itself, id: ownId };
      throw danglingError(facts, fields, field.name, to);
    });
    resolved.set(field.name, targets);
  }
  return resolved;
}

function idsIn(value: Json | undefined): Id[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Id[];
}

/** Replaces written ids by those under which objects are known. */
export function useKnownIds(facts: KindFacts, fields: Fields, targets: Targets): void {
  for (const [name, list] of targets) {
    const field = facts.fields[name]!;
    const ids = list.map((target) => target.id);
    fields[name] = field.many ? normalValue(field, ids) : (ids[0] ?? null);
  }
}

/** Writes the edges of an object's fields; existing ones stay. */
export async function addEdges(
  connection: Connection,
  facts: KindFacts,
  row: number,
  targets: Targets,
): Promise<void> {
  const edges: Bindable[][] = [];
  for (const [name, list] of targets) {
    const inverse = facts.fields[name]!.inverseOf;
    list.forEach((target, position) => {
      const other = target.row === itself ? row : target.row;
      edges.push(inverse ? [other, inverse.field, row, 0] : [row, name, other, position]);
    });
  }
  await insertRows(
    connection,
    'reference (source, field, target, position)',
    edges,
    'ON CONFLICT DO NOTHING',
  );
}

/** Changes the edges of the fields in `next` from what `current` says. Of a set only the difference is touched. */
export async function changeEdges(
  context: WriteContext,
  facts: KindFacts,
  row: number,
  current: Fields,
  next: Fields,
  id: Id,
): Promise<void> {
  const { connection } = context;
  const resolved = await resolveFields(context, facts, next, id);
  const added = new Map<string, readonly Target[]>();
  for (const [name, targets] of resolved) {
    const field = facts.fields[name]!;
    if (!field.set) {
      await connection.run('DELETE FROM reference WHERE source = ? AND field = ?', [row, name]);
      added.set(name, targets);
      continue;
    }
    const will = new Set(targets.map((target) => String(target.id)));
    const gone = idsIn(current[name]).filter((one) => !will.has(String(one)));
    const lost = await context.targets(field.inverseOf?.kind ?? field.reference!.to, gone);
    await removeEdges(connection, field.inverseOf?.field, name, row, [...lost.values()]);
    const had = new Set(idsIn(current[name]).map(String));
    added.set(
      name,
      targets.filter((target) => !had.has(String(target.id))),
    );
  }
  await addEdges(connection, facts, row, added);
}

async function removeEdges(
  connection: Connection,
  inverse: string | undefined,
  name: string,
  row: number,
  lost: readonly Target[],
): Promise<void> {
  const [own, other] = inverse === undefined ? ['source', 'target'] : ['target', 'source'];
  for (const some of chunks(lost.map((target) => target.row))) {
    await connection.run(
      `DELETE FROM reference WHERE ${own} = ? AND field = ? AND ${other} IN (${placeholders(some.length)})`,
      [row, inverse ?? name, ...some],
    );
  }
}

/** A permission on one object, and the row of who holds it. */
export interface HeldGrant {
  readonly permission: string;
  readonly holder: number;
}

/** The holders of object permissions; a missing one is an error. */
export async function resolveGrants(
  context: WriteContext,
  facts: KindFacts,
  fields: Fields,
  value: Json | undefined,
): Promise<HeldGrant[] | undefined> {
  if (value === undefined) return undefined;
  const held: HeldGrant[] = [];
  for (const { permission, kind, id } of readGrants(value) as Grant[]) {
    const target = (await context.targets(kind, [id])).get(String(id));
    if (!target) throw danglingError(facts, fields, objectPermissions, kind);
    held.push({ permission, holder: target.row });
  }
  return held;
}

/** Makes these the permissions on an object. */
export async function writeGrants(
  connection: Connection,
  row: number,
  grants: readonly HeldGrant[],
): Promise<void> {
  await connection.run('DELETE FROM object_permission WHERE object = ?', [row]);
  const rows = grants.map(({ permission, holder }) => [row, permission, holder]);
  await insertRows(
    connection,
    'object_permission (object, permission, holder)',
    rows,
    'ON CONFLICT DO NOTHING',
  );
}
