/** Runs one after another in, which of them are told and as what out. */
import { describe, expect, test } from 'vitest';
import { type NotificationEvent, newsOf, notificationEvents } from '../../src/watch/notify-events.js';
import type { RunReport } from '../../src/watch/state.js';
import { heldBy, runOf } from './notify-samples.js';

const problem = {
  code: 'unknown-attribute',
  severity: 'error',
  message: 'no `emial`',
  place: 'a.yaml:3:5',
} as const;
const invalid = (parts: Partial<RunReport> = {}) =>
  runOf({ outcome: 'invalid', changes: [], problems: [problem], ...parts });
const nothing = (parts: Partial<RunReport> = {}) => runOf({ outcome: 'nothing', changes: [], ...parts });
const down = (message = 'the directory cannot be reached') =>
  runOf({ outcome: 'failed', changes: [], message });
const pending = (address: string, drifted = 0) =>
  runOf({
    outcome: 'pending',
    drifted,
    changes: [{ verb: 'update', address, fields: ['email'], reasons: ['drifted'] }],
  });
const held = [heldBy('user/ada', 'deletes')] as const;

/** What is told of each of these runs; a number lets that many minutes pass. */
function told(
  steps: readonly (RunReport | number)[],
  on: readonly NotificationEvent[] = notificationEvents,
): (NotificationEvent | undefined)[] {
  let now = 0;
  const news = newsOf(new Set(on), () => now);
  return steps.flatMap((step) => {
    if (typeof step !== 'number') return [news(step)];
    now += step * 60_000;
    return [];
  });
}

describe('failures', () => {
  test('the same one is told once, and once its end', () => {
    expect(told([nothing(), invalid(), invalid(), invalid(), nothing(), nothing()])).toEqual([
      undefined,
      'failure',
      undefined,
      undefined,
      'recovery',
      undefined,
    ]);
  });

  test('again when it changes, not when its line or a number in its message does', () => {
    const moved = invalid({ problems: [{ ...problem, place: 'a.yaml:9:1' }] });
    const other = invalid({ problems: [{ ...problem, place: 'b.yaml:3:5' }] });
    expect(told([invalid(), moved, other])).toEqual(['failure', undefined, 'failure']);
    expect(told([down('no answer after 5002 ms'), down('no answer after 4999 ms'), down('denied')])).toEqual([
      'failure',
      undefined,
      'failure',
    ]);
  });

  test('two that alternate are two, not one message for each run', () => {
    expect(told([invalid(), down(), invalid(), down()])).toEqual([
      'failure',
      'failure',
      undefined,
      undefined,
    ]);
  });

  test('again each hour while it lasts', () => {
    expect(told([down(), 59, down(), 1, down(), 30, down(), 30, down()])).toEqual([
      'failure',
      undefined,
      'failure',
      undefined,
      'failure',
    ]);
  });

  test('a refused plan and failed changes are failures', () => {
    const failures = [{ address: 'user/a', message: 'no' }];
    expect(told([runOf({ outcome: 'refused', held })])).toEqual(['failure']);
    expect(told([runOf({ outcome: 'failed', failures })])).toEqual(['failure']);
  });

  test('the last good set at work is no end of it, and the drift it undoes is told', () => {
    const healed = runOf({ fallback: true, drifted: 1 });
    expect(told([invalid(), nothing({ fallback: true }), healed, invalid(), nothing()])).toEqual([
      'failure',
      undefined,
      'drift',
      undefined,
      'recovery',
    ]);
  });

  test('the next one after a recovery is told at once', () => {
    expect(told([down(), nothing(), down(), nothing()])).toEqual([
      'failure',
      'recovery',
      'failure',
      'recovery',
    ]);
  });

  test('a warning is none', () => {
    expect(told([nothing({ problems: [{ ...problem, severity: 'warning' }] })])).toEqual([undefined]);
  });
});

describe('changes and drift', () => {
  test('what is made is told each time, drift as drift', () => {
    expect(told([runOf({}), runOf({}), runOf({ drifted: 1 }), nothing()])).toEqual([
      'change',
      'change',
      'drift',
      undefined,
    ]);
  });

  test('what is only found is told when it is new', () => {
    expect(
      told([
        pending('user/a', 1),
        pending('user/a', 1),
        pending('user/b'),
        pending('user/b'),
        nothing(),
        pending('user/b'),
      ]),
    ).toEqual(['drift', undefined, 'change', undefined, undefined, 'change']);
  });

  test('what is held back is told once, also beside a failure that comes and goes', () => {
    expect(
      told([nothing({ held }), nothing({ held }), down(), nothing({ held }), nothing(), nothing({ held })]),
    ).toEqual(['change', undefined, 'failure', 'recovery', undefined, 'change']);
    expect(told([runOf({ held }), nothing({ held })])).toEqual(['change', undefined]);
    const quiet = ['change', undefined, undefined];
    expect(told([nothing({ held }), down(), nothing({ held })], ['change'])).toEqual(quiet);
  });

  test('what was done before a failure is told to those who do not want failures', () => {
    const partly = runOf({
      outcome: 'failed',
      done: { update: 1 },
      failures: [{ address: 'user/b', message: 'no' }],
    });
    expect(told([partly], ['change'])).toEqual(['change']);
    expect(told([down()], ['change'])).toEqual([undefined]);
  });
});

test('only what was asked for is told, the next best of a run', () => {
  const both = runOf({ drifted: 1, changed: 2 });
  expect(told([both], ['change'])).toEqual(['change']);
  expect(told([both], ['change', 'drift'])).toEqual(['drift']);
  expect(told([down(), both], ['recovery', 'change'])).toEqual([undefined, 'recovery']);
  expect(told([down(), both], ['change'])).toEqual([undefined, 'change']);
  expect(told([both, down()], [])).toEqual([undefined, undefined]);
});
