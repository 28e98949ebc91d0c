/** Plain search: which terms a text has, and where they are looked for. */
import { describe, expect, test } from 'vitest';
import { type Row, schemas } from '../../src/query/schema.js';
import { plainSearch, searchTerms } from '../../src/query/search.js';

describe('terms', () => {
  test.each<[string, string[]]>([
    ['ana silva', ['ana', 'silva']],
    ['ana,silva,', ['ana', 'silva']],
    ['"ana silva" bo', ['ana silva', 'bo']],
    ["'ana silva'", ['ana silva']],
    ['"he \\"said\\"" x', ['he "said"', 'x']],
    ['name="a b"', ['name="a b"']],
    ['"', ['']],
    ["','", [',']],
    ['a\0b', ['ab']],
    ["o'brien", ["o'brien"]],
    ['  ', []],
  ])('%j', (text, expected) => {
    expect(searchTerms(text)).toEqual(expected);
  });
});

describe('search', () => {
  const uuid = '0a1b2c3d-0000-4000-8000-000000000001';
  const user: Row = {
    username: 'ana',
    name: 'Ana Sílva',
    email: 'ana@example.test',
    uuid,
    path: 'users/staff',
  };

  test.each<[string, boolean]>([
    ['', true],
    ['SÍLVA example', true],
    ['2C3D-0000', true],
    ['ana bo', false],
    ['staff', false],
  ])('users: %j', (text, expected) => {
    expect(plainSearch(text, schemas.users)(user)).toBe(expected);
  });

  test('groups are found by true and false too', () => {
    expect(plainSearch('TRUE', schemas.groups)({ name: 'admins', is_superuser: true })).toBe(true);
    expect(plainSearch('true', schemas.groups)({ name: 'admins', is_superuser: false })).toBe(false);
  });

  test('events are searched in the text of their documents', () => {
    const event: Row = {
      pk: uuid,
      user: { username: 'ana', pk: 1 },
      context: {},
      action: 'login',
      client_ip: null,
    };
    const found = (text: string) => plainSearch(text, schemas.events)(event);
    expect([found('"{\\"pk\\": 1"'), found('000000000001'), found('null'), found('brand')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
