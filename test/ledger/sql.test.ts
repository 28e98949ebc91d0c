/** The ledger in a store's tables, beside the one in memory that tests use. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger, openStore } from '../../src/reconcile/open-store.js';
import { memoryLedger } from '../contract/memory-ledger.js';
import { databaseIn, temporaryFolder } from '../support/request.js';
import { ledgerContract, record } from './contract.js';

async function sqliteLedger(): Promise<Ledger> {
  const { ledger, close } = await openStore('sqlite::memory:');
  onTestFinished(close);
  return ledger;
}

ledgerContract('sqlite', sqliteLedger);
ledgerContract('memory', async () => memoryLedger());

test('a ledger of its own belongs to one directory', async () => {
  const url = databaseIn(temporaryFolder(), 'ledger.db');
  const here = { identity: 'one', name: 'authentik+https://one.example.org' };
  const first = await openLedger(url, here);
  await first.put('p', [record('ada', 1)]);
  await first.close();
  const again = await openLedger(url, { ...here, name: 'renamed' });
  expect((await again.read('p')).size).toBe(1);
  await again.close();
  const other = openLedger(url, { identity: 'two', name: 'authentik+https://two.example.org' });
  await expect(other).rejects.toMatchObject({
    code: 'mismatch',
    message: expect.stringContaining('one.example.org'),
  });
});

test('the ledger inside a directory cannot be taken for another', async () => {
  const folder = temporaryFolder();
  const { close } = await openStore(databaseIn(folder));
  await close();
  const taken = openLedger(`sqlite:${join(folder, 'directory.db')}`, { identity: 'two', name: 'two' });
  await expect(taken).rejects.toMatchObject({ code: 'mismatch' });
});
