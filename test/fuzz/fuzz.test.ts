/** A short fuzz of the configuration, the saved plan and the ledger file; `npm run fuzz` is the long one. */
import { expect, test } from 'vitest';
import { fuzz } from './fuzz.js';

test('hostile files are taken or refused, and nothing else', { timeout: 240_000 }, async () => {
  const { tried, problems } = await fuzz(20261129, (count) => count >= 240);
  expect(problems).toEqual([]);
  expect(tried).toBe(240);
});
