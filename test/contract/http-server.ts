/**
 * A small identity server on loopback, for tests of what lies behind a network: pages, latency, faults, permissions,
 * a clock of its own, ids that it alone gives, and attributes that take a second call. Its REST interface is made up
 * for the purpose; what objects mean is up to the directory in memory, which holds its state.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryError } from '../../src/directory/errors.js';
import { catalogue, objectPermissions } from '../../src/model/kinds.js';
import type { Fields, Id, Json, Kind, LiveObject } from '../../src/model/model.js';
import { type MemoryStore, memoryStore } from './memory.js';

/** What a request asks for. `password` completes a user that was created, or changes one. */
export type Call = 'about' | 'list' | 'create' | 'update' | 'password' | 'delete';

/** One request, as the server's log keeps it. */
export interface Logged {
  /** Counted from 1. */
  readonly number: number;
  readonly call: Call;
  readonly kind: Kind;
  readonly id?: string;
  /** The body of a write. */
  readonly body: Fields;
  /** Where a list goes on; absent on its first page. */
  readonly cursor?: string;
  /** By `performance.now()`. */
  readonly began: number;
  ended?: number;
  /** Absent while it is not answered, and for ever when the connection was reset. */
  status?: number;
}

/** What goes wrong with a request: another answer in place of the work, or a reset before or after the work is done. */
export type Fault =
  | { readonly status: number; readonly retryAfter?: number | string }
  | { readonly reset: 'before' | 'after' };

/** How the server behaves; may be changed while it runs. */
export interface Behaviour {
  /** Milliseconds that each request takes. */
  latency: number;
  pageSize: number;
  /** Bearer token that it takes. */
  token: string;
  /** The user whom the token belongs to. */
  account?: Id;
  /** How far its clock is ahead of this machine's, in milliseconds. */
  ahead: number;
  fault: (request: Logged) => Fault | undefined | Promise<Fault | undefined>;
  /** Called when the work of a request is done and its answer is not sent yet. */
  landed: (request: Logged) => void | Promise<void>;
  may: (right: 'read' | 'write', kind: Kind) => boolean;
  /** Kinds, and attributes as `kind.attribute`, that it does not have, and why. */
  readonly lacks: Map<string, string>;
}

/** A server that runs. */
export interface IdentityServer {
  readonly url: string;
  readonly behaviour: Behaviour;
  readonly log: Logged[];
  /** Its state, as its own staff reaches it. */
  readonly state: MemoryStore;
  close(): Promise<void>;
}

/** Attributes of a kind that a create does not take, and which a call of their own sets. */
export function completedByPassword(kind: Kind): readonly string[] {
  const fields = Object.values(catalogue().kinds.get(kind)?.fields ?? {});
  return fields.filter((field) => field.unreadable === 'password').map((field) => field.name);
}

const signal = new AbortController().signal;

/** Starts a server with nothing but its settings on a free port. */
export async function identityServer(changed: Partial<Behaviour> = {}): Promise<IdentityServer> {
  const behaviour: Behaviour = {
    latency: 0,
    pageSize: 100,
    token: 'open-sesame',
    ahead: 0,
    fault: () => undefined,
    landed: () => undefined,
    may: () => true,
    lacks: new Map(),
    ...changed,
  };
  const log: Logged[] = [];
  const clock = (): Date => new Date(Date.now() + behaviour.ahead);
  const state = await memoryStore({}, clock);
  const api = apiOf(state, behaviour);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const logged = await understand(request, log.length + 1);
    log.push(logged);
    const end = (status: number, body?: unknown, headers: Record<string, string> = {}): void => {
      Object.assign(logged, { status, ended: performance.now() });
      response.writeHead(status, {
        'content-type': 'application/json',
        date: clock().toUTCString(),
        ...headers,
      });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const reset = (): void => {
      logged.ended = performance.now();
      request.socket.destroy();
    };
    if (behaviour.latency > 0) await sleep(behaviour.latency);
    if (request.headers.authorization !== `Bearer ${behaviour.token}`)
      return end(401, { error: 'the token is not valid' });
    const fault = await behaviour.fault(logged);
    if (fault && 'status' in fault) {
      const wait = fault.retryAfter;
      return end(
        fault.status,
        { error: 'as the test asked' },
        wait === undefined ? {} : { 'retry-after': String(wait) },
      );
    }
    if (fault?.reset === 'before') return reset();
    if (!behaviour.may(logged.call === 'list' ? 'read' : 'write', logged.kind) && logged.call !== 'about')
      return end(403, { error: `no right to this on ${logged.kind}` });
    try {
      const [status, body] = await api(logged, new URL(request.url!, 'http://server').searchParams);
      await behaviour.landed(logged);
      if (fault?.reset === 'after') return reset();
      end(status, body);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      const { code, field, message } = error;
      end(statuses[code] ?? 500, { error: message, code, field });
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A fault of the server itself: the test should end with its reason.
      response.writeHead(500).end(JSON.stringify({ error: String(error) }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behaviour,
    log,
    state,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const statuses: Readonly<Record<string, number>> = {
  invalid: 400,
  dangling: 422,
  duplicate: 409,
  'in-use': 423,
  missing: 404,
  unsupported: 405,
};

async function understand(request: IncomingMessage, number: number): Promise<Logged> {
  const began = performance.now();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(request.url!, 'http://server');
  const [, , kind = '', id, part] = pathname.split('/').map(decodeURIComponent);
  const calls: Readonly<Record<string, Call>> = {
    GET: kind === '' ? 'about' : 'list',
    POST: part === 'password' ? 'password' : 'create',
    PATCH: 'update',
    DELETE: 'delete',
  };
  const cursor = searchParams.get('cursor') ?? undefined;
  const body = text === '' ? {} : (JSON.parse(text) as Fields);
  return { number, call: calls[request.method!]!, kind, id, body, cursor, began };
}

/** What requests do to the state, and their answers. */
function apiOf({ directory }: MemoryStore, behaviour: Behaviour) {
  const has = (kind: Kind, field: string): boolean => !behaviour.lacks.has(`${kind}.${field}`);
  const shown = (one: LiveObject): LiveObject => ({
    ...one,
    attributes: Object.fromEntries(
      Object.entries(one.attributes).filter(([name]) => has(one.kind, name)),
    ) as Fields,
  });
  const check = (kind: Kind, body: Fields): void => {
    const unknown = Object.keys(body).find(
      (name) => !has(kind, name) || completedByPassword(kind).includes(name),
    );
    if (unknown !== undefined)
      throw new DirectoryError('invalid', `${kind} has no attribute ${unknown}`, { field: unknown });
  };
  return async (
    { call, kind, id, body, cursor }: Logged,
    query: URLSearchParams,
  ): Promise<[number, unknown?]> => {
    if (call === 'about') return [200, aboutOf(behaviour)];
    if (behaviour.lacks.has(kind)) throw new DirectoryError('missing', `there is no ${kind} here`);
    switch (call) {
      case 'list': {
        const all: LiveObject[] = [];
        const field = query.get('field');
        const values = query.getAll('value').map((one) => JSON.parse(one) as Json);
        const only = field === null ? undefined : { field, values };
        for await (const one of directory.list(kind, { only }, signal)) all.push(shown(one));
        const without = new Set(query.getAll('without'));
        for (const { attributes } of all) for (const name of without) delete attributes[name];
        const from = Number(cursor ?? 0);
        const next = from + behaviour.pageSize;
        return [200, { results: all.slice(from, next), next: next < all.length ? String(next) : null }];
      }
      case 'create': {
        check(kind, body);
        // Ids are the server's own to give.
        const { pk: _pk, ...fields } = body;
        const { object } = await directory.create(kind, fields, signal);
        return [201, shown(object)];
      }
      case 'update': {
        const { set, add, remove } = body as Record<'set' | 'add' | 'remove', Fields>;
        check(kind, { ...set, ...add, ...remove });
        const before = Object.fromEntries(Object.keys(add).map((name) => [name, remove[name]!]));
        await directory.update(kind, idOf(kind, id!), before, { ...set, ...add }, signal);
        return [204];
      }
      case 'password':
        await directory.update(kind, idOf(kind, id!), {}, body, signal);
        return [204];
      case 'delete':
        await directory.delete(kind, idOf(kind, id!), signal);
        return [204];
    }
  };
}

function idOf(kind: Kind, text: string): Id {
  return catalogue().kinds.get(kind)?.idType === 'integer' ? Number(text) : text;
}

/** What the server says of itself: its kinds with their attributes, and what it lacks. */
function aboutOf({ account, lacks }: Behaviour): Json {
  const kinds: Record<Kind, string[]> = {};
  for (const facts of catalogue().kinds.values()) {
    if (facts.meta || lacks.has(facts.kind)) continue;
    const names = [...Object.keys(facts.fields), objectPermissions];
    kinds[facts.kind] = names.filter((name) => !lacks.has(`${facts.kind}.${name}`));
  }
  return { kinds, account: account ?? null, lacks: Object.fromEntries(lacks) };
}
