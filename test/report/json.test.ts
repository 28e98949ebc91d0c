import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnostic/diagnostic.js';
import { jsonText, outcomeJson, planJson } from '../../src/report/json.js';
import { expectGolden } from './golden.js';
import { change, field, placeOf, planOf, richPlan } from './samples.js';

describe('a plan for machines', () => {
  test('has the form that is promised', () => {
    const source = { path: 'blueprints/staff.yaml', text: 'users:\n  ada: {}\n' };
    const found = diagnose('no-expiry', 'it has no expiry', placeOf(source, 'ada'), {
      related: [{ place: placeOf(source, 'users'), message: 'here' }],
    });
    expectGolden('plan-json', jsonText(planJson(richPlan, [found], true)));
  });

  test('holds only diagnostics when there is no plan', () => {
    const found = diagnose('empty-document', 'the file is empty');
    expect(planJson(undefined, [found])).toEqual({
      version: 1,
      ok: false,
      diagnostics: [
        {
          code: 'empty-document',
          severity: 'error',
          message: 'the file is empty',
          help: 'Write `version: 1` and `entries:`, or delete the file.',
        },
      ],
    });
  });

  test('holds no secret', () => {
    const plan = planOf([
      change('update', 'token/a', {
        write: { key: 'hunter1' },
        was: { key: 'hunter2' },
        fields: [
          field('key', { before: 'hunter2', after: { a: 'hunter1' }, secret: true }),
          field('keys', { set: { added: ['hunter3'], removed: ['hunter4'] }, secret: true }),
          field('name', { before: 'hunter5', after: 'hunter6', origins: [{ type: 'file', name: 'n.txt' }] }),
        ],
      }),
    ]);
    const json = planJson(plan, []);
    expect(JSON.stringify(json)).not.toContain('hunter');
    expect(json.changes).toMatchObject([
      {
        fields: [
          { before: { secret: true }, after: { secret: true } },
          { added: [{ secret: true }], removed: [{ secret: true }] },
          { before: { file: 'n.txt' }, after: { file: 'n.txt' } },
        ],
      },
    ]);
  });

  test('is safe to print and still the same JSON', () => {
    const evil = 'a\u001b[2J\u0085\u202e\u{e0041}b\ud800';
    const text = jsonText({ evil });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(JSON.parse(text)).toEqual({ evil });
  });
});

describe('an outcome for machines', () => {
  test('holds the plan and what became of it', () => {
    const plan = planOf([change('create', 'user/ada')]);
    const json = outcomeJson(
      { outcome: 'applied', plan, done: 1, failed: [], skipped: [], invitations: ['a'], milliseconds: 12.6 },
      [],
      true,
    );
    expect(json).toMatchObject({ version: 1, ok: true, outcome: 'applied', done: 1, milliseconds: 13 });
    expect(json.plan).toMatchObject({ counts: { create: 1 }, changes: [{ address: 'user/ada' }] });
  });
});
