/** What the parts of this driver share about one server: the connection, its release, and what was learnt from its lists. */
import type { Fields, Id, Kind } from '../../model/model.js';
import type { AuthentikClient } from './client.js';

/** One server, as whom, and what is known of it. */
export interface Session {
  readonly client: AuthentikClient;
  /** `2025.12.4` */
  readonly version: string;
  /** Comparable: 202512. */
  readonly release: number;
  /** How many requests may be under way. */
  readonly concurrency: number;
  /** Runs a call once fewer than `concurrency` are under way. */
  readonly limited: <T>(call: () => Promise<T>) => Promise<T>;
  /** What the URL of an object ends with where that is not its id (an application's slug), by kind and id. */
  readonly lookups: Map<Kind, Map<Id, string>>;
  /** What is kept for a moment because several kinds need it: lists under way and just read. */
  readonly shared: Map<string, { readonly at: number; readonly value: Promise<unknown> }>;
}

/** Runs at most `limit` calls at once; the others wait in the order in which they came. */
export function limiter(limit: number): Session['limited'] {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (underWay >= limit) await new Promise<void>((go) => waiting.push(go));
    else underWay++;
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else underWay--;
    }
  };
}

/** How long a list that several kinds need is not read again, in milliseconds: as long as one reading takes. */
const sharedFor = 10_000;

/** The same promise for whoever asks within one reading. */
export function sharedValue<T>(session: Session, key: string, make: () => Promise<T>): Promise<T> {
  const known = session.shared.get(key);
  if (known && Date.now() - known.at < sharedFor) return known.value as Promise<T>;
  const value = make();
  session.shared.set(key, { at: Date.now(), value });
  value.catch(() => session.shared.delete(key));
  return value;
}

/** The body of an answer that is a JSON object. */
export function bodyOf(answer: { readonly body: unknown }): Fields {
  const { body } = answer;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}
