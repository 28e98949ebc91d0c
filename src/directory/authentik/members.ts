/** Memberships of groups, changed edge by edge: two PATCHes of whole lists at once would undo each other. */
import { groupKind, userKind } from '../../model/kind-names.js';
import type { KindFacts } from '../../model/kinds.js';
import type { Fields, Id, Json } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import { danglingError } from '../semantics.js';
import { sideBySide } from '../side-by-side.js';
import { atObject } from './at-object.js';
import type { Session } from './session.js';

/** More edges than these are written as one list. */
const mostEdges = 5;

/**
 * Adds and removes the members that differ between `was` and `changed`, by `add_user` and `remove_user`, which others
 * may call at the same time; gives the fields that are left to write. The server takes an edge that is there already,
 * or gone already, for done.
 */
export async function changeMembers(
  session: Session,
  facts: KindFacts,
  id: Id,
  was: Fields,
  changed: Fields,
  signal: AbortSignal,
): Promise<Fields> {
  const name = facts.kind === userKind ? 'groups' : facts.kind === groupKind ? 'users' : undefined;
  if (name === undefined || !Array.isArray(changed[name]) || !Array.isArray(was[name])) return changed;
  const before = new Set<Json>(was[name]);
  const after = new Set<Json>(changed[name]);
  const edges = [
    ...[...after].filter((one) => !before.has(one)).map((one) => ({ call: 'add_user', one })),
    ...[...before].filter((one) => !after.has(one)).map((one) => ({ call: 'remove_user', one })),
  ];
  if (edges.length > mostEdges) return changed;
  await sideBySide(edges, session.concurrency, async ({ call, one }) => {
    const [group, user] = facts.kind === userKind ? [one, id] : [id, one];
    const options = { body: { pk: user as Json }, repeatable: true };
    try {
      await session.limited(() => session.client.post(`/core/groups/${group}/${call}/`, options, signal));
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'missing')) throw error;
      // Either side may be missing; the own side is an error of its own.
      await atObject(session, facts, id, signal, (path) =>
        session.limited(() => session.client.get(path, {}, signal)),
      );
      if (call === 'add_user') throw danglingError(facts, was, name, facts.fields[name]!.reference!.to);
    }
  });
  const { [name]: _, ...rest } = changed;
  return rest;
}
