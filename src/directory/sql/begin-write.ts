/**
 * Begins the writes of a transaction: creates what they share, updates the keys of objects changed by hand, and
 * deletes expired ones.
 */

import { groupKind, settingsKind, userKind } from '../../model/kind-names.js';
import { catalogue, type KindFacts } from '../../model/kinds.js';
import type { Fields, Id, Kind } from '../../model/model.js';
import { type Circumstances, durationOf } from '../computed.js';
import { DirectoryError } from '../errors.js';
import { labelOf } from '../label.js';
import { type Connection, insertRows } from './connection.js';
import { deleteRow } from './delete.js';
import { rowsOf, type Target } from './find.js';
import { keyAgain } from './keys.js';
import { readPages } from './read.js';
import { superuserGroupRows } from './superusers.js';
import type { AuditEvent, WriteContext } from './write-context.js';

/** The name of authentik's hidden anonymous user. */
export const anonymousName = 'AnonymousUser';

/** Begins the writes of a transaction. */
export async function beginWrite(
  connection: Connection,
  installId: string,
): Promise<WriteContext & { end(): Promise<void> }> {
  const now = new Date();
  const moment = `${now.toISOString().slice(0, 19)}Z`;
  let circumstances: Promise<Circumstances> | undefined;
  let superusers: Promise<ReadonlySet<number>> | undefined;
  const targets = new Map<string, Map<string, Target>>();
  const sequences = new Map<string, number>();
  const events: AuditEvent[] = [];

  const lastId = async (name: string): Promise<number> =>
    sequences.get(name) ??
    (await connection.first<[number]>('SELECT last FROM sequence WHERE name = ?', [name]))?.[0] ??
    0;
  // Kinds of a family share their ids, as tables that inherit from one another do.
  const sequenceOf = (facts: KindFacts): string =>
    facts.families.find((one) => !one.ownId)?.family ?? facts.kind;

  const context = {
    connection,
    installId,
    now,
    moment,
    circumstances: () => (circumstances ??= readCircumstances(connection, now, moment)),
    nextId: async (facts: KindFacts) => {
      const name = sequenceOf(facts);
      const next = (await lastId(name)) + 1;
      sequences.set(name, next);
      return next;
    },
    skipId: async (facts: KindFacts, id: number) => {
      const name = sequenceOf(facts);
      sequences.set(name, Math.max(await lastId(name), id));
    },
    targets: async (to: string, ids: readonly Id[]) => {
      let known = targets.get(to);
      if (!known) targets.set(to, (known = new Map()));
      const unknown = ids.map(String).filter((id) => !known.has(id));
      if (unknown.length > 0) {
        for (const [id, target] of await rowsOf(connection, to, unknown)) known.set(id, target);
      }
      return some(known, ids);
    },
    superusers: () => (superusers ??= superuserGroupRows(connection)),
    forget: (kind: Kind) => {
      if (kind === groupKind) superusers = undefined;
      if (kind === settingsKind) circumstances = undefined;
    },
    forgetTargets: () => targets.clear(),
    audit: (event: AuditEvent) => {
      events.push(event);
    },
    end: async () => {
      for (const [name, last] of sequences) {
        const sql =
          'INSERT INTO sequence (name, last) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = excluded.last';
        await connection.run(sql, [name, last]);
      }
      if (events.length === 0) return;
      const rows = events.map(({ action, facts, id, attributes, fields = [] }) => [
        moment,
        action,
        facts.kind,
        // An invitation's id is a secret, and the audit trail outlives it.
        facts.spends ? '' : String(id),
        labelOf(facts, attributes),
        JSON.stringify(fields),
      ]);
      await insertRows(connection, 'audit (at, action, kind, id, name, fields)', rows);
      const { settings } = await context.circumstances();
      const retention = durationOf(settings.event_retention);
      if (retention === undefined) return;
      const oldest = new Date(now.getTime() - retention).toISOString();
      await connection.run('DELETE FROM audit WHERE at < ?', [oldest]);
    },
  };
  await keyAgain(connection);
  await removeExpired(context);
  return context;
}

function some(known: ReadonlyMap<string, Target>, ids: readonly Id[]): Map<string, Target> {
  const found = new Map<string, Target>();
  for (const id of ids) {
    const target = known.get(String(id));
    if (target) found.set(String(id), target);
  }
  return found;
}

async function readCircumstances(connection: Connection, now: Date, moment: string): Promise<Circumstances> {
  let settings: Fields = {};
  if (catalogue().kinds.has(settingsKind)) {
    for await (const page of readPages(connection, settingsKind, {}, moment)) {
      settings = page[0]?.attributes ?? settings;
    }
  }
  const found = await connection.first<[string]>('SELECT id FROM object WHERE kind = ? AND hidden = 1', [
    userKind,
  ]);
  return { now, settings, ...(found && { anonymous: Number(found[0]) }) };
}

async function removeExpired(context: WriteContext): Promise<void> {
  const expired = await context.connection.all<[string, number]>(
    'SELECT kind, row FROM object WHERE expires <= ?',
    [context.moment],
  );
  for (const [kind, row] of expired) {
    if (!catalogue().kinds.has(kind)) continue;
    try {
      await deleteRow(context, kind, row, 'expire');
    } catch (error) {
      // A reference still forbids the deletion: it stays, hidden, until that is gone.
      if (!(error instanceof DirectoryError && error.code === 'in-use')) throw error;
    }
  }
}
