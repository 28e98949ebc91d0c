/** The contract of every directory, on the drivers that need no server. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/reconcile/open-store.js';
import { directoryContract } from '../contract/directory.js';
import { identityServer } from '../contract/http-server.js';
import { openHttpStore } from '../contract/http-store.js';
import { memoryStore } from '../contract/memory.js';
import { memoryLedger } from '../contract/memory-ledger.js';

directoryContract('sqlite in memory', () => openStore('sqlite::memory:'));
directoryContract('sqlite in a file', () =>
  openStore(`sqlite:${join(mkdtempSync(join(tmpdir(), 'asbuilt-')), 'directory.db')}`),
);
directoryContract('in memory, not atomic', () => memoryStore());
directoryContract(
  'over HTTP',
  async () => {
    const server = await identityServer({ pageSize: 2 });
    const store = await openHttpStore(server, memoryLedger());
    return {
      directory: store.directory,
      close: async () => {
        await store.close();
        await server.close();
      },
    };
  },
  {
    // The server gives ids itself, whatever is asked for.
    'an object may refer to itself': /points to a group that does not exist/,
    'integer ids count up and are not given twice': /to be 9000/,
  },
);
