/** Points in time as text, in the one form that everything compares: UTC, with `Z`, no needless fraction. */

const pattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[Tt ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * The normal form of an ISO 8601 date and time, or undefined for any other text. A text without an offset
 * is UTC, as authentik's server runs. Microseconds are kept, as Django keeps them.
 */
export function normalDateTime(text: string): string | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  const milliseconds = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second);
  const date = new Date(milliseconds);
  const exists = date.getUTCMonth() === +month! - 1 && date.getUTCDate() === +day!;
  if (!exists || +hour! > 23 || +minute! > 59 || +second > 59) return undefined;
  const moved = new Date(milliseconds - offsetOf(zone) * 60_000);
  const micro = fraction.padEnd(6, '0').slice(0, 6).replace(/0+$/, '');
  const whole = moved.toISOString().slice(0, 19);
  return `${whole}${micro ? `.${micro}` : ''}Z`;
}

/** Minutes east of UTC. */
function offsetOf(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone[0] === '-' ? -minutes : minutes;
}
