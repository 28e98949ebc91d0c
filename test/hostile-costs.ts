/** Attacks on time and memory: a valid blueprint in, one out that costs far more than its size seems to say. */
import { pick } from '../scripts/generate.js';
import type { Attack } from './hostile.js';
import { between, fails, lineAttack, scalarLine, survives } from './hostile-attacks.js';
import { entryAttack, group } from './hostile-entries.js';

let tooLarge: Buffer | undefined;

/** Size, depth, and values that grow when they are worked out. */
export const costAttacks: Record<string, Attack> = {
  // Made once: the attack has no choices, and every other turn would fill as much again for nothing.
  'too-large': () => fails((tooLarge ??= Buffer.alloc(64 * 2 ** 20 + 1, '#'))),
  'long-line': lineAttack(
    scalarLine,
    (random, [, start]) => start + 'long '.repeat(between(random, 20_000, 60_000)),
    survives,
  ),
  'long-key': (random, text) => fails(`${text}k${'e'.repeat(between(random, 2_000, 200_000))}y: 1\n`),
  'many-keys': (random, text) =>
    fails(
      text + Array.from({ length: between(random, 2_000, 5_000) }, (_, index) => `k${index}: 1\n`).join(''),
    ),
  'deep-flow': (random, text) => {
    const depth = between(random, 10_000, 12_000);
    const [open, close] = pick(random, [
      ['[', ']'],
      ['{a: ', '}'],
      ['[{a: ', '}]'],
      ['!If [true, ', ', 1]'],
    ]);
    const closed = random() < 0.5;
    return fails(`${text}x-deep: ${open!.repeat(depth)}${closed ? `1${close!.repeat(depth)}` : ''}\n`);
  },
  'deep-block': (random, text) => {
    if (random() < 0.5)
      return fails(
        `${text}x-deep:\n  ${pick(random, ['- ', '? '])}${'- '.repeat(between(random, 10_000, 12_000))}1\n`,
      );
    const depth = between(random, 1_000, 1_500);
    return fails(
      `${text}x-deep:\n${Array.from({ length: depth }, (_, level) => `${' '.repeat(level + 1)}a:\n`).join('')}`,
    );
  },
  'alias-laughs': (random, text) => {
    const [levels, width] = pick(random, [
      [9, 10],
      [12, 7],
      [30, 2],
      [6, 20],
    ]) as [number, number];
    const inFlow = (item: string) => `[${Array(width).fill(item).join(', ')}]`;
    let bomb = `x-0: &l0 ${inFlow(`lol${between(random, 0, 1e6)}`)}\n`;
    for (let level = 1; level <= levels; level++)
      bomb += `x-${level}: &l${level} ${inFlow(`*l${level - 1}`)}\n`;
    return fails(bomb + text);
  },
  'alias-quadratic': (random, text) => {
    const length = between(random, 1_000, 1_500);
    return fails(`x-list: &list [${'1, '.repeat(length)}]\nx-lists: [${'*list, '.repeat(length)}]\n${text}`);
  },
  'format-width': entryAttack(
    (random) =>
      `model: authentik_core.user\nidentifiers:\n  username: !Format ["%${pick(random, ['', '-', '0', '.'])}${between(random, 1e9, 2e9)}${pick(random, ['s', 'd'])}", 1]\nattrs: {name: Wide}`,
    survives,
  ),
  'format-doubling': entryAttack(
    (random) => group(random, '{attributes: {value: !Context d40}}'),
    fails,
    (random) =>
      `context:\n  d0: ${'x'.repeat(between(random, 10, 99))}\n${Array.from({ length: 40 }, (_, index) => `  d${index + 1}: !Format ["%s%s", !Context d${index}, !Context d${index}]\n`).join('')}`,
  ),
  'enumerate-product': entryAttack(
    (random) => {
      const depth = between(random, 10, 14);
      return group(
        random,
        `{attributes: {value: ${'!Enumerate [!Context ten, SEQ, '.repeat(depth)}!Value 0${']'.repeat(depth)}}}`,
      );
    },
    fails,
    () => 'context:\n  ten: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n',
  ),
  'context-cycle': entryAttack(
    (random) => group(random, `{attributes: {value: !Context ${pick(random, ['a', 'b', 'c'])}}}`),
    fails,
    (random) =>
      pick(random, [
        'context: {a: !Context b, b: !Context c, c: !Context a}\n',
        'context: {a: !Context a, b: !Format ["%s", !Context b], c: !If [!Context c, 1, 2]}\n',
      ]),
  ),
  'deep-condition': entryAttack((random) => {
    const depth = between(random, 500, 2_000);
    return group(
      random,
      '{}',
      `\nconditions: [${'!Condition [NAND, '.repeat(depth)}true${']'.repeat(depth)}]`,
    );
  }),
  'deep-json': entryAttack((random) => {
    const depth = between(random, 5_000, 20_000);
    return group(random, `{attributes: {value: !ParseJSON '${'['.repeat(depth)}${']'.repeat(depth)}'}}`);
  }, survives),
};
