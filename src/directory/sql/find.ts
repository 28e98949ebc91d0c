/** Finds objects by id or by the values of a field, through indexes. */
import { type KindFacts, kindsOf } from '../../model/kinds.js';
import type { Id } from '../../model/model.js';
import type { Selector } from '../directory.js';
import { factsOf, idType, uniqueScope } from '../semantics.js';
import { type Bindable, type Connection, chunks, placeholders } from './connection.js';

/** An object's id as a kind or family knows it. */
export function idColumn(to: string, alias: string): string {
  const ownId = kindsOf(to).some((kind) =>
    factsOf(kind).families.some((one) => one.family === to && one.ownId),
  );
  if (!ownId) return `${alias}.id`;
  return `coalesce((SELECT f.id FROM family_id f WHERE f.object = ${alias}.row AND f.family = '${to}'), ${alias}.id)`;
}

/** Turns text from the database into an id. */
export function idFrom(text: string, type: 'uuid' | 'integer'): Id {
  return type === 'integer' ? Number(text) : text;
}

/** Rows that include all objects of a selector, found through an index; undefined when there is none. */
export async function candidatesOf(
  connection: Connection,
  facts: KindFacts,
  only: Selector,
): Promise<number[] | undefined> {
  const field = facts.fields[facts.fields[only.field]?.aliasOf ?? only.field];
  if (only.values.some((value) => value === null || typeof value === 'object')) return undefined;
  const collect = async (
    sql: string,
    before: Bindable[],
    values: readonly Bindable[],
  ): Promise<Set<number>> => {
    const rows = new Set<number>();
    for (const some of chunks(values)) {
      const found = await connection.all<[number]>(sql.replace('(…)', `(${placeholders(some.length)})`), [
        ...before,
        ...some,
      ]);
      for (const [row] of found) rows.add(row);
    }
    return rows;
  };
  const ordered = (rows: Set<number>): number[] => [...rows].sort((a, b) => a - b);

  if (only.field === 'id' || only.field === 'pk') {
    const ids = only.values.map(String);
    return ordered(await collect('SELECT row FROM object WHERE kind = ? AND id IN (…)', [facts.kind], ids));
  }
  if (field?.reference && !field.inverseOf) {
    const targets = await rowsOf(connection, field.reference.to, only.values.map(String));
    const sql = 'SELECT source FROM reference WHERE field = ? AND target IN (…)';
    return ordered(
      await collect(
        sql,
        [field.name],
        [...targets.values()].map((one) => one.row),
      ),
    );
  }
  const scope = field && uniqueScope(facts, field.name);
  if (scope === undefined) return undefined;
  const keys = only.values.map((value) => JSON.stringify([value]));
  const rows = await collect('SELECT object FROM unique_key WHERE scope = ? AND value IN (…)', [scope], keys);
  // An object that was changed by hand may have the value without the key.
  for (const [row] of await connection.all<[number]>('SELECT object FROM stale')) rows.add(row);
  return ordered(rows);
}

/** An object that a reference points to. */
export interface Target {
  readonly row: number;
  /** Its id as the reference gives it back. */
  readonly id: Id;
}

/** Finds objects of a kind or family by id: the family's own ids first, then the objects' ids. */
export async function rowsOf(
  connection: Connection,
  to: string,
  ids: readonly string[],
): Promise<Map<string, Target>> {
  const kinds = kindsOf(to);
  const column = idColumn(to, 't');
  const type = idType(to);
  const found = new Map<string, Target>();
  for (const some of chunks(ids)) {
    const marks = placeholders(some.length);
    const rows = await connection.all<[string, number, string]>(
      `SELECT t.id, t.row, ${column} FROM object t WHERE t.kind IN (${placeholders(kinds.length)}) AND t.id IN (${marks})`,
      [...kinds, ...some],
    );
    for (const [id, row, known] of rows) found.set(id, { row, id: idFrom(known, type) });
    if (column === 't.id') continue;
    const own = await connection.all<[string, number]>(
      `SELECT f.id, f.object FROM family_id f WHERE f.family = ? AND f.id IN (${marks})`,
      [to, ...some],
    );
    for (const [id, row] of own) found.set(id, { row, id: idFrom(id, type) });
  }
  return found;
}
