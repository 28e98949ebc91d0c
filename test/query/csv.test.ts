/** CSV: what cells hold, and that a plain reader gets them back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvColumns, csvWriter } from '../../src/query/csv.js';
import type { Row } from '../../src/query/schema.js';

/** Reads CSV as RFC 4180 describes it, one character after the other. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\r' && text[at + 1] === '\n') {
      at++;
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += character;
  }
  return rows;
}

function cell(value: unknown, name = 'name'): string {
  const { line } = csvWriter(csvColumns('users', [name]), 'users');
  return readCsv(line({ [name]: value }))[0]![0]!;
}

describe('columns', () => {
  test("of users are authentik's", () => {
    expect(csvWriter(csvColumns('users'), 'users').head).toBe(
      'ID,Username,Name,Active,Last login,Date joined,Is superuser,Groups,Roles,Roles obj,Email address,Avatar,Attributes,Uid,Path,Type,Uuid,Password change date,Last updated\r\n',
    );
  });

  test('may be chosen, paths into attributes among them', () => {
    const { head, line } = csvWriter(csvColumns('users', ['username', 'attributes.manager.site']), 'users');
    expect(head).toBe('Username,attributes.manager.site\r\n');
    expect(line({ username: 'ada', attributes: { manager: { site: 'Oslo' } } })).toBe('ada,Oslo\r\n');
    expect(line({ username: 'ben' })).toBe('ben,\r\n');
  });

  test('of events find the id under either name', () => {
    const { line } = csvWriter(csvColumns('events', ['event_uuid', 'created']), 'events');
    expect(line({ pk: 'x', created: '2026-01-30T10:00:00+02:00' })).toBe('x,2026-01-30T08:00:00.000000Z\r\n');
  });
});

describe('cells', () => {
  test.each<[unknown, string]>([
    [true, 'True'],
    [false, 'False'],
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [-5, '-5'],
    [{ a: { b: true, c: null } }, '{"a":{"b":true,"c":null}}'],
    [['x, y', 'z'], '["x, y","z"]'],
    ['a "quote", a comma\r\nand a line', 'a "quote", a comma\r\nand a line'],
  ])('%j is %j', (value, text) => expect(cell(value)).toBe(text));

  test('times are UTC with microseconds, and what is no time stays', () => {
    expect(cell('2026-01-30T10:20:30.5+05:30', 'last_login')).toBe('2026-01-30T04:50:30.500000Z');
    expect(cell(new Date(0), 'last_login')).toBe('1970-01-01T00:00:00.000000Z');
    expect([cell(null, 'last_login'), cell('never', 'last_login')]).toEqual(['', 'never']);
    expect(cell('2026-01-30T10:20:30Z')).toBe('2026-01-30T10:20:30Z');
  });

  test('one empty cell is not an empty line', () => {
    const { line } = csvWriter(csvColumns('users', ['name']), 'users');
    expect(line({ name: '' })).toBe('""\r\n');
  });
});

describe('formulas', () => {
  test.each(['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '-', '+1-1'])(
    '%j is made harmless',
    (text) => {
      expect(cell(text)).toBe(`'${text}`);
    },
  );

  test.each(['a=1', '-5', '+351210000', '-1.5', ' =1', "'=1", ''])('%j stays', (text) => {
    expect(cell(text)).toBe(text);
  });

  test('are counted', () => {
    const { line, formulas } = csvWriter(csvColumns('users', ['username', 'name', 'attributes']), 'users');
    line({ username: '=a', name: '@b', attributes: { a: '=c' } });
    line({ username: 'a', name: '-5', attributes: {} });
    expect(formulas()).toBe(2);
  });
});

test('what is written is read again, whatever the cells hold', () => {
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', "'", ' ', 'a') }),
    fc.boolean(),
    fc.constant(null),
    fc.json().map((text) => [JSON.parse(text)]),
  );
  const rows = fc.array(fc.record({ username: value, name: value }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(rows, (written: Row[]) => {
      const { head, line } = csvWriter(csvColumns('users', ['username', 'name']), 'users');
      const [, ...read] = readCsv(head + written.map(line).join(''));
      expect(read).toHaveLength(written.length);
      for (const [at, row] of read.entries()) {
        const expected = [written[at]!.username, written[at]!.name].map((one) => {
          if (one === null) return '';
          if (typeof one === 'boolean') return one ? 'True' : 'False';
          return typeof one === 'string' ? one : JSON.stringify(one);
        });
        expect(row.map((text, column) => (expected[column] !== text ? text.slice(1) : text))).toEqual(
          expected,
        );
        for (const text of row) expect(text).not.toMatch(/^[=@\t\r\n]/);
      }
    }),
    { numRuns: 1000 },
  );
});
