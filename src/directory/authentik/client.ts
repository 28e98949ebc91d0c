/**
 * Talks to authentik's REST API: one call, its answer. Calls that may be repeated are, with growing pauses and not past
 * a deadline; a write that may have happened is never sent twice blindly.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, EnvHttpProxyAgent, type FormData, request } from 'undici';

import type { Json } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import { type Answer, type Asked, errorOf, isCrash, retryAfterOf, withoutSecrets } from './answer.js';
import { isLoopback } from './url.js';

/** One request that was sent, for a log. It holds no bodies and no credentials. */
export interface RequestLine {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly milliseconds: number;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Why no answer came. */
  readonly failure?: string;
}

/** How to reach a server. */
export interface ClientOptions {
  /** `https://host[:port][/prefix]`; `/api/v3` is added. */
  readonly url: string;
  /** Key of an API token. */
  readonly token: string;
  /** Ends every call. */
  readonly signal?: AbortSignal;
  /** Certificates (PEM) that are trusted beside the known ones. */
  readonly ca?: string;
  /** For how long a call is tried again, in milliseconds; 60 seconds when absent. */
  readonly deadline?: number;
  /** How long one answer may take, in milliseconds; two minutes when absent (a page of large groups takes 40 s). */
  readonly timeout?: number;
  /** The first pause before a repeat, in milliseconds; it doubles each time. 250 when absent. */
  readonly pause?: number;
  /** Told of every request. */
  readonly log?: (line: RequestLine) => void;
}

/** Values of a query; lists are repeated, undefined is left out. */
export type Query = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/** What goes with a call. */
export interface CallOptions {
  readonly query?: Query;
  readonly body?: Json;
  /** A multipart form in place of a JSON body. */
  readonly form?: FormData;
  /** May be sent again when its answer was lost: true for all but POST, and for a POST where the caller says so. */
  readonly repeatable?: boolean;
  /** Values in the body that no message may show. */
  readonly secrets?: readonly string[];
  /** Statuses that are answers rather than errors, beside 2xx. */
  readonly expect?: readonly number[];
}

type Call = (path: string, options?: CallOptions, signal?: AbortSignal) => Promise<Answer>;

/** A connection to one server. Paths are below `/api/v3`; every method throws DirectoryError. */
export interface AuthentikClient {
  /** `https://host[:port][/prefix]`, without credentials. */
  readonly url: string;
  readonly get: Call;
  readonly post: Call;
  readonly patch: Call;
  readonly put: Call;
  readonly delete: Call;
  /** Fetches a file from an address that the server gave, here or in its store. The token is not sent there. */
  download(url: string, signal?: AbortSignal): Promise<Buffer>;
  /** How many requests were sent, repeats included. */
  readonly requests: number;
  /** The server's clock, as its answers tell it. */
  now(): Date;
  close(): Promise<void>;
}

const apiRoot = '/api/v3';
const sameServerRedirects = 3;
/** Handlers that crash mostly crash again, so such a call is tried less often than one that a gateway refused. */
const triesOfCrash = 3;
/** A server that has never answered is more likely a wrong address than one that restarts. */
const triesOfFirst = 3;
const longestPause = 10_000;

/** Opens a client; nothing is sent yet. */
export function authentikClient(options: ClientOptions): AuthentikClient {
  const { token, log, deadline = 60_000, pause = 250 } = options;
  const base = options.url.replace(/\/+$/, '');
  const dispatcher = dispatcherFor(new URL(base), options);
  const state = { requests: 0, answered: false, skew: undefined as number | undefined };

  /** Sends once. */
  const send = async (asked: Asked, url: URL, call: CallOptions, attempt: number, signal?: AbortSignal) => {
    const signals = [options.signal, signal].filter((one) => one !== undefined);
    const begun = Date.now();
    const line = (rest: Pick<RequestLine, 'status' | 'failure'>): void =>
      log?.({
        method: asked.method,
        path: `${asked.path}${url.search}`,
        milliseconds: Date.now() - begun,
        attempt,
        ...rest,
      });
    state.requests++;
    try {
      const { statusCode, headers, body } = await request(url, {
        dispatcher,
        method: asked.method as Dispatcher.HttpMethod,
        headers: {
          accept: 'application/json',
          // Messages are in the language that is asked for.
          'accept-language': 'en',
          authorization: `Bearer ${token}`,
          'user-agent': 'asbuilt',
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
        },
        body: call.form ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
        signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
      });
      const text = await body.text();
      state.answered = true;
      noteClock(state, [headers.date].flat()[0], begun);
      const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
      const parsed = isJson && text !== '' ? (JSON.parse(text) as Json) : text === '' ? undefined : text;
      line({ status: statusCode });
      return { status: statusCode, body: parsed, isJson, headers } satisfies Answer;
    } catch (error) {
      for (const one of signals) one.throwIfAborted();
      line({ status: undefined, failure: failureText(error) });
      throw error;
    }
  };

  /** Sends until there is an answer that counts. */
  const attempt = async (
    asked: Asked,
    url: URL,
    call: CallOptions,
    signal?: AbortSignal,
  ): Promise<Answer> => {
    const repeatable = call.repeatable ?? asked.method !== 'POST';
    const until = Date.now() + deadline;
    for (let tries = 1; ; tries++) {
      let answer: Answer | undefined;
      let failure: unknown;
      try {
        answer = await send(asked, url, call, tries, signal);
      } catch (error) {
        if (isAborted(options.signal, signal)) throw error;
        failure = error;
      }
      const again = answer
        ? answerIsWorthRepeating(answer, asked.method, repeatable, tries)
        : failureIsWorthRepeating(failure, repeatable, state.answered, tries);
      const wait = (answer && retryAfterOf(answer)) ?? pauseBefore(tries, pause);
      if (!again || Date.now() + wait > until) {
        if (answer) return answer;
        throw unanswered(failure, asked, base);
      }
      await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
      options.signal?.throwIfAborted();
    }
  };

  /** Follows redirects on the same server. To any other the token is not sent. */
  const follow = async (asked: Asked, call: CallOptions, signal?: AbortSignal): Promise<Answer> => {
    let url = urlOf(base, asked.path, call.query);
    for (let hops = 0; ; hops++) {
      const answer = await attempt(asked, url, call, signal);
      const location =
        answer.status >= 300 && answer.status < 400 ? [answer.headers.location].flat()[0] : undefined;
      if (location === undefined) return answer;
      const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      const shown = target ? `${target.origin}${target.pathname}` : location;
      const keepsMethod = asked.method === 'GET' || answer.status === 307 || answer.status === 308;
      if (target?.origin === url.origin && keepsMethod && hops < sameServerRedirects) {
        url = target;
        continue;
      }
      const message =
        target?.origin === url.origin
          ? `${base} redirects ${asked.path} to ${shown}; write the address that authentik is served under`
          : `${base} redirects to ${shown}, another server; the token was not sent there. If that is authentik’s address, write it`;
      throw new DirectoryError('unreachable', message, { uncertain: false });
    }
  };

  const call =
    (method: string): Call =>
    async (path, given = {}, signal) => {
      const asked: Asked = { method, path: withSlash(path), secrets: [token, ...(given.secrets ?? [])] };
      const answer = await follow(asked, given, signal);
      const { status } = answer;
      if ((status >= 200 && status < 300) || given.expect?.includes(status)) return answer;
      if (status === 403 && !(await isSignedIn(asked.path, signal))) {
        const message = `${base}: the token is not valid (any more), or its user is not active; make a new one in authentik under Directory > Tokens, with the intent API`;
        throw new DirectoryError('unauthenticated', message, { cause: errorOf(answer, asked).cause });
      }
      throw errorOf(answer, asked);
    };

  /**
   * authentik answers 403 both to a token that it does not know and to one that may not do this. Everybody may ask who
   * they are; what the texts say depends on the language.
   */
  const isSignedIn = async (path: string, signal?: AbortSignal): Promise<boolean> => {
    const me = '/core/users/me/';
    if (path === me) return false;
    const asked: Asked = { method: 'GET', path: me, secrets: [token] };
    return (await follow(asked, {}, signal)).status !== 403;
  };

  return {
    url: base,
    get: call('GET'),
    post: call('POST'),
    patch: call('PATCH'),
    put: call('PUT'),
    delete: call('DELETE'),
    download: async (url, signal) => {
      const target = new URL(url, `${base}/`);
      const shown = `${target.origin}${target.pathname}`;
      const local = isLoopback(target.hostname) === isLoopback(new URL(base).hostname);
      const way = local ? dispatcher : dispatcherFor(target, options);
      try {
        const { statusCode, body } = await request(target, { dispatcher: way, signal });
        const bytes = Buffer.from(await body.arrayBuffer());
        if (statusCode === 200) return bytes;
        throw new DirectoryError('unreachable', `GET ${shown}: ${statusCode}`, { uncertain: false });
      } catch (error) {
        if (error instanceof DirectoryError) throw error;
        signal?.throwIfAborted();
        throw new DirectoryError('unreachable', `GET ${shown}: ${failureText(error)}`, { cause: error });
      } finally {
        if (way !== dispatcher) await way.destroy();
      }
    },
    get requests() {
      return state.requests;
    },
    now: () => new Date(Date.now() + (state.skew ?? 0)),
    close: () => dispatcher.destroy(),
  };
}

/** Every path of authentik ends with a slash; one that does not is not found, or for a write is a 405. */
function withSlash(path: string): string {
  const begun = path.startsWith('/') ? path : `/${path}`;
  return begun.endsWith('/') ? begun : `${begun}/`;
}

function urlOf(base: string, path: string, query: Query = {}): URL {
  const url = new URL(`${base}${apiRoot}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url;
}

/** A server on this machine is reached directly; others through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name. */
function dispatcherFor(url: URL, { ca, timeout = 120_000 }: ClientOptions): Dispatcher {
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const shared = { headersTimeout: timeout, bodyTimeout: timeout, connections: 16, pipelining: 1 };
  if (isLoopback(url.hostname)) return new Agent({ ...shared, connect: trusted });
  return new EnvHttpProxyAgent({ ...shared, connect: trusted, requestTls: trusted });
}

/** Keeps how far the server's clock is from ours. Its header has whole seconds, so the largest of near values is nearest. */
function noteClock(state: { skew: number | undefined }, date: string | undefined, sent: number): void {
  const told = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(told)) return;
  const received = Date.now();
  const skew = told - Math.round((sent + received) / 2);
  if (state.skew === undefined || skew > state.skew || skew < state.skew - 2_000 - (received - sent))
    state.skew = skew;
}

function answerIsWorthRepeating(answer: Answer, method: string, repeatable: boolean, tries: number): boolean {
  const { status } = answer;
  // Whoever is told to come back later has not been served.
  if (status === 429) return true;
  if (status === 503 && (repeatable || retryAfterOf(answer) !== undefined)) return true;
  if (!repeatable) return false;
  if (status === 502 || status === 504 || status === 408) return true;
  // Of writes, a delete that crashed once was seen to succeed the second time.
  return isCrash(answer) && tries < (method === 'GET' ? triesOfCrash : 2);
}

/** Failures before anything was sent. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function failureIsWorthRepeating(
  failure: unknown,
  repeatable: boolean,
  answered: boolean,
  tries: number,
): boolean {
  if (isUntrusted(failure)) return false;
  if (!answered && tries >= triesOfFirst) return false;
  return repeatable || unsent.has(codeOfFailure(failure));
}

/** With jitter, so that several runs do not come back at the same moment. */
function pauseBefore(tries: number, first: number): number {
  const longest = Math.min(first * 2 ** (tries - 1), longestPause);
  return longest / 2 + (Math.random() * longest) / 2;
}

function isAborted(...signals: (AbortSignal | undefined)[]): boolean {
  return signals.some((signal) => signal?.aborted);
}

function codeOfFailure(failure: unknown): string {
  const one = failure as {
    code?: unknown;
    cause?: { code?: unknown };
    errors?: readonly { code?: unknown }[];
  };
  const code = one?.code ?? one?.cause?.code ?? one?.errors?.[0]?.code;
  return typeof code === 'string' ? code : '';
}

function isUntrusted(failure: unknown): boolean {
  return /^(?:CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL|EPROTO)/.test(codeOfFailure(failure));
}

function failureText(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text === '' ? codeOfFailure(failure) : text;
}

/** The error for a call that got no answer. */
function unanswered(failure: unknown, asked: Asked, base: string): DirectoryError {
  const text = withoutSecrets(failureText(failure), asked.secrets);
  if (isUntrusted(failure)) {
    const message = `${base}: its certificate is not trusted (${text}); name the authority’s file with NODE_EXTRA_CA_CERTS`;
    return new DirectoryError('unreachable', message, { cause: failure, uncertain: false });
  }
  const sent = !unsent.has(codeOfFailure(failure));
  const lost = sent && asked.method !== 'GET';
  const message = sent
    ? `${asked.method} ${asked.path}: no answer from ${base} (${text})${lost ? '; it may have been done' : ''}`
    : `${base} can’t be reached (${text})`;
  return new DirectoryError('unreachable', message, { cause: failure, uncertain: lost });
}
