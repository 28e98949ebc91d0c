/** What authentik keeps of people and does for them, over its REST API. */
import { DirectoryError } from '../errors.js';
import type { Operation, OperationName, People, Person, RecordKind, Result } from '../people.js';
import { endRecords, personRecords } from './people-records.js';
import { recover, recoveryFlowOf, recoveryObstacles } from './people-recovery.js';
import type { Session } from './session.js';

/** Why authentik does not have an operation; what to use in its place. Source: its REST API of 2025.12 to 2026.8. */
const lacking: Partial<Record<OperationName | RecordKind, string>> = {
  'activation-link':
    'authentik activates at once and mails nothing: use `activate`, and `recovery-link` for a first password',
  'activation-email':
    'authentik activates at once and mails nothing: use `activate`, and `recovery-email` for a first password',
  'expire-password':
    'authentik cannot make a password expire; bind a password expiry policy to the login flow',
  'temporary-password': 'authentik makes up no passwords: use `recovery-link`, or `set-password`',
  'remove-password': 'authentik’s REST API cannot take a password away: use `deactivate`',
  unlock: 'authentik locks nobody out after wrong passwords; reputation falls off by itself',
  'reset-factors': 'authentik calls them authenticators: use `authenticators reset`',
  'clear-sessions': 'authentik lists sessions and tokens: use `sessions end` and `tokens revoke`',
  'enrol-security-key': 'authentik enrols security keys in the browser of their owner only',
};

/** What the server behind a session does for people. `isSuperuser`: is whoever the token belongs to? */
export function authentikPeople(session: Session, isSuperuser: boolean): People {
  const lacks = (what: OperationName | RecordKind): string | undefined => lacking[what];
  const list: People['list'] = (person, of, { limit }, signal) =>
    personRecords(session, person, of, limit, isSuperuser, signal);
  return {
    lacks,
    list,
    recoveryFlow: (signal) => recoveryFlowOf(session, signal),
    obstacles: async (person, operation, signal) =>
      operation.name === 'recovery-link' || operation.name === 'recovery-email'
        ? recoveryObstacles(session, person, operation, signal)
        : [],
    run: async (person, operation, signal) => {
      const why = lacks(operation.name);
      if (why !== undefined) throw new DirectoryError('unsupported', why);
      if (operation.name === 'recovery-link' || operation.name === 'recovery-email')
        return recover(session, person, operation, isSuperuser, signal);
      if (operation.name === 'end') return end(session, person, operation, list, signal);
      throw new Error(`nothing is known of ${operation.name}`);
    },
  };
}

/** Ends those that the person really has, so that an id of somebody else ends nothing. */
async function end(
  session: Session,
  person: Person,
  { of, ids }: Extract<Operation, { name: 'end' }>,
  list: People['list'],
  signal: AbortSignal,
): Promise<Result> {
  const there = (await list(person, of, {}, signal)).map((one) => one.id);
  const unknown = ids === 'all' ? undefined : ids.find((id) => !there.includes(id));
  if (unknown !== undefined)
    throw new DirectoryError('missing', `user/${person.username} has no ${of} \`${unknown}\``, {
      uncertain: false,
    });
  const wanted = ids === 'all' ? there : ids;
  await endRecords(session, of, wanted, signal);
  return { ended: wanted.length, notes: [] };
}
