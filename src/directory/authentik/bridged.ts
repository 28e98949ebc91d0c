/** Attributes that blueprints set and REST does not: each by a call of its own, once the object is there. */
import { roleKind, userKind } from '../../model/kind-names.js';
import { type KindFacts, objectPermissions } from '../../model/kinds.js';
import type { Fields, Id, Json, LiveObject } from '../../model/model.js';
import type { Created } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { readGrants } from '../grants.js';
import { withPermission } from './account.js';
import { atObject } from './at-object.js';
import { isBridged } from './facts.js';
import { changeGlobal, changeGrants } from './permissions.js';
import type { Session } from './session.js';

/**
 * Writes the bridged attributes in `after` that differ from `before`. The object is there whatever happens; what could
 * not be written is told with the first error.
 */
export async function writeBridged(
  session: Session,
  facts: KindFacts,
  object: LiveObject,
  before: Fields,
  after: Fields,
  signal: AbortSignal,
): Promise<Created['unfinished']> {
  const left: string[] = [];
  let first: DirectoryError | undefined;
  for (const [name, value] of Object.entries(after)) {
    if (!isBridged(facts.kind, name)) continue;
    try {
      await writeOne(session, facts, object, name, before[name], value, signal);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      left.push(name);
      const need = { kind: facts.kind, verb: 'change', writes: [name] } as const;
      const { code, message, cause, uncertain, retryAfter } = withPermission(error, need) as DirectoryError;
      first ??= new DirectoryError(code, `\`${name}\`: ${message}`, {
        kind: facts.kind,
        id: object.id,
        field: name,
        cause,
        uncertain,
        retryAfter,
      });
    }
  }
  return first && { fields: left, error: first };
}

async function writeOne(
  session: Session,
  facts: KindFacts,
  object: LiveObject,
  name: string,
  before: Json | undefined,
  after: Json,
  signal: AbortSignal,
): Promise<void> {
  if (name === objectPermissions) {
    const [was, will] = [readGrants(before), readGrants(after)];
    return changeGrants(session, facts, object.id, was, will, signal);
  }
  if (name === 'permissions' && (facts.kind === roleKind || facts.kind === userKind)) {
    const list = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
    return changeGlobal(session, facts, object.id, list(before), list(after), signal);
  }
  const call = { password: 'set_password', password_hash: 'set_password_hash', key: 'set_key' }[name];
  if (call === undefined || typeof after !== 'string' || after === '') return;
  // Setting the same value again changes nothing, so a lost answer may be asked for again.
  const options = { body: { [name]: after }, secrets: [after], repeatable: true };
  await atObject(session, facts, object.id as Id, signal, (path) =>
    session.limited(() => session.client.post(`${path}${call}/`, options, signal)),
  );
}
