/** What an answer of authentik that is no success means: the one error of all drivers, with what the server said about each field. */
import { isMap, type Json } from '../../model/model.js';
import { DirectoryError, type DirectoryErrorCode } from '../errors.js';

/** An answer, its body parsed where it was JSON. */
export interface Answer {
  readonly status: number;
  readonly body: Json | undefined;
  /** Was the body JSON? authentik's own answers are, those of a crashed handler or of a gateway are HTML. */
  readonly isJson: boolean;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What was asked for, for messages. */
export interface Asked {
  readonly method: string;
  /** Below `/api/v3`, without the query. */
  readonly path: string;
  /** Values that no message may show. */
  readonly secrets: readonly string[];
}

/** What the server said about fields, by field; `''` for what is about none of them. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** The cause of an error that a server's answer stands behind. */
export interface Refusal extends Error {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly errors: FieldErrors;
}

/** The answer behind an error, where there is one. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = error instanceof DirectoryError ? error.cause : undefined;
  return cause instanceof Error && 'status' in cause && 'errors' in cause ? (cause as Refusal) : undefined;
}

/**
 * Did a handler crash? authentik answers that to a write with 405 and an empty HTML page, since its error page is made
 * for GET only; a method that is not offered is a 405 too, but JSON.
 */
export function isCrash({ status, isJson }: Answer): boolean {
  return status === 500 || (status === 405 && !isJson);
}

/** The error for an answer; `code` where more is known than the status tells. */
export function errorOf(answer: Answer, asked: Asked, code = codeOf(answer)): DirectoryError {
  const errors = fieldErrors(answer.body, asked.secrets);
  const said = sentence(errors);
  const what = isCrash(answer) ? 'the server failed on it (its log says why)' : statusText(answer);
  const refusal = Object.assign(
    new Error(`${asked.method} ${asked.path}: ${answer.status}${said === '' ? '' : ` ${said}`}`),
    { method: asked.method, path: asked.path, status: answer.status, errors },
  );
  const [field] = Object.keys(errors).filter((name) => name !== '');
  return new DirectoryError(
    code,
    `${asked.method} ${asked.path}: ${said === '' ? what : said} (${answer.status})`,
    {
      cause: refusal,
      field: answer.status === 400 ? field : undefined,
      retryAfter: retryAfterOf(answer),
      uncertain: isGet(asked.method) ? false : undefined,
    },
  );
}

function isGet(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function codeOf(answer: Answer): DirectoryErrorCode {
  const { status, isJson } = answer;
  if (isCrash(answer)) return 'failed';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'denied';
  if (status === 404) return isJson ? 'missing' : 'unsupported';
  if (status === 405 || status === 406 || status === 415 || status === 501) return 'unsupported';
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'unreachable';
  return 'invalid';
}

function statusText({ status, isJson }: Answer): string {
  if (status === 404 && !isJson)
    return 'there is no such endpoint; is this the address of an authentik server?';
  if (status === 429) return 'too many requests';
  if (status === 502 || status === 503 || status === 504)
    return 'the server does not answer its gateway, or is starting';
  return 'refused';
}

/** Milliseconds that the server asks to wait: a number of seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfterOf({ headers }: Answer, now = Date.now()): number | undefined {
  const value = [headers['retry-after']].flat()[0];
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * What the server said, by field. Its shapes vary: lists, single texts, maps in maps, or a bare list for the whole body
 * (as recorded from authentik 2025.12).
 */
export function fieldErrors(body: Json | undefined, secrets: readonly string[]): FieldErrors {
  const errors: Record<string, string[]> = {};
  const add = (field: string, text: string): void => {
    const name = field === 'non_field_errors' || field === 'detail' || field === '__all__' ? '' : field;
    errors[name] ??= [];
    errors[name].push(withoutSecrets(text, secrets));
  };
  const texts = (value: Json, path: readonly string[]): string[] => {
    if (Array.isArray(value)) return value.flatMap((one) => texts(one, path));
    if (isMap(value)) {
      return Object.entries(value as Record<string, Json>).flatMap(([key, inner]) =>
        texts(inner, [...path, key]),
      );
    }
    const inside = path.filter((key) => key !== 'non_field_errors').join('.');
    return value === null ? [] : [inside === '' ? String(value) : `${inside}: ${value}`];
  };
  if (isMap(body)) {
    for (const [field, value] of Object.entries(body as Record<string, Json>)) {
      // `code` names the sort of refusal of the whole answer; newer releases send it along.
      if (field === 'code') continue;
      for (const text of texts(value, [])) add(field, text);
    }
  } else if (Array.isArray(body)) for (const text of texts(body, [])) add('', text);
  return errors;
}

function sentence(errors: FieldErrors): string {
  return Object.entries(errors)
    .map(([field, texts]) => {
      const text = texts.map((one) => one.replace(/\.$/, '')).join('; ');
      return field === '' ? text : `\`${field}\`: ${text}`;
    })
    .join('; ');
}

/** The text with secret values left out: the server repeats what it refuses. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length > 0).sort((a, b) => b.length - a.length);
  return known.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}
