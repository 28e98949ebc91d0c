/** What each operator selects on each type of field, as PostgreSQL answers authentik. */
import { describe, expect, test } from 'vitest';
import { addressKey, uuidKey } from '../../src/query/addresses.js';
import { prepareQuery } from '../../src/query/evaluate.js';
import { compareJson, jsonText, valueAt, writeJson } from '../../src/query/json-value.js';
import { type Row, schemas } from '../../src/query/schema.js';
import { sortKey, upperCase } from '../../src/query/text-value.js';
import { timeAsPostgres, timeOfQuery, timeOfRow } from '../../src/query/times.js';

/** The places, from 0, of the rows that a query selects. */
function select(text: string, rows: readonly Row[], type: keyof typeof schemas = 'users'): number[] {
  const { matches, problems } = prepareQuery(text, schemas[type]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return rows.flatMap((row, at) => (matches!(row) ? [at] : []));
}

describe('text', () => {
  const names = ['Bo', 'bo%', 'Éva', 'straße', '', '𝔘', '\ue000', 'a_b\\c'];
  const rows = names.map((name) => ({ name }));

  test.each<[string, number[]]>([
    ['= "Bo"', [0]],
    ['= "bo"', []],
    ['!= "Bo"', [1, 2, 3, 4, 5, 6, 7]],
    ['~ "BO"', [0, 1]],
    ['~ "%"', [1]],
    ['~ "_B\\\\C"', [7]],
    ['~ "éV"', [2]],
    ['~ "STRASSE"', []],
    ['~ "STRAß"', [3]],
    ['~ ""', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['!~ ""', []],
    ['!~ "o"', [2, 3, 4, 5, 6, 7]],
    ['startswith "bO"', [0, 1]],
    ['not startswith "bO"', [2, 3, 4, 5, 6, 7]],
    ['endswith "A"', [2]],
    ['not endswith "A"', [0, 1, 3, 4, 5, 6, 7]],
    ['in ("Bo", "Éva", "bo")', [0, 2]],
    ['not in ("Bo", "Éva", "bo")', [1, 3, 4, 5, 6, 7]],
    ['> "bo"', [1, 2, 3, 5, 6]],
    ['>= "straße"', [2, 3, 5, 6]],
    ['< "Bo"', [4]],
    ['<= "Bo"', [0, 4]],
    // By code points, U+1D518 comes behind U+E000, though its first UTF-16 unit is smaller.
    ['> "\ue000"', [5]],
  ])('name %s', (condition, expected) => {
    expect(select(`name ${condition}`, rows)).toEqual(expected);
  });

  test('nothing set is empty text', () => {
    expect(select('email = ""', [{}, { email: null }, { email: 'a@example.test' }])).toEqual([0, 1]);
  });

  test('upper case is one character for each, as in PostgreSQL', () => {
    expect(['ß', 'ᾳ', 'ᾀ', 'ᾈ', 'ŉ', 'ﬁ', 'ǆ', '𐐨'].map(upperCase)).toEqual([
      'ß',
      'ᾼ',
      'ᾈ',
      'ᾈ',
      'ŉ',
      'ﬁ',
      'Ǆ',
      '𐐀',
    ]);
  });

  test('sort keys have the order of code points', () => {
    const texts = ['a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'];
    expect([...texts].reverse().sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1))).toEqual(
      texts,
    );
  });
});

describe('choices', () => {
  const rows = ['internal', 'external', 'service_account', 'internal_service_account'].map((type) => ({
    type,
  }));

  test.each<[string, number[]]>([
    ['= "external"', [1]],
    ['= "External"', [1]],
    ['= "EXTERNAL"', []],
    ['!= "Service Account"', [0, 1, 3]],
    ['~ "Service Account"', [2, 3]],
    ['startswith "INTERNAL"', [0, 3]],
    ['in ("Internal", "nope")', [0]],
    ['in ("nope")', []],
    ['not in ("nope")', [0, 1, 2, 3]],
    ['> "External"', [0, 2, 3]],
  ])('type %s', (condition, expected) => {
    expect(select(`type ${condition}`, rows)).toEqual(expected);
  });

  test('labels of actions are made of their names in authentik', () => {
    const events = ['login', 'invitation_used', 'custom_thing'].map((action) => ({ action }));
    expect(select('action = "Invite Used"', events, 'events')).toEqual([1]);
    expect(select('action = "custom_thing"', events, 'events')).toEqual([2]);
    expect(select('action in ("custom_thing")', events, 'events')).toEqual([]);
  });
});

describe('booleans', () => {
  const rows = [{ is_active: true }, { is_active: false }];

  test.each<[string, number[]]>([
    ['= True', [0]],
    ['!= True', [1]],
    ['= None', []],
    ['!= None', [0, 1]],
    ['in (False, None)', [1]],
    ['not in (None)', [0, 1]],
    ['not in (True, None)', [1]],
  ])('is_active %s', (condition, expected) => {
    expect(select(`is_active ${condition}`, rows)).toEqual(expected);
  });
});

describe('JSON', () => {
  const values = [
    'eng',
    'Eng',
    null,
    5,
    true,
    ['eng', 'b'],
    { b: 'eng', aa: 1 },
    [],
    undefined,
    '5',
    '',
    false,
    {},
  ];
  const rows = values.map((dept) => ({ attributes: dept === undefined ? {} : { dept } }));

  test.each<[string, number[]]>([
    ['= "eng"', [0]],
    ['= "5"', [9]],
    ['= ""', [10]],
    ['!= "eng"', [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]],
    ['in ("eng", "5")', [0, 9]],
    ['not in ("eng", "5")', [1, 2, 3, 4, 5, 6, 7, 10, 11, 12]],
    ['~ "ENG"', [0, 1, 5, 6]],
    ['!~ "ENG"', [3, 4, 7, 9, 10, 11, 12]],
    ['~ ""', [0, 1, 3, 4, 5, 6, 7, 9, 10, 11, 12]],
    ['~ "true"', [4]],
    ['startswith "{\\"b\\": \\"eng\\", \\"aa\\": 1"', [6]],
    ['not startswith "e"', [3, 4, 5, 6, 7, 9, 10, 11, 12]],
    ['endswith "]"', [5, 7]],
    ['not endswith "]"', [0, 1, 3, 4, 6, 9, 10, 11, 12]],
    // null < text < number < boolean < array < object, but an empty array is before all.
    ['> "eng"', [3, 4, 5, 6, 11, 12]],
    ['>= "eng"', [0, 3, 4, 5, 6, 11, 12]],
    ['< "eng"', [1, 2, 7, 9, 10]],
    ['<= "eng"', [0, 1, 2, 7, 9, 10]],
  ])('attributes.dept %s', (condition, expected) => {
    expect(select(`attributes.dept ${condition}`, rows)).toEqual(expected);
  });

  test('paths go through objects only, and only through their own keys', () => {
    const nested = [{ a: { b: 'x' } }, { a: 'x' }, { a: [{ b: 'x' }] }, { a: null }, {}].map(
      (attributes) => ({ attributes }),
    );
    expect(select('attributes.a.b = "x"', nested)).toEqual([0]);
    expect(select('attributes.a.b != "y"', nested)).toEqual([0]);
    expect(select('attributes.constructor.name ~ ""', nested)).toEqual([]);
    expect(select('attributes.a.b != "x"', [{ attributes: null }, {}])).toEqual([]);
    expect(valueAt(JSON.parse('{"__proto__": {"a": 1}}'), ['__proto__', 'a'])).toBe(1);
  });

  test('numbers are written without exponent, keys by length', () => {
    expect([1e21, 1.5e-8, -2.5e22, -0, 4.5].map(writeJson)).toEqual([
      '1000000000000000000000',
      '0.000000015',
      '-25000000000000000000000',
      '0',
      '4.5',
    ]);
    expect(writeJson({ zz: 1, é: [], b: { a: null }, a: '"\u0001' })).toBe(
      '{"a": "\\"\\u0001", "b": {"a": null}, "zz": 1, "é": []}',
    );
    expect([jsonText(null), jsonText(undefined), jsonText('a')]).toEqual([undefined, undefined, 'a']);
  });

  test('documents compare by size first, then by keys and values', () => {
    // As PostgreSQL 15 sorts them.
    const ordered: unknown[] = [[], null, 'a', 'b', -1, 2, false, true];
    ordered.push([null], ['a'], ['b'], [5], [[]], [{}], ['a', 'a']);
    ordered.push({}, { a: 1 }, { a: 2 }, { b: 0 }, { a: 0, b: 0 });
    expect([...ordered].reverse().sort(compareJson)).toEqual(ordered);
  });
});

describe('times', () => {
  const times = [
    '2026-01-30T10:20:30.500000Z',
    '2026-01-30T00:00:00Z',
    '2026-02-01T01:59:59.123456+02:00',
    '2025-12-31T23:59:59Z',
  ];
  const rows = times.map((created) => ({ created }));

  test.each<[string, number[]]>([
    ['= "2026-01-30"', [1]],
    ['!= "2026-01-30"', [0, 2, 3]],
    ['> "2026-01-30"', [0, 2]],
    ['>= "2026-1-30 00:00"', [0, 1, 2]],
    ['< "2026-01-30"', [3]],
    ['<= "2025-12-31 23:59:59"', [3]],
    ['~ "2026-01-31"', [2]],
    ['~ "2026-01-30 10:20:30"', [0]],
    ['!~ "2026-01-30"', [2, 3]],
    ['~ ""', [0, 1, 2, 3]],
    ['in ("2026-01-30", "2025-12-31 23:59:59")', [1, 3]],
    ['not in ("2026-01-30", "")', [0, 2, 3]],
    ['= ""', []],
    ['!= ""', [0, 1, 2, 3]],
    ['startswith "2026-01-30"', []],
    ['not endswith "2026-01-30"', [0, 1, 2, 3]],
  ])('created %s', (condition, expected) => {
    expect(select(`created ${condition}`, rows, 'events')).toEqual(expected);
  });

  test.each([
    ['2026-1-5', '2026-01-05 00:00:00.000000'],
    ['2026-01- 5', '2026-01-05 00:00:00.000000'],
    ['2026-01-05 9:5', '2026-01-05 09:05:00.000000'],
    ['2024-02-29 23:59:59', '2024-02-29 23:59:59.000000'],
    ['0001-01-01', '0001-01-01 00:00:00.000000'],
    ['2026-02-29', undefined],
    ['2026-01-05 24:00', undefined],
    ['2026-01-05 10:20:60', undefined],
    ['2026-01-05  10:00', undefined],
    ['2026-1-5 ', undefined],
    ['26-01-05', undefined],
    ['', undefined],
  ])('a query writes %j', (text, expected) => {
    expect(timeOfQuery(text)).toBe(expected);
  });

  test('rows hold ISO 8601 text or dates, and keep microseconds', () => {
    expect(timeOfRow(new Date(0))).toBe('1970-01-01 00:00:00.000000');
    expect(timeOfRow('2026-01-30 10:20:30.123456')).toBe('2026-01-30 10:20:30.123456');
    expect(timeOfRow('2026-01-30T10:20:30.123456-05:30')).toBe('2026-01-30 15:50:30.123456');
    expect(timeOfRow('2026-01-30')).toBe('2026-01-30 00:00:00.000000');
    expect([timeOfRow('soon'), timeOfRow(5), timeOfRow(undefined), timeOfRow(new Date(Number.NaN))]).toEqual(
      new Array(4).fill(undefined),
    );
    expect(timeAsPostgres('2026-01-30 10:20:00.500000')).toBe('2026-01-30 10:20:00.5+00');
    expect(timeAsPostgres('2026-01-30 10:20:00.000000')).toBe('2026-01-30 10:20:00+00');
  });
});

describe('addresses and UUIDs', () => {
  const ids = ['1', '2', 'f'].map((last) => `0a1b2c3d-0000-4000-8000-00000000000${last}`);
  const rows = ['10.0.0.1', null, '2001:db8::1'].map((client_ip, at) => ({ client_ip, pk: ids[at] }));

  test.each<[string, number[]]>([
    ['client_ip = "10.0.0.1"', [0]],
    ['client_ip != "10.0.0.1"', [1, 2]],
    ['client_ip not in ("10.0.0.1")', [1, 2]],
    ['client_ip = "2001:DB8:0:0::1"', [2]],
    ['client_ip in ("2001:db8::0.0.0.1")', [2]],
    ['client_ip > "9.255.255.255"', [0, 2]],
    ['client_ip < "::"', [0]],
    ['client_ip ~ "10."', [0]],
    ['client_ip !~ "10."', [1, 2]],
    ['client_ip startswith "2001:DB8"', [2]],
    ['client_ip = ""', []],
    ['client_ip != ""', [1]],
    [`event_uuid = "${ids[0]!.toUpperCase()}"`, [0]],
    [`event_uuid in ("urn:uuid:${ids[2]}", "{${ids[1]!.replaceAll('-', '')}}")`, [1, 2]],
    [`event_uuid >= "${ids[1]}"`, [1, 2]],
    ['event_uuid endswith "F"', [2]],
    ['event_uuid !~ "0000F"', [0, 1]],
  ])('%s', (text, expected) => {
    expect(select(text, rows, 'events')).toEqual(expected);
  });

  test('what is an address', () => {
    const bad = [
      '',
      '10.0.0',
      '010.0.0.1',
      '10.0.0.256',
      '10.0.0.1/32',
      '1::2::3',
      '1:2:3:4:5:6:7:8::',
      ':1',
      '12345::',
      'g::',
      '::%',
    ];
    expect(bad.map(addressKey)).toEqual(bad.map(() => undefined));
    expect(addressKey('fe80::1%eth0')).toBe(addressKey('FE80:0::0:1'));
    expect(addressKey('::ffff:10.0.0.1')).not.toBe(addressKey('10.0.0.1'));
    expect([uuidKey(''), uuidKey('x'), uuidKey(ids[0]!.slice(1))]).toEqual([undefined, undefined, undefined]);
  });
});

test('a query may be used for many rows', () => {
  const { matches, checked } = prepareQuery('name ~ "a" or is_active = False', schemas.users);
  expect(checked).toMatchObject({ kind: 'chain', words: ['or'] });
  expect([{ name: 'A' }, { name: 'b', is_active: true }, { is_active: false }].map(matches!)).toEqual([
    true,
    false,
    true,
  ]);
});
