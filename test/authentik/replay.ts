/**
 * Sends recorded requests to the test server and compares what it answers with what a real authentik answered: statuses, and bodies value
 * by value. Ids are mapped as they turn up. Times, generated keys and pictures are compared by their form, and lists, which on the real
 * server held more than the recording made, by the objects that are known.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isObject, type Json, type JsonObject } from './json.js';
import {
  bind,
  compare,
  compareKeys,
  idOf,
  known,
  mapText,
  numbered,
  type Replay,
  sameName,
  scopeOf,
  scopeOfId,
} from './replay-compare.js';
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

function learn(replay: Replay, one: JsonObject, twin: JsonObject, scope: string): void {
  const [id, own] = [idOf(one), idOf(twin)];
  if (id !== undefined && own !== undefined) bind(replay, scopeOfId(one, scope), id, own);
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
