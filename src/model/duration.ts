/** Lengths of time as authentik writes them: `hours=1;minutes=30`. */

const units: ReadonlyMap<string, number> = new Map([
  ['microseconds', 0.001],
  ['milliseconds', 1],
  ['seconds', 1_000],
  ['minutes', 60_000],
  ['hours', 3_600_000],
  ['days', 86_400_000],
  ['weeks', 604_800_000],
]);

/** What Python's `float` takes, without `nan` and `inf`. */
const number = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;

/**
 * Milliseconds of a duration, or undefined for a text that authentik refuses (`timedelta_from_string` in
 * `authentik/lib/utils/time.py`): each part has one `=`, parts with unknown units are ignored, and one must be left.
 */
export function durationOf(text: string): number | undefined {
  let total: number | undefined;
  for (const part of text.split(';')) {
    const [unit, amount, ...more] = part.split('=');
    if (amount === undefined || more.length > 0) return undefined;
    const factor = units.get(unit!.toLowerCase());
    if (factor === undefined) continue;
    const digits = amount.trim();
    if (!number.test(digits)) return undefined;
    total = (total ?? 0) + Number(digits.replaceAll('_', '')) * factor;
  }
  return total;
}
