/** Creates and changes objects in the store by the rules of their kinds. */

import { hash, randomUUID } from 'node:crypto';
import { userKind } from '../../model/kind-names.js';
import { type FieldFacts, type KindFacts, objectPermissions } from '../../model/kinds.js';
import type { Fields, Id, Json, Kind, LiveObject } from '../../model/model.js';
import type { Checker } from '../checks.js';
import { completeFields } from '../computed.js';
import { DirectoryError } from '../errors.js';
import { checkGrants, grantsJson, readGrants } from '../grants.js';
import { labelOf } from '../label.js';
import { mergedValue, normalValue, sameJson } from '../normal.js';
import {
  duplicateError,
  expiryOf,
  factsOf,
  layoutOf,
  realFields,
  refuseSingleton,
  type UniqueKey,
  uniqueKeys,
} from '../semantics.js';
import { insertRows } from './connection.js';
import { deleteRow } from './delete.js';
import { addEdges, changeEdges, resolveFields, resolveGrants, useKnownIds, writeGrants } from './edges.js';
import { idFrom } from './find.js';
import { insertKeys } from './keys.js';
import { computedOf, ownIdNames, readRow } from './read.js';
import { storedJson } from './stored-json.js';
import type { WriteContext } from './write-context.js';

/** What a write needs beside the context: the checker, and passwords as they are stored. */
export interface Prepared {
  readonly checker: Checker;
  /** Hashes of the passwords among the fields, by field. */
  readonly hashes: Readonly<Record<string, string | null>>;
}

const idPatterns = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  integer: /^[1-9][0-9]{0,15}$/,
};

/** Creates an object. Everything is looked up and checked before the first row is written. */
export async function createObject(
  context: WriteContext,
  kind: Kind,
  asked: Fields,
  { checker, hashes }: Prepared,
  hidden = false,
): Promise<LiveObject> {
  const facts = factsOf(kind);
  const { connection, moment } = context;
  const { pk = facts.fields[facts.idName] ? asked[facts.idName] : undefined, ...rest } = asked;
  const written = writtenFields(facts, rest);
  const layout = layoutOf(facts);
  const fields = completeFields(
    facts,
    written,
    layout.computes ? await context.circumstances() : idle(context),
  );
  const grants = written[objectPermissions];
  checker.fields(facts, fields);
  const id = await chooseId(context, facts, pk, fields);
  // Some kinds show their id as an attribute too.
  if (facts.fields[facts.idName]) fields[facts.idName] = id;
  const targets = await resolveFields(context, facts, fields, id);
  useKnownIds(facts, fields, targets);
  checker.together(facts, { ...fields, ...hashes });
  const keys = uniqueKeys(facts, fields);
  await refuseDuplicates(context, facts, fields, keys);
  const holders = await resolveGrants(context, facts, fields, grants);

  const attributes = pick(fields, layout.plain);
  const secrets: Fields = { ...pick(fields, layout.unreadable), ...hashes };
  const computed = initialValues(context, facts, id);
  const inserted = await connection.first<[number]>(
    `INSERT INTO object (kind, id, attributes, secrets, computed, expires, hidden, created, updated, revision)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING row`,
    [
      kind,
      String(id),
      JSON.stringify(attributes),
      JSON.stringify(secrets),
      JSON.stringify(computed),
      expiryOf(facts, fields),
      hidden ? 1 : 0,
      moment,
      moment,
    ],
  );
  const row = inserted![0];
  const ownIds = ownIdNames(facts).map(([family, name]) => [family, computed[name] as string] as const);
  await insertRows(
    connection,
    'family_id (family, id, object)',
    ownIds.map(([family, own]) => [family, own, row]),
  );
  await insertKeys(connection, keys, row);
  await addEdges(connection, facts, row, targets);
  if (holders && holders.length > 0) await writeGrants(connection, row, holders);
  context.audit({ action: 'create', facts, id, attributes: fields, fields: Object.keys(written) });
  context.forget(kind);

  const shown: Fields = {
    ...attributes,
    ...pick(fields, [...layout.references, ...layout.inverses]),
    [objectPermissions]: grants ?? [],
  };
  const groups = kind === userKind ? (targets.get('groups') ?? []) : [];
  const superusers = groups.length > 0 ? await context.superusers() : undefined;
  const isSuperuser = groups.some((group) => superusers!.has(group.row));
  return {
    kind,
    id,
    ...(ownIds.length > 0 && { familyIds: Object.fromEntries(ownIds) }),
    attributes: shown,
    computed: computedOf(facts, computed, moment, moment, isSuperuser),
    created: moment,
  };
}

/** Changes an object: the fields in `asked`, of sets only what differs from `before`. */
export async function updateObject(
  context: WriteContext,
  kind: Kind,
  id: Id,
  before: Fields,
  asked: Fields,
  { checker, hashes }: Prepared,
): Promise<void> {
  const facts = factsOf(kind);
  const { connection, moment } = context;
  const layout = layoutOf(facts);
  const row = await rowOf(context, kind, id);
  const stored = row === undefined ? undefined : await readRow(connection, kind, row);
  if (row === undefined || !stored) {
    const shown = facts.spends ? '' : ` ${id}`;
    throw new DirectoryError('missing', `${facts.name}${shown} does not exist`, { kind, id });
  }
  const current = stored.attributes;
  const written = writtenFields(facts, asked, current);
  const was = writtenFields(facts, before, current);
  checker.fields(facts, written);
  // Replace references by the ids under which they are known, so that equal ones compare as equal.
  useKnownIds(facts, written, await resolveFields(context, facts, written, id));

  const changed: Fields = {};
  for (const [name, value] of Object.entries(written)) {
    if (layout.unreadable.some((field) => field.name === name)) continue;
    const set = name === objectPermissions ? ({ set: 'exact' } as const) : facts.fields[name]!;
    const merged = mergedValue(set, current[name], was[name], value);
    if (!sameJson(merged, current[name])) changed[name] = merged;
  }
  const secret = { ...pick(written, layout.unreadable), ...hashes };
  const names = [...Object.keys(changed), ...Object.keys(secret)];
  if (names.length === 0) return;

  const next: Fields = { ...current, ...changed };
  checker.together(facts, { ...next, ...secret });
  const keys = uniqueKeys(facts, next);
  const newKeys = withoutKeys(keys, uniqueKeys(facts, current));
  await refuseDuplicates(context, facts, next, newKeys, row);
  const holders = await resolveGrants(context, facts, next, changed[objectPermissions]);

  const kept = await keptOf(context, row);
  const computed =
    Object.keys(hashes).length > 0 ? { ...kept.computed, ...passwordDate(context, facts) } : kept.computed;
  await connection.run(
    `UPDATE object SET attributes = ?, secrets = ?, computed = ?, expires = ?, updated = ?, revision = revision + 1
      WHERE row = ?`,
    [
      JSON.stringify(pick(next, layout.plain)),
      JSON.stringify({ ...kept.secrets, ...secret }),
      JSON.stringify(computed),
      expiryOf(facts, next),
      moment,
      row,
    ],
  );
  if (newKeys.length > 0 || withoutKeys(uniqueKeys(facts, current), keys).length > 0) {
    await connection.run('DELETE FROM unique_key WHERE object = ?', [row]);
    await insertKeys(connection, keys, row);
  }
  await changeEdges(context, facts, row, current, changed, id);
  if (holders) await writeGrants(connection, row, holders);
  context.audit({ action: 'update', facts, id, attributes: next, fields: names });
  context.forget(kind);
}

/** Deletes an object. A missing one counts as done. */
export async function deleteObject(context: WriteContext, kind: Kind, id: Id): Promise<void> {
  const facts = factsOf(kind);
  refuseSingleton(facts);
  const row = await rowOf(context, kind, id);
  if (row !== undefined) await deleteRow(context, kind, row, 'delete');
}

/** The row of an object that people can see. */
async function rowOf(context: WriteContext, kind: Kind, id: Id): Promise<number | undefined> {
  const sql =
    'SELECT row FROM object WHERE kind = ? AND id = ? AND hidden = 0 AND (expires IS NULL OR expires > ?)';
  return (await context.connection.first<[number]>(sql, [kind, String(id), context.moment]))?.[0];
}

/** What an object has beside its attributes. */
async function keptOf(context: WriteContext, row: number): Promise<{ secrets: Fields; computed: Fields }> {
  const sql = 'SELECT secrets, computed FROM object WHERE row = ?';
  const [secrets, computed] = (await context.connection.first<[string, string]>(sql, [row]))!;
  const read = (column: string, text: string): Fields =>
    storedJson(context.connection.name, `\`${column}\` in table object (row ${row})`, 'map', text);
  return { secrets: read('secrets', secrets), computed: read('computed', computed) };
}

/** The written fields under their real names and in normal form. */
function writtenFields(facts: KindFacts, asked: Fields, current?: Fields): Fields {
  const written = realFields(facts, asked);
  for (const [name, value] of Object.entries(written)) {
    if (name === objectPermissions) {
      checkGrants(facts, current ?? written, value);
      written[name] = grantsJson(readGrants(value));
    } else written[name] = normalValue(facts.fields[name]!, value);
  }
  // An expiry that the directory computes cannot be removed, only changed.
  const { expires } = facts;
  const isKept = expires !== undefined && facts.fields[expires]?.computed && current?.[expires];
  if (isKept && written[expires] === null && written.expiring !== false) delete written[expires];
  return written;
}

/** Circumstances of a kind without computed values. */
function idle(context: WriteContext): Parameters<typeof completeFields>[2] {
  return { now: context.now, settings: {} };
}

function pick(fields: Fields, of: readonly FieldFacts[]): Fields {
  const some: Fields = {};
  for (const { name } of of) if (fields[name] !== undefined) some[name] = fields[name];
  return some;
}

async function chooseId(
  context: WriteContext,
  facts: KindFacts,
  pk: Json | undefined,
  fields: Fields,
): Promise<Id> {
  if (pk === undefined || pk === null) {
    return facts.idType === 'integer' ? context.nextId(facts) : randomUUID();
  }
  const text = String(pk).toLowerCase();
  if (!idPatterns[facts.idType].test(text)) {
    const needs = facts.idType === 'integer' ? 'a positive whole number' : 'a UUID';
    throw new DirectoryError('invalid', `${labelOf(facts, fields)}: \`pk\` must be ${needs}`, {
      kind: facts.kind,
      field: 'pk',
    });
  }
  const id = idFrom(text, facts.idType);
  const names = [facts.kind, ...facts.families.filter((one) => !one.ownId).map((one) => one.family)];
  for (const name of names) {
    if ((await context.targets(name, [id])).size === 0) continue;
    const message = `${labelOf(facts, fields)}: another object already has its \`pk\``;
    throw new DirectoryError('duplicate', message, { kind: facts.kind, field: 'pk' });
  }
  if (typeof id === 'number') await context.skipId(facts, id);
  return id;
}

async function refuseDuplicates(
  context: WriteContext,
  facts: KindFacts,
  fields: Fields,
  keys: readonly UniqueKey[],
  row = 0,
): Promise<void> {
  if (keys.length === 0) return;
  const same = keys.map(() => '(scope = ? AND value = ?)').join(' OR ');
  const taken = await context.connection.first<[string]>(
    `SELECT scope FROM unique_key WHERE (${same}) AND object <> ?`,
    [...keys.flatMap(({ scope, value }) => [scope, value]), row],
  );
  if (taken) throw duplicateError(facts, fields, keys.find((key) => key.scope === taken[0])!);
}

function withoutKeys(keys: readonly UniqueKey[], others: readonly UniqueKey[]): UniqueKey[] {
  return keys.filter(
    (key) => !others.some((other) => other.scope === key.scope && other.value === key.value),
  );
}

/** Read-only values that a new object gets once and for all. */
function initialValues(context: WriteContext, facts: KindFacts, id: Id): Fields {
  const values: Fields = {};
  for (const [, name] of ownIdNames(facts)) values[name] = randomUUID();
  if (facts.readOnly.includes('uid')) values.uid = hash('sha256', `${id}-${context.installId}`);
  return { ...values, ...passwordDate(context, facts) };
}

function passwordDate(context: WriteContext, facts: KindFacts): Fields {
  return facts.readOnly.includes('password_change_date') ? { password_change_date: context.moment } : {};
}
