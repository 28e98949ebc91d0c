/** Points in time as queries write them and as rows hold them, both as UTC text that sorts by time, to the microsecond. */

/**
 * The time that a query's text names: `YYYY-MM-DD`, `YYYY-MM-DD HH:MM` or `YYYY-MM-DD HH:MM:SS` in UTC, which is the
 * time zone authentik runs in. Undefined where djangoql refuses the text. As in Python's `strptime`, which it uses, one
 * digit is enough for everything but the year, and a day may have a blank before it.
 */
export function timeOfQuery(text: string): string | undefined {
  const length = [...text].length;
  const pattern = length > 16 ? withSeconds : length > 10 ? withMinutes : dateOnly;
  const match = pattern.exec(text);
  if (!match || match[0] !== text) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (year < 1 || date.getUTCDate() !== day || second > 59) return undefined;
  return timeText(year, month, day, hour, minute, second, '');
}

// The alternatives stand in the order in which Python tries them; it takes the first that fits and never goes back.
const date = String.raw`^(\d{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\d|0[1-9]|[1-9]| [1-9])`;
const minutes = String.raw`\s+(2[0-3]|[01]\d|\d):([0-5]\d|\d)`;
const dateOnly = new RegExp(date);
const withMinutes = new RegExp(date + minutes);
const withSeconds = new RegExp(`${date}${minutes}:(6[01]|[0-5]\\d|\\d)`);

function timeText(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string,
): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const dated = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${dated} ${two(hour)}:${two(minute)}:${two(second)}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}

const utc = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(?:Z|[+-]00(?::?00)?)?$/;

/**
 * The time that a row holds, as `2026-01-30 10:20:30.500000` in UTC; text of that form sorts by time. Takes a Date and
 * ISO 8601 text; text without a zone is UTC. Undefined for everything else.
 */
export function timeOfRow(value: unknown): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : ofDate(value, '');
  if (typeof value !== 'string') return undefined;
  const plain = utc.exec(value);
  if (plain) return `${plain[1]} ${plain[2]}.${(plain[3] ?? '').padEnd(6, '0')}`;
  const elsewhere = new Date(/(?:[zZ]|[+-]\d\d(?::?\d\d)?)$/.test(value.slice(10)) ? value : `${value}Z`);
  const other = Number.isNaN(elsewhere.getTime()) ? new Date(value) : elsewhere;
  return Number.isNaN(other.getTime()) ? undefined : ofDate(other, /\.(\d+)/.exec(value)?.[1] ?? '');
}

function ofDate(date: Date, fraction: string): string {
  const digits = fraction || String(date.getUTCMilliseconds()).padStart(3, '0');
  return timeText(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    digits,
  );
}

/** PostgreSQL's text for such a time, where `~` looks: `2026-01-30 10:20:30.5+00`. */
export function timeAsPostgres(time: string): string {
  const [whole, fraction] = time.split('.') as [string, string];
  const digits = fraction.replace(/0+$/, '');
  return `${whole}${digits === '' ? '' : `.${digits}`}+00`;
}
