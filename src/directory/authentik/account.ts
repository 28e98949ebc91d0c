/** Whose token it is, and what it may do: read before anything is written. */
import { groupKind, roleKind, settingsKind, userKind } from '../../model/kind-names.js';
import { objectPermissions } from '../../model/kinds.js';
import { sortTexts } from '../../model/sort-texts.js';
import type { DirectoryStatus, Need } from '../directory.js';
import { DirectoryError } from '../errors.js';
import type { AuthentikClient } from './client.js';
import { readAll } from './pages.js';
import { bodyOf, type Session, sharedValue } from './session.js';

/** Who a token belongs to. */
export interface Account {
  readonly id: number;
  readonly username: string;
  readonly superuser: boolean;
  /** The roles it has, through its groups too. Releases before 2025.12 do not tell. */
  readonly roles?: readonly string[];
}

/** Reads who the token belongs to. */
export async function readAccount(client: AuthentikClient): Promise<Account> {
  const { user } = bodyOf(await client.get('/core/users/me/')) as { user?: Record<string, unknown> };
  const roles = Array.isArray(user?.roles)
    ? user.roles.map((one) => String(bodyOf({ body: one }).pk))
    : undefined;
  return {
    id: Number(user?.pk),
    username: String(user?.username),
    superuser: user?.is_superuser === true,
    ...(roles && { roles }),
  };
}

/**
 * The permissions that an account has on all objects, by name. Everybody may ask what a role was granted; which roles it
 * has, releases before 2025.12 do not say.
 */
export function ownPermissions(
  session: Session,
  { superuser, roles }: Account,
  signal: AbortSignal,
): Promise<'all' | readonly string[] | undefined> {
  return sharedValue(session, 'own permissions', async () => {
    if (superuser) return 'all';
    if (!roles) return undefined;
    const lists = await Promise.all(
      roles.map((role) => readAll(session, '/rbac/permissions/', { role }, signal, (row) => row.id)),
    );
    return sortTexts([...new Set(lists.flat().map((row) => `${row.app_label}.${row.codename}`))]);
  });
}

/** What calls of their own need, by kind and attribute (`permission_required` in the source of 2025.12). */
const ofCalls: Readonly<Record<string, string>> = {
  [`${userKind} password`]: 'authentik_core.reset_user_password',
  [`${userKind} password_hash`]: 'authentik_core.reset_user_password',
  'authentik_core.token key': 'authentik_core.set_token_key',
};

/** The permissions, by name, that something needs. */
export function permissionsFor({ kind, verb, writes = [], removes = [] }: Need): readonly string[] {
  const [app, model] = kind.split('.') as [string, string];
  if (kind === settingsKind) return [`authentik_rbac.${verb === 'view' ? 'view' : 'edit'}_system_settings`];
  const own = `${app}.${verb}_${model}`;
  if (verb === 'view' || verb === 'delete') return [own];
  const needed = new Set<string>(verb === 'add' ? [own] : []);
  for (const name of writes) {
    const call = ofCalls[`${kind} ${name}`];
    if (call !== undefined) needed.add(call);
    else if (grants(kind, name)) needed.add('authentik_rbac.assign_role_permissions');
    else if (verb === 'change' && isMembership(kind, name)) needed.add('authentik_core.add_user_to_group');
    else if (verb === 'change') needed.add(own);
  }
  for (const name of removes) {
    if (grants(kind, name)) needed.add('authentik_rbac.unassign_role_permissions');
    else if (isMembership(kind, name)) needed.add('authentik_core.remove_user_from_group');
    else needed.add(own);
  }
  // Who writes a kind that nobody has said more about.
  if (writes.length === 0 && removes.length === 0) needed.add(own);
  return [...needed];
}

function grants(kind: string, name: string): boolean {
  return name === objectPermissions || (name === 'permissions' && (kind === userKind || kind === roleKind));
}

function isMembership(kind: string, name: string): boolean {
  return (kind === userKind && name === 'groups') || (kind === groupKind && name === 'users');
}

/** The permissions that an account lacks for a need; undefined when the server does not tell which it has. */
export async function lackingPermissions(
  session: Session,
  account: Account,
  signal: AbortSignal,
): Promise<((need: Need) => readonly string[]) | undefined> {
  const own = await ownPermissions(session, account, signal);
  if (own === undefined) return undefined;
  if (own === 'all') return () => [];
  const has = new Set(own);
  return (need) => permissionsFor(need).filter((one) => !has.has(one) && !isOwn(need, one));
}

/** May everybody do it with what is their own? */
function isOwn({ kind, verb }: Need, permission: string): boolean {
  // Tokens are made for oneself without a permission, and one's own are seen (`rbac_allow_create_without_perm`, `owner_field`).
  return kind === 'authentik_core.token' && verb === 'add' && permission === 'authentik_core.add_token';
}

/** As many rows as the driver asks for at most. */
const mostRows = 500;

/** What the server says of itself. */
export async function readStatus(
  session: Session,
  account: Account,
  signal: AbortSignal,
): Promise<DirectoryStatus> {
  const { client, version } = session;
  const permissions = await ownPermissions(session, account, signal);
  // Everybody may see which permissions there are, and there are more than a page holds.
  const query = { page_size: mostRows };
  const { results } = bodyOf(await client.get('/rbac/permissions/', { query }, signal));
  const begun = performance.now();
  await client.get('/root/config/', {}, signal);
  return {
    software: `authentik ${version}`,
    account: { name: account.username, permissions },
    pageSize: Array.isArray(results) ? results.length : undefined,
    roundTrip: performance.now() - begun,
    clockSkew: client.now().getTime() - Date.now(),
  };
}

/** The error with what it needs, where the account was not allowed to do something. */
export function withPermission(error: unknown, need: Need): unknown {
  if (!(error instanceof DirectoryError && error.code === 'denied')) return error;
  const needed = permissionsFor(need).map((one) => `\`${one}\``);
  const message = `${error.message}; it needs the permission ${needed.join(' and ')}`;
  return new DirectoryError('denied', message, {
    kind: need.kind,
    id: error.id,
    field: error.field,
    cause: error.cause,
    permissions: permissionsFor(need),
  });
}
