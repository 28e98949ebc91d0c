/** Updates the unique keys of objects that were changed by hand. */
import { catalogue } from '../../model/kinds.js';
import { expiryOf, factsOf, type UniqueKey, uniqueKeys } from '../semantics.js';
import { type Connection, insertRows } from './connection.js';
import { readRow } from './read.js';

/** Recomputes the keys of objects that were changed by hand, or that lost a reference in a key. */
export async function keyAgain(connection: Connection): Promise<void> {
  const stale = await connection.all<[number, string | null]>(
    'SELECT s.object, o.kind FROM stale s LEFT JOIN object o ON o.row = s.object',
  );
  for (const [row, kind] of stale) {
    await connection.run('DELETE FROM unique_key WHERE object = ?', [row]);
    const known = kind !== null && catalogue().kinds.has(kind);
    const stored = known ? await readRow(connection, kind, row) : undefined;
    if (stored) {
      const facts = factsOf(stored.kind);
      // By hand, two objects can get the same key; the first keeps it.
      await insertKeys(connection, uniqueKeys(facts, stored.attributes), row);
      const expires = expiryOf(facts, stored.attributes);
      await connection.run('UPDATE object SET expires = ? WHERE row = ?', [expires, row]);
    }
    await connection.run('DELETE FROM stale WHERE object = ?', [row]);
  }
}

/** Inserts an object's keys, except those that another object has. */
export async function insertKeys(
  connection: Connection,
  keys: readonly UniqueKey[],
  row: number,
): Promise<void> {
  const rows = keys.map(({ scope, value, byReference }) => [scope, value, row, byReference ? 1 : 0]);
  await insertRows(
    connection,
    'unique_key (scope, value, object, by_reference)',
    rows,
    'ON CONFLICT DO NOTHING',
  );
}
