/** The short form of the chaos: a quarter of a minute of it on every run of the tests; `npm run chaos` goes on for longer. */
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import { chaos } from './chaos.js';

const command = [join(inject('dist'), 'cli.js')];

test('two watches under edits, drift, kills and rivals end in sync, and nothing is lost', async () => {
  const seed = Number(process.env.SEED ?? 20_261_121);
  const report = await chaos({ folder: temporaryFolder(), command, seed, milliseconds: 14_000 });
  expect(report.problems, `SEED=${seed}`).toEqual([]);
  expect(report.looks).toHaveLength(1);
}, 240_000);
