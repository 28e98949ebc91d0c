import { describe, expect, test } from 'vitest';
import { Ref } from '../../src/model/model.js';
import { cut, cutAround, displayWidth, visible, wrapped } from '../../src/report/terminal.js';
import { valueText } from '../../src/report/value.js';

test('a long text is as wide as its pieces, wherever they are cut', () => {
  const piece = 'é 😀👩‍👩‍👧 e\u0301 漢 ';
  for (const before of ['', 'x', 'xy', 'xyz']) {
    const long = before + piece.repeat(500);
    expect(displayWidth(long)).toBe(before.length + 500 * displayWidth(piece));
  }
});

describe('text on a terminal', () => {
  test.each([
    ['plain', 5],
    ['日本語', 6],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['ｆｕｌｌ', 8],
    ['한국', 4],
    ['→…', 2],
    ['\u200d', 0],
  ])('%s has %i columns… as terminals count them', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  test('is cut between characters and never wider than asked', () => {
    expect(cut('日本語', 6)).toBe('日本語');
    expect(cut('日本語', 5)).toBe('日本…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(cut('abcdef', 4)).toBe('abc…');
  });

  test('is cut so that a place in it stays in sight', () => {
    const text = `${'a'.repeat(50)}HERE${'b'.repeat(50)}`;
    for (const index of [0, 10, 50, 60, 103]) {
      const shown = cutAround(text, index, 20);
      expect(displayWidth(shown)).toBeLessThanOrEqual(20);
      expect(shown.replaceAll('…', '')).not.toBe('');
    }
    expect(cutAround(text, 50, 20)).toContain('HERE');
    expect(cutAround(text, 103, 20)).toBe(`…${'b'.repeat(19)}`);
  });

  test('has its control characters escaped', () => {
    expect(visible('a\u001b[31m\u0007\r\n\t\u009b\u2028\ufeff')).toBe(
      'a\\x1b[31m\\x07\\r\\n\\t\\x9b\\u2028\\ufeff',
    );
    expect(visible('日本 👩‍👩‍👧 é')).toBe('日本 👩‍👩‍👧 é');
  });

  test('is wrapped at spaces', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('extraordinarily long', 5)).toEqual(['extraordinarily', 'long']);
    expect(wrapped('', 5)).toEqual(['']);
  });

  test('keeps code together where it fits into a line', () => {
    expect(wrapped('write `is_active: false` instead', 20)).toEqual([
      'write',
      '`is_active: false`',
      'instead',
    ]);
    expect(wrapped('see `asbuilt plan --out file`.', 12)).toEqual(['see `asbuilt', 'plan --out', 'file`.']);
    expect(wrapped('a lone ` is a word', 9)).toEqual(['a lone `', 'is a word']);
  });
});

describe('a value on one line', () => {
  test.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['', '""'],
    ['true', '"true"'],
    ['10', '"10"'],
    ['1.5e3', '"1.5e3"'],
    [' padded ', '" padded "'],
    ['(secret)', '"(secret)"'],
    ['two\nlines', '"two\\nlines"'],
    ['a → b', '"a → b"'],
    ['2027-01-31T00:00:00Z', '2027-01-31T00:00:00Z'],
    [10, '10'],
    [null, 'null'],
    [false, 'false'],
    [[1, 'a', { b: [] }], '[1, "a", {"b": []}]'],
  ])('%j reads %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  test('names references by address', () => {
    const ref = new Ref('authentik_core.group', 'group/a');
    expect(valueText(ref)).toBe('group/a');
    expect(valueText({ of: [ref] })).toBe('{"of": [group/a]}');
  });
});
