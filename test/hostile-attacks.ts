/** Attacks on the file: a valid blueprint in, one with damaged bytes, encoding or YAML out. */
import { gzipSync } from 'node:zlib';
import { pick } from '../scripts/generate.js';
import type { Attack, Attempt, Random } from './hostile.js';

export const fails = (bytes: Buffer | string): Attempt => ({ bytes, mustFail: true });
export const survives = (bytes: Buffer | string): Attempt => ({ bytes, mustFail: false });
export const between = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1));

/** Replaces one line that matches, chosen at random; undefined when none does. */
function onLine(
  random: Random,
  text: string,
  pattern: RegExp,
  change: (match: RegExpExecArray) => string,
): string | undefined {
  const lines = text.split('\n');
  const matches = lines.flatMap((line, index) => {
    const match = pattern.exec(line);
    return match ? [{ index, match }] : [];
  });
  if (matches.length === 0) return undefined;
  const { index, match } = pick(random, matches);
  lines[index] = change(match);
  return lines.join('\n');
}

/** An attack on one line. */
export function lineAttack(
  pattern: RegExp,
  change: (random: Random, match: RegExpExecArray) => string,
  result: (text: string) => Attempt = fails,
): Attack {
  return (random, text) => {
    const changed = onLine(random, text, pattern, (match) => change(random, match));
    return changed === undefined ? undefined : result(changed);
  };
}

/** `key: value` with an unquoted value, in groups: everything up to the value, then the value. */
export const scalarLine =
  /^(\s+(?:- )?(?:slug|name|order|username|domain|designation|label|field_key|title): )([^!&*"'|>].*)$/;

function atRandom(random: Random, text: string, insert: Buffer): Buffer {
  const bytes = Buffer.from(text);
  const at = between(random, 0, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at)]);
}

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

const notUtf8 = ['ff', 'fe', 'c328', 'c0af', 'eda080', 'f4908080', 'f8888080', 'e282', 'a0', '80'];

/** Damage to the file: bytes, encoding and YAML syntax. */
export const rawAttacks: Record<string, Attack> = {
  truncated: (random, text) => survives(Buffer.from(text).subarray(0, between(random, 1, text.length - 1))),
  'flipped-bits': (random, text) => {
    const bytes = Buffer.from(text);
    for (let flips = between(random, 1, 8); flips > 0; flips--) {
      bytes[between(random, 0, bytes.length - 1)]! ^= 1 << between(random, 0, 7);
    }
    return survives(bytes);
  },
  'random-bytes-inside': (random, text) =>
    survives(atRandom(random, text, randomBytes(random, between(random, 1, 16)))),
  'lines-shuffled': (random, text) => {
    const lines = text.split('\n');
    for (let swaps = between(random, 1, 10); swaps > 0; swaps--) {
      const [one, other] = [between(random, 0, lines.length - 1), between(random, 0, lines.length - 1)];
      [lines[one], lines[other]] = [lines[other]!, lines[one]!];
    }
    return survives(lines.join('\n'));
  },
  'line-lost': (random, text) => {
    const lines = text.split('\n');
    lines.splice(between(random, 0, lines.length - 1), 1);
    return survives(lines.join('\n'));
  },
  'indentation-changed': lineAttack(
    /^( +)(\S.*)$/,
    (random, [, , rest]) => ' '.repeat(between(random, 0, 12)) + rest,
    survives,
  ),
  'invalid-utf8': (random, text) => {
    // Before an ASCII letter, so that no sequence is completed by chance.
    const at = pick(random, [...text.matchAll(/[a-z]/g)]).index;
    const bytes = Buffer.from(pick(random, notUtf8), 'hex');
    return fails(Buffer.concat([Buffer.from(text.slice(0, at)), bytes, Buffer.from(text.slice(at))]));
  },
  utf16: (_random, text) => fails(Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(text, 'utf16le')])),
  latin1: (random, text) => {
    const changed = onLine(random, text, scalarLine, ([, start]) => `${start}Zoë Brontë`);
    return changed === undefined ? undefined : fails(Buffer.from(changed, 'latin1'));
  },
  binary: (random) =>
    fails(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(random, 4096)])),
  gzip: (_random, text) => fails(gzipSync(text)),
  nul: (random, text) => fails(atRandom(random, text, Buffer.alloc(between(random, 1, 4)))),
  'control-character': lineAttack(scalarLine, (random, [, start, value]) => {
    const control = String.fromCharCode(pick(random, [1, 2, 7, 8, 0x0b, 0x1b, 0x1f, 0x7f]));
    return `${start}${value}${control}x`;
  }),
  'byte-order-mark': (_random, text) => survives(`\uFEFF${text}`),
  crlf: (_random, text) => survives(text.replaceAll('\n', '\r\n')),
  'crlf-in-places': (random, text) => survives(text.replace(/\n/g, () => (random() < 0.3 ? '\r\n' : '\n'))),
  'carriage-returns': (_random, text) => survives(text.replaceAll('\n', '\r')),
  'strange-line-breaks': (random, text) =>
    survives(
      text.replace(/\n/g, () =>
        random() < 0.05 ? pick(random, ['\u0085', '\u2028', '\u2029', '\f']) : '\n',
      ),
    ),
  'tab-indentation': lineAttack(/^( {4})( *(?:identifiers|attrs):)/, (_random, [, , rest]) => `\t${rest}`),
  empty: () => fails(''),
  'blank-only': (random) => survives(' \n'.repeat(between(random, 1, 200))),
  'comments-only': (random) => survives('# nothing here\n'.repeat(between(random, 1, 200))),
  'list-at-top': (random, text) =>
    survives(text.replace(/^(?=.)/gm, '  ').replace(/^ /, '-') + '\n- 1'.repeat(between(random, 0, 3))),
  'scalar-at-top': (random) =>
    survives(
      pick(random, [
        'null',
        '5',
        'yes',
        '2024-01-01',
        '"text"',
        '|\n text',
        '!KeyOf x',
        '.nan',
        '---',
        '...',
        '{}',
        '[]',
      ]),
    ),
  'several-documents': (random, text) =>
    fails(`${text}${'---\nversion: 1\nentries: []\n'.repeat(between(random, 1, 50))}`),
  'unclosed-quote': lineAttack(
    scalarLine,
    (random, [, start, value]) => `${start}${pick(random, ['"', "'"])}${value}`,
    survives,
  ),
  'unclosed-quote-at-end': (random, text) =>
    fails(
      `${text}x-note: ${pick(random, ['"never closed', "'never closed", '"ends in an escape\\"', '[1, 2', '{a: 1', '{"a": ["b"'])}\n`,
    ),
  'bad-escape': (random, text) =>
    fails(`${text}x-note: "${pick(random, ['\\q', '\\x1', '\\u12', '\\U0011', '\\xZZ'])}"\n`),
  'garbage-after-value': (random, text) =>
    fails(
      `${text}x-note: ${pick(random, ['"a" b', "'a' 'b'", '[a] b', '{a: 1} b', '@reserved', '`reserved`', '%reserved', '] ', '}', ', a'])}\n`,
    ),
  'json-trailing-comma': (random) =>
    survives(
      `{"version": 1, "entries": [{"model": "authentik_core.group", "identifiers": {"name": "g${between(random, 0, 1e6)}",},},],}`,
    ),
  'json-broken': (random) =>
    fails(
      `{"version": 1, "entries": [{"model": "authentik_core.group", "identifiers": {"name": ${pick(random, ['"g"', '"g', '["g"}', '"g"]'])}${']}'.repeat(between(random, 3, 9))}`,
    ),
  'alias-recursive': (random, text) =>
    survives(
      pick(random, [
        'x-a: &a [*a]\n',
        'x-a: &a {self: *a}\n',
        'x-a: &a [&b {a: *a, b: *b}]\n',
        'x-a: &a\n  <<: *a\n',
      ]) + text,
    ),
  'alias-unknown': (random, text) =>
    fails(`${text}x-alias: *${pick(random, ['nobody', 'flow', '1', 'a.b'])}\n`),
  'anchor-alone': (random, text) => survives(`${text}x-anchor: &a${between(random, 0, 1e6)}\n`),
  'merge-of-no-map': (random, text) =>
    fails(`${text}x-merge: {<<: ${pick(random, ['5', 'text', '[1]', '[{a: 1}, b]', 'true'])}, a: 1}\n`),
  'key-of-no-scalar': (random, text) =>
    fails(`${text}x-keys: {${pick(random, ['[1, 2]: a', '{a: 1}: b', '? [a] : b', '? {a: {b: 1}} : c'])}}\n`),
  'unknown-tag': lineAttack(scalarLine, (random, [, start, value]) => {
    const tag = pick(random, [
      '!Nope',
      '!keyof',
      '!KEYOF',
      '!',
      '!!python/object/apply:os.system',
      '!!python/name:os.system',
      '!!js/function',
      '!<tag:example.org,2026:x>',
      '!Ｆind',
      '!constructor',
      '!__proto__',
    ]);
    return tag === '!' ? `${start}!unknown! ${value}` : `${start}${tag} ${value}`;
  }),
  'wrong-standard-tag': lineAttack(
    scalarLine,
    (random, [, start]) =>
      `${start}${pick(random, ['!!int ten', '!!float text', '!!bool maybe', '!!timestamp soon', '!!map text', '!!seq text'])}`,
  ),
  directive: (random, text) =>
    survives(
      pick(random, [
        '%YAML 1.2\n---\n',
        '%YAML 9.9\n---\n',
        '%TAG ! tag:example.org,2026:\n---\n',
        '%WHAT ever\n---\n',
        '%YAML 1.1\n',
      ]) + text,
    ),
  'duplicate-key': (random, text) => {
    if (random() < 0.3) return fails(`${text}version: 1\n`);
    const changed = onLine(random, text, scalarLine, ([line]) => `${line}\n${line.replace(/- /, '  ')}`);
    return changed === undefined ? undefined : fails(changed);
  },
};
