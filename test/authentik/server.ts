/**
 * A stand-in for an authentik server, on loopback and in memory, for tests of whatever speaks to its REST API. It answers with the
 * statuses, shapes and side effects of a real 2025.12.4 as recorded; `replay.test.ts` holds it to that. What it does not do is answered
 * with 501, so that no test passes by accident: blueprint imports and other calls that nobody here needs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Context, crash, Refusal } from './answers.js';
import { bootstrap } from './bootstrap.js';
import type { Json } from './json.js';
import { defaultVersion } from './releases.js';
import { route } from './routes.js';
import { createState, type Row, rowAt, rowOf, rowsOf, type State } from './state.js';

export interface AuthentikOptions {
  /** The release to be: `2025.12.4` unless said otherwise. Others lack or have what `releases.ts` says. */
  readonly version?: string;
  /** The setting `pagination_max_page_size`: 100. */
  readonly pageSizeMaximum?: number;
  /** Milliseconds that every answer waits. */
  readonly latency?: number;
  /** What the token's user may do, as `authentik_core.view_user`; a superuser unless given. */
  readonly permissions?: readonly string[];
  /** Whether the server can reach what sources name. True, unlike the recorded server. */
  readonly online?: boolean;
  readonly licensed?: boolean;
  /** A path below which all of authentik lies (`/auth`). */
  readonly prefix?: string;
  /** The server's clock: milliseconds since 1970. */
  readonly now?: () => number;
}

/** A request as it came in, and the status that it got. */
export interface RecordedRequest {
  readonly method: string;
  /** Below `/api/v3`, without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: Json | undefined;
  readonly contentType: string | undefined;
  status: number;
}

export interface Authentik {
  /** `http://127.0.0.1:1234`, with the prefix. */
  readonly url: string;
  /** A key that is valid for the API. */
  readonly token: string;
  readonly version: string;
  readonly state: State;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1, with what a fresh authentik has (`bootstrap.ts`). */
export async function startAuthentik(options: AuthentikOptions = {}): Promise<Authentik> {
  const version = options.version ?? defaultVersion;
  const state = createState(version, options.now ?? Date.now);
  const token = bootstrap(state, options);
  const requests: RecordedRequest[] = [];
  const prefix = options.prefix ?? '';
  const server = createServer((request, response) => {
    handle(request, response, { state, options, requests, prefix }).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The test server itself failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    token,
    version,
    state,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

interface Server {
  readonly state: State;
  readonly options: AuthentikOptions;
  readonly requests: RecordedRequest[];
  readonly prefix: string;
}

async function handle(request: IncomingMessage, response: ServerResponse, server: Server): Promise<void> {
  const { state, options } = server;
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const root = `${server.prefix}/api/v3`;
  const path = url.pathname.startsWith(root) ? url.pathname.slice(root.length) : undefined;
  const text = await readAll(request);
  const contentType = request.headers['content-type'];
  const parsed = parseBody(text, contentType);
  const recorded: RecordedRequest = {
    method,
    path: path ?? url.pathname,
    query: url.search.slice(1),
    body: 'body' in parsed ? parsed.body : undefined,
    contentType,
    status: 0,
  };
  server.requests.push(recorded);
  const before = path === undefined ? undefined : rowBefore(state, path);
  if (options.latency) await new Promise((resolve) => setTimeout(resolve, options.latency));
  const context: Omit<Context, 'user' | 'parameters'> = {
    state,
    method: method === 'HEAD' ? 'GET' : method,
    path: path ?? url.pathname,
    query: url.searchParams,
    body: 'body' in parsed ? parsed.body : undefined,
    before,
    origin: `http://${request.headers.host}`,
    options: { online: options.online ?? true, licensed: options.licensed ?? false },
  };
  const file = /^\/files\/([^/]+)\.csv$/.exec(url.pathname.slice(server.prefix.length))?.[1];
  const exported = file === undefined ? undefined : state.exports.get(file);
  if (exported && url.searchParams.get('token') === 'signed') {
    recorded.status = 200;
    response.writeHead(200, { 'content-type': 'text/csv' }).end(exported.text);
    return;
  }
  const { answer, allow } =
    path === undefined ? { answer: crash404(method), allow: 'GET, HEAD, OPTIONS' } : respond();
  recorded.status = answer.status;
  write(response, method, answer, allow);

  function respond(): { answer: Answer; allow: string } {
    try {
      return route(context, {
        user: userOf(state, request.headers.authorization),
        accept: request.headers.accept ?? '*/*',
        contentType: text === '' ? undefined : contentType,
        bodyError: 'error' in parsed ? parsed.error : undefined,
      });
    } catch (error) {
      if (error instanceof Refusal) return { answer: error.answer, allow: 'GET, POST, HEAD, OPTIONS' };
      throw error;
    }
  }
}

/** The object that a path names, and its values at this moment. */
function rowBefore(state: State, path: string): Context['before'] {
  const [, list, key] = /^(.*\/)([^/]+)\/$/.exec(path) ?? [];
  const kind = state.catalogue.byPath.get(list ?? '');
  const row = kind && rowAt(state, kind, decodeURIComponent(key ?? ''));
  return row && { row, values: row.values };
}

function crash404(method: string): Answer {
  return method === 'GET' || method === 'HEAD' ? { status: 404, html: '<!DOCTYPE html>' } : crash(method);
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function parseBody(text: string, contentType = ''): { body: Json | undefined } | { error: string } {
  if (text === '') return { body: undefined };
  if (!contentType.startsWith('application/json')) return { body: text };
  try {
    return { body: JSON.parse(text) as Json };
  } catch {
    return { error: 'JSON parse error - unexpected character: line 1 column 2 (char 1)' };
  }
}

/** Who sent a request: the user of its token, or why there is none. */
function userOf(state: State, authorization: string | undefined): Row | string {
  const key = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (key === undefined) return 'Authentication credentials were not provided.';
  const token = rowsOf(state, 'authentik_core.token').find(
    ({ values }) => values.key === key && values.intent === 'api',
  );
  const expired =
    token?.values.expiring === true && Date.parse(String(token.values.expires ?? '')) <= state.now();
  const user = rowOf(state, 'authentik_core.user', token?.values.user);
  return token && !expired && user?.values.is_active === true ? user : 'Token invalid/expired';
}

function write(response: ServerResponse, method: string, answer: Answer, allow: string): void {
  const { status, json, html } = answer;
  const body = json === undefined ? (html ?? '') : JSON.stringify(json);
  const type = json === undefined ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, {
    ...(json === undefined && html === undefined ? {} : { 'content-type': type }),
    allow: html === undefined ? allow : 'GET, HEAD, OPTIONS',
    'content-length': Buffer.byteLength(body),
    vary: 'Accept-Language, Cookie',
  });
  response.end(method === 'HEAD' ? undefined : body);
}
