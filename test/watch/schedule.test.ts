/** The schedule of runs: one at a time, one more for what is asked meanwhile, and none after the end. */
import { expect, test } from 'vitest';
import { backOff, schedule } from '../../src/watch/schedule.js';
import type { Trigger } from '../../src/watch/state.js';
import { believedAfter, vanishedFiles } from '../../src/watch/vanished.js';

/** Runs that end when they are told to. */
function held() {
  const runs: { trigger: Trigger; end: () => void }[] = [];
  const made = schedule((trigger) => new Promise((resolve) => runs.push({ trigger, end: resolve })));
  return { runs, made };
}

test('what is asked for during a run gives one more run, for the first of the reasons', async () => {
  const { runs, made } = held();
  const first = made.ask('interval');
  expect(runs.map((one) => one.trigger)).toEqual(['interval']);
  const others = (['directory', 'files', 'interval', 'files'] as const).map((one) => made.ask(one));
  expect(runs).toHaveLength(1);
  runs[0]!.end();
  await first;
  expect(runs.map((one) => one.trigger)).toEqual(['interval', 'files']);
  let settled = false;
  const all = Promise.all(others).then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(false);
  runs[1]!.end();
  await all;
  expect(runs).toHaveLength(2);
});

test('closing waits for the run under way and begins no other', async () => {
  const { runs, made } = held();
  void made.ask('start');
  const waiting = made.ask('files');
  let closed = false;
  const closing = made.close().then(() => (closed = true));
  await waiting;
  expect(closed).toBe(false);
  runs[0]!.end();
  await closing;
  await made.ask('files');
  expect(runs).toHaveLength(1);
});

test('waits double up to five minutes, each give or take half', () => {
  expect([0, 1, 2, 3].map((attempts) => backOff(attempts, () => 0.5))).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(backOff(60, () => 0.5)).toBe(300_000);
  expect(backOff(0, () => 0)).toBe(500);
  expect(backOff(0, () => 1)).toBe(1_500);
});

test('a file is believed to be gone at the second look, five seconds after the first', () => {
  let now = 0;
  const vanished = vanishedFiles(believedAfter, () => now);
  expect(vanished.settledIn).toBeUndefined();
  expect(vanished.distrust(new Set(['a.yaml']))).toContain('a.yaml is not there any more');
  now = 3_000;
  expect(vanished.settledIn).toBe(2_000);
  expect(vanished.distrust(new Set(['a.yaml', 'b.yaml']))).toContain('a.yaml and 1 more');
  now = believedAfter;
  // The other has been missing for two seconds only.
  expect(vanished.distrust(new Set(['a.yaml', 'b.yaml']))).toContain('b.yaml');
  expect(vanished.distrust(new Set(['a.yaml']))).toBeUndefined();
  // One that came back is new when it goes again.
  expect(vanished.distrust(new Set())).toBeUndefined();
  expect(vanished.distrust(new Set(['a.yaml']))).toContain('a.yaml');
});
