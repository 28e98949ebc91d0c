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
  /** The kinds that were listed in this reading. */
  readonly listed: Set<Kind>;
  /** What several kinds of one reading need: lists under way and just read. */
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

/** A reading ends at the latest after so long, in milliseconds. */
const longestReading = 300_000;

/** The same promise for whoever asks within one reading. */
export function sharedValue<T>(session: Session, key: string, make: () => Promise<T>): Promise<T> {
  const known = session.shared.get(key);
  if (known && Date.now() - known.at < longestReading) return known.value as Promise<T>;
  const value = make();
  session.shared.set(key, { at: Date.now(), value });
  value.catch(() => session.shared.delete(key));
  return value;
}

/** Notes that a kind is listed. One that is listed again begins a new reading, in which nothing is kept of the last. */
export function beginListing(session: Session, kind: Kind, isWhole: boolean): void {
  if (!isWhole || session.listed.has(kind)) forgetReading(session);
  session.listed.add(kind);
}

/** Keeps nothing of what was read. */
export function forgetReading(session: Session): void {
  session.shared.clear();
  session.listed.clear();
}

/** The body of an answer that is a JSON object. */
export function bodyOf(answer: { readonly body: unknown }): Fields {
  const { body } = answer;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}
