/** Makes hostile files out of good ones: bytes, lines and values that were changed, repeated, cut off or blown up. */
import type { Random } from '../chaos/random.js';

const pieces = [
  '',
  '\0',
  '\ufeff',
  '\u202e',
  '\ud800',
  '::set-output name=a::b',
  '##[error]',
  '../../../etc/passwd',
  '/proc/self/environ',
  '*'.repeat(40),
  'a*'.repeat(12),
  '**/'.repeat(12),
  'a://'.repeat(2_000),
  ' '.repeat(20_000),
  '['.repeat(300),
  '{"a":'.repeat(300),
  '__proto__',
  'constructor',
  'null',
  '!Env HOME',
  '&a [*a, *a]',
  '1e999',
  '-0',
  '9007199254740993',
];

/** A number, text, list or map that no writer of such a file would put there. */
function strangeValue(random: Random): unknown {
  return random.pick<() => unknown>([
    () => null,
    () => true,
    () => -1,
    () => 1e308,
    () => [],
    () => ({}),
    () => [[[[]]]],
    () => JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}'),
    () => random.pick(pieces),
    () => 'x'.repeat(random.between(1, 5_000)),
  ])();
}

/** The JSON with one of its values, or a key, put in the place of another. */
export function mutatedJson(text: string, random: Random): string {
  const data = JSON.parse(text) as unknown;
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Record<string, unknown>, key });
      collect((value as Record<string, unknown>)[key]);
    }
  };
  collect(data);
  for (let count = random.between(1, 3); count > 0 && places.length > 0; count--) {
    const { holder, key } = random.pick(places);
    const act = random.weighted({ remove: 2, move: 2, replace: 6 });
    if (act === 'remove') delete holder[key];
    else if (act === 'move') holder[random.pick(['x', '__proto__x', ...pieces.slice(0, 6)])] = holder[key];
    else holder[key] = random.chance(0.3) ? random.pick(places).holder : strangeValue(random);
  }
  try {
    return JSON.stringify(data) ?? 'null';
  } catch {
    // A map that holds itself is no file.
    return '{';
  }
}

/** The text with a few of its bytes, lines or words changed. */
export function mutatedText(text: string, random: Random): Buffer {
  let bytes = Buffer.from(text);
  for (let count = random.between(1, 4); count > 0; count--) {
    const at = random.between(0, bytes.length);
    const end = Math.min(bytes.length, at + random.between(0, 30));
    const middle = random.pick<() => Buffer>([
      () => Buffer.alloc(0),
      () => Buffer.from(random.pick(pieces)),
      () => Buffer.of(random.between(0, 255)),
      () => Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)]),
      () => Buffer.from(String(strangeValue(random))),
    ])();
    bytes = Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(random.chance(0.5) ? at : end)]);
    if (random.chance(0.05)) bytes = bytes.subarray(0, random.between(0, bytes.length));
  }
  return bytes;
}
