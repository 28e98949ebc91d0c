/** Finds credentials in the text of a configuration, so that no message shows them. */

/** Query parameters of URLs that hold a credential in some service. */
const secretParameters = new Set([
  'access_token',
  'api_key',
  'apikey',
  'authtoken',
  'client_secret',
  'password',
  'sslpassword',
  'token',
]);

/** What in a URL is a credential: `a password`, `a token`; undefined when nothing is. */
export function credentialIn(url: string): string | undefined {
  const [, scheme = '', user] = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#]*)@)?/i.exec(url) ?? [];
  if (user?.includes(':') && !user.endsWith(':')) return 'a password';
  // A slash or hash in a password ends the host for a parser, and then what follows the colon is no port.
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#@[]*:(?!\d*(?:[/?#]|$))\S*@/i.test(url) && !user) return 'a password';
  // A web service knows no user without a password: whoever writes one means a key.
  if (user && /^(?:.*\+)?https?$/i.test(scheme)) return 'a token';
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  for (const [name, value] of new URLSearchParams(query)) {
    if (secretParameters.has(name.toLowerCase()) && value !== '') return `\`${name}\``;
  }
  return undefined;
}

const written = [
  // The user's part of a URL.
  /(?<=[a-z][a-z0-9+.-]*:\/\/)[^\s'"]+(?=@)/gi,
  // A parameter of a URL.
  new RegExp(`(?<=[?&](?:${[...secretParameters].join('|')})=)[^\\s&#'"]+`, 'gi'),
  // What stands behind `token:` and is neither a map, a tag, an alias nor the head of a block.
  /(?<=(?:^|[\s{,])["']?token["']?[ \t]{0,99}:[ \t]{1,999})(?:"(?:\\.|[^"\\\n])*"|'(?:''|[^'\n])*'|[^\s{[&*!|>#"'][^\n,}]*)/gm,
];

/** The text with every character of a credential replaced, so that messages can show its lines. */
export function withoutCredentials(text: string): string {
  return written.reduce(
    (shown, pattern) => shown.replace(pattern, (secret) => '*'.repeat(secret.length)),
    text,
  );
}
