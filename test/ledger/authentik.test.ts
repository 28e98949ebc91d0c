/** The ledger in authentik: what every ledger does, and what it leaves on the server. */
import { expect, test } from 'vitest';
import { isLedgerInstance, ledgerPermissions } from '../../src/directory/authentik/ledger-instances.js';
import { authentikHistory } from '../../src/ledger/authentik-history.js';
import { instancesOn } from '../../src/ledger/authentik-instances.js';
import { objectKey } from '../../src/model/model.js';
import { clientOf, resultsOf } from '../authentik/client.js';
import { deleteRow } from '../authentik/state.js';
import { world } from './authentik-support.js';
import { begun, ledgerContract, record, userKind } from './contract.js';

ledgerContract('authentik', async () => (await world()).ledger());

test('what one run wrote, the next one reads', async () => {
  const { ledger } = await world();
  const first = await ledger();
  await first.put('one', [record('ada', 1), record('bob', 2)]);
  await first.intend('one', [{ address: 'user/eve', kind: userKind, since: '2026-11-21T00:00:00Z' }]);
  await first.history.begin(begun());
  const second = await ledger();
  expect(second.key).toEqual(first.key);
  expect([...(await second.read('one')).values()]).toEqual([record('ada', 1), record('bob', 2)]);
  expect(await second.intents('one')).toHaveLength(1);
  expect((await second.owners('two')).get(objectKey(userKind, 2))).toMatchObject([{ project: 'one' }]);
  expect(await second.history.list(5)).toMatchObject([{ id: 1 }]);
});

test('an open ledger sees what others write', async () => {
  const { ledger } = await world();
  const [one, other] = [await ledger(), await ledger()];
  expect((await one.read('p')).size).toBe(0);
  await other.put('p', [record('ada', 1)]);
  await other.put('q', [record('bob', 2)]);
  expect((await one.read('p')).size).toBe(1);
  expect((await one.owners('p')).size).toBe(1);
});

test('a plan asks for the key and for all records at once, and later only whether there is anything new', async () => {
  const { ledger, server } = await world();
  for (const project of ['one', 'two']) await (await ledger()).put(project, [record('ada', 1)]);
  server.requests.length = 0;
  const again = await ledger();
  await again.read('one');
  await again.intents('one');
  await again.owners('one');
  const sizes = () => server.requests.map(({ query }) => new URLSearchParams(query).get('page_size'));
  expect(sizes()).toEqual([null, '100']);
  await again.read('one');
  expect(sizes()).toEqual([null, '100', '1']);
});

test('a put is a create and a look, and merging keeps the instances few', async () => {
  const { ledger, server, instances } = await world();
  const open = await ledger();
  await open.read('one');
  server.requests.length = 0;
  await open.put('one', [record('ada', 1), record('bob', 2), record('eve', 3)]);
  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  await open.remove('one', ['user/nobody']);
  expect(server.requests).toHaveLength(2);
  for (let index = 0; index < 60; index++) await open.put('one', [record(`u${index}`, index)]);
  expect(instances().size).toBeLessThan(14);
  const again = await ledger();
  expect((await again.read('one')).size).toBe(63);
});

test('every instance of a ledger is recognised, disabled and an empty blueprint; others are not taken for one', async () => {
  const { ledger, server } = await world();
  const open = await ledger();
  await open.put('one', [record('ada', 1)]);
  await open.history.begin(begun());
  const lock = await open.lock!('apply', 0, new AbortController().signal);
  const call = clientOf(server);
  const content = 'version: 1\nentries: []\n';
  await call('POST', '/managed/blueprints/', { name: 'asbuilt-ledger of ours', content });
  const all = resultsOf(await call('GET', '/managed/blueprints/?page_size=100'));
  const ours = all.filter(isLedgerInstance);
  expect(ours.map(({ name }) => name).sort()).toEqual([
    'asbuilt-history::0000000001',
    'asbuilt-ledger-key',
    'asbuilt-ledger:one:0000000001',
    'asbuilt-lock',
  ]);
  for (const one of ours) {
    expect(one.enabled).toBe(false);
    expect(one.content).toMatch(/^version: 1\nmetadata:\n {2}name: ".*"\nentries: \[\]$/);
  }
  await lock.release();
});

test('of ledgers opened at the same moment all have the same key', async () => {
  const { ledger } = await world({ latency: 3 });
  const all = await Promise.all(Array.from({ length: 6 }, () => ledger()));
  expect(new Set(all.map(({ key }) => key.toString('hex'))).size).toBe(1);
});

test('for reading only nothing is made', async () => {
  const { ledger, instances, server } = await world();
  const open = await ledger({ readOnly: true });
  expect(open.key).toHaveLength(32);
  expect((await open.read('one')).size).toBe(0);
  expect(await open.history.list(3)).toEqual([]);
  expect(instances().size).toBe(0);
  expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('what the token may not do is said with the permission', async () => {
  const view = 'authentik_blueprints.view_blueprintinstance';
  for (const [permissions, missing] of [
    [['authentik_core.view_user'], 'view'],
    [[view], 'add'],
  ] as const) {
    const { ledger } = await world({ permissions });
    await expect(ledger()).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining(`authentik_blueprints.${missing}_blueprintinstance`),
    });
  }
  const { ledger, instances } = await world({ permissions: ledgerPermissions });
  const open = await ledger();
  const lock = await open.lock!('apply', 0, new AbortController().signal);
  for (let index = 0; index < 18; index++) await open.put('one', [record('ada', index)]);
  await lock.release();
  expect((await (await ledger()).read('one')).get('user/ada')!.id).toBe(17);
  expect(instances().size).toBeLessThan(12);
});

test('a segment that somebody deleted or changed is noticed', async () => {
  const { ledger, instances, server } = await world();
  const open = await ledger();
  for (const name of ['a', 'b', 'c']) await open.put('one', [record(name, name)]);
  const second = instances().get('asbuilt-ledger:one:0000000002')!;
  const context = second.values.context as Record<string, string>;
  second.values.context = { ...context, data: context.data!.slice(0, 20) };
  const spoiled = await ledger();
  await expect(spoiled.read('one')).rejects.toMatchObject({ code: 'corrupt' });
  second.values.context = context;
  expect((await (await ledger()).read('one')).size).toBe(3);
  deleteRow(server.state, second);
  await expect((await ledger()).read('one')).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('asbuilt-ledger:one:'),
  });
});

test('records without their key are refused', async () => {
  const { ledger, instances, server } = await world();
  await (await ledger()).put('one', [record('ada', 1)]);
  deleteRow(server.state, instances().get('asbuilt-ledger-key')!);
  await expect(ledger()).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('asbuilt-ledger-key'),
  });
});

test('the history keeps the last runs, and fewer when they are large', async () => {
  const { client } = await world();
  const history = authentikHistory(instancesOn(client()), { runs: 12, size: 100_000 });
  for (let index = 0; index < 15; index++) await history.begin(begun());
  const runs = await history.list(1_000);
  expect(runs.map(({ id }) => id)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
  const changes = Array.from({ length: 1_000 }, (_, index) => ({
    verb: 'create' as const,
    address: `user/${(Math.sin(index) * 1e9).toString(36)}`,
    fields: [(Math.cos(index) * 1e9).toString(36)],
  }));
  for (let index = 0; index < 8; index++) {
    const id = await history.begin(begun());
    await history.end(id, { outcome: 'applied', changes, failures: [], finished: '2026-11-21T00:00:00Z' });
  }
  const fewer = await history.list(1_000);
  expect(fewer.length).toBeLessThan(9);
  expect(fewer[0]).toMatchObject({ id: 23, outcome: 'applied' });
});
