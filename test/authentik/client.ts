/** The smallest client of the test server, for its own tests: one request, its status and its body. */

import { onTestFinished } from 'vitest';
import type { Json, JsonObject } from './json.js';
import { type Authentik, type AuthentikOptions, startAuthentik } from './server.js';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  /** The parsed body, or the text of one that is not JSON. */
  readonly body: Json;
}

export type Call = (method: string, path: string, body?: Json) => Promise<Reply>;

/** A server that stops with the test that starts it, and its client. */
export async function start(options: AuthentikOptions = {}): Promise<{ server: Authentik; call: Call }> {
  const server = await startAuthentik(options);
  onTestFinished(() => server.close());
  return { server, call: clientOf(server) };
}

/** A client of a server, under its token or another. */
export function clientOf(server: Pick<Authentik, 'url' | 'token'>, token = server.token): Call {
  return async (method, path, body) => {
    const response = await fetch(`${server.url}/api/v3${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
    const isJson = type === 'application/json' && text !== '';
    return {
      status: response.status,
      type,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Json) : text,
    };
  };
}

/** The objects on a list's page. */
export function resultsOf({ body }: Reply): JsonObject[] {
  return (body as { results: JsonObject[] }).results;
}

/** A body that is an object. */
export function objectOf({ body }: Reply): JsonObject {
  return body as JsonObject;
}
