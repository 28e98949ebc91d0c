/** The answers that authentik gives, errors among them, in its own shapes. */
import type { Json, JsonObject } from './json.js';
import type { Row, State } from './state.js';

export interface Answer {
  readonly status: number;
  /** A JSON body; with neither this nor `html` the body is empty. */
  readonly json?: Json;
  readonly html?: string;
}

/** What a handler knows of a request. */
export interface Context {
  readonly state: State;
  /** The user whose token came along. */
  readonly user: Row;
  readonly method: string;
  /** Below `/api/v3`, without the query. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  /** The object that the path names as it was when the request came in; a save writes all of it back. */
  readonly before?: { readonly row: Row; readonly values: JsonObject };
  /** `http://127.0.0.1:1234` */
  readonly origin: string;
  readonly options: {
    /** Whether servers that a source names can be reached. */
    readonly online: boolean;
    readonly licensed: boolean;
  };
}

/** An answer thrown from anywhere below a handler. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
  }
}

export function ok(json: Json): Answer {
  return { status: 200, json };
}

export function badRequest(json: Json): Answer {
  return { status: 400, json };
}

export const forbidden: Answer = {
  status: 403,
  json: { detail: 'You do not have permission to perform this action.' },
};
export const notFound: Answer = { status: 404, json: { detail: 'Not found.' } };
export const noContent: Answer = { status: 204 };

/**
 * An exception in a handler. Django's page for it only knows GET, so that every other method is answered by "method not allowed": 405,
 * HTML, empty.
 */
export const crashed: Answer = { status: 405, html: '' };

/** A handler's exception; `method` decides how it looks. */
export function crash(method: string): Answer {
  return method === 'GET' ? { status: 500, html: '<!DOCTYPE html><title>Server error</title>' } : crashed;
}

export function noMatch(className: string): Answer {
  return { status: 404, json: { detail: `No ${className} matches the given query.` } };
}

export function methodNotAllowed(method: string): Answer {
  return { status: 405, json: { detail: `Method "${method}" not allowed.` } };
}
