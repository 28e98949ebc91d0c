/** A process that takes the lock of the directory in its folder, says so, and keeps it until it is killed. */
import { openStore } from '../../src/reconcile/open-store.js';

const opened = await openStore('sqlite:directory.db');
const lock = await opened.ledger.lock!('apply', 0, new AbortController().signal);
process.stdout.write('held\n');
const alive = setInterval(() => {}, 1_000);
process.on('SIGTERM', () => {
  clearInterval(alive);
  lock.release();
  void opened.close();
});
