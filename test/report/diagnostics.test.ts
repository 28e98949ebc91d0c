import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, diagnose } from '../../src/diagnostic/diagnostic.js';
import type { Source } from '../../src/diagnostic/source.js';
import { type DiagnosticsLook, diagnosticsText } from '../../src/report/diagnostics.js';
import { hiddenValues } from '../../src/yaml/hidden-values.js';
import { expectGolden } from './golden.js';
import { placeOf } from './samples.js';

const staff: Source = {
  path: 'blueprints/staff.yaml',
  text: [
    'version: 1',
    'users:',
    '  ada: {emial: ada@example.org}',
    '\tbob:\t{name: Bob}',
    '  日本: {name: 山田太郎, emial: y@example.org}',
    `  long: {name: ${'very '.repeat(40)}long, emial: l@example.org, path: ${'x'.repeat(80)}}`,
    '  eve: {name: "\u001b[2J\u202eevil", emial: e@example.org}',
    '',
  ].join('\n'),
};
const groups: Source = { path: 'blueprints/groups.yaml', text: 'groups:\r\n  it: {}\r\n  it: {}\r\n' };

const unknown = (piece: string): Diagnostic =>
  diagnose('unknown-attribute', 'user has no attribute `emial`', placeOf(staff, piece), {
    help: 'Did you mean `email`?',
  });

const all: Diagnostic[] = [
  { ...unknown('emial: l@'), place: { ...placeOf(staff, 'emial: l@'), length: 5 } },
  { ...unknown('emial: e@'), place: { ...placeOf(staff, 'emial: e@'), length: 5 } },
  { ...unknown('emial: ada'), place: { ...placeOf(staff, 'emial: ada'), length: 5 } },
  diagnose('yaml-syntax', 'a tab may not indent', placeOf(staff, '\tbob')),
  diagnose('wrong-type', 'a user is a map', placeOf(staff, 'Bob')),
  diagnose('invalid-value', 'this is no name', placeOf(staff, '山田太郎')),
  diagnose(
    'yaml-duplicate-key',
    'the key `it` is written twice',
    { source: groups, offset: 21, length: 2 },
    {
      related: [{ place: { source: groups, offset: 11, length: 2 }, message: 'first here' }],
    },
  ),
  diagnose('yml-suffix', 'blueprints/x.yml ends in .yml'),
  diagnose('yaml-syntax', 'the file ends in the middle of a map', {
    source: groups,
    offset: groups.text.length,
  }),
  ...['bob', 'ada', 'eve', 'long', 'version'].map((piece) =>
    diagnose('outside-the-set', `\`group/${piece}\` is outside the files`, placeOf(staff, piece)),
  ),
];

const narrow: DiagnosticsLook = { hidden: () => [], width: 80, colour: false };

describe('diagnostics for people', () => {
  test('show the place, the line and carets, grouped by file in order of position', () => {
    expectGolden('diagnostics-80', diagnosticsText(all, narrow));
  });

  test('show every note in full when asked to', () => {
    expectGolden('diagnostics-120-all', diagnosticsText(all, { ...narrow, width: 120, allNotes: true }));
  });

  test('are coloured only when asked to', () => {
    expectGolden('diagnostics-80-colour', diagnosticsText(all, { ...narrow, colour: true }));
  });

  test('have long messages wrapped for a terminal, and on one line for programs', () => {
    const message = `${'word '.repeat(40)}end`;
    const long = diagnose('wrong-type', message, placeOf(staff, 'Bob'));
    expect(diagnosticsText([long], narrow).split('\n')[0]).toBe(
      `blueprints/staff.yaml:4:14: error[wrong-type]: ${message}`,
    );
    const lines = stripVTControlCharacters(diagnosticsText([long], { ...narrow, colour: true })).split('\n');
    const head = lines.slice(
      0,
      lines.findIndex((line) => line.includes(' | ')),
    );
    expect(head.length).toBeGreaterThan(2);
    for (const line of head) expect(line.length).toBeLessThanOrEqual(80);
    expect(head.map((line) => line.trim()).join(' ')).toBe(
      `blueprints/staff.yaml:4:14: error[wrong-type]: ${message}`,
    );
    for (const line of head.slice(1)) expect(line).toMatch(/^ {4}word/);
  });

  test('are nothing when there are none', () => {
    expect(diagnosticsText([], narrow)).toBe('');
  });

  test('never show the values of secret attributes', () => {
    const source: Source = {
      path: 's.yaml',
      text: [
        'users:',
        '  ada: {password: hunter2, name: Ada}',
        '  bob: {password: "hunter2, too", name: Bob}',
        '  eve:',
        '    password: hunter2',
        '    path: a',
        '  tim: {password: !Env TIM}',
        '  zoe: {password: !Env [ZOE, hunter2], name: Zoe}',
        'entries:',
        '  - model: authentik_crypto.certificatekeypair',
        '    attrs:',
        '      key_data: |',
        '        -----BEGIN hunter2',
        '        hunter2',
        '      name: shown',
        '',
      ].join('\n'),
    };
    const pieces = [
      'Ada',
      'Bob',
      'hunter2\n',
      'path',
      'TIM',
      'Zoe',
      '-----BEGIN',
      'hunter2\n      name',
      'shown',
    ];
    const found = pieces.map((piece) => diagnose('invalid-value', 'not good', placeOf(source, piece)));
    const text = diagnosticsText(found, { ...narrow, hidden: hiddenValues });
    expect(text).not.toContain('hunter2');
    expectGolden('diagnostics-secret', text);
  });
});
