/** Permissions: which there are, who has them, and what a request needs. Users have them through their roles and their groups' roles. */
import { readFileSync } from 'node:fs';
import { groupsOf, isSuperuser } from './computed.js';
import type { Json, JsonObject } from './json.js';
import type { Kind } from './kinds.js';
import { verboseName } from './names.js';
import { ownedThrough } from './oddities.js';
import { type Row, rowOf, type State } from './state.js';

/** A permission, and the number that authentik has given it. */
export interface Permission {
  readonly id: number;
  readonly app: string;
  readonly codename: string;
  readonly model: string;
  readonly name: string;
}

/** A role's permission, on everything or (with `object`) on one object. */
export interface Grant {
  readonly id: number;
  readonly permission: string;
  readonly model?: string;
  readonly object?: string;
}

const known = new WeakMap<State, readonly Permission[]>();

/** All permissions of a server, by the names in `schemas/permissions.json`; the numbers are this server's own. */
export function permissionsOf(state: State): readonly Permission[] {
  const cached = known.get(state);
  if (cached) return cached;
  const file = new URL('../../schemas/permissions.json', import.meta.url);
  const names = namesIn(JSON.parse(readFileSync(file, 'utf8')) as Json);
  const owners = new Map<string, Kind>();
  for (const kind of state.catalogue.kinds.values()) {
    for (const codename of kind.permissions) owners.set(`${kind.app}.${codename}`, kind);
  }
  const permissions = names.map((full, index): Permission => {
    const [app, codename] = full.split('.') as [string, string];
    const owner = owners.get(full);
    const [verb = '', model = ''] = /^(add|change|delete|view)_(.+)$/.exec(codename)?.slice(1) ?? [];
    const holder = owner ? verboseName(owner) : model;
    const words = verb === '' ? codename.replaceAll('_', ' ') : `${verb} ${holder}`;
    return { id: index + 1, app, codename, model: owner?.model ?? model, name: `Can ${words}` };
  });
  known.set(state, permissions);
  return permissions;
}

function namesIn(document: Json): string[] {
  if (typeof document === 'string') return /^\w+\.\w+$/.test(document) ? [document] : [];
  if (typeof document !== 'object' || document === null) return [];
  return [...new Set(Object.values(document).flatMap(namesIn))].sort();
}

export function fullName({ app, codename }: Permission): string {
  return `${app}.${codename}`;
}

export function permissionNamed(state: State, full: string): Permission | undefined {
  return permissionsOf(state).find((permission) => fullName(permission) === full);
}

/** Permissions as the answers of `/rbac/permissions/` show them. */
export function permissionsShown(state: State, ids: readonly number[]): JsonObject[] {
  return ids.flatMap((id) => {
    const permission = permissionsOf(state)[id - 1];
    return permission ? [permissionShown(state, permission)] : [];
  });
}

export function permissionShown(state: State, { id, app, codename, model, name }: Permission): JsonObject {
  const kind = state.catalogue.kinds.get(`${app}.${model}`);
  return {
    id,
    name,
    codename,
    model,
    app_label: app,
    app_label_verbose: appName(app),
    model_verbose: kind ? verboseName(kind) : model,
  };
}

/** `authentik_providers_proxy` is `authentik Providers.Proxy`. */
export function appName(app: string): string {
  const words = app.replace(/^authentik_/, '').split('_');
  const parts = ['providers', 'sources', 'stages', 'policies'].includes(words[0]!)
    ? [words[0]!, words.slice(1).join(' ')]
    : [words.join(' ')];
  const capital = (text: string) => text.replace(/(^|\s)\w/g, (letter) => letter.toUpperCase());
  return `authentik ${parts
    .filter((part) => part !== '')
    .map(capital)
    .join('.')}`;
}

export function grantsOf(role: Row): readonly Grant[] {
  return (role.values.grants ?? []) as unknown as Grant[];
}

/** The roles that a user has, through its groups too. */
export function rolesOf(state: State, user: Row): Row[] {
  const ids = [user, ...groupsOf(state, user)].flatMap((holder) => (holder.values.roles ?? []) as Json[]);
  return [...new Set(ids)].flatMap((id) => rowOf(state, 'authentik_rbac.role', id) ?? []);
}

/** Whether a user has a permission on everything. */
export function isAllowed(state: State, user: Row, permission: string): boolean {
  if (isSuperuser(state, user)) return true;
  const grants = rolesOf(state, user).flatMap(grantsOf);
  return grants.some((grant) => grant.permission === permission && grant.object === undefined);
}

/** Whether a user has a permission on one object, by a grant for it or for everything, or because it is his. */
export function isAllowedOn(state: State, user: Row, permission: string, row: Row): boolean {
  if (isAllowed(state, user, permission)) return true;
  const owner = ownedThrough[row.kind.kind];
  if (owner !== undefined && row.values[owner] === user.id) return true;
  const grants = rolesOf(state, user).flatMap(grantsOf);
  return grants.some((grant) => grant.permission === permission && grant.object === String(row.id));
}

/** The name of the permission that a verb on a kind needs. */
export function permissionFor(kind: Kind, verb: 'view' | 'add' | 'change' | 'delete'): string {
  return `${kind.app}.${verb}_${kind.model}`;
}

/**
 * The rows of a list that a user may see; undefined where he may see none of the kind at all, which authentik answers with 403 (with
 * single grants, what is not granted is simply not there).
 */
export function visible(state: State, user: Row, kind: Kind, rows: Row[]): Row[] | undefined {
  const permission = permissionFor(kind, 'view');
  if (isAllowed(state, user, permission)) return rows;
  const seen = rows.filter((row) => isAllowedOn(state, user, permission, row));
  return seen.length > 0 || ownedThrough[kind.kind] !== undefined ? seen : undefined;
}
