/** Lists the objects of a kind: as few requests as the server's pages and filters allow. */
import {
  blueprintInstanceKind,
  flowKind,
  groupKind,
  roleKind,
  stageBindingKind,
  userKind,
} from '../../model/kind-names.js';
import { catalogue, type KindFacts, listFilters, objectPermissions } from '../../model/kinds.js';
import type { Fields, Id, Json, Kind, LiveObject } from '../../model/model.js';
import type { ListOptions, Selector } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { grantsJson, readGrants } from '../grants.js';
import { isExpired, isSelected } from '../semantics.js';
import { idOf, liveObject } from './body.js';
import { creationKey, recentCreations } from './created.js';
import { listPath, lookupField } from './facts.js';
import { isLedgerInstance } from './ledger-instances.js';
import { narrowQuery } from './narrow.js';
import { creationTimes, detailQueries, listQueries } from './oddities.js';
import { readAll } from './pages.js';
import { allRoles, assignments, grantKey, grantsByObject } from './roles.js';
import { bodyOf, type Session, sharedValue } from './session.js';

/** So many values are asked for one by one; for more, the whole list is read. */
const mostSingly = 8;

/** All live objects of a kind that fit. */
export async function listKind(
  session: Session,
  facts: KindFacts,
  { only, without = new Set(), narrow }: ListOptions,
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const all = await rowsOf(session, facts, only, signal, narrow);
  const rows = facts.kind === blueprintInstanceKind ? all.filter((row) => !isLedgerInstance(row)) : all;
  const objects = await dated(
    session,
    facts,
    await liveObjects(session, facts, rows, signal, without),
    signal,
  );
  const now = session.client.now().toISOString();
  return objects.filter(
    (one) =>
      !isExpired(facts, one.attributes, now) && (!only || isSelected(facts, one.id, one.attributes, only)),
  );
}

/** Rows as live objects, with what other calls show of them. */
export async function liveObjects(
  session: Session,
  facts: KindFacts,
  rows: readonly Fields[],
  signal: AbortSignal,
  without: ReadonlySet<string> = new Set(),
): Promise<LiveObject[]> {
  const objects = rows.map((row) => liveObject(facts, row, session.release));
  if (objects.length === 0) return objects;
  remember(session, facts, objects);
  if ((facts.kind === roleKind || facts.kind === userKind) && !without.has('permissions'))
    await addPermissions(session, facts, objects, signal);
  if (facts.kind === userKind || facts.kind === groupKind) await dropManagedRoles(session, objects, signal);
  if (facts.fields.target?.reference?.to === targetFamily) await useFamilyIds(session, objects, signal);
  if (!facts.singleton && !without.has(objectPermissions)) await addGrants(session, facts, objects, signal);
  return objects;
}

/** The objects with when they were made, where only the audit events tell. */
async function dated(
  session: Session,
  facts: KindFacts,
  objects: LiveObject[],
  signal: AbortSignal,
): Promise<LiveObject[]> {
  if (facts.singleton || objects.length === 0 || creationTimes[facts.kind] !== undefined) return objects;
  const made = await recentCreations(session, signal);
  return objects.map((one) => {
    const created = made.get(creationKey(facts.kind, one.id));
    return created === undefined ? one : { ...one, created };
  });
}

/** Keeps what the URLs of objects end with. */
export function remember(session: Session, facts: KindFacts, objects: readonly LiveObject[]): void {
  const field = lookupField(facts);
  if (field === undefined) return;
  const known = session.lookups.get(facts.kind) ?? new Map<Id, string>();
  for (const { id, attributes } of objects) known.set(id, String(attributes[field]));
  session.lookups.set(facts.kind, known);
}

async function rowsOf(
  session: Session,
  facts: KindFacts,
  only: Selector | undefined,
  signal: AbortSignal,
  narrow?: ListOptions['narrow'],
): Promise<readonly Fields[]> {
  const path = listPath(facts);
  if (facts.singleton) return [bodyOf(await session.limited(() => session.client.get(path, {}, signal)))];
  if (facts.kind === roleKind) return roleRows(session, signal);
  const read = (query: Fields = {}): Promise<readonly Fields[]> =>
    readAll(
      session,
      path,
      { ...listQueries[facts.kind], ...(query as Record<string, string>) },
      signal,
      (row) => idOf(facts, row) as Json,
    );
  const narrowed = narrowQuery(facts.kind, narrow);
  if (!only && Object.keys(narrowed).length > 0) return read(narrowed as Fields);
  if (!only || only.values.length > mostSingly)
    return keyedOtherwise.has(facts.kind) ? sharedValue(session, `rows of ${facts.kind}`, read) : read();
  if (
    (only.field === 'id' || only.field === 'pk') &&
    lookupField(facts) === undefined &&
    facts.lookup !== undefined
  ) {
    const found = only.values.map(async (id) => {
      const asked = { query: detailQueries[facts.kind], expect: [404] };
      const answer = await session.limited(() =>
        session.client.get(`${path}${encodeURIComponent(String(id))}/`, asked, signal),
      );
      return answer.status === 404 ? [] : [bodyOf(answer)];
    });
    return (await Promise.all(found)).flat();
  }
  const isPlain = only.values.every(
    (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
  );
  const field = facts.fields[only.field];
  if (!isPlain || !field || field.many || field.map || !listFilters(facts.kind).includes(only.field))
    return read();
  const parts = await Promise.all(only.values.map((value) => read({ [only.field]: value })));
  const rows = new Map(parts.flat().map((row) => [idOf(facts, row), row]));
  return [...rows.values()].sort((one, other) => compareIds(idOf(facts, one), idOf(facts, other)));
}

/** The order of whole lists. */
function compareIds(one: Id, other: Id): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : 1;
}

/** The roles that are not kept for one user or group. */
async function roleRows(session: Session, signal: AbortSignal): Promise<readonly Fields[]> {
  const roles = await allRoles(session, signal);
  return roles.filter((one) => !one.managedFor).map(({ id, name }) => ({ pk: id, name }));
}

async function addPermissions(
  session: Session,
  facts: KindFacts,
  objects: readonly LiveObject[],
  signal: AbortSignal,
): Promise<void> {
  const roles = await whereSeen(() => allRoles(session, signal));
  const managed = new Map(
    (roles ?? []).flatMap(({ id, managedFor }) =>
      managedFor?.kind === 'user' ? [[managedFor.id, id] as const] : [],
    ),
  );
  if (facts.kind === userKind && roles && managed.size === 0) {
    for (const { attributes } of objects) attributes.permissions = [];
    return;
  }
  const granted = roles && (await assignments(session, signal));
  if (!granted) return;
  for (const { id, attributes } of objects) {
    const role = facts.kind === userKind ? managed.get(String(id)) : String(id);
    attributes.permissions = [...((role !== undefined && granted.get(role)?.global) || [])];
  }
}

/** Roles that authentik keeps for one user or group are no part of what blueprints say. */
async function dropManagedRoles(
  session: Session,
  objects: readonly LiveObject[],
  signal: AbortSignal,
): Promise<void> {
  const having = objects.filter(
    ({ attributes }) => Array.isArray(attributes.roles) && attributes.roles.length > 0,
  );
  if (having.length === 0) return;
  const roles = await whereSeen(() => allRoles(session, signal));
  const managed = new Set((roles ?? []).filter((one) => one.managedFor).map((one) => one.id));
  for (const { attributes } of having)
    attributes.roles = (attributes.roles as Json[]).filter((role) => !managed.has(String(role)));
}

const targetFamily = 'policy-binding-target';
/** Kinds that bindings know by another id, so that a list of bindings needs theirs. */
const keyedOtherwise: ReadonlySet<Kind> = new Set([flowKind, stageBindingKind]);

/**
 * A binding shows its target by the target's own key, where flows and stage bindings are known to bindings by
 * another: the one that blueprints mean.
 */
async function useFamilyIds(
  session: Session,
  objects: readonly LiveObject[],
  signal: AbortSignal,
): Promise<void> {
  const ids = new Map<Json, Id>();
  for (const kind of keyedOtherwise) {
    const facts = catalogue().kinds.get(kind)!;
    const rows = await sharedValue(session, `rows of ${kind}`, () =>
      rowsOf(session, facts, undefined, signal),
    );
    for (const row of rows) {
      const own = liveObject(facts, row, session.release);
      const familyId = own.familyIds?.[targetFamily];
      if (familyId !== undefined) ids.set(own.id, familyId);
    }
  }
  for (const { attributes } of objects) {
    const own = ids.get(attributes.target ?? null);
    if (own !== undefined) attributes.target = own;
  }
}

async function addGrants(
  session: Session,
  facts: KindFacts,
  objects: readonly LiveObject[],
  signal: AbortSignal,
): Promise<void> {
  const grants = await whereSeen(() => grantsByObject(session, signal));
  if (!grants) return;
  for (const { id, attributes } of objects) {
    const own = grantsJson(grants.get(grantKey(facts.kind, id)) ?? []);
    // In the one order that every list of grants has.
    attributes[objectPermissions] = grantsJson(readGrants(own));
  }
}

/** What a call gives, or undefined when the token may not see it. */
async function whereSeen<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DirectoryError && error.code === 'denied') return undefined;
    throw error;
  }
}
