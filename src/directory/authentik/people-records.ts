/**
 * What authentik keeps of a person: sessions, consents, tokens, authenticators, events and invitations, each from its own
 * list. Fields and filters: authentik 2025.12.4, `core/api/authenticated_sessions.py`, `providers/oauth2/api/tokens.py`,
 * `core/api/devices.py`, `core/api/tokens.py`, `events/api/events.py`, `stages/consent/api.py`, `stages/invitation/api.py`.
 */
import type { Fields, Json } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import type { Person, PersonRecord, RecordKind } from '../people.js';
import type { Query } from './client.js';
import { readAll } from './pages.js';
import { bodyOf, type Session } from './session.js';

/** How a record is listed, what it becomes, and where one is ended. */
interface Source {
  readonly path: string;
  readonly query: (person: Person) => Query;
  readonly idOf: (row: Fields) => string;
  readonly record: (row: Fields) => Omit<PersonRecord, 'of' | 'id'>;
  /** The path of one, for a DELETE; absent where none is ended here. */
  readonly one?: (id: string) => string;
  /** Everyone but a superuser is shown only their own. */
  readonly superusersOnly?: boolean;
}

const byPk = (row: Fields): string => String(row.pk);
const byUser = ({ id }: Person): Query => ({ user: id });

const oauth = (path: string): Source => ({
  path,
  query: byUser,
  idOf: byPk,
  superusersOnly: true,
  one: (id) => `${path}${id}/`,
  record: ({ provider, scope, expires, revoked, is_expired: isExpired }) => ({
    what:
      textAt(provider, 'assigned_application_name') ?? textAt(provider, 'name') ?? 'a provider that is gone',
    expires: textOr(expires, null),
    details: {
      provider: textAt(provider, 'name') ?? null,
      scope: scope ?? [],
      revoked: revoked ?? false,
      expired: isExpired ?? false,
    },
  }),
});

const sources: Readonly<Record<RecordKind, Source>> = {
  session: {
    path: '/core/authenticated_sessions/',
    query: ({ username }) => ({ user__username: username }),
    idOf: ({ uuid }) => String(uuid),
    one: (id) => `/core/authenticated_sessions/${id}/`,
    record: ({ user_agent: agent, geo_ip: place, asn, ...row }) => ({
      what: browserOf(agent),
      lastUsed: textOr(row.last_used, undefined),
      from: textOr(row.last_ip, undefined),
      expires: textOr(row.expires, null),
      current: row.current === true,
      details: {
        place: placeOf(place),
        network: textAt(asn, 'as_org') ?? null,
        agent: row.last_user_agent ?? null,
      },
    }),
  },
  consent: {
    path: '/core/user_consent/',
    query: byUser,
    idOf: byPk,
    one: (id) => `/core/user_consent/${id}/`,
    record: ({ application, permissions, expires, expiring }) => ({
      what: textAt(application, 'name') ?? 'an application that is gone',
      expires: expiring === false ? null : textOr(expires, null),
      details: { application: textAt(application, 'slug') ?? null, permissions: permissions ?? '' },
    }),
  },
  'access-token': oauth('/oauth2/access_tokens/'),
  'refresh-token': oauth('/oauth2/refresh_tokens/'),
  'app-token': {
    path: '/core/tokens/',
    query: ({ username }) => ({ user__username: username }),
    idOf: ({ identifier }) => String(identifier),
    superusersOnly: true,
    one: (id) => `/core/tokens/${encodeURIComponent(id)}/`,
    record: ({ intent, description, managed, expires, expiring }) => ({
      what: [intents[String(intent)] ?? String(intent), description].filter((one) => one !== '').join(': '),
      expires: expiring === false ? null : textOr(expires, null),
      details: { intent: intent ?? null, managed: managed ?? null },
    }),
  },
  authenticator: {
    path: '/authenticators/admin/all/',
    query: byUser,
    idOf: (row) => `${deviceType(row)}/${row.pk}`,
    one: (id) => `/authenticators/admin/${id}/`,
    record: ({ name, confirmed, created, last_used: used, extra_description: extra, ...row }) => ({
      what: `${deviceType(row)}: ${name}`,
      when: textOr(created, undefined),
      lastUsed: textOr(used, undefined),
      details: { type: deviceType(row), confirmed: confirmed ?? null, description: extra ?? null },
    }),
  },
  event: {
    path: '/events/events/',
    query: ({ username }) => ({ username, ordering: '-created' }),
    idOf: byPk,
    record: ({ action, created, client_ip: ip, app, user, context }) => ({
      what: [String(action), modelIn(context)].filter((one) => one !== '').join(' '),
      when: textOr(created, undefined),
      from: textOr(ip, undefined),
      details: {
        action: action ?? null,
        app: app ?? null,
        by: textAt(user, 'username') ?? null,
        ...(textAt(user, 'on_behalf_of') === undefined ? {} : { onBehalfOf: textAt(user, 'on_behalf_of')! }),
        ...(textAt(context, 'reason') === undefined ? {} : { reason: textAt(context, 'reason')! }),
      },
    }),
  },
  invitation: {
    path: '/stages/invitation/invitations/',
    query: ({ username }) => ({ created_by__username: username }),
    // The pk is the link.
    idOf: ({ name }) => String(name),
    record: ({ expires, single_use: once, flow_obj: flow }) => ({
      what: textAt(flow, 'slug') === undefined ? 'no flow' : `flow/${textAt(flow, 'slug')}`,
      expires: textOr(expires, null),
      details: { singleUse: once ?? false },
    }),
  },
};

/** What a token of the core is for (`core/models.py`, TokenIntents). */
const intents: Readonly<Record<string, string>> = {
  api: 'API token',
  app_password: 'app password',
  recovery: 'recovery key',
  verification: 'link of a flow',
};

/** What authentik keeps of a person, newest first; ended ones are left out. */
export async function personRecords(
  session: Session,
  person: Person,
  of: RecordKind,
  limit: number | undefined,
  isSuperuser: boolean,
  signal: AbortSignal,
): Promise<readonly PersonRecord[]> {
  const source = sources[of];
  if (source.superusersOnly && !isSuperuser)
    throw new DirectoryError(
      'denied',
      `authentik shows the ${of}s of other people to superusers only, whatever permissions a role gives (GET ${source.path})`,
    );
  const rows =
    of === 'event'
      ? await newestEvents(session, source, person, limit, signal)
      : await readAll(session, source.path, source.query(person), signal, source.idOf);
  const now = session.client.now().getTime();
  const records = rows
    .map((row): PersonRecord => ({ of, id: source.idOf(row), ...source.record(row) }))
    .filter((one) => of === 'event' || typeof one.expires !== 'string' || Date.parse(one.expires) > now);
  const time = (one: PersonRecord): string => one.lastUsed ?? one.when ?? one.expires ?? '';
  if (of !== 'event') records.sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
  return limit === undefined ? records : records.slice(0, limit);
}

/** Events come newest first, so that a few need one page only. */
async function newestEvents(
  session: Session,
  { path, query }: Source,
  person: Person,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<Fields[]> {
  const rows: Fields[] = [];
  for (let page = 1; limit === undefined || rows.length < limit; page++) {
    const asked = { ...query(person), page_size: Math.min(limit ?? 100, 100), page };
    const answer = await session.limited(() =>
      session.client.get(path, { query: asked, expect: [404] }, signal),
    );
    if (answer.status === 404) break;
    const { results = [], pagination } = bodyOf(answer) as {
      results?: Fields[];
      pagination?: { next?: number };
    };
    rows.push(...results);
    if (!pagination?.next) break;
  }
  return rows;
}

/** Ends records, each by a DELETE; one that is not there any more counts as ended. */
export async function endRecords(
  session: Session,
  of: RecordKind,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { one } = sources[of];
  if (!one) throw new Error(`${of} cannot be ended`);
  await Promise.all(
    ids.map((id) => session.limited(() => session.client.delete(one(id), { expect: [404] }, signal))),
  );
}

/** `authentik_stages_authenticator_totp.TOTPDevice` is `totp`, which is also the word in its path. */
function deviceType({ type }: Fields): string {
  const label = String(type);
  return /^authentik_stages_authenticator_(\w+?)(?:_gdtc)?\./.exec(label)?.[1] ?? label;
}

function browserOf(agent: Json | undefined): string {
  const browser = textAt(part(agent, 'user_agent'), 'family') ?? 'Other';
  const system = textAt(part(agent, 'os'), 'family') ?? 'Other';
  return `${browser === 'Other' ? 'a program' : browser}${system === 'Other' ? '' : ` on ${system}`}`;
}

function placeOf(place: Json | undefined): string | null {
  const parts = [textAt(place, 'city'), textAt(place, 'country')].filter(
    (one) => one !== undefined && one !== '',
  );
  return parts.length > 0 ? parts.join(', ') : null;
}

/** What an event is about: `user ada`. */
function modelIn(context: Json | undefined): string {
  const model = part(context, 'model');
  const name = textAt(model, 'name') ?? textAt(part(context, 'authorized_application'), 'name');
  return [textAt(model, 'model_name'), name].filter((one) => one !== undefined).join(' ');
}

function part(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function textAt(value: Json | undefined, name: string): string | undefined {
  const found = part(value, name);
  return typeof found === 'string'
    ? found
    : typeof found === 'object'
      ? textAt(found, 'username')
      : undefined;
}

function textOr<T>(value: Json | undefined, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}
