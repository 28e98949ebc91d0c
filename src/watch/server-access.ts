/** Decides whether an HTTP request may see the state of a watch and start runs. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { ServerError } from './server-listen.js';

/** Why a request is refused, as the answer says it. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Judges a request; undefined when it may. */
export type Access = (request: IncomingMessage) => Refusal | undefined;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

// Any of them says that the peer speaks for somebody else.
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
] as const;

const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * With a token everybody needs it; without one only programs on this machine may. `host` is what the server
 * listens on. Throws ServerError for a token that no request could carry.
 */
export function accessFor(token: string | undefined, host: string): Access {
  if (token === undefined) return (request) => foreignOrigin(request) ?? notLocal(request, host);
  if (token === '') throw new ServerError('the token of the HTTP port is empty');
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ServerError('the token of the HTTP port has spaces or characters that a header cannot carry');
  }
  const wanted = digest(token);
  return (request) => foreignOrigin(request) ?? withoutToken(request, wanted);
}

/** A browser says which page sends a POST; only pages of this very port may (there are none yet). */
function foreignOrigin({ method, headers }: IncomingMessage): Refusal | undefined {
  const { origin, host } = headers;
  if (method !== 'POST' || origin === undefined) return undefined;
  const own = host?.toLowerCase();
  if (own && (origin === `http://${own}` || origin === `https://${own}`)) return undefined;
  return { status: 403, text: 'refused: the request comes from a page of another origin' };
}

function withoutToken({ headers }: IncomingMessage, wanted: Buffer): Refusal | undefined {
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  // Digests have one length, so the comparison does not tell that of the token.
  if (given !== undefined && timingSafeEqual(digest(given), wanted)) return undefined;
  const error = headers.authorization === undefined ? '' : ', error="invalid_token"';
  return {
    status: 401,
    text: 'refused: a token is needed, as `Authorization: Bearer …`',
    headers: { 'WWW-Authenticate': `Bearer realm="asbuilt"${error}` },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function notLocal(request: IncomingMessage, listenHost: string): Refusal | undefined {
  const { headers, socket } = request;
  if (!isLoopback(socket.remoteAddress) || proxyHeaders.some((name) => headers[name] !== undefined)) {
    return { status: 403, text: 'refused: without a token only programs on this machine may ask for this' };
  }
  // A page whose name was made to point here by its owner still sends its own name.
  if (!isLocalName(headers.host, listenHost)) {
    return { status: 403, text: 'refused: the request is meant for another host' };
  }
  return undefined;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function isLocalName(header: string | undefined, listenHost: string): boolean {
  const [, bracketed, plain] =
    /^(?:\[([^[\]]+)\]|([^:[\]]+))(?::\d+)?$/.exec(header?.toLowerCase() ?? '') ?? [];
  const name = bracketed ?? plain;
  if (name === undefined) return false;
  if (name === 'localhost' || name === '127.0.0.1' || name === '::1') return true;
  return name === listenHost.toLowerCase() && !everyAddress.has(name);
}
