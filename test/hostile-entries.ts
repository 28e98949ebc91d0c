/** Attacks on the meaning: a valid blueprint in, one out whose YAML is well formed and whose content is not. */
import { pick } from '../scripts/generate.js';
import type { Attack, Attempt, Random } from './hostile.js';
import { between, fails, lineAttack, scalarLine, survives } from './hostile-attacks.js';

/** Makes a text with another entry before its others; undefined when it has no list of entries. */
function withEntry(text: string, entry: string, before = ''): string | undefined {
  const match = /^entries:\n((?: *(?:#.*)?\n)*)( *)- /m.exec(text);
  if (match === null) return undefined;
  const indent = match[2]!;
  const [first, ...rest] = entry.split('\n');
  const item = [`${indent}- ${first}`, ...rest.map((line) => `${indent}  ${line}`)].join('\n');
  const at = match.index + 'entries:\n'.length;
  return `${text.slice(0, match.index)}${before}entries:\n${item}\n${text.slice(at)}`;
}

/** An attack that adds an entry, and perhaps something before the entries. */
export function entryAttack(
  entry: (random: Random) => string,
  result: (text: string) => Attempt = fails,
  before: (random: Random) => string = () => '',
): Attack {
  return (random, text) => {
    const attacked = withEntry(text, entry(random), before(random));
    return attacked === undefined ? undefined : result(attacked);
  };
}

/** An entry for a group that no blueprint has. */
export const group = (random: Random, attrs: string, more = ''): string =>
  `model: authentik_core.group\nidentifiers: {name: hostile-${between(random, 0, 1e6)}}\nattrs: ${attrs}${more}`;

/** Words that every JavaScript object seems to have. */
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

/** A key of an entry with values of types that it does not take. */
const wrongTypes: readonly (readonly [string, readonly string[]])[] = [
  ['model', ['5', 'null', '[authentik_core.user]', '{a: b}', 'true', '""', 'user', 'a.b.c']],
  ['state', ['5', '[present]', '{a: b}', 'true', 'Present', '""', 'gone']],
  ['id', ['5', '[a]', '{a: b}', 'true', '1.5']],
  ['identifiers', ['5', 'text', '[name]', 'null', 'true', '{}', '!Context x', '[[name, a]]']],
  ['attrs', ['5', 'text', '[name]', 'true', '!Context x', '[{name: a}]']],
  ['conditions', ['5', 'text', 'true', '{a: b}', '!Context x']],
  ['permissions', ['5', 'text', 'true', '{a: b}', '[5]', '[text]', '[{user: 1}]']],
];

/** Top-level keys in the same way; the key is written before the rest of the file. */
const wrongTopLevel: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^version: .*$/m, ['2', '0', '-1', '[1]', '{a: 1}', 'null', 'one', '1.5', '99999999999999999999']],
  [
    /^metadata:\n(?: +.*\n)+/m,
    [
      '5',
      'text',
      '[a]',
      '{}',
      '{name: 5}',
      '{name: [a]}',
      '{labels: {a: b}}',
      '{name: a, labels: 5}',
      '{name: a, labels: {a: {b: c}}}',
    ],
  ],
];

const attributesOfUser = [
  'is_active: maybe',
  'is_active: [true]',
  'email: [a]',
  'email: {a: b}',
  'email: not an address',
  'groups: 5',
  'groups: {a: b}',
  'path: [a]',

  'type: robot',
  'type: [internal]',
  'attributes: text',
  'attributes: [a]',
  'attributes: 5',
  'name: [a]',
  'name: {a: b}',
  'last_login: soon',
  'roles: text',
];

/** Tags whose form is wrong whatever they stand for. */
const malformedTags = [
  '!KeyOf [a, b]',
  '!KeyOf {a: b}',
  '!Find text',
  '!Find {a: b}',
  '!Find [authentik_core.group, name]',
  '!Find [authentik_core.group, [name]]',
  '!Format text',
  '!Format {a: b}',
  '!If []',
  '!If [true, 1]',
  '!Condition [AND]',
  '!Condition [MAYBE, true]',
  '!Condition text',
  '!Enumerate [[1], SEQ]',
  '!Enumerate [[1], BAG, 1]',
  '!Enumerate [5, SEQ, 1]',
  '!Index 0',
  '!Value 3',
  '!Value text',
  '!AtIndex [[1]]',
  '!AtIndex [[1], 7]',
  "!ParseJSON '{'",
  '!ParseJSON [1]',
  '!Format ["%s"]',
  '!Format ["%s", 1, 2]',
  '!Format ["%d", text]',
  '!Format ["100%"]',
  '!Format ["%(name)s", 1]',
  '!KeyOf nobody-has-this-id',
  '!Find [authentik_core.nothing, [name, a]]',
  '!Find [nothing, [name, a]]',
];

/** Content that a blueprint must not have, or that is strange enough to be misread. */
export const entryAttacks: Record<string, Attack> = {
  'entry-wrong-type': entryAttack((random) => {
    const [key, values] = pick(random, wrongTypes);
    const entry: Record<string, string> = {
      model: 'authentik_core.group',
      identifiers: `{name: hostile-${between(random, 0, 1e6)}}`,
    };
    entry[key] = pick(random, values);
    return Object.entries(entry)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');
  }),
  'entry-no-map': entryAttack((random) =>
    pick(random, [
      '5',
      'text',
      'null',
      '[]',
      '[a, b]',
      'true',
      '!KeyOf flow',
      '{}',
      '2024-01-01',
      '!Context x',
    ]),
  ),
  'entries-wrong-type': (random, text) => {
    const at = text.search(/^entries:$/m);
    return at === -1
      ? undefined
      : fails(
          `${text.slice(0, at)}entries: ${pick(random, ['5', 'text', 'null', 'true', '!Context x', '{a: 5}', '{a: {b: c}}', '{a: text}'])}\n`,
        );
  },
  'top-level-wrong-type': (random, text) => {
    const [pattern, values] = pick(random, wrongTopLevel);
    if (!pattern.test(text)) return undefined;
    const [key] = /\w+/.exec(pattern.source.slice(1))!;
    return fails(text.replace(pattern, `${key}: ${pick(random, values)}\n`));
  },
  'top-level-unknown-key': (random, text) =>
    fails(
      `${text}${pick(random, [...inherited, 'entrys', 'Version', '5', 'null', '"with space"', '!KeyOf x'])}: {}\n`,
    ),
  'entry-unknown-key': entryAttack((random) =>
    group(random, '{}', `\n${pick(random, [...inherited, 'atrs', 'State', '5', 'null', 'attr'])}: 1`),
  ),
  'unknown-attribute': entryAttack((random) =>
    group(random, `{${pick(random, [...inherited, 'nam', 'Name', '5', 'is-superuser', 'name.x'])}: 1}`),
  ),
  'unknown-model': lineAttack(
    /^(\s*- model: )(.*)$/,
    (random, [, start]) =>
      start +
      pick(random, [
        ...inherited,
        ...inherited.map((name) => `authentik_core.${name}`),
        'authentik_core.',
        '.user',
        '.',
        'authentik_core.user.',
        'authentik_stages.stage',
        'auth.user',
        '../user',
        'authentik_core.usr',
      ]),
  ),
  'unknown-state': entryAttack((random) =>
    group(random, '{}', `\nstate: ${pick(random, [...inherited, 'PRESENT', 'deleted', 'presen'])}`),
  ),
  'prototype-keys-in-free-map': entryAttack(
    (random) =>
      group(
        random,
        `{attributes: {${pick(random, inherited)}: {polluted: true}, a: {__proto__: {polluted: [1]}}}}`,
      ),
    survives,
  ),
  'attribute-wrong-type': entryAttack(
    (random) =>
      `model: authentik_core.user\nidentifiers: {username: hostile-${between(random, 0, 1e6)}}\nattrs:\n  ${pick(random, attributesOfUser)}`,
  ),
  'malformed-tag': entryAttack((random) =>
    group(random, `{attributes: {value: ${pick(random, malformedTags)}}}`),
  ),
  'duplicate-id': (random, text) => {
    const id = `twice-${between(random, 0, 1e6)}`;
    const once = withEntry(text, `model: authentik_core.group\nid: ${id}\nidentifiers: {name: ${id}}`);
    const twice =
      once && withEntry(once, `model: authentik_core.group\nid: ${id}\nidentifiers: {name: ${id}-again}`);
    return twice === undefined ? undefined : fails(twice);
  },
  'huge-number': lineAttack(
    /^(\s+order: )(\d+)$/,
    (random, [, start]) =>
      start +
      pick(random, [
        '9'.repeat(between(random, 20, 5_000)),
        `-${'9'.repeat(30)}`,
        `0x${'f'.repeat(between(random, 20, 400))}`,
        '1.5e+300',
        '.inf',
        '-.inf',
        '.nan',
        `0b${'1'.repeat(200)}`,
        `${'59:'.repeat(between(random, 20, 200))}59`,
        '2147483648',
      ]),
  ),
  'huge-number-in-free-map': entryAttack(
    (random) =>
      group(
        random,
        `{attributes: {value: ${pick(random, ['9'.repeat(between(random, 20, 5_000)), '1.0e+308', '1.0e+400', '-0', '-0.0', '0.1e-400', `1.${'0'.repeat(1_000)}1`, '0o777', '1_0', '.inf'])}}}`,
      ),
    survives,
  ),
  'strange-text': entryAttack(
    (random) =>
      group(
        random,
        `{attributes: {value: "${pick(random, ['\\u0000', '\\uD800', '\\uDC00x', '\\U0010FFFF', '\\u202Eevil', '\\uFEFF', '\\x1b[2J\\x1b]0;title\\x07', '\\r\\n::error::x', '\\u0085', '`$(reboot)`', "'; drop table users; --", '{{7*7}}', '=cmd()', '../../../../etc/passwd'])} ${between(random, 0, 1e6)}"}}`,
      ),
    survives,
  ),
  'strange-key': entryAttack(
    (random) =>
      group(
        random,
        `{attributes: {"${pick(random, ['', ' ', '/', '~', '~1/~0', '.', 'a.b', 'a/b', '\\u0000', '\\uD800', '$ref', '%2F', '#', '\\x1b[31m'])}": ${between(random, 0, 1e6)}}}`,
      ),
    survives,
  ),
  'strange-name': lineAttack(
    scalarLine,
    (random, [, start]) =>
      `${start}"${pick(random, ['', ' ', '/', '%', '#2', ':', 'a/b:c#d%e', '@', '\\n', '\\u202E', '\\x1b[2J', '💥', 'İ', 'ß'])}"`,
    survives,
  ),
  'surprising-scalar': lineAttack(
    scalarLine,
    (random, [, start]) =>
      start +
      pick(random, [
        'yes',
        'No',
        'on',
        '~',
        'null',
        '010',
        '1_000',
        '12:30:45',
        '2024-01-01',
        '2024-02-31',
        '2024-01-01T25:00:00Z',
        '1e3',
        '=',
        '<<',
        '.5',
        '+1',
      ]),
    survives,
  ),
  'parent-cycle': entryAttack(
    (random) =>
      `model: authentik_core.group\nid: own-parent\nidentifiers: {name: loop-${between(random, 0, 1e6)}}\nattrs: {parents: [!KeyOf own-parent]}`,
    survives,
  ),
  'find-cycle': entryAttack(
    (random) =>
      `model: authentik_core.group\nidentifiers: {name: !Format ["%s-x", !Find [authentik_core.group, [name, loop-${between(random, 0, 1e6)}-x]]]}`,
    survives,
  ),
  'file-outside': entryAttack(
    (random) =>
      group(
        random,
        `{attributes: {value: !File [${pick(
          random,
          [
            '/etc/shadow',
            '../../../../etc/passwd',
            '/dev/zero',
            '/dev/random',
            '/proc/self/environ',
            '.',
            '',
            'C:/secrets',
          ].map((path) => JSON.stringify(path)),
        )}, none-${between(random, 0, 1e6)}]}}`,
      ),
    survives,
  ),
};
