/** The border of the directory: over SQLite with its own and with another ledger, in memory, and over HTTP. */
import { openStore } from '../../src/reconcile/open-store.js';
import { databaseIn, temporaryFolder } from '../support/request.js';
import { borderContract } from './border.js';
import { troubledHttp } from './http-store.js';
import { memoryStore } from './memory.js';
import { troubled } from './trouble.js';

borderContract('the border of a SQLite file', async () => {
  const url = databaseIn(temporaryFolder());
  return troubled(() => openStore(url));
});

borderContract('the border of a SQLite file with a ledger of its own', async () => {
  const folder = temporaryFolder();
  const [url, ledger] = [databaseIn(folder), databaseIn(folder, 'ledger.db')];
  return troubled(() => openStore(url, { ledger }));
});

borderContract('the border of a directory in memory', async () => {
  const store = await memoryStore();
  return troubled(async () => ({ ...store, identity: 'memory', close: async () => {} }));
});

borderContract('the border over HTTP', troubledHttp);
