/** Calls the URL of one object, which ends with its id or with a slug that may change. */
import { type KindFacts, objectPermissions } from '../../model/kinds.js';
import type { Id } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import { listPath, lookupField, singletonId } from './facts.js';
import { listKind } from './read.js';
import type { Session } from './session.js';

/**
 * Calls an object's own URL. Where that ends with a slug that somebody changed, the list tells the one it has now.
 * Throws DirectoryError `missing` when the object is not there.
 */
export async function atObject<T>(
  session: Session,
  facts: KindFacts,
  id: Id,
  signal: AbortSignal,
  call: (path: string) => Promise<T>,
): Promise<T> {
  const list = listPath(facts);
  if (facts.singleton) {
    if (id === singletonId) return call(list);
    throw new DirectoryError('missing', `${facts.name}: there is none with this id`, {
      kind: facts.kind,
      id,
    });
  }
  if (lookupField(facts) === undefined) return call(`${list}${encodeURIComponent(String(id))}/`);
  const known = session.lookups.get(facts.kind)?.get(id);
  if (known !== undefined) {
    try {
      return await call(`${list}${encodeURIComponent(known)}/`);
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'missing')) throw error;
    }
  }
  session.lookups.delete(facts.kind);
  await listKind(session, facts, { without: new Set([objectPermissions]) }, signal);
  const now = session.lookups.get(facts.kind)?.get(id);
  if (now !== undefined && now !== known) return call(`${list}${encodeURIComponent(now)}/`);
  throw new DirectoryError('missing', `${facts.name}: it is not there any more`, { kind: facts.kind, id });
}
