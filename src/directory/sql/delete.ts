/** An object in; it, and everything that goes with it, gone from the store. */
import type { Kind } from '../../model/model.js';
import { factsOf, planDeletion, type Referrer } from '../semantics.js';
import { chunks, placeholders } from './connection.js';
import { keyAgain } from './keys.js';
import { readRow } from './read.js';
import type { Session } from './session.js';

/** Deletes a row by the rules of the references to it. The tables' triggers take the references themselves away. */
export async function deleteRow(
  session: Session,
  kind: Kind,
  row: number,
  action: 'delete' | 'expire',
): Promise<void> {
  const { connection } = session;
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
  // From the far end, so that nothing ever points to something that has gone.
  for (const one of deleted.reverse()) {
    const its = kinds.get(one)!;
    const stored = await readRow(connection, its, one);
    if (!stored) continue;
    await connection.run('DELETE FROM object WHERE row = ?', [one]);
    session.audit({ action, facts: factsOf(its), id: stored.id, attributes: stored.attributes });
    session.forget(its);
  }
  session.forgetTargets();
  await keyAgain(connection);
}
