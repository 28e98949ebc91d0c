/** Finds the superusers: groups that grant it, and their members. */
import { append } from '../../model/append.js';
import { groupKind } from '../../model/kind-names.js';
import type { Fields, Json } from '../../model/model.js';
import { superuserGroups } from '../semantics.js';
import { type Connection, chunks, placeholders } from './connection.js';
import { storedJson } from './stored-json.js';

/** Rows of the groups that are superuser groups by themselves or through their parents. */
export async function superuserGroupRows(connection: Connection): Promise<Set<number>> {
  const groups = await connection.all<[number, string]>('SELECT row, attributes FROM object WHERE kind = ?', [
    groupKind,
  ]);
  const own = groups.filter(
    ([row, text]) =>
      text.includes('is_superuser') &&
      isTrue(
        storedJson<Fields>(connection.name, `\`attributes\` in table object (row ${row})`, 'map', text)
          .is_superuser!,
      ),
  );
  if (own.length === 0) return new Set();
  const edges = await connection.all<[number, number]>(
    'SELECT r.source, r.target FROM object o JOIN reference r ON r.source = o.row WHERE o.kind = ? AND r.field = ?',
    [groupKind, 'parents'],
  );
  const children = new Map<number, number[]>();
  for (const [child, parent] of edges) append(children, parent, child);
  return superuserGroups(
    own.map(([row]) => row),
    (group) => children.get(group) ?? [],
  );
}

/** A flag that was set by hand may be a number. */
function isTrue(value: Json): boolean {
  return value === true || value === 1;
}

/** Rows of the users who are superusers; a few statements for all of them. */
export async function superuserRows(connection: Connection): Promise<Set<number>> {
  const found = new Set<number>();
  for (const groups of chunks([...(await superuserGroupRows(connection))])) {
    const rows = await connection.all<[number]>(
      `SELECT source FROM reference WHERE field = 'groups' AND target IN (${placeholders(groups.length)})`,
      groups,
    );
    for (const [row] of rows) found.add(row);
  }
  return found;
}
