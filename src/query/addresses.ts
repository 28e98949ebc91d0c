/** IP addresses and UUIDs as text that sorts and compares as PostgreSQL's `inet` and `uuid` do. */

const v4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const group = /^[0-9a-f]{1,4}$/;

/**
 * A key for an address: the same for every way to write it, IPv4 before IPv6, in order of the bits. Undefined when the
 * text is not an address; a network such as `10.0.0.0/8` is not one. A zone (`%eth0`) is left out.
 */
export function addressKey(text: string): string | undefined {
  if (v4.test(text)) return `4${hexOfV4(text)}`;
  const hex = text.includes(':') ? hexOfV6(text.replace(/%[^%]+$/, '').toLowerCase()) : undefined;
  return hex === undefined ? undefined : `6${hex}`;
}

function hexOfV4(text: string): string {
  return text
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('');
}

function hexOfV6(text: string): string | undefined {
  // The last 32 bits may be written as an IPv4 address.
  const whole = text.replace(/[\d.]+$/, (last) => (v4.test(last) ? groupsOfV4(last) : last));
  const [before = '', after, more] = whole.split('::');
  if (more !== undefined) return undefined;
  const left = before === '' ? [] : before.split(':');
  const right = after ? after.split(':') : [];
  const missing = 8 - left.length - right.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...new Array<string>(missing).fill('0'), ...right];
  return groups.every((one) => group.test(one))
    ? groups.map((one) => one.padStart(4, '0')).join('')
    : undefined;
}

function groupsOfV4(text: string): string {
  const hex = hexOfV4(text);
  return `${hex.slice(0, 4)}:${hex.slice(4)}`;
}

/**
 * A UUID as 32 hexadecimal digits, or undefined when the text is not one. Takes what Python's `UUID` takes: hyphens
 * anywhere, braces around, `urn:uuid:` before.
 */
export function uuidKey(text: string): string | undefined {
  const digits = text
    .replace(/urn:|uuid:/g, '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replace(/-/g, '')
    .toLowerCase();
  return /^[0-9a-f]{32}$/.test(digits) ? digits : undefined;
}
