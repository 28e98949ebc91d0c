/** Runs in, the text that a chat shows out: safe, short, and complete about what it leaves out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notificationEvents } from '../../src/watch/notify-events.js';
import { mostText, notificationText } from '../../src/watch/notify-text.js';
import type { ChangeReport, RunReport } from '../../src/watch/state.js';
import { heldBy, runOf, stateOf } from './notify-samples.js';

const problem = {
  code: 'unknown-attribute',
  severity: 'error',
  message: 'no `emial`',
  place: 'a.yaml:3:5',
} as const;
const head = ': project `staff`, directory `sqlite:directory.db`';

function textOf(event: (typeof notificationEvents)[number], parts: Partial<RunReport>, missed = 0): string {
  return notificationText(event, runOf(parts), stateOf({}), missed);
}

describe('the words', () => {
  test('of broken blueprints: each error with its place', () => {
    const warning = { ...problem, severity: 'warning' } as const;
    expect(textOf('failure', { outcome: 'invalid', changes: [], problems: [problem, warning] })).toBe(
      `*Blueprints are broken*${head}\n• \`a.yaml:3:5\` no \`emial\` (unknown-attribute)`,
    );
  });

  test('of a directory that fails, without what would have been done', () => {
    expect(textOf('failure', { outcome: 'failed', message: 'the directory\ncannot be reached' })).toBe(
      `*Failed*${head}\nthe directory\\ncannot be reached`,
    );
    const failures = [{ address: 'user/b', message: 'taken' }];
    expect(textOf('failure', { outcome: 'failed', failures })).toBe(
      `*Failed (1 change)*${head}\n• \`user/b\` failed: taken`,
    );
  });

  test('of a refused plan, of held changes and of those that depend on them', () => {
    const held = [heldBy('user/b', 'deletes', 'bulk'), heldBy('user/c')] as const;
    const why =
      'deletes: it is so; bulk: it is so. To go on: change staff.yaml:4, or watch with --allow deletes --allow bulk';
    const lines = `• held back \`user/b\`: ${why}\n• held back \`user/c\`: depends on another`;
    expect(textOf('failure', { outcome: 'refused', held })).toBe(
      `*Plan refused (1 change)*${head}\n${lines.replaceAll('held back', 'refused')}`,
    );
    expect(textOf('change', { outcome: 'held', changes: [], held })).toBe(
      `*2 changes held back*${head}\n${lines}`,
    );
  });

  test('of drift, recovery, pending and partly made changes', () => {
    expect(textOf('drift', { drifted: 1 })).toContain('*Drift undone (1 of 1 change)*');
    expect(textOf('drift', { drifted: 1, outcome: 'pending' })).toContain('*Drift found (1 of 1 change)*');
    expect(textOf('recovery', { outcome: 'nothing', changes: [] })).toBe(`*Recovered*${head}`);
    expect(textOf('recovery', {})).toContain('*Recovered (1 change made)*');
    expect(textOf('change', { outcome: 'pending' })).toContain('*Pending (1 change)*');
    expect(textOf('change', { outcome: 'failed', done: { create: 2, update: 1 } })).toContain(
      '*Partly changed (3 changes)*',
    );
    expect(textOf('drift', { fallback: true, drifted: 1 })).toContain('the last good ones stay in force');
  });
});

describe('what others wrote', () => {
  test('cannot call people, make links or leave its code span', () => {
    const text = textOf('failure', {
      outcome: 'failed',
      message: '<!channel> <https://evil.example|click> & @here',
      failures: [{ address: 'user/`<!here>`@all', message: '@channel \u202egnirts' }],
    });
    expect(text).toContain('&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; @\u200bhere');
    expect(text).toContain("• `user/'&lt;!here&gt;'@all` failed: @\u200bchannel \\u202egnirts");
  });
});

describe('the length', () => {
  const change = (index: number, fields: readonly string[] = ['email']): ChangeReport => ({
    verb: 'update',
    address: `user/somebody-${index}`,
    fields,
    reasons: ['edited'],
  });

  test('a long list ends with the number of what is left out', () => {
    const changes = Array.from({ length: 100 }, (_, index) => change(index));
    const text = textOf('change', { changes, changed: 2_345 });
    const listed = text.split('\n').filter((line) => line.startsWith('•')).length;
    expect(listed).toBeGreaterThan(30);
    expect(text.endsWith(`\n… and ${2_345 - listed} more`)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(mostText);
  });

  test('many attributes of one object are cut too', () => {
    const fields = Array.from({ length: 30 }, (_, index) => `field_${index}`);
    expect(textOf('change', { changes: [change(1, fields)] })).toContain('field_7, 22 more (edited)');
  });

  test('holds for any text in any place: nothing unescaped, nothing lost without a count', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.constantFrom(
        '&'.repeat(500),
        '<'.repeat(500),
        '`'.repeat(90),
        '@a'.repeat(300),
        '\n'.repeat(300),
        '',
      ),
    );
    const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 30 });
    const run = fc.record({
      outcome: fc.constantFrom('applied', 'pending', 'refused', 'invalid', 'failed', 'nothing'),
      message: fc.option(words, { nil: undefined }),
      fallback: fc.boolean(),
      changes: few(
        fc.record({
          verb: fc.constant('create'),
          address: words,
          fields: few(words),
          reasons: fc.constant(['new']),
          place: words,
        }),
      ),
      held: few(words.map((address) => ({ ...heldBy(address, 'deletes'), why: [address], todo: address }))),
      failures: few(fc.record({ address: words, message: words })),
      problems: few(
        fc.record({
          code: fc.constant('syntax'),
          severity: fc.constant('error'),
          message: words,
          place: words,
        }),
      ),
    }) as unknown as fc.Arbitrary<Partial<RunReport>>;
    const event = fc.constantFrom(...notificationEvents);
    fc.assert(
      fc.property(run, event, words, words, fc.nat(500), (parts, of, project, directory, missed) => {
        const text = notificationText(of, runOf(parts), stateOf({ project, directory }), missed);
        expect(text.length).toBeLessThanOrEqual(mostText);
        expect(text).not.toMatch(/\p{Cs}/u);
        expect(text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
        const listed = text.split('\n').filter((line) => line.startsWith('• ')).length;
        const left = Number(/\n… and (\d+) more$/.exec(text)?.[1] ?? 0);
        const withChanges = of !== 'failure' && parts.outcome !== 'failed';
        const failing = of === 'failure' ? parts.failures!.length + parts.problems!.length : 0;
        expect(listed + left).toBe(parts.held!.length + failing + (withChanges ? parts.changes!.length : 0));
      }),
    );
  });
});
