/**
 * The formats of texts, by authentik's own validators: Django's for addresses and URLs (`django/core/validators.py`), and
 * those in `authentik/lib/models.py`, `lib/utils/time.py` and `admin/files/validation.py`. JSON Schema's formats of the same
 * names take other texts.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { durationOf } from './duration.js';

const letters = '\\u00a1-\\uffff';
const host = `[a-z${letters}0-9](?:[a-z${letters}0-9-]{0,61}[a-z${letters}0-9])?`;
const domain = `(?:\\.(?!-)[a-z${letters}0-9-]{1,63}(?<!-))*`;
const topLevel = `\\.(?!-)(?:[a-z${letters}-]{2,63}|xn--[a-z0-9]{1,59})(?<!-)`;
const byte = '(?:0|25[0-5]|2[0-4][0-9]|1[0-9]?[0-9]?|[1-9][0-9]?)';
const address4 = `${byte}(?:\\.${byte}){3}`;

function urlPattern(hosts: string): RegExp {
  const user = '(?:[^\\s:@/]+(?::[^\\s:@/]*)?@)?';
  const place = `(?:${address4}|\\[([0-9a-f:.]+)\\]|(?:${hosts}|localhost))`;
  return new RegExp(`^[a-z0-9.+-]*://${user}${place}(?::\\d{1,5})?(?:[/?#]\\S*)?$`, 'i');
}

const url = urlPattern(`${host}${domain}${topLevel}\\.?`);
const domainlessUrl = urlPattern(host + domain);
const launchUrl = urlPattern(`[%()a-z]*${host}${domain}`);

/** Is the text a URL with one of the schemes? */
function isUrl(text: string, pattern: RegExp, schemes: readonly string[]): boolean {
  if (text.length > 2048 || /[\t\r\n]/.test(text)) return false;
  if (!schemes.includes(text.split('://')[0]!.toLowerCase())) return false;
  const match = pattern.exec(text);
  return match !== null && (match[1] === undefined || isIPv6(match[1]));
}

const web = ['http', 'https'];
const anyWeb = [...web, 'ftp', 'ftps'];
/** authentik's validator takes this as well, whatever it is for. */
const blank = 'blank';

const localPart =
  /^(?:[-!#$%&'*+/=?^_`{}|~0-9a-z]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9a-z]+)*|"(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*")$/i;
const mailDomain = new RegExp(`^${host}${domain}${topLevel}$`, 'i');

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at === -1 || text.length > 320 || !localPart.test(text.slice(0, at))) return false;
  const place = text.slice(at + 1);
  const literal = /^\[([a-f0-9:.]+)\]$/i.exec(place)?.[1];
  if (literal !== undefined) return isIPv4(literal) || isIPv6(literal);
  return place === 'localhost' || mailDomain.test(place);
}

/** The path of a file in authentik's storage, or anything that is not one: a URL, an icon of a font, a file that ships with it. */
function isFileName(text: string): boolean {
  if (/^(?:fa:\/\/|http:|https:\/\/|\/static)/.test(text)) return true;
  if (!/^[a-zA-Z0-9._/-]+$/.test(text.replaceAll('%(theme)s', 'theme'))) return false;
  const parts = text.split('/').filter((part) => part !== '.' && part !== '');
  if (text.includes('//') || text.startsWith('/') || parts.includes('..')) return false;
  const path = parts.join('/');
  return (
    path !== '' && !path.startsWith('.') && path.length <= 1024 && parts.every((part) => part.length <= 255)
  );
}

interface Format {
  readonly accepts: (text: string) => boolean;
  /** Ends a sentence that begins with the attribute's name. */
  readonly words: string;
}

const formats: Readonly<Record<string, Format>> = {
  email: { accepts: isEmail, words: 'must be an email address' },
  uri: {
    accepts: (text) => isUrl(text, url, anyWeb),
    words: 'must be a URL with a full host name, such as https://app.example.org/path',
  },
  'web-url': {
    accepts: (text) => isUrl(text, domainlessUrl, [...web, blank]),
    words: 'must be a URL that begins with http:// or https://; a host name has no underscore',
  },
  'any-url': {
    accepts: (text) => isUrl(text, domainlessUrl, [...anyWeb, blank]),
    words: 'must be a URL such as https://app.example.org/path; a host name has no underscore',
  },
  'launch-url': {
    accepts: (text) => isUrl(text, launchUrl, [...anyWeb, blank]),
    words: 'must be a URL such as https://app.example.org/path, and may hold %(username)s',
  },
  'ldap-uri': {
    accepts: (text) =>
      text.split(',').every((one) => isUrl(one, domainlessUrl, [...web, blank, 'ldap', 'ldaps'])),
    words: 'must be one or several URLs such as ldaps://ldap.example.org, separated by commas without spaces',
  },
  'file-name': {
    accepts: isFileName,
    words:
      'must be a URL, fa://…, /static/…, or a path of letters, digits, `.`, `_`, `-`, `/` and %(theme)s in authentik’s storage',
  },
  duration: {
    accepts: (text) => durationOf(text) !== undefined,
    words: 'is not a valid duration; write it like `hours=1;minutes=30`',
  },
  'without-spaces': { accepts: (text) => !text.includes(' '), words: 'may not contain spaces' },
};

/** Adds the formats to a validator. A blank text passes: one that must not be blank has a `minLength`. */
export function addFormatsOfAuthentik(ajv: Ajv2020): void {
  for (const [name, { accepts }] of Object.entries(formats)) {
    ajv.addFormat(name, (text: string) => text === '' || accepts(text));
  }
}

/** What to say of a text that does not have a format. */
export function formatWords(name: string): string {
  return formats[name]?.words ?? `must be a valid ${name}`;
}
