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

const longestUrl = 4_000;

/** What in a URL is a credential: `a password`, `a token`; undefined when nothing is. */
export function credentialIn(written: string): string | undefined {
  // What is longer is no URL, and would take the square of its length.
  const url = written.slice(0, longestUrl);
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

/** A parameter of a URL. */
const parameter = new RegExp(`(?<=[?&](?:${[...secretParameters].join('|')})=)[^\\s&#'"]+`, 'gi');
/** What stands behind `token:` and is neither a map, a tag, an alias nor the head of a block. */
const token =
  /((?:^|[\s{,])["']?token["']?[ \t]*:[ \t]+)("(?:\\.|[^"\\\n])*"|'(?:''|[^'\n])*'|[^\s{[&*!|>#"'][^\n,}]*)/gm;

/** The text with every character of a credential replaced, so that messages can show its lines. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/[^\s'"]+/g, withoutUser)
    .replace(parameter, hidden)
    .replace(token, (_, key: string, value: string) => key + hidden(value));
}

/** A word with the user's part of a URL replaced. One expression for it would take the square of the word's length. */
function withoutUser(word: string): string {
  const scheme = /[a-z0-9+.-]:\/\//i.exec(word);
  const from = scheme ? scheme.index + scheme[0].length : word.length;
  const past = word.lastIndexOf('@');
  return past > from ? word.slice(0, from) + hidden(word.slice(from, past)) + word.slice(past) : word;
}

function hidden(secret: string): string {
  return '*'.repeat(secret.length);
}
