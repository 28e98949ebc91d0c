/** Converts between `object_permissions` and a list of who holds which permission on the object. */

import { roleKind, userKind } from '../model/kind-names.js';
import { type KindFacts, objectPermissions } from '../model/kinds.js';
import type { Fields, Id, Json } from '../model/model.js';
import { DirectoryError } from './errors.js';
import { labelOf } from './label.js';

/** One permission on one object, given to a role or to a user. */
export interface Grant {
  readonly permission: string;
  readonly kind: typeof roleKind | typeof userKind;
  readonly id: Id;
}

/** The object permissions in a value that was written: each to one role or user. Anything else is left out. */
export function readGrants(value: Json | undefined): Grant[] {
  const grants = new Map<string, Grant>();
  for (const one of Array.isArray(value) ? value : []) {
    if (one === null || typeof one !== 'object' || Array.isArray(one)) continue;
    const { permission, role = null, user = null } = one;
    if (typeof permission !== 'string' || (role === null) === (user === null)) continue;
    const kind = role === null ? userKind : roleKind;
    const id = (role ?? user) as Id;
    grants.set(`${permission} ${kind} ${id}`, { permission, kind, id });
  }
  return [...grants].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
}

/** Object permissions as a directory gives them back. */
export function grantsJson(grants: readonly Grant[]): Json[] {
  return grants.map(({ permission, kind, id }): Fields => {
    return kind === roleKind ? { permission, role: id } : { permission, user: id };
  });
}

/** Refuses object permissions that would be left out silently. */
export function checkGrants(facts: KindFacts, fields: Fields, value: Json): void {
  const list = Array.isArray(value) ? value : [value];
  for (const one of list) {
    const fine = readGrants([one]).length === 1 && /^\S+$/.test(readGrants([one])[0]!.permission);
    if (fine) continue;
    const message = `${labelOf(facts, fields)}: an object permission needs a \`permission\` and either a \`role\` or a \`user\``;
    throw new DirectoryError('invalid', message, { kind: facts.kind, field: objectPermissions });
  }
}
