/**
 * What an SQL directory keeps of people: the tokens and authenticators that blueprints describe, its own audit events, and
 * invitations. Nobody signs in to it, so it has no sessions, and no mail or link leaves it.
 */
import { invitationKind, tokenKind, userKind } from '../../model/kind-names.js';
import { catalogue } from '../../model/kinds.js';
import type { Kind, LiveObject } from '../../model/model.js';
import type { Directory } from '../directory.js';
import { DirectoryError } from '../errors.js';
import type { OperationName, People, Person, PersonRecord, RecordKind } from '../people.js';
import type { Connection } from './connection.js';

const nobodySignsIn = 'nobody signs in to it';
const noPages = 'it has no login pages';

/** Why an SQL directory lacks something, after its name. */
const lacking: Partial<Record<OperationName | RecordKind, string>> = {
  session: `keeps no sessions: ${nobodySignsIn}`,
  consent: `keeps no consents: ${nobodySignsIn}`,
  'access-token': `keeps no access tokens: ${nobodySignsIn}`,
  'refresh-token': `keeps no refresh tokens: ${nobodySignsIn}`,
  'recovery-link': `makes no recovery links: ${noPages}; use \`set-password\``,
  'recovery-email': `sends no mail: ${noPages}; use \`set-password\``,
  'activation-link': `makes no activation links: ${noPages}; use \`activate\``,
  'activation-email': `sends no mail: ${noPages}; use \`activate\``,
  'expire-password': 'has no passwords that expire',
  'temporary-password': 'has no passwords that have to be changed; use `set-password`',
  'remove-password': 'has no call for that; use `deactivate`',
  unlock: 'locks nobody out',
  'reset-factors': 'has authenticators only where a blueprint describes them: use `authenticators reset`',
  'clear-sessions': `keeps no sessions: ${nobodySignsIn}`,
  'enrol-security-key': `enrols no security keys: ${noPages}`,
};

const devices = /^authentik_stages_authenticator_(\w+)\.\w+device$/;

/** What the directory on a connection does for people. */
export function sqlPeople(directory: Omit<Directory, 'people'>, connection: Connection): People {
  const lacks = (what: OperationName | RecordKind): string | undefined =>
    lacking[what] && `${connection.name} ${lacking[what]}`;
  const refuse = (what: OperationName | RecordKind): void => {
    const why = lacks(what);
    if (why !== undefined) throw new DirectoryError('unsupported', why);
  };
  const objects = async (kinds: readonly Kind[], field: string, { id }: Person, signal: AbortSignal) => {
    const found: LiveObject[] = [];
    for (const kind of kinds)
      for await (const one of directory.list(kind, { only: { field, values: [id] } }, signal))
        found.push(one);
    return found;
  };
  const tokens = (person: Person, signal: AbortSignal) => objects([tokenKind], 'user', person, signal);
  const authenticators = (person: Person, signal: AbortSignal) =>
    objects(
      [...catalogue().kinds.keys()].filter((kind) => devices.test(kind)),
      'user',
      person,
      signal,
    );
  const list = async (person: Person, of: RecordKind, signal: AbortSignal): Promise<PersonRecord[]> => {
    if (of === 'app-token') return (await tokens(person, signal)).map(tokenRecord);
    if (of === 'authenticator') return (await authenticators(person, signal)).map(deviceRecord);
    if (of === 'event') return eventsOf(connection, person);
    return (await objects([invitationKind], 'created_by', person, signal)).map(invitationRecord);
  };
  return {
    lacks,
    list: async (person, of, { limit }, signal) => {
      refuse(of);
      return (await list(person, of, signal)).slice(0, limit);
    },
    obstacles: async () => [],
    run: async (person, operation, signal) => {
      refuse(operation.name);
      if (operation.name !== 'end') throw new Error(`nothing is known of ${operation.name}`);
      const { of, ids } = operation;
      refuse(of);
      const held = of === 'app-token' ? await tokens(person, signal) : await authenticators(person, signal);
      const idOf = (one: LiveObject): string =>
        (of === 'app-token' ? tokenRecord(one) : deviceRecord(one)).id;
      const unknown = ids === 'all' ? undefined : ids.find((id) => !held.some((one) => idOf(one) === id));
      if (unknown !== undefined)
        throw new DirectoryError('missing', `user/${person.username} has no ${of} \`${unknown}\``, {
          uncertain: false,
        });
      const wanted = held.filter((one) => ids === 'all' || ids.includes(idOf(one)));
      await directory.transaction(async (within) => {
        for (const one of wanted) await within.delete(one.kind, one.id, signal);
      });
      return { ended: wanted.length, notes: [] };
    },
  };
}

function tokenRecord({ attributes, created }: LiveObject): PersonRecord {
  const { identifier, intent, description, expires, expiring } = attributes;
  return {
    of: 'app-token',
    id: String(identifier),
    what: [intent, description].filter((one) => one !== '' && one !== undefined).join(': '),
    when: created,
    expires: expiring === false ? null : typeof expires === 'string' ? expires : null,
    details: { intent: intent ?? null },
  };
}

function deviceRecord({ kind, id, attributes, created }: LiveObject): PersonRecord {
  const type = devices.exec(kind)![1]!;
  return {
    of: 'authenticator',
    id: `${type}/${id}`,
    what: `${type}: ${attributes.name}`,
    when: created,
    details: { type },
  };
}

function invitationRecord({ attributes, created }: LiveObject): PersonRecord {
  const { name, expires, single_use: once } = attributes;
  return {
    of: 'invitation',
    id: String(name),
    what: 'invitation',
    when: created,
    expires: typeof expires === 'string' ? expires : null,
    details: { singleUse: once ?? false },
  };
}

/** What was written to the person, newest first. The audit table does not tell by whom; `asbuilt history` does. */
async function eventsOf(connection: Connection, { id }: Person): Promise<PersonRecord[]> {
  const rows = await connection.all<[number, string, string, string, string]>(
    'SELECT number, at, action, name, fields FROM audit WHERE kind = ? AND id = ? ORDER BY number DESC',
    [userKind, String(id)],
  );
  return rows.map(([number, when, action, name, fields]) => ({
    of: 'event',
    id: String(number),
    what: `${action} ${name}`,
    when,
    details: { action, fields: JSON.parse(fields) },
  }));
}
