/**
 * Compares an answer of the test server with a recorded one, value by value. Ids are mapped as they turn up; times, generated keys and
 * pictures are compared by their form.
 */
import { isObject, type Json, type JsonObject } from './json.js';
import type { Authentik } from './server.js';

/** What is known of how the recorded server's objects are called here. */
export interface Replay {
  readonly server: Authentik;
  /** Recorded ids by what they are ids of (`uuid`, `user`, `provider`, …), and ours for them. */
  readonly ids: Map<string, Map<string, string>>;
  readonly taken: Map<string, Set<string>>;
  /** Objects that the recording itself made, by `scope:id`, and the list that they were made at. */
  readonly made: Map<string, string>;
  readonly kept: Set<string>;
  /** The key of a token that the recording made, for requests in its name. */
  limitedKey: string | undefined;
}

export function startReplay(server: Authentik): Replay {
  return {
    server,
    ids: new Map(),
    taken: new Map(),
    made: new Map(),
    kept: new Set(),
    limitedKey: undefined,
  };
}

const idNames = [
  'pk',
  'brand_uuid',
  'pbm_uuid',
  'connector_uuid',
  'token_uuid',
  'license_uuid',
  'id',
  'user_pk',
];
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const uuidOnly = new RegExp(`^${uuid.source}$`);

/** What the numbers under a key count. */
export const numbered: Record<string, string> = {
  user: 'user',
  users: 'user',
  created_by: 'user',
  user_pk: 'user',
  provider: 'provider',
  providers: 'provider',
  backchannel_providers: 'provider',
  jwt_federation_providers: 'provider',
  permissions: 'permission',
  oidc_auth_providers: 'provider',
  num_pk: 'group number',
};

/** What the ids at a path count. */
export function scopeOf(path: string): string {
  if (path.startsWith('/core/users/')) return 'user';
  if (path.startsWith('/providers/')) return 'provider';
  if (path.startsWith('/rbac/permissions/') && !path.includes('assign')) return 'permission';
  return path.split('?')[0]!.split('/').slice(1, 4).join('/');
}

function scopeBelow(name: string, scope: string): string {
  if (name === 'user_obj' || name === 'users_obj' || name === 'created_by') return 'user';
  if (/provider(s)?_obj$/.test(name)) return 'provider';
  return name === 'permissions_obj' ? 'permission' : scope;
}

export function known(replay: Replay, scope: string, id: string): string | undefined {
  return replay.ids.get(scope)?.get(id);
}

/** Holds that a recorded id is called so here; false where either already stands for another. */
export function bind(replay: Replay, scope: string, recorded: string, ours: string): boolean {
  const own = known(replay, scope, recorded);
  if (own !== undefined) return own === ours;
  const taken = replay.taken.get(scope) ?? new Set();
  replay.taken.set(scope, taken);
  if (taken.has(ours)) return false;
  taken.add(ours);
  const ids = replay.ids.get(scope) ?? new Map<string, string>();
  replay.ids.set(scope, ids.set(recorded, ours));
  return true;
}

export function mapText(replay: Replay, text: string): string {
  return text
    .replace(uuid, (found) => known(replay, 'uuid', found) ?? found)
    .replace(/(?<=\/saml\/)\d+(?=\/)/, (found) => known(replay, 'provider', found) ?? found)
    .replace(/^[A-Za-z0-9]{40}$/, (found) => known(replay, 'generated', found) ?? found);
}

/** How two bodies differ, each difference with the path to it. */
export function compare(replay: Replay, recorded: Json, ours: Json, scope: string, at: string): string[] {
  const name = /([^./[\]]+)(\[\d*\])*$/.exec(at)?.[1] ?? '';
  if (name === 'autocomplete') return [];
  if (Array.isArray(recorded) && Array.isArray(ours)) return compareArrays(replay, recorded, ours, scope, at);
  if (isObject(recorded) && isObject(ours)) {
    const lost = Object.keys(recorded).filter((key) => !(key in ours));
    const extra = Object.keys(ours).filter((key) => !(key in recorded));
    return [
      ...lost.map((key) => `${at}.${key} is missing, was ${JSON.stringify(recorded[key])}`),
      ...extra.map((key) => `${at}.${key} is too much: ${JSON.stringify(ours[key])}`),
      ...Object.keys(recorded)
        .filter((key) => key in ours)
        .flatMap((key) =>
          compare(
            replay,
            recorded[key]!,
            ours[key]!,
            scopeBelow(key, scope),
            at === '' ? key : `${at}.${key}`,
          ),
        ),
    ];
  }
  return isSame(replay, recorded, ours, scope, name)
    ? []
    : [`${at} is ${JSON.stringify(ours)} instead of ${JSON.stringify(recorded)}`];
}

function isSame(replay: Replay, recorded: Json, ours: Json, scope: string, name: string): boolean {
  if (typeof recorded === 'number' && typeof ours === 'number') {
    const counted = name === 'pk' || name === 'id' ? scope : numbered[name];
    if (counted !== undefined) return bind(replay, counted, String(recorded), String(ours));
    return recorded === ours;
  }
  if (typeof recorded !== 'string' || typeof ours !== 'string') return recorded === ours;
  if (uuidOnly.test(recorded) && uuidOnly.test(ours)) return bind(replay, 'uuid', recorded, ours);
  if (/^\d+$/.test(recorded) && name === 'pk') {
    return ['user', 'provider'].some((counted) => known(replay, counted, recorded) === ours);
  }
  if (/^\d+$/.test(recorded) && name === 'id') return bind(replay, scope, recorded, ours);
  const mapped = mapText(replay, recorded).replace('http://127.0.0.1:9001', replay.server.url);
  if (name === 'client_id' && /^[A-Za-z0-9]{40}$/.test(recorded) && ours.length === 40) {
    return bind(replay, 'generated', recorded, ours);
  }
  return mapped === ours || hasSameForm(mapped, ours, name);
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;

/** Values that cannot be equal: made at random, or of the day of the recording. */
function hasSameForm(recorded: string, ours: string, name: string): boolean {
  if (time.test(recorded) && time.test(ours)) return /^(2026-11-2[89]|2027-11-2\d)/.test(recorded);
  if (/^fingerprint_/.test(name)) return recorded.length === ours.length;
  if (name === 'sentry_dsn') return true;
  if (name === 'pk') return /^[0-9a-f]{32}$/.test(recorded) && /^[0-9a-f]{32}$/.test(ours);
  if (name === 'avatar') return ours.startsWith('data:image/');
  if (name === 'uid' || name === 'user_uid') return /^[0-9a-f]{64}$/.test(ours);
  // What might be secret was masked in the recordings, messages about secrets too.
  if (/^[Xx0\s."'_-]+$/.test(recorded) && mask(ours) === recorded) return true;
  if (/^(client_id|client_secret|shared_secret|key|token)$/.test(name)) {
    const isGenerated = /^[A-Za-z0-9]{20,}$/.test(recorded);
    return isGenerated && /^[A-Za-z0-9]+$/.test(ours) && ours.length === recorded.length;
  }
  if (name === 'link') return recorded.replace(/=.*/, '') === ours.replace(/=.*/, '');
  if (recorded.startsWith('Token expires exceeds')) return mask(ours) === mask(recorded);
  return false;
}

function mask(text: string): string {
  return text.replace(/[a-z]/g, 'x').replace(/[A-Z]/g, 'X').replace(/\d/g, '0');
}

export function idOf(value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  const name = idNames.find((one) => value[one] !== undefined);
  return name === undefined ? undefined : String(value[name]);
}

function isReference(value: Json, name: string): boolean {
  if (typeof value === 'string') return uuidOnly.test(value);
  return typeof value === 'number' ? numbered[name] !== undefined : idOf(value) !== undefined;
}

/** Lists of references come in no order; others must agree place by place. */
function compareArrays(replay: Replay, recorded: Json[], ours: Json[], scope: string, at: string): string[] {
  const name = /([^./[\]]+)$/.exec(at)?.[1] ?? '';
  if (recorded.length !== ours.length) {
    return [
      `${at} has ${ours.length} elements instead of ${recorded.length}: ${JSON.stringify(ours).slice(0, 200)}`,
    ];
  }
  const left = [...ours];
  const pairs: [Json, Json][] = [];
  const unknown: Json[] = [];
  for (const one of recorded) {
    const index = isReference(one, name) ? left.findIndex((other) => stands(one, other)) : -1;
    if (index < 0) unknown.push(one);
    else pairs.push([one, left.splice(index, 1)[0]!]);
  }
  if (name === 'system_permissions') return compareSets(recorded as string[], ours as string[], at);
  // Of several unknown references nobody can tell which is which.
  if (unknown.length > 1 && unknown.every((one) => typeof one === 'string' && uuidOnly.test(one)))
    unknown.length = 0;
  for (const one of unknown) {
    const twin = left.findIndex((other) => isObject(one) && isObject(other) && sameName(one, other));
    pairs.push([one, left.splice(Math.max(twin, 0), 1)[0]!]);
  }
  return pairs.flatMap(([one, other], index) => compare(replay, one, other, scope, `${at}[${index}]`));

  function stands(one: Json, other: Json): boolean {
    const id = idOf(one) ?? String(one);
    const counted = isObject(one)
      ? scopeOfId(one, scope)
      : typeof one === 'number'
        ? numbered[name]!
        : 'uuid';
    const own = known(replay, counted, id);
    return own !== undefined && own === (idOf(other) ?? String(other));
  }
}

function compareSets(recorded: string[], ours: string[], at: string): string[] {
  const [one, other] = [[...recorded].sort().join(), [...ours].sort().join()];
  return one === other ? [] : [`${at} is ${other} instead of ${one}`];
}

export function scopeOfId(value: JsonObject, scope: string): string {
  return uuidOnly.test(idOf(value) ?? '') ? 'uuid' : scope;
}

export function sameName(one: JsonObject, other: JsonObject): boolean {
  const keys = ['slug', 'domain', 'username', 'identifier', 'codename', 'uid', 'name'];
  const key = keys.find((name) => one[name] !== undefined);
  return key !== undefined && one[key] === other[key] && one.model === other.model;
}

export function compareKeys(one: JsonObject, other: JsonObject, at: string): string[] {
  const lost = Object.keys(one).filter((key) => !(key in other));
  const extra = Object.keys(other).filter((key) => !(key in one));
  return [
    ...lost.map((key) => `${at}.${key} is missing, was ${JSON.stringify(one[key])}`),
    ...extra.map((key) => `${at}.${key} is too much: ${JSON.stringify(other[key])}`),
  ];
}
