/** The ledger in a store's tables, beside the one in memory that tests use. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ledger, LedgerRecord } from '../../src/ledger/ledger.js';
import { objectKey } from '../../src/model/model.js';
import { openLedger, openStore } from '../../src/reconcile/open-store.js';
import { memoryLedger } from '../contract/memory-ledger.js';
import { databaseIn, temporaryFolder } from '../support/request.js';

const user = 'authentik_core.user';

function record(name: string, id: number | string, more: Partial<LedgerRecord> = {}): LedgerRecord {
  return {
    address: `user/${name}`,
    kind: user,
    id,
    ownership: 'created',
    place: 'staff.yaml:3',
    labels: { team: 'a' },
    whole: 'whole',
    paths: { '/email': 'one', '/attributes/a~1b': 'two' },
    ...more,
  };
}

async function sqliteLedger(): Promise<Ledger> {
  const { ledger, close } = await openStore('sqlite::memory:');
  onTestFinished(close);
  return ledger;
}

for (const [name, open] of Object.entries({ sqlite: sqliteLedger, memory: async () => memoryLedger() })) {
  describe(name, () => {
    test('gives back what was put, per project', async () => {
      const ledger = await open();
      const [ada, bob] = [record('ada', 1), record('bob', 'b0b', { ownership: 'adopted' })];
      await ledger.put('one', [ada, bob]);
      await ledger.put('two', [record('eve', 3)]);
      expect([...(await ledger.read('one'))]).toEqual([
        ['user/ada', ada],
        ['user/bob', bob],
      ]);
      await ledger.put('one', [record('ada', 1, { whole: 'other', paths: {} })]);
      expect((await ledger.read('one')).get('user/ada')).toMatchObject({ whole: 'other', paths: {} });
      await ledger.remove('one', ['user/ada', 'user/nobody']);
      expect([...(await ledger.read('one')).keys()]).toEqual(['user/bob']);
      expect([...(await ledger.read('two')).keys()]).toEqual(['user/eve']);
    });

    test('a record confirms the intent', async () => {
      const ledger = await open();
      const since = '2026-11-21T00:00:00Z';
      await ledger.intend('one', [
        { address: 'user/ada', kind: user, since },
        { address: 'user/bob', kind: user, since },
      ]);
      await ledger.put('one', [record('ada', 1)]);
      expect(await ledger.intents('one')).toEqual([{ address: 'user/bob', kind: user, since }]);
      await ledger.remove('one', ['user/bob']);
      expect(await ledger.intents('one')).toEqual([]);
    });

    test('tells who else owns an object', async () => {
      const ledger = await open();
      await ledger.put('one', [record('ada', 1)]);
      await ledger.put('two', [record('eve', 3), record('bob', 'b0b')]);
      const owners = [...(await ledger.owners('one'))].map(([key, records]) => [
        key,
        records.map(({ project, paths }) => ({ project, paths })),
      ]);
      const theirs = [{ project: 'two', paths: record('', 0).paths }];
      expect(Object.fromEntries(owners)).toEqual({
        [objectKey(user, 3)]: theirs,
        [objectKey(user, 'b0b')]: theirs,
      });
    });

    test('has a key of 32 bytes', async () => {
      expect((await open()).key).toHaveLength(32);
    });
  });
}

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
