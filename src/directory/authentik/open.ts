/** Opens an authentik server: which release it is, and who its token belongs to, before anything else. */
import type { Directory } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { type Account, readAccount } from './account.js';
import { type AuthentikClient, authentikClient, type ClientOptions } from './client.js';
import { authentikDirectory } from './directory.js';
import { newest, oldest, releaseOf } from './releases.js';
import { bodyOf, limiter, type Session } from './session.js';
import { serverOf } from './url.js';

/** How to open a server. */
export interface AuthentikOptions extends Omit<ClientOptions, 'url' | 'token'> {
  /** Key of an API token. */
  readonly token?: string;
  /** How many requests may be under way; 4 when absent, since more gained nothing on a real server. */
  readonly concurrency?: number;
  /** Told once what people should know of the server. */
  readonly told?: (message: string) => void;
}

/** An open server. */
export interface OpenAuthentik {
  readonly directory: Directory;
  readonly client: AuthentikClient;
  readonly session: Session;
  /** Tells this server from every other: the id of its installation. */
  readonly identity: string;
  /** Who the token belongs to. */
  readonly account: Account;
}

/** Opens the server that a URL names. Throws DirectoryError. */
export async function openAuthentik(url: string, options: AuthentikOptions = {}): Promise<OpenAuthentik> {
  const server = serverOf(url);
  const { token, concurrency = 4, told, ...rest } = options;
  if (token === undefined || token === '') {
    const message = `${server} needs a token: put it into AUTHENTIK_TOKEN, or name its file with AUTHENTIK_TOKEN_FILE`;
    throw new DirectoryError('unauthenticated', message);
  }
  const client = authentikClient({ ...rest, url: server, token });
  try {
    const version = await versionOf(client);
    const release = releaseOf(version);
    if (release < releaseOf(oldest)) {
      const message = `${server} is authentik ${version}; ${oldest} and later can be kept`;
      throw new DirectoryError('unsupported', message);
    }
    if (release > releaseOf(newest))
      told?.(
        `${server} is authentik ${version}, newer than ${newest}, the last release that asbuilt knows; what came later is left alone`,
      );
    const account = await readAccount(client);
    const session: Session = {
      client,
      version,
      release,
      concurrency,
      limited: limiter(concurrency),
      lookups: new Map(),
      listed: new Set(),
      shared: new Map(),
    };
    const directory = authentikDirectory(session, `authentik+${server}`, account);
    return { directory, client, session, identity: await identityOf(client), account };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** The release of a server, `2025.12.4`. */
async function versionOf(client: AuthentikClient): Promise<string> {
  const body = bodyOf(await client.get('/admin/version/'));
  if (typeof body.version_current === 'string') return body.version_current;
  const message = `${client.url} does not say which release of authentik it is; is this the address of an authentik server?`;
  throw new DirectoryError('unsupported', message);
}

/** The id that an installation gives itself when it is set up; its address where it does not tell that. */
async function identityOf(client: AuthentikClient): Promise<string> {
  const answer = await client.get('/enterprise/license/install_id/', { expect: [403, 404, 501] });
  const id = answer.status === 200 ? bodyOf(answer).install_id : undefined;
  return typeof id === 'string' ? `authentik ${id}` : `authentik at ${client.url}`;
}
