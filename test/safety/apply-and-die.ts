/** A process that applies a blueprint and kills itself with SIGKILL at the given step: `blueprint directory ledger step`. */
import { openStore } from '../../src/reconcile/open-store.js';
import { apply } from '../../src/reconcile/reconcile.js';
import { request } from '../support/request.js';
import { dyingStore } from './dying-store.js';

const [blueprint, directory, ledger, step] = process.argv.slice(2) as [string, string, string, string];
const result = await apply(
  request({
    paths: [blueprint],
    directory,
    project: 'staff',
    prune: true,
    open: async () =>
      dyingStore(await openStore(directory, ledger ? { ledger } : {}), (now) => {
        if (now === Number(step)) process.kill(process.pid, 'SIGKILL');
      }),
  }),
  async () => true,
);
process.stdout.write(`${result.outcome}\n`);
