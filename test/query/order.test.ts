/** Rows are put in order as PostgreSQL does it for authentik. */
import { describe, expect, test } from 'vitest';
import { orderRows, parseOrder } from '../../src/query/order.js';
import { type Row, schemas } from '../../src/query/schema.js';

function order(text: string, rows: readonly Row[], type: keyof typeof schemas = 'users'): unknown[] {
  const { terms } = parseOrder(text, schemas[type]);
  return orderRows(rows, terms!).map((row) => row.n);
}

describe('ordering', () => {
  const users: Row[] = [
    {
      n: 0,
      pk: 10,
      username: 'bo',
      is_active: true,
      last_login: '2026-01-30T10:00:00Z',
      attributes: { a: 1 },
    },
    { n: 1, pk: 9, username: 'Bo', is_active: false, last_login: null, attributes: {} },
    {
      n: 2,
      pk: 11,
      username: 'éva',
      is_active: true,
      last_login: '2026-01-30T12:00:00+03:00',
      attributes: { b: 1 },
    },
  ];

  test.each<[string, number[]]>([
    ['username', [1, 0, 2]],
    ['-username', [2, 0, 1]],
    ['pk', [1, 0, 2]],
    ['last_login', [2, 0, 1]],
    ['-last_login', [1, 0, 2]],
    ['is_active', [1, 0, 2]],
    ['-is_active', [0, 2, 1]],
    ['-is_active, -username', [2, 0, 1]],
    ['attributes', [1, 0, 2]],
    ['email', [0, 1, 2]],
    ['', [1, 0, 2]],
  ])('users by %j', (text, expected) => {
    expect(order(text, users)).toEqual(expected);
  });

  test('events come newest first, and addresses by their bits', () => {
    const events: Row[] = [
      {
        n: 0,
        created: '2026-01-30T10:00:00.1Z',
        client_ip: '10.0.0.20',
        event_uuid: '0a1b2c3d-0000-4000-8000-000000000002',
      },
      {
        n: 1,
        created: '2026-01-30T10:00:00.15Z',
        client_ip: '9.0.0.1',
        pk: '0a1b2c3d-0000-4000-8000-000000000001',
      },
      { n: 2, created: '2026-01-30T10:00:00Z', client_ip: null },
    ];
    expect(order('', events, 'events')).toEqual([1, 0, 2]);
    expect(order('client_ip', events, 'events')).toEqual([1, 0, 2]);
    expect(order('-client_ip', events, 'events')).toEqual([2, 0, 1]);
    expect(order('pk', events, 'events')).toEqual([1, 0, 2]);
  });

  test('a field that is not there is an error with its place, and every one is told', () => {
    const { terms, problems } = parseOrder('-usernme, last_login,,groups', schemas.users);
    expect(terms).toBeUndefined();
    expect(problems.map(({ message, near, column }) => ({ message, near, column }))).toEqual([
      { message: 'users cannot be ordered by `usernme`', near: 'username', column: 2 },
      { message: 'A field is missing', near: undefined, column: 22 },
      { message: 'users cannot be ordered by `groups`', near: undefined, column: 23 },
    ]);
    expect(parseOrder('constructor', schemas.users).problems).toHaveLength(1);
  });
});
