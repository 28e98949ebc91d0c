/** When a missing file counts as deleted. */
import { expect, test } from 'vitest';
import { vanishedFiles } from '../../src/watch/vanished.js';

const one = new Set(['one.yaml']);
const none = new Set<string>();

function atTime(patience = 5_000) {
  const clock = { now: 0 };
  return { clock, vanished: vanishedFiles(patience, () => clock.now) };
}

test('the second look settles it, however long after the first it comes', () => {
  const { clock, vanished } = atTime();
  expect(vanished.distrust(one)).toContain('one.yaml is not there any more');
  expect(vanished.settledIn).toBe(5_000);
  clock.now = 4_999;
  expect(vanished.distrust(one)).toBeDefined();
  expect(vanished.settledIn).toBe(1);
  // The run that looked took long: time alone settles nothing, so the look is due now.
  clock.now = 9_000;
  expect(vanished.settledIn).toBe(0);
  expect(vanished.distrust(one)).toBeUndefined();
  expect(vanished.settledIn).toBeUndefined();
});

test('a file that is back begins anew when it vanishes again', () => {
  const { clock, vanished } = atTime();
  vanished.distrust(one);
  clock.now = 6_000;
  expect(vanished.distrust(none)).toBeUndefined();
  expect(vanished.settledIn).toBeUndefined();
  expect(vanished.distrust(one)).toBeDefined();
  expect(vanished.settledIn).toBe(5_000);
});

test('what was read before settles nothing, and keeps what is settled', () => {
  const { clock, vanished } = atTime();
  expect(vanished.distrustStill(one)).toBeDefined();
  expect(vanished.settledIn).toBeUndefined();
  vanished.distrust(one);
  clock.now = 6_000;
  expect(vanished.distrustStill(one)).toBeDefined();
  expect(vanished.settledIn).toBe(0);
  vanished.distrust(one);
  expect(vanished.distrustStill(one)).toBeUndefined();
});
