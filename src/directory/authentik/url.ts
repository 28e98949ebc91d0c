/** What URLs of authentik directories mean: which server they name, and whether a token may be sent there. */
import { DirectoryError } from '../errors.js';

/**
 * The address of the server: `authentik+https://id.example.org/prefix` names `https://id.example.org/prefix`. Throws
 * DirectoryError for what names none, holds credentials, or would send the token in the clear over a network.
 */
export function serverOf(url: string): string {
  const refuse = (message: string): never => {
    throw new DirectoryError('unsupported', message);
  };
  const [, scheme = '', rest = ''] = /^authentik\+(https?):\/\/(.*)$/i.exec(url) ?? [];
  const written = `${scheme.toLowerCase()}://${rest}`;
  if (scheme === '' || rest === '' || !URL.canParse(written))
    return refuse('an authentik server is named as authentik+https://id.example.org');
  const server = new URL(written);
  if (server.username !== '' || server.password !== '')
    return refuse(
      'the URL of an authentik server holds no credentials: put the token into AUTHENTIK_TOKEN, or name its file with AUTHENTIK_TOKEN_FILE',
    );
  if (server.search !== '' || server.hash !== '')
    return refuse(`authentik+${server.origin} has no query and no fragment: leave out what follows the path`);
  if (server.protocol === 'http:' && !isLoopback(server.hostname))
    return refuse(
      `authentik+http:// would send the token to ${server.host} in the clear; it is only for this machine (127.0.0.1, ::1, localhost): write authentik+https://`,
    );
  const path = server.pathname.replace(/\/+$/, '').replace(/\/api(?:\/v3)?$/, '');
  return `${server.origin}${path}`;
}

/** Is it `localhost`, in 127.0.0.0/8, or `::1` (with or without brackets, as URLs have it)? */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
