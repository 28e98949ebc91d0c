/**
 * A driver for the identity server of the tests, written as a driver for a real one would be: it pages, puts its
 * errors into the codes of `DirectoryError`, sets passwords with a second call, and tells the time by the server's clock.
 */
import { Agent, type Dispatcher, request as send } from 'undici';
import type { Created, Directory } from '../../src/directory/directory.js';
import { DirectoryError, type DirectoryErrorCode } from '../../src/directory/errors.js';
import { normalFields } from '../../src/directory/normal.js';
import { factsOf } from '../../src/directory/semantics.js';
import { canonical } from '../../src/model/canonical.js';
import { objectPermissions } from '../../src/model/kinds.js';
import type { Fields, Id, Json, Kind, LiveObject } from '../../src/model/model.js';
import { completedByPassword } from './http-server.js';

interface About {
  readonly kinds: Readonly<Record<Kind, readonly string[]>>;
  readonly account: Id | null;
  readonly lacks: Readonly<Record<string, string>>;
}

interface Page {
  readonly results: readonly LiveObject[];
  readonly next: string | null;
}

/** How many values of a selector fit into one URL. */
const valuesAtOnce = 50;

/** Reaches the server at `url` and asks what it is. Throws DirectoryError. */
export async function openHttpDirectory(
  url: string,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<Directory> {
  const { ask, now, close } = clientOf(url, token);
  const about = await ask<About>('GET', '/objects', { signal }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const fields = new Map(Object.entries(about.kinds).map(([kind, names]) => [kind, new Set(names)]));
  const none: ReadonlySet<string> = new Set();
  const pathOf = (kind: Kind, id?: Id, part?: string): string =>
    ['/objects', kind, ...(id === undefined ? [] : [String(id)]), ...(part === undefined ? [] : [part])]
      .map((step, at) => (at === 0 ? step : encodeURIComponent(step)))
      .join('/');

  async function* pages(kind: Kind, query: URLSearchParams, signal: AbortSignal): AsyncGenerator<LiveObject> {
    for (let cursor: string | null = ''; cursor !== null; ) {
      if (cursor !== '') query.set('cursor', cursor);
      const page: Page = await ask('GET', `${pathOf(kind)}?${query}`, { signal, kind });
      yield* page.results;
      cursor = page.next;
    }
  }

  const directory: Directory = {
    name: url,
    kinds: new Set(fields.keys()),
    atomic: false,
    account: about.account ?? undefined,
    concurrency: 4,
    fields: (kind) => fields.get(kind) ?? none,
    lacks: (kind, field) => about.lacks[field === undefined ? kind : `${kind}.${field}`],
    normalize: (kind, attributes) => normalFields(factsOf(kind), attributes),
    now,
    list: async function* (kind, { only, without }, signal) {
      const left = only?.values;
      for (let at = 0; at < (left?.length ?? 1); at += valuesAtOnce) {
        const query = new URLSearchParams();
        if (only && left) {
          query.set('field', only.field);
          for (const value of left.slice(at, at + valuesAtOnce)) query.append('value', JSON.stringify(value));
        }
        for (const name of without ?? []) query.append('without', name);
        yield* pages(kind, query, signal);
      }
    },
    create: async (kind, given, signal): Promise<Created> => {
      const { password, rest } = parted(kind, given);
      const object = await ask<LiveObject>('POST', pathOf(kind), { signal, kind, body: rest });
      if (Object.keys(password).length === 0) return { object };
      try {
        await ask('POST', pathOf(kind, object.id, 'password'), { signal, kind, body: password });
        return { object };
      } catch (error) {
        if (!(error instanceof DirectoryError)) throw error;
        return { object, unfinished: { fields: Object.keys(password), error } };
      }
    },
    update: async (kind, id, before, after, signal) => {
      const { password, rest } = parted(kind, after);
      const body = changeOf(kind, before, rest);
      if (Object.keys(rest).length > 0 || Object.keys(password).length === 0)
        await ask('PATCH', pathOf(kind, id), { signal, kind, id, body });
      if (Object.keys(password).length > 0)
        await ask('POST', pathOf(kind, id, 'password'), { signal, kind, id, body: password });
    },
    delete: async (kind, id, signal) => {
      try {
        await ask('DELETE', pathOf(kind, id), { signal, kind, id });
      } catch (error) {
        if (!(error instanceof DirectoryError && error.code === 'missing')) throw error;
      }
    },
    transaction: (work) => work(directory),
    close,
  };
  return directory;
}

function parted(kind: Kind, fields: Fields): { password: Fields; rest: Fields } {
  const apart = completedByPassword(kind);
  const password: Fields = {};
  const rest: Fields = {};
  for (const [name, value] of Object.entries(fields)) (apart.includes(name) ? password : rest)[name] = value;
  return { password, rest };
}

/** A change as the server takes it: of a set, what is added and what is removed. */
function changeOf(kind: Kind, before: Fields, after: Fields): Fields {
  const { fields } = factsOf(kind);
  const [set, add, remove]: [Fields, Fields, Fields] = [{}, {}, {}];
  for (const [name, value] of Object.entries(after)) {
    const was = before[name];
    const isSet = name === objectPermissions || fields[name]?.set !== undefined;
    if (isSet && Array.isArray(was) && Array.isArray(value)) {
      add[name] = without(value, was);
      remove[name] = without(was, value);
    } else set[name] = value;
  }
  return { set, add, remove };
}

function without(list: readonly Json[], others: readonly Json[]): Json[] {
  const known = new Set(others.map((one) => canonical(one)));
  return list.filter((one) => !known.has(canonical(one)));
}

interface Asked {
  readonly signal: AbortSignal;
  readonly kind?: Kind;
  readonly id?: Id;
  readonly body?: Fields;
}

function clientOf(url: string, token: string) {
  const dispatcher = new Agent({ connections: 8 });
  /** How far the server's clock is ahead of ours, in milliseconds, as its last answer told. */
  let ahead = 0;

  async function ask<T>(method: string, path: string, { signal, kind, id, body }: Asked): Promise<T> {
    signal.throwIfAborted();
    let answer: Dispatcher.ResponseData;
    let text: string;
    try {
      answer = await send(`${url}${path}`, {
        method: method as Dispatcher.HttpMethod,
        dispatcher,
        signal,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
      });
      text = await answer.body.text();
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const code = (cause as NodeJS.ErrnoException).code;
      const uncertain = method !== 'GET' && code !== 'ECONNREFUSED' && code !== 'ENOTFOUND';
      const message = `${url}: ${uncertain ? 'the connection broke before the answer came' : 'no answer'} (${code ?? cause})`;
      throw new DirectoryError('unreachable', message, { cause, kind, id, uncertain });
    }
    const date = Date.parse(String(answer.headers.date));
    if (!Number.isNaN(date)) ahead = date - Date.now();
    const content = text === '' ? undefined : (JSON.parse(text) as unknown);
    if (answer.statusCode < 400) return content as T;
    throw failure(answer, content as Partial<Failed> | undefined, { method, kind, id });
  }
  return { ask, now: () => new Date(Date.now() + ahead), close: () => dispatcher.destroy() };
}

interface Failed {
  readonly error: string;
  readonly code: DirectoryErrorCode;
  readonly field: string;
}

const codes: Readonly<Record<number, DirectoryErrorCode>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'denied',
  404: 'missing',
  405: 'unsupported',
  409: 'duplicate',
  422: 'dangling',
  423: 'in-use',
  429: 'rate-limited',
};

function failure(
  { statusCode, headers }: Dispatcher.ResponseData,
  content: Partial<Failed> | undefined,
  { method, kind, id }: { readonly method: string; readonly kind?: Kind; readonly id?: Id },
): DirectoryError {
  const code = codes[statusCode];
  const message = content?.error ?? 'it gave no reason';
  const wait = headers['retry-after'];
  const options = {
    kind,
    id,
    field: content?.field,
    retryAfter: waitIn(wait, Date.parse(String(headers.date))),
  };
  if (code) return new DirectoryError(code, `${message} (${statusCode})`, options);
  return new DirectoryError('unreachable', `the server answers ${statusCode}: ${message}`, {
    ...options,
    uncertain: method !== 'GET',
  });
}

/** Milliseconds that a `Retry-After` header asks for: whole seconds, or a date by the server's clock. */
function waitIn(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
