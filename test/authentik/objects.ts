/** Finds the object that a path names, and says no as authentik does: it may not be there, not be seen, or not be touched. */
import { type Answer, type Context, forbidden, noMatch, notFound } from './answers.js';
import type { Kind } from './kinds.js';
import { className } from './names.js';
import { isAllowed, isAllowedOn, permissionFor, visible } from './permissions.js';
import { kindNamed, type Row, rowAt, rowsOf } from './state.js';

/** The anonymous user is there for the database alone. */
export function isShown({ values }: Row): boolean {
  return values.username !== 'AnonymousUser';
}

export function missing(kind: Kind): Answer {
  return noMatch(className(kind));
}

/** The object that the path names, for a call that needs a permission of its own on it. */
export function on(
  context: Context,
  kindName: string,
  permission: string,
  then: (row: Row) => Answer,
): Answer {
  const { state, parameters } = context;
  const kind = kindNamed(state, kindName);
  const key = Object.values(parameters)[0]!;
  if (!kind.lookupAttribute && kind.idType === 'integer' && !/^\d+$/.test(key)) return notFound;
  const row = rowAt(state, kind, key);
  const sees = row && isShown(row) && isAllowedOn(state, context.user, permissionFor(kind, 'view'), row);
  if (!sees) {
    return isAllowed(state, context.user, permissionFor(kind, 'view')) ? missing(kind) : forbidden;
  }
  return isAllowedOn(state, context.user, `${kind.app}.${permission}`, row) ? then(row) : forbidden;
}

/** The object that a path names, if the caller may see it and do this to it. */
export function withRow(
  context: Context,
  kind: Kind,
  verb: 'view' | 'change' | 'delete',
  then: (row: Row) => Answer,
): Answer {
  const { state, user, parameters } = context;
  if (!visible(state, user, kind, rowsOf(state, kind.kind))) return forbidden;
  const key = Object.values(parameters)[0] ?? '';
  if (kind.lookupAttribute === undefined && !isId(kind, key)) return notFound;
  const row = rowAt(state, kind, key);
  if (!row || !isShown(row) || !isAllowedOn(state, user, permissionFor(kind, 'view'), row))
    return missing(kind);
  return isAllowedOn(state, user, permissionFor(kind, verb), row) ? then(row) : forbidden;
}

function isId(kind: Kind, key: string): boolean {
  return kind.idType === 'integer' ? /^\d+$/.test(key) : /^[0-9a-f-]{32,36}$/i.test(key);
}
