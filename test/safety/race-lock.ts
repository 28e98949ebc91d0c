/** Tries for a lock at the same moments as another process, and prints when it tried and had it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryError } from '../../src/directory/errors.js';
import { fileLock } from '../../src/ledger/file-lock.js';

/** From before a try until it was refused, or until the lock was given back. In milliseconds since 1970. */
export interface Attempt {
  readonly got: boolean;
  readonly from: number;
  readonly to: number;
}

const [file = '', start = '', rounds = ''] = process.argv.slice(2);
const { lock } = fileLock(file);
const now = (): number => performance.timeOrigin + performance.now();
const attempts: Attempt[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const moment = Number(start) + round * 25;
  await sleep(Math.max(0, moment - now() - 3));
  while (now() < moment) {
    // Both are to try in the same microseconds.
  }
  const from = now();
  try {
    const held = await lock('race', 0, new AbortController().signal);
    // Whoever comes late in this round finds it taken.
    await sleep(Math.max(1, moment + 10 - now()));
    await held.release();
    attempts.push({ got: true, from, to: now() });
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'locked')) throw error;
    attempts.push({ got: false, from, to: now() });
  }
}
process.stdout.write(JSON.stringify(attempts));
