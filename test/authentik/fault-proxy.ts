/**
 * A proxy before a server that spoils what a test asks it to spoil: refusals, crashes before and after a write has landed, broken
 * connections, slow and cut answers, pages that shift while they are read. Whether it spoils a request is decided by a function that sees
 * the request and how many came before it.
 */
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProxiedRequest {
  readonly method: string;
  /** With the prefix, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** How many requests came before this one, in all and among those that write. */
  readonly index: number;
  readonly writeIndex: number;
}

/** What may befall a request. `after` means that the server has done what was asked for, and the client does not learn it. */
export type Fault =
  /** 429, with `Retry-After` in seconds if given. The server is not asked. */
  | { readonly kind: 'too-many-requests'; readonly retryAfter?: number | string }
  /** An error of the server or of a gateway before it. */
  | {
      readonly kind: 'server-error';
      readonly status: 500 | 502 | 503 | 504;
      readonly when: 'before' | 'after';
      readonly retryAfter?: number | string;
    }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** The answer waits. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** The answer ends in the middle of its body, by a closed connection. */
  | { readonly kind: 'cut' }
  /** Half of the body, as a whole JSON answer that cannot be parsed. */
  | { readonly kind: 'garbled' }
  /** A handler crashed: 405, HTML, empty. */
  | { readonly kind: 'crashed'; readonly when: 'before' | 'after' }
  /** The token is no longer valid. */
  | { readonly kind: 'token-expired' }
  /** Something changes between two requests; the request itself goes through, afterwards. */
  | { readonly kind: 'meanwhile'; readonly act: () => void | Promise<void> };

/** Decides what befalls a request; undefined lets it through. */
export type FaultPlan = (request: ProxiedRequest) => Fault | undefined;

export interface FaultProxy {
  readonly url: string;
  /** Every request with its fault, if it had one. */
  readonly seen: { readonly request: ProxiedRequest; readonly fault: Fault | undefined }[];
  /** Replaces the plan; without one everything goes through. */
  plan(plan: FaultPlan | undefined): void;
  close(): Promise<void>;
}

/** Starts a proxy before a server on loopback (`http://127.0.0.1:1234/prefix`), on a free port of its own. */
export async function startFaultProxy(target: string, plan?: FaultPlan): Promise<FaultProxy> {
  const { hostname, port, pathname } = new URL(target);
  const prefix = pathname === '/' ? '' : pathname;
  const seen: FaultProxy['seen'] = [];
  const agent = new Agent({ keepAlive: true });
  let current = plan;
  let writes = 0;

  const server = createServer((request, response) => {
    spoil(request, response).catch(() => response.destroy());
  });

  async function spoil(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const url = new URL(incoming.url ?? '/', target);
    const method = incoming.method ?? 'GET';
    const isWrite = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
    const request: ProxiedRequest = {
      method,
      path: url.pathname,
      query: url.searchParams,
      body: body.toString('utf8'),
      index: seen.length,
      writeIndex: isWrite ? writes++ : writes,
    };
    const entry: { request: ProxiedRequest; fault: Fault | undefined } = { request, fault: undefined };
    seen.push(entry);
    const fault = current?.(request);
    entry.fault = fault;
    if (fault?.kind === 'meanwhile') await fault.act();
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    const passes = !fault || passing.has(fault.kind);
    if (!passes && !landsFirst(fault)) return answerWith(fault, response);
    const answer = await forward({ hostname, port, agent }, incoming, body);
    if (passes) relay(answer, response, fault);
    else answerWith(fault, response);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    seen,
    plan: (next) => {
      current = next;
    },
    close: () =>
      new Promise((resolve, reject) => {
        agent.destroy();
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** A plan that spoils the n-th request (from 0) that a test is about, and no other. */
export function onNth(nth: number, matches: (request: ProxiedRequest) => boolean, fault: Fault): FaultPlan {
  let count = 0;
  return (request) => (matches(request) && count++ === nth ? fault : undefined);
}

/** Faults under which the server's own answer reaches the client, late or in part. */
const passing = new Set<Fault['kind']>(['slow', 'meanwhile', 'cut', 'garbled']);

/** Whether the server does what was asked for before the client gets another answer. */
function landsFirst(fault: Fault): boolean {
  return 'when' in fault && fault.when === 'after';
}

function answerWith(fault: Fault, response: ServerResponse): void {
  if (fault.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const retry: Record<string, string> =
    'retryAfter' in fault && fault.retryAfter !== undefined
      ? { 'retry-after': String(fault.retryAfter) }
      : {};
  if (fault.kind === 'token-expired') {
    json(response, 403, { detail: 'Token invalid/expired' }, retry);
    return;
  }
  if (fault.kind === 'too-many-requests') {
    json(response, 429, { detail: 'Request was throttled.' }, retry);
    return;
  }
  if (fault.kind === 'crashed') {
    response.writeHead(405, {
      'content-type': 'text/html; charset=utf-8',
      allow: 'GET, HEAD, OPTIONS',
      'content-length': 0,
    });
    response.end();
    return;
  }
  if (fault.kind !== 'server-error')
    throw new Error(`a fault of kind ${fault.kind} has no answer of its own`);
  const page = `<html><body>${fault.status}</body></html>`;
  response.writeHead(fault.status, { 'content-type': 'text/html', 'content-length': page.length, ...retry });
  response.end(page);
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string>,
): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': length,
    ...headers,
  });
  response.end(text);
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(
  to: { hostname: string; port: string; agent: Agent },
  incoming: IncomingMessage,
  body: Buffer,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        ...to,
        method: incoming.method,
        path: incoming.url,
        headers: { ...incoming.headers, connection: 'keep-alive' },
      },
      (answer) => {
        readAll(answer).then((text) => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
        }, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function relay(
  { status, headers, body }: Answered,
  response: ServerResponse,
  fault: Fault | undefined,
): void {
  const { connection: _connection, 'transfer-encoding': _encoding, ...kept } = headers;
  const half = body.subarray(0, Math.ceil(body.length / 2));
  const whole = fault?.kind === 'garbled' ? half : body;
  response.writeHead(status, { ...kept, 'content-length': whole.length });
  if (fault?.kind !== 'cut') {
    response.end(whole);
    return;
  }
  response.write(half, () => response.socket?.destroy());
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
