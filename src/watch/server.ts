/** The HTTP port of a watch: health, readiness, metrics, and for authorized clients `/status` and `/reconcile`. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../report/log.js';
import { safeJson, visible } from '../report/terminal.js';
import type { Metrics } from './metrics.js';
import { type Access, accessFor } from './server-access.js';
import { makeRoom } from './server-connections.js';
import { listenFailure, parseListen } from './server-listen.js';
import type { RunReport, WatchState } from './state.js';

export interface ServerOptions {
  /** `port`, `:port`, `host:port` or `[IPv6]:port`; loopback where no host is written, port 0 for a free one. */
  readonly listen: string;
  /** Opens `/status` and `/reconcile` to whoever has it, and to nobody else; without it loopback may. */
  readonly token?: string;
  readonly state: () => WatchState;
  /** Does the loop live? */
  readonly healthy: () => boolean;
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>;
  /** Runs now; gives the report of a run that began after the call, or undefined when there was none. */
  readonly reconcile: () => Promise<RunReport | undefined>;
  /** Closes the server. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** A port that is open. */
export interface WatchServer {
  /** The IP address it listens on. */
  readonly address: string;
  readonly port: number;
  /** `http://127.0.0.1:9464`. */
  readonly url: string;
  /** Answers what is under way, for at most half a second, and ends every connection. */
  close(): Promise<void>;
}

/** What is answered; the text ends with a line break. */
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const most = { headersMs: 5_000, requestMs: 10_000, idleMs: 5_000, headerBytes: 8_192, bodyBytes: 65_536 };
/** How long `close` lets answers under way go on, in milliseconds. */
const graceMs = 500;
/** How long `POST /reconcile?wait` waits where nothing is said, and at most, in seconds. */
const longestWait = 600;
const plainText = 'text/plain; charset=utf-8';

/** Opens the port. Throws ServerError for a bad `listen` or token and where the system refuses. */
export async function startServer(options: ServerOptions): Promise<WatchServer> {
  const { listen, log, signal } = options;
  signal.throwIfAborted();
  const wanted = parseListen(listen);
  const access = accessFor(options.token, wanted.host);
  const ending = new AbortController();
  const server = createServer(
    {
      headersTimeout: most.headersMs,
      requestTimeout: most.requestMs,
      keepAliveTimeout: most.idleMs,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: most.headerBytes,
    },
    (request, response) => {
      answerTo(request, options, access, ending.signal)
        .catch((error: unknown): Answer => {
          log.warn({ reason: reasonOf(error) }, 'an HTTP request could not be answered');
          return { status: 500, text: 'failed: the log says why\n' };
        })
        .then((answer) => send(request, response, answer, ending.signal.aborted));
    },
  );
  makeRoom(server);
  await opened(server, wanted, listen);
  server.on('error', (error) => log.warn({ reason: reasonOf(error) }, 'the HTTP port has a problem'));
  const { address, port, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  log.info({ url }, 'listening');

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    signal.removeEventListener('abort', close);
    ending.abort();
    closed ??= closeWithin(server, graceMs);
    return closed;
  };
  signal.addEventListener('abort', close);
  if (signal.aborted) {
    await close();
    signal.throwIfAborted();
  }
  return { address, port, url, close };
}

function opened(server: Server, wanted: { host: string; port: number }, listen: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => reject(listenFailure(listen, cause));
    server.once('error', failed);
    server.listen(wanted.port, wanted.host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

async function closeWithin(server: Server, milliseconds: number): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  const late = setTimeout(() => server.closeAllConnections(), milliseconds);
  await ended;
  clearTimeout(late);
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer, last: boolean): void {
  response.writeHead(answer.status, {
    'Content-Type': answer.type ?? plainText,
    'Content-Length': Buffer.byteLength(answer.text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    // A body that was not read to its end would be taken for the next request.
    ...(last || !request.complete ? { Connection: 'close' } : {}),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.text);
}

interface Asked {
  readonly options: ServerOptions;
  readonly request: IncomingMessage;
  readonly url: URL;
  /** Aborted when the server closes. */
  readonly ending: AbortSignal;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly guarded: boolean;
  readonly answer: (asked: Asked) => Answer | Promise<Answer>;
}

const routes: ReadonlyMap<string, Route> = new Map([
  ['/healthz', { method: 'GET', guarded: false, answer: health }],
  ['/readyz', { method: 'GET', guarded: false, answer: readiness }],
  ['/metrics', { method: 'GET', guarded: false, answer: metricsText }],
  ['/status', { method: 'GET', guarded: true, answer: status }],
  ['/reconcile', { method: 'POST', guarded: true, answer: reconcile }],
]);

async function answerTo(
  request: IncomingMessage,
  options: ServerOptions,
  access: Access,
  ending: AbortSignal,
): Promise<Answer> {
  const started = performance.now();
  const url = urlOf(request);
  const route = url && routes.get(url.pathname);
  const answer = await answerOf();
  // Only paths we know: what else somebody asks for may be anything.
  const path = route ? url.pathname : '(unknown)';
  const milliseconds = Math.round(performance.now() - started);
  options.log.debug({ method: request.method, path, status: answer.status, milliseconds }, 'HTTP');
  return answer;

  async function answerOf(): Promise<Answer> {
    if (!url) return { status: 400, text: 'the address is not one\n' };
    if (!route) return { status: 404, text: 'not found\n' };
    const allowed = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
    if (!allowed.includes(request.method ?? '')) {
      return { status: 405, text: 'not allowed\n', headers: { Allow: allowed.join(', ') } };
    }
    const refusal = route.guarded ? access(request) : undefined;
    if (refusal) return { ...refusal, text: `${refusal.text}\n` };
    const body = await bodyOf(request);
    if (body === 'long') return { status: 413, text: 'the body is too long\n' };
    if (body === 'broken') return { status: 400, text: 'the body does not end\n' };
    return route.answer({ options, request, url, ending });
  }
}

/** What is asked for; undefined for what only a proxy or nobody understands. */
function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return url.startsWith('/') ? new URL(`http://localhost${url}`) : undefined;
}

/** Reads a body that nobody wants, so that the connection can be used again. */
async function bodyOf(request: IncomingMessage): Promise<'read' | 'long' | 'broken'> {
  if (Number(request.headers['content-length'] ?? 0) > most.bodyBytes) return 'long';
  return new Promise((resolve) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= most.bodyBytes) return;
      request.pause();
      resolve('long');
    });
    request.once('end', () => resolve('read'));
    request.once('error', () => resolve('broken'));
    request.once('close', () => resolve('broken'));
  });
}

function health({ options }: Asked): Answer {
  return options.healthy() ? { status: 200, text: 'ok\n' } : { status: 503, text: 'the loop has ended\n' };
}

function readiness({ options }: Asked): Answer {
  const { ready, readyReason } = options.state();
  return { status: ready ? 200 : 503, text: `${visible(readyReason) || (ready ? 'ready' : 'not ready')}\n` };
}

async function metricsText({ options }: Asked): Promise<Answer> {
  const { contentType, text } = options.metrics;
  return { status: 200, text: await text(options.state()), type: contentType };
}

function status({ options }: Asked): Answer {
  return json(200, options.state());
}

async function reconcile({ options, request, url, ending }: Asked): Promise<Answer> {
  const { role } = options.state();
  if (ending.aborted || role === 'ending') return unavailable('the watch is ending');
  if (role === 'standby') return unavailable('standby: another watch holds the lock');
  const run = options.reconcile();
  run.catch((error: unknown) => {
    options.log.warn({ reason: reasonOf(error) }, 'a run that was asked for by HTTP failed');
  });
  const seconds = waitOf(request, url);
  if (seconds === undefined) return json(202, { accepted: true });

  const report = await firstOf(run, seconds * 1_000, ending);
  if (report === 'late') return json(202, { accepted: true });
  if (report === 'ending') return unavailable('the watch is ending');
  return report ? json(200, report) : unavailable('the run did not take place');
}

/** What the run gives, unless the time is up or the server ends before. */
function firstOf<T>(
  run: Promise<T>,
  milliseconds: number,
  ending: AbortSignal,
): Promise<T | 'late' | 'ending'> {
  let cleanUp = () => {};
  return new Promise<T | 'late' | 'ending'>((resolve, reject) => {
    const ended = () => resolve('ending');
    const late = setTimeout(() => resolve('late'), milliseconds);
    ending.addEventListener('abort', ended);
    cleanUp = () => {
      clearTimeout(late);
      ending.removeEventListener('abort', ended);
    };
    run.then(resolve, reject);
  }).finally(() => cleanUp());
}

/** How long to wait for the end of the run, in seconds: `?wait`, `?wait=30`, `Prefer: wait=30`; undefined for not. */
function waitOf(request: IncomingMessage, url: URL): number | undefined {
  const prefer = String(request.headers.prefer ?? '');
  const preference = /(?:^|[,;])\s*wait\s*(?:=\s*"?(\d*)|(?=[,;]|$))/i.exec(prefer);
  const given = url.searchParams.get('wait') ?? (preference ? (preference[1] ?? '') : undefined);
  if (given === undefined) return undefined;
  const seconds = /^\d{1,6}$/.test(given) ? Number(given) : longestWait;
  return Math.min(seconds, longestWait);
}

function unavailable(why: string): Answer {
  return { status: 503, text: `${why}\n`, headers: { 'Retry-After': '5' } };
}

function json(code: number, value: object): Answer {
  const text = `${safeJson(JSON.stringify(value, undefined, 2))}\n`;
  return { status: code, text, type: 'application/json; charset=utf-8' };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
