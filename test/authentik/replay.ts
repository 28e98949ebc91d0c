/**
 * Sends recorded requests to the test server and compares what it answers with what a real authentik answered: statuses, and bodies value
 * by value. Ids are mapped as they turn up. Times, generated keys and pictures are compared by their form, and lists, which on the real
 * server held more than the recording made, by the objects that are known.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isObject, type Json, type JsonObject } from './json.js';
import type { Authentik } from './server.js';
import { deleteRow } from './state.js';

export interface Exchange {
  readonly file: string;
  /** The place in the file, from 1. */
  readonly number: number;
  readonly note: string;
  readonly method: string;
  readonly path: string;
  readonly request: Json;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly response: Json;
}

/** Beside the repository, unless the environment names another place. */
const beside = fileURLToPath(new URL('../../../shared/recordings/authentik-2025.12', import.meta.url));
const folder = process.env.AUTHENTIK_RECORDINGS ?? beside;

/** All exchanges in the order in which they can be replayed, or undefined where the recordings are not there. */
export function recordedExchanges(): Exchange[] | undefined {
  if (!existsSync(folder)) return undefined;
  const specials = [
    'users',
    'groups',
    'flows',
    'blueprints',
    'admin',
    'applications',
    'roles',
    'tokens',
    'more',
  ];
  const names = readdirSync(folder)
    .filter((name) => name.startsWith('authentik_'))
    .sort();
  const files = ['_fixtures', ...names.map((name) => name.replace(/\.jsonl$/, ''))];
  files.push(...specials.map((name) => `special.${name}`), 'special.blueprints2');
  return files.flatMap((file) => {
    // One line of the recordings begins with a hole of zero bytes.
    const lines = readFileSync(`${folder}/${file}.jsonl`, 'utf8').replaceAll('\0', '').split('\n');
    const exchanges = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Exchange);
    return exchanges.map((exchange, index) => ({ ...exchange, file, number: index + 1 }));
  });
}

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

/** Bodies that were no JSON objects, which the recordings do not hold; by note. */
const rawBodies: Record<string, { readonly type?: string; readonly body: string }> = {
  'bad json': { type: 'application/json', body: '{not json' },
  'form encoded': { type: 'application/x-www-form-urlencoded', body: 'name=x' },
  'no content type': { type: 'text/plain', body: 'x' },
  'json list body': { type: 'application/json', body: '[]' },
  'duplicate json keys': { type: 'application/json', body: '{"name": "a1-904216", "name": "a2-904216"}' },
};

/** Replays everything; each exchange that differs comes with how, by `file/number`. */
export async function replayAll(
  replay: Replay,
  exchanges: readonly Exchange[],
): Promise<Map<string, string[]>> {
  const differences = new Map<string, string[]>();
  let file = exchanges[0]?.file ?? '';
  for (const exchange of exchanges) {
    if (exchange.file !== file) {
      if (file === '_fixtures') keepAll(replay);
      cleanUp(replay, file);
      file = exchange.file;
    }
    const found = await replayExchange(replay, exchange);
    if (found.length > 0) differences.set(`${exchange.file}/${exchange.number}`, found);
  }
  return differences;
}

/** Sends one recorded request, and says how the answer differs from the recorded one. */
async function replayExchange(replay: Replay, exchange: Exchange): Promise<string[]> {
  const { method, note } = exchange;
  const { url } = replay.server;
  const raw = rawBodies[note];
  const request = mapRequest(replay, exchange);
  const type = raw ? raw.type : request === undefined ? undefined : 'application/json';
  const response = await fetch(`${url}/api/v3${mapPath(replay, exchange.path)}`, {
    method,
    headers: {
      ...authorization(replay, exchange),
      ...(type ? { 'content-type': type } : {}),
      ...acceptOf(note),
    },
    body: raw ? raw.body : request === undefined ? undefined : JSON.stringify(request),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  const ours: Json = isJson && text !== '' ? (JSON.parse(text) as Json) : text;
  if (note === 'set_key' && response.status === 204) {
    replay.limitedKey = (exchange.request as { key: string }).key;
  }
  if (response.status !== exchange.status) {
    return [`status ${response.status} instead of ${exchange.status}: ${text.slice(0, 300)}`];
  }
  const recordedType = (exchange.headers['content-type'] ?? '').split(';')[0];
  const ownType = (response.headers.get('content-type') ?? '').split(';')[0];
  if (recordedType !== ownType) return [`content type ${ownType} instead of ${recordedType}`];
  if (recordedType !== 'application/json') return [];
  noteMade(replay, exchange);
  if (note === 'used_by' || note.endsWith(' used_by')) {
    const others = (exchange.response as JsonObject[]).filter(({ app }) => !/_tasks/.test(String(app)));
    return compare(replay, others, ours, scopeOf(exchange.path), '');
  }
  if (isList(exchange.response)) return compareLists(replay, exchange, ours as JsonObject);
  return compare(replay, exchange.response, ours, scopeOf(exchange.path), '');
}

/**
 * Deletes what the exchanges of one kind left behind: the recorder did so too, and did not record it.
 */
function cleanUp(replay: Replay, file: string): void {
  if (!file.startsWith('authentik_')) return;
  const { server } = replay;
  const ids = [...replay.made]
    .filter(([, path]) => path !== '')
    .map(([id]) => id.split(':') as [string, string]);
  for (const [scope, id] of ids) {
    if (replay.kept.has(`${scope}:${id}`)) continue;
    const own = known(replay, scope, id);
    for (const table of server.state.tables.values()) {
      const row = own === undefined ? undefined : table.get(own);
      if (row && replay.made.get(`${scope}:${id}`)?.startsWith(row.kind.path)) deleteRow(server.state, row);
    }
    replay.made.delete(`${scope}:${id}`);
  }
}

/** Keeps what was made until now from being cleaned up: fixtures. */
function keepAll(replay: Replay): void {
  for (const id of replay.made.keys()) replay.kept.add(id);
}

function authorization(replay: Replay, { note }: Exchange): Record<string, string> {
  if (note === 'no token') return {};
  if (note === 'basic') return { authorization: 'Basic YTpi' };
  if (note.startsWith('bad token')) return { authorization: 'Bearer nope' };
  const isLimited = note.startsWith('limited:') || note === 'inactive user token';
  const key = isLimited ? (replay.limitedKey ?? 'nope') : replay.server.token;
  return { authorization: `Bearer ${key}` };
}

function acceptOf(note: string): Record<string, string> {
  return note === 'Accept text/html' ? { accept: 'text/html' } : {};
}

function noteMade(replay: Replay, { status, response, method, path }: Exchange): void {
  const isMade = status === 201 || (status === 200 && method === 'POST');
  if (!isMade || !isObject(response)) return;
  const id = idOf(response);
  if (id !== undefined) replay.made.set(`${scopeOfId(response, scopeOf(path))}:${id}`, path);
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
const numbered: Record<string, string> = {
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
function scopeOf(path: string): string {
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

function known(replay: Replay, scope: string, id: string): string | undefined {
  return replay.ids.get(scope)?.get(id);
}

/** Holds that a recorded id is called so here; false where either already stands for another. */
function bind(replay: Replay, scope: string, recorded: string, ours: string): boolean {
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

function mapText(replay: Replay, text: string): string {
  return text
    .replace(uuid, (found) => known(replay, 'uuid', found) ?? found)
    .replace(/(?<=\/saml\/)\d+(?=\/)/, (found) => known(replay, 'provider', found) ?? found)
    .replace(/^[A-Za-z0-9]{40}$/, (found) => known(replay, 'generated', found) ?? found);
}

function mapPath(replay: Replay, path: string): string {
  const [own, query] = path.split('?') as [string, string?];
  const scope = scopeOf(path);
  const mapped = own
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? (known(replay, scope, part) ?? part) : mapText(replay, part)))
    .join('/');
  if (query === undefined) return mapped;
  const parameters = query.split('&').map((parameter) => {
    const [name = '', value = ''] = parameter.split(/=(.*)/s);
    const number = /^\d+$/.test(value) && numbered[name] ? known(replay, numbered[name], value) : undefined;
    return `${name}=${number ?? mapText(replay, value)}`;
  });
  return `${mapped}?${parameters.join('&')}`;
}

function mapRequest(replay: Replay, { request, path }: Exchange): Json | undefined {
  if (request === null) return undefined;
  const isMembership = /\/(add|remove)_user\/$/.test(path);
  const hasProviders = !path.startsWith('/stages/');
  return mapValue(replay, request, isMembership ? 'pk' : '');

  function mapValue(replay: Replay, value: Json, key: string): Json {
    if (Array.isArray(value)) return value.map((one) => mapValue(replay, one, key));
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, mapValue(replay, one, name)]),
      );
    }
    if (typeof value === 'string') return mapText(replay, value);
    const scope = key === 'pk' ? 'user' : numbered[key];
    if (typeof value !== 'number' || scope === undefined || (scope === 'provider' && !hasProviders))
      return value;
    return Number(known(replay, scope, String(value)) ?? value);
  }
}

function isList(response: Json): boolean {
  return isObject(response) && isObject(response.pagination) && Array.isArray(response.results);
}

/** How two bodies differ, each difference with the path to it. */
function compare(replay: Replay, recorded: Json, ours: Json, scope: string, at: string): string[] {
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

function idOf(value: Json): string | undefined {
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

function scopeOfId(value: JsonObject, scope: string): string {
  return uuidOnly.test(idOf(value) ?? '') ? 'uuid' : scope;
}

/** Compares the known objects of a list, and the whole of it when all of them are known. */
async function compareLists(replay: Replay, exchange: Exchange, ours: JsonObject): Promise<string[]> {
  const recorded = exchange.response as JsonObject;
  const scope = scopeOf(exchange.path);
  const results = recorded.results as JsonObject[];
  const pagination = recorded.pagination as JsonObject;
  const isMade = (one: JsonObject) => replay.made.has(`${scopeOfId(one, scope)}:${idOf(one)}`);
  const problems = compareKeys(recorded, ours, '').concat(
    compareKeys(pagination, ours.pagination as JsonObject, 'pagination'),
  );
  if (results.every(isMade) && pagination.count === results.length) {
    return [...problems, ...compare(replay, recorded, ours, scope, '')];
  }
  const all = await allResults(replay, exchange);
  for (const one of results) {
    const id = idOf(one) ?? '';
    const own = known(replay, scopeOfId(one, scope), id);
    const mine = all.find((other) => own !== undefined && idOf(other) === own);
    if (isMade(one)) {
      if (mine) problems.push(...compare(replay, one, mine, scope, 'results[]'));
      else problems.push(`${id} is not listed: ${JSON.stringify(one).slice(0, 120)}`);
    } else {
      // It was there before the recording; what can be compared is how such an object looks, and which it is if we have it too.
      const twin = all.find((other) => sameName(one, other));
      if (twin) learn(replay, one, twin, scope);
      const model = twin ?? all.find((other) => other.meta_model_name === one.meta_model_name);
      if (model) problems.push(...compareKeys(one, model, 'results[]'));
    }
  }
  return problems;
}

function sameName(one: JsonObject, other: JsonObject): boolean {
  const keys = ['slug', 'domain', 'username', 'identifier', 'codename', 'uid', 'name'];
  const key = keys.find((name) => one[name] !== undefined);
  return key !== undefined && one[key] === other[key] && one.model === other.model;
}

function learn(replay: Replay, one: JsonObject, twin: JsonObject, scope: string): void {
  const [id, own] = [idOf(one), idOf(twin)];
  if (id !== undefined && own !== undefined) bind(replay, scopeOfId(one, scope), id, own);
}

function compareKeys(one: JsonObject, other: JsonObject, at: string): string[] {
  const lost = Object.keys(one).filter((key) => !(key in other));
  const extra = Object.keys(other).filter((key) => !(key in one));
  return [
    ...lost.map((key) => `${at}.${key} is missing, was ${JSON.stringify(one[key])}`),
    ...extra.map((key) => `${at}.${key} is too much: ${JSON.stringify(other[key])}`),
  ];
}

/** Everything that our server lists for the same filters. */
async function allResults(replay: Replay, { path, note, file }: Exchange): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  const [own, query = ''] = mapPath(replay, path).split('?') as [string, string?];
  const parameters = new URLSearchParams(query);
  parameters.set('page_size', '100');
  for (let page = 1; page > 0; ) {
    parameters.set('page', String(page));
    const headers = authorization(replay, { note, file } as Exchange);
    const response = await fetch(`${replay.server.url}/api/v3${own}?${parameters}`, { headers });
    const body = (await response.json()) as { results: JsonObject[]; pagination: { next: number } };
    found.push(...body.results);
    page = body.pagination.next;
  }
  return found;
}

/** Makes what the recorded server already held when the recording began, as far as it matters. */
export async function prepare({ server }: Replay): Promise<void> {
  server.state.settings.reputation_upper_limit = 6;
  const body = { name: 'earlier', slug: 'earlier', realm: 'X.TEST', enabled: false };
  const response = await fetch(`${server.url}/api/v3/sources/kerberos/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`the source was not made: ${await response.text()}`);
}
