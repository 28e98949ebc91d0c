import { describe, expect, test } from 'vitest';
import { type Scalar, YamlDate, YamlFloat } from '../../src/yaml/node.js';
import { resolveScalar, ScalarProblem, surpriseOf } from '../../src/yaml/scalars.js';

// The bulk of the cases comes from PyYAML itself: see python.test.ts.
describe('plain scalars', () => {
  test.each<[string, Scalar]>([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['yEs', 'yEs'],
    ['~', null],
    ['', null],
    ['010', 8],
    ['0o10', '0o10'],
    ['08', '08'],
    ['0b1_0', 2],
    ['12:30:45', 45045],
    ['1_000', 1000],
    ['9007199254740993', 9007199254740993n],
    ['-0', 0],
    ['1e3', '1e3'],
    ['1.0e+3', new YamlFloat(1000)],
    ['1.', new YamlFloat(1)],
    ['-.inf', new YamlFloat(Number.NEGATIVE_INFINITY)],
    ['2024-01-01', new YamlDate('date', '2024-01-01')],
    ['2024-1-1', '2024-1-1'],
    ['2024-1-1 1:00:00.5 -5:30', new YamlDate('datetime', '2024-01-01T01:00:00.500000-05:30')],
    ['2024-01-01T10:00:00Z', new YamlDate('datetime', '2024-01-01T10:00:00+00:00')],
  ])('%j is %o', (text, value) => expect(resolveScalar(text, true)).toEqual(value));

  test('quoted text stays text', () => expect(resolveScalar('yes', false)).toBe('yes'));

  test.each([
    '2024-02-30',
    '2023-02-29',
    '2024-01-01T24:00:00',
    '2024-01-01T10:00:00+24:00',
    '=',
    '<<',
    '0x_',
  ])('%s has no value', (text) => expect(resolveScalar(text, true)).toBeInstanceOf(ScalarProblem));

  test('a number with thousands of digits is refused before it is worked out', () => {
    expect(resolveScalar('9'.repeat(5000), true)).toMatchObject({ code: 'yaml-number' });
  });
});

describe('surprises', () => {
  const surprise = (text: string) => surpriseOf(text, resolveScalar(text, true) as Scalar);

  test.each([
    ['yes', { type: 'boolean', value: 'true', form: '' }],
    ['NO', { type: 'boolean', value: 'false', form: '' }],
    ['On', { type: 'boolean', value: 'true', form: '' }],
    ['off', { type: 'boolean', value: 'false', form: '' }],
    ['010', { type: 'number', value: '8', form: ' (octal)' }],
    ['-07', { type: 'number', value: '-7', form: ' (octal)' }],
    ['00', { type: 'number', value: '0', form: ' (octal)' }],
    ['12:30', { type: 'number', value: '750', form: ' (base 60)' }],
    ['1:30.5', { type: 'number', value: '90.5', form: ' (base 60)' }],
    ['1_000', { type: 'number', value: '1000', form: '' }],
    ['0x_f', { type: 'number', value: '15', form: '' }],
    ['1_0.5', { type: 'number', value: '10.5', form: '' }],
  ])('%s is one', (text, expected) => expect(surprise(text)).toEqual(expected));
  test.each([
    'true',
    'False',
    'TRUE',
    '0',
    '10',
    '0x1f',
    '0b1',
    '1.5',
    'null',
    '~',
    'text',
    '1e3',
    '2024-01-01',
    '12:30:99',
  ])('%s is none', (text) => expect(surprise(text)).toBeUndefined());
});
