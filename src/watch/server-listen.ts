/** Parses `--listen`, and defines the error for a port that cannot be opened. */
import { isIPv6 } from 'node:net';

/** The port cannot be opened as asked. The message is for people and complete. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}

/** Where to listen. */
export interface ListenAddress {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  /** 0 asks for a free one. */
  readonly port: number;
}

const loopback = '127.0.0.1';
const forms = 'write `port`, `host:port` or `[IPv6]:port`';

/**
 * `9464` and `:9464` are loopback only: whoever wants all addresses writes `0.0.0.0:9464` or `[::]:9464`.
 * Throws ServerError.
 */
export function parseListen(listen: string): ListenAddress {
  const wrong = (why: string) => new ServerError(`cannot listen on \`${listen}\`: ${why}`);
  const [, bracketed, plain, digits] = /^(?:(?:\[([^[\]]*)\]|([^[\]]*)):)?(\d+)$/.exec(listen) ?? [];
  if (digits === undefined) throw wrong(forms);
  if (plain && isIPv6(plain)) throw wrong('an IPv6 address needs brackets, as in `[::1]:9464`');
  if (bracketed !== undefined && !isIPv6(bracketed)) throw wrong('what is in brackets is no IPv6 address');
  if (plain === '*') throw wrong('for all addresses write `0.0.0.0` or `[::]`');
  if (plain && !/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(plain)) throw wrong(forms);
  const port = Number(digits);
  if (port > 65_535) throw wrong('a port is a number from 0 to 65535');
  return { host: bracketed || plain || loopback, port };
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another program',
  EACCES: 'this user may not open the port',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EAFNOSUPPORT: 'this machine does not have addresses of that sort',
  ENOTFOUND: 'no address is known for the name',
  EAI_AGAIN: 'the name cannot be looked up at present',
};

/** Why the system refused to listen. */
export function listenFailure(listen: string, cause: NodeJS.ErrnoException): ServerError {
  const why = reasons[cause.code ?? ''] ?? cause.message;
  return new ServerError(`cannot listen on \`${listen}\`: ${why}`, { cause });
}
