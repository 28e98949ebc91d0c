/** Grants and takes back permissions: globally to roles and users, and on single objects. */
import { roleKind, userKind } from '../../model/kind-names.js';
import type { KindFacts } from '../../model/kinds.js';
import type { Id } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import type { Grant } from '../grants.js';
import { atObject } from './at-object.js';
import { importBlueprint } from './import.js';
import { type Assigned, knownPermissions, readAssigned, readRoles } from './roles.js';
import type { Session } from './session.js';

/** Grants and takes back what differs, globally, to a role or to a user (through the role that authentik keeps for him). */
export async function changeGlobal(
  session: Session,
  facts: KindFacts,
  id: Id,
  before: readonly string[],
  after: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const added = after.filter((one) => !before.includes(one));
  const removed = before.filter((one) => !after.includes(one));
  if (added.length === 0 && removed.length === 0) return;
  const role = facts.kind === roleKind ? String(id) : await managedRoleOf(session, id, signal);
  if (role === undefined) {
    if (added.length > 0) await importBlueprint(session, [userEntry(id, { permissions: added })], signal);
    return;
  }
  if (added.length > 0) await assign(session, role, { permissions: added }, signal);
  if (removed.length > 0) await unassign(session, role, { permissions: removed }, signal);
}

/** Grants and takes back what differs on one object. */
export async function changeGrants(
  session: Session,
  facts: KindFacts,
  id: Id,
  before: readonly Grant[],
  after: readonly Grant[],
  signal: AbortSignal,
): Promise<void> {
  const keyOf = (one: Grant): string => `${one.permission} ${one.kind} ${one.id}`;
  const [had, has] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  const added = after.filter((one) => !had.has(keyOf(one)));
  const removed = before.filter((one) => !has.has(keyOf(one)));
  if (added.length === 0 && removed.length === 0) return;
  // With the key of an object that is not there, authentik grants (and revokes) on all objects.
  await atObject(session, facts, id, signal, (path) =>
    session.limited(() => session.client.get(path, {}, signal)),
  );
  const where = { model: facts.kind, object_pk: String(id) };
  for (const { holder, permissions } of byHolder(added)) {
    const role =
      holder.kind === roleKind ? String(holder.id) : await managedRoleOf(session, holder.id, signal);
    if (role === undefined) {
      const granted = permissions.map((permission) => ({ permission, user: holder.id }));
      await importBlueprint(session, [{ ...entryOf(facts, id), permissions: granted }], signal);
      continue;
    }
    const earlier = await readAssigned(session, role, signal);
    await assign(session, role, { permissions, ...where }, signal);
    await verify(session, facts, id, role, permissions, earlier, signal);
  }
  for (const { holder, permissions } of byHolder(removed)) {
    const role =
      holder.kind === roleKind ? String(holder.id) : await managedRoleOf(session, holder.id, signal);
    if (role !== undefined) await unassign(session, role, { permissions, ...where }, signal);
  }
}

/** Is what was granted on one object there, and nowhere else? The object may have gone in between. */
async function verify(
  session: Session,
  facts: KindFacts,
  id: Id,
  role: string,
  permissions: readonly string[],
  earlier: Assigned,
  signal: AbortSignal,
): Promise<void> {
  const now = await readAssigned(session, role, signal);
  const tooMuch = permissions.filter((one) => now.global.includes(one) && !earlier.global.includes(one));
  if (tooMuch.length > 0) await unassign(session, role, { permissions: tooMuch }, signal);
  const onObject = now.objects.filter((one) => one.kind === facts.kind && one.id === String(id));
  const missing = permissions.find((permission) => !onObject.some((one) => one.permission === permission));
  if (missing === undefined && tooMuch.length === 0) return;
  throw new DirectoryError(
    'missing',
    `${missing ?? tooMuch[0]} was not granted: the object is not there any more`,
    {
      kind: facts.kind,
      id,
    },
  );
}

interface Body {
  readonly permissions: readonly string[];
  readonly model?: string;
  readonly object_pk?: string;
}

/** Grants; twice is once. The server fails as a whole on a permission that it does not know, so that is told by name. */
async function assign(session: Session, role: string, body: Body, signal: AbortSignal): Promise<void> {
  const send = async (permissions: readonly string[]): Promise<void> => {
    const options = { body: { ...body, permissions: [...permissions] }, repeatable: true };
    await session.limited(() =>
      session.client.post(`/rbac/permissions/assigned_by_roles/${role}/assign/`, options, signal),
    );
  };
  try {
    await send(body.permissions);
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'failed')) throw error;
    const known = await knownPermissions(session, signal);
    const unknown = body.permissions.filter((one) => !known.has(one));
    if (unknown.length === 0) throw error;
    const rest = body.permissions.filter((one) => known.has(one));
    if (rest.length > 0) await send(rest);
    const message = `authentik ${session.version} has no permission ${unknown.join(', ')}`;
    throw new DirectoryError('invalid', message, { cause: error });
  }
}

async function unassign(session: Session, role: string, body: Body, signal: AbortSignal): Promise<void> {
  const options = { body: { ...body, permissions: [...body.permissions] } };
  await session.limited(() =>
    session.client.patch(`/rbac/permissions/assigned_by_roles/${role}/unassign/`, options, signal),
  );
}

/** The role that authentik keeps for a user; undefined until he has been granted something. */
async function managedRoleOf(session: Session, user: Id, signal: AbortSignal): Promise<string | undefined> {
  const roles = await readRoles(session, signal);
  return roles.find((one) => one.managedFor?.kind === 'user' && one.managedFor.id === String(user))?.id;
}

/**
 * An entry of a blueprint that leaves an object as it is but for what is added. REST cannot make a user's managed
 * role: one of that name without its mark would break the server's own way to make it.
 */
function entryOf(facts: KindFacts, id: Id) {
  return { model: facts.kind, state: 'present', identifiers: { pk: id }, attrs: {} };
}

function userEntry(id: Id, attrs: { readonly permissions: string[] }) {
  return { model: userKind, state: 'present', identifiers: { pk: id }, attrs };
}

function byHolder(grants: readonly Grant[]): { holder: Pick<Grant, 'kind' | 'id'>; permissions: string[] }[] {
  const found = new Map<string, { holder: Pick<Grant, 'kind' | 'id'>; permissions: string[] }>();
  for (const { kind, id, permission } of grants) {
    const key = `${kind} ${id}`;
    const known = found.get(key);
    if (known) known.permissions.push(permission);
    else found.set(key, { holder: { kind, id }, permissions: [permission] });
  }
  return [...found.values()];
}
