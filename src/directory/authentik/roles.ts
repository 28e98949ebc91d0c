/** Roles and what was granted to them: on everything of a kind, and on single objects. */
import { applicationKind, flowKind, groupKind, roleKind, userKind } from '../../model/kind-names.js';
import type { Fields, Id, Kind } from '../../model/model.js';
import { sortTexts } from '../../model/sort-texts.js';
import { DirectoryError } from '../errors.js';
import type { Grant } from '../grants.js';
import { sideBySide } from '../side-by-side.js';
import { managedRole } from './oddities.js';
import { readAll } from './pages.js';
import { bodyOf, type Session, sharedValue } from './session.js';

/** A role as its list shows it. */
export interface RoleRow {
  readonly id: string;
  readonly name: string;
  /** The one user or group that authentik keeps it for. */
  readonly managedFor?: { readonly kind: 'user' | 'group'; readonly id: string };
}

/** What a role was granted. */
export interface Assigned {
  /** Permissions on all objects, `app.codename`. */
  readonly global: readonly string[];
  readonly objects: readonly ObjectGrant[];
}

export interface ObjectGrant {
  readonly permission: string;
  readonly kind: Kind;
  /** The object's id as text. */
  readonly id: string;
}

const roles = '/rbac/roles/';
const permissions = '/rbac/permissions/';
const assigned = '/rbac/permissions/assigned_by_roles/';
const onObjects = '/rbac/permissions/roles/';

/**
 * Models that roles with permissions mostly have some on. One list names all that such a role was granted, so that no
 * request for each role is needed.
 */
const probes: readonly Kind[] = [userKind, groupKind, applicationKind, flowKind];

/** So few roles are asked for one by one. */
const fewRoles = 3;

/** All roles, managed ones among them, as they are now. */
export async function readRoles(session: Session, signal: AbortSignal): Promise<readonly RoleRow[]> {
  const rows = await readAll(session, roles, {}, signal, (row) => row.pk);
  return rows.map((row) => {
    const name = String(row.name);
    const [, kind, id] = managedRole.exec(name) ?? [];
    return {
      id: String(row.pk),
      name,
      ...(id !== undefined && { managedFor: { kind: kind as 'user' | 'group', id } }),
    };
  });
}

/** All roles, as read for this reading. */
export function allRoles(session: Session, signal: AbortSignal): Promise<readonly RoleRow[]> {
  return sharedValue(session, 'roles', () => readRoles(session, signal));
}

/**
 * What every role was granted, by the role's id. Roles of the accounts that authentik makes for its outposts and
 * sources are left out: it keeps them itself. Undefined when the token may not see it.
 */
export function assignments(
  session: Session,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Assigned> | undefined> {
  return sharedValue(session, 'assignments', async () => {
    try {
      return await readAssignments(session, signal);
    } catch (error) {
      if (error instanceof DirectoryError && error.code === 'denied') return undefined;
      throw error;
    }
  });
}

async function readAssignments(
  session: Session,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Assigned>> {
  const services = await serviceAccounts(session, signal);
  const wanted = (await allRoles(session, signal)).filter(
    ({ managedFor }) => managedFor?.kind !== 'user' || !services.has(managedFor.id),
  );
  const left = new Set(wanted.map((one) => one.id));
  const global = new Map<string, readonly Fields[]>();
  for (const model of probes) {
    if (left.size <= fewRoles) break;
    for (const row of await readAll(session, assigned, { model }, signal, (one) => one.role_pk)) {
      const id = String(row.role_pk);
      if (left.delete(id)) global.set(id, (row.model_permissions ?? []) as Fields[]);
    }
  }
  await sideBySide(left, session.concurrency, async (role) => {
    global.set(role, await readAll(session, permissions, { role }, signal, (row) => row.id));
  });
  // What those lists show of single objects differs between releases. Mostly there is nothing, which one request tells.
  const counted = await session.limited(() =>
    session.client.get(onObjects, { query: { page_size: 1 } }, signal),
  );
  const { count = 0 } = (bodyOf(counted).pagination ?? {}) as { count?: number };
  const objects = new Map<string, readonly Fields[]>();
  let seen = 0;
  await sideBySide(wanted, session.concurrency, async ({ id }) => {
    if (seen >= count) return;
    const rows = await readAll(session, onObjects, { uuid: id }, signal, (row) => row.id);
    seen += rows.length;
    objects.set(id, rows);
  });
  return new Map(wanted.map(({ id }) => [id, assignedIn(global.get(id), objects.get(id))]));
}

async function serviceAccounts(session: Session, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const managed = (await allRoles(session, signal)).some(({ managedFor }) => managedFor?.kind === 'user');
  if (!managed) return new Set();
  const query = { type: 'internal_service_account', include_groups: false, include_roles: false };
  const rows = await readAll(session, '/core/users/', query, signal, (row) => row.pk);
  return new Set(rows.map((row) => String(row.pk)));
}

function assignedIn(global: readonly Fields[] = [], objects: readonly Fields[] = []): Assigned {
  const nameOf = (row: Fields): string => `${row.app_label}.${row.codename}`;
  return {
    // Roles are granted permissions of Django’s own models too, which blueprints do not know.
    global: sortTexts(global.map(nameOf).filter((name) => name.startsWith('authentik_'))),
    objects: objects.map((row) => ({
      permission: nameOf(row),
      kind: `${row.app_label}.${row.model}`,
      id: String(row.object_pk),
    })),
  };
}

/** Who was granted what on single objects, by kind and id of the object; undefined when the token may not see it. */
export async function grantsByObject(
  session: Session,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Grant[]> | undefined> {
  const byRole = await assignments(session, signal);
  if (!byRole) return undefined;
  const grants = new Map<string, Grant[]>();
  for (const { id, managedFor } of await allRoles(session, signal)) {
    if (managedFor?.kind === 'group') continue;
    const holder: Pick<Grant, 'kind' | 'id'> = managedFor
      ? { kind: userKind, id: Number(managedFor.id) }
      : { kind: roleKind, id };
    for (const one of byRole.get(id)?.objects ?? []) {
      const key = grantKey(one.kind, one.id);
      const list = grants.get(key) ?? [];
      list.push({ permission: one.permission, ...holder });
      grants.set(key, list);
    }
  }
  return grants;
}

/** The key of an object in `grantsByObject`. */
export function grantKey(kind: Kind, id: Id): string {
  return `${kind} ${id}`;
}

/** What one role was granted, as it is now. */
export async function readAssigned(session: Session, role: string, signal: AbortSignal): Promise<Assigned> {
  const global = await readAll(session, permissions, { role }, signal, (row) => row.id);
  const objects = await readAll(session, onObjects, { uuid: role }, signal, (row) => row.id);
  return assignedIn(global, objects);
}

/** All permissions that the server knows. */
export async function knownPermissions(session: Session, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const rows = await readAll(session, permissions, {}, signal, (row) => row.id);
  return new Set(rows.map((row) => `${row.app_label}.${row.codename}`));
}
