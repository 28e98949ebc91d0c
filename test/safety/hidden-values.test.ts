/** What an excerpt shows of a line: the values of known keys that are not secret, and nothing else. */
import { expect, test } from 'vitest';
import { hiddenValues } from '../../src/yaml/hidden-values.js';

/** The text as excerpts may show it. */
function shown(text: string): string | undefined {
  const ranges = hiddenValues({ path: 'a.yaml', text });
  let result = text;
  for (const [start, end] of [...(ranges ?? [])].reverse())
    result = `${result.slice(0, start)}…${result.slice(end)}`;
  return ranges && result;
}

test.each([
  [
    'a secret attribute',
    'users:\n  ada: {password: x, name: Ada}',
    'users:\n  ada: {password: …, name: Ada}',
  ],
  [
    'a key that nobody knows',
    'users:\n  ada: {passwrod: [x, y], name: A}',
    'users:\n  ada: {passwrod: …, name: A}',
  ],
  [
    'a value over several lines',
    'attrs:\n  key_data: |\n    x\n    y\n  name: n',
    'attrs:\n  key_data: …\n  name: n',
  ],
  ['the last of a map in braces', '{name: a, token: x}', '{name: a, token: …}'],
  ['an anchor and what it names', 'attrs:\n  password: &x y\n  name: n', 'attrs:\n  password: …\n  name: n'],
  ['a value that sticks to its key', '{password:x}', '{password:…}'],
  ['a comment behind a secret', 'attrs: {}\npassword: x # y', 'attrs: {}\npassword: …'],
  ['a quoted key', '{"password": "x", "name": n}', '{"password": …, "name": n}'],
  [
    'the section that is called like a secret',
    'settings:\n  system: {name: n}',
    'settings:\n  system: {name: n}',
  ],
  ['where a secret is', 'attrs: {password: !Env P, name: n}', 'attrs: {password: !Env P, name: n}'],
  ['keys of people’s own', 'attributes: {floor: 3, password: x}', 'attributes: {floor: 3, password: …}'],
  [
    'a merged map',
    'x-a: &a {password: x, name: n}\nattrs:\n  <<: *a\n  email: e',
    'x-a: &a {password: …, name: n}\nattrs:\n  <<: *a\n  email: e',
  ],
])('%s', (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

test('nothing of a file that is not YAML, or very large', () => {
  expect(shown('users: {ada: "x')).toBeUndefined();
  expect(shown(`name: n\n${'# long\n'.repeat(200_000)}`)).toBeUndefined();
});
