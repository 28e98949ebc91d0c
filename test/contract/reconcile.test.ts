/** The reconcile over each store that needs no network. `MOMENTS=1` stops the run that is not atomic at every write. */
import { openStore } from '../../src/reconcile/open-store.js';
import { databaseIn, temporaryFolder } from '../support/request.js';
import { memoryStore } from './memory.js';
import { reconcileContract } from './reconcile.js';

reconcileContract(
  'the reconcile over a SQLite file',
  async () => {
    const url = databaseIn(temporaryFolder());
    return { open: () => openStore(url) };
  },
  17,
);

reconcileContract(
  'the reconcile over SQLite in memory',
  async () => {
    const opened = await openStore('sqlite::memory:');
    return { open: async () => ({ ...opened, close: async () => {} }) };
  },
  29,
);

reconcileContract(
  'the reconcile over a store that is not atomic',
  async () => {
    const store = await memoryStore();
    return { open: async () => ({ ...store, identity: 'memory', close: async () => {} }) };
  },
  Number(process.env.MOMENTS ?? 5),
);
