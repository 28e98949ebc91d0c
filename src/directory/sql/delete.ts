/** Deletes an object from the store, with everything that cascades. */
import type { Kind } from '../../model/model.js';
import { factsOf, planDeletion, type Referrer } from '../semantics.js';
import { chunks, placeholders } from './connection.js';
import { keyAgain } from './keys.js';
import { readRow } from './read.js';
import type { WriteContext } from './write-context.js';

/** Deletes a row by the rules of the references to it. The tables' triggers delete the references. */
export async function deleteRow(
  context: WriteContext,
  kind: Kind,
  row: number,
  action: 'delete' | 'expire',
): Promise<void> {
  const { connection } = context;
  const { deleted } = await planDeletion(row, async (targets) => {
    const found: Referrer<number>[] = [];
    for (const some of chunks(targets)) {
      const rows = await connection.all<[number, string, string, number]>(
        `SELECT r.source, s.kind, r.field, r.target FROM reference r JOIN object s ON s.row = r.source
          WHERE r.target IN (${placeholders(some.length)})`,
        some,
      );
      for (const [source, holder, field, target] of rows) found.push({ source, kind: holder, field, target });
    }
    return found;
  });
  const kinds = new Map<number, Kind>([[row, kind]]);
  for (const some of chunks(deleted)) {
    const rows = await connection.all<[number, string]>(
      `SELECT row, kind FROM object WHERE row IN (${placeholders(some.length)})`,
      some,
    );
    for (const [one, its] of rows) kinds.set(one, its);
  }
  // In reverse order, so that nothing ever points to a deleted object.
  for (const one of deleted.reverse()) {
    const its = kinds.get(one)!;
    const stored = await readRow(connection, its, one);
    if (!stored) continue;
    await connection.run('DELETE FROM object WHERE row = ?', [one]);
    context.audit({ action, facts: factsOf(its), id: stored.id, attributes: stored.attributes });
    context.forget(its);
  }
  context.forgetTargets();
  await keyAgain(connection);
}
