/** Tries for a lock at the same moments as another process, and prints for each moment whether it got it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryError } from '../../src/directory/errors.js';
import { fileLock } from '../../src/ledger/file-lock.js';

const [file = '', start = '', rounds = ''] = process.argv.slice(2);
const { lock } = fileLock(file);
const got: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const moment = Number(start) + round * 25;
  await sleep(Math.max(0, moment - Date.now() - 3));
  while (Date.now() < moment) {
    // Both are to try in the same microseconds.
  }
  try {
    const held = await lock('race', 0, new AbortController().signal);
    // Whoever comes late in this round finds it taken.
    await sleep(Math.max(1, moment + 10 - Date.now()));
    await held.release();
    got.push(round);
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'locked')) throw error;
  }
}
process.stdout.write(JSON.stringify(got));
