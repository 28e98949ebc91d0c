/**
 * A ledger of 5,000 records in authentik, written as an apply writes it; its figures are printed. With TEST_AUTHENTIK_URL and
 * TEST_AUTHENTIK_TOKEN it runs on a real server too, in a project of its own that it removes.
 */
import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { type AuthentikClient, authentikClient } from '../../src/directory/authentik/client.js';
import { authentikLedger } from '../../src/ledger/authentik.js';
import type { LedgerRecord } from '../../src/ledger/ledger.js';
import { startAuthentik } from '../authentik/server.js';
import { record, userKind } from './contract.js';

const count = 5_000;
const wave = 100;
const paths = ['email', 'name', 'path', 'type', 'is_active', 'attributes/department', 'attributes/phone'];

/** Records as large as those of users with seven attributes and a group. */
function users(): LedgerRecord[] {
  const print = (text: string) => createHmac('sha256', 'key').update(text).digest('base64url').slice(0, 22);
  return Array.from({ length: count }, (_, index) =>
    record(`user-${String(index).padStart(5, '0')}`, index + 10, {
      place: `blueprints/staff-${index % 20}.yaml:${index}`,
      labels: {},
      whole: print(`whole ${index}`),
      paths: Object.fromEntries(
        [...paths, `groups/${index % 50}`].map((one) => [`/${one}`, print(one + index)]),
      ),
    }),
  );
}

async function roundTrip(where: string, open: () => AuthentikClient, size: () => number | undefined) {
  const project = `large-${process.pid}-${Date.now()}`;
  const records = users();
  const client = open();
  const seconds = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const [begun, before] = [performance.now(), client.requests];
    await work();
    const took = ((performance.now() - begun) / 1_000).toFixed(1);
    const bytes = size();
    const stored = bytes === undefined ? '' : `, ${Math.round(bytes / 1_000)} kB stored`;
    console.log(`${where}: ${what}: ${client.requests - before} requests, ${took} s${stored}`);
  };
  const ledger = await authentikLedger(client);
  await seconds(`${count} records in waves of ${wave}`, async () => {
    for (let start = 0; start < count; start += wave) {
      const some = records.slice(start, start + wave);
      const intents = some.map(({ address }) => ({ address, kind: userKind, since: '2026-11-21T00:00:00Z' }));
      await ledger.intend(project, intents);
      await ledger.put(project, some);
    }
  });
  const again = await authentikLedger(client);
  await seconds('reading them', async () => {
    const read = await again.read(project);
    expect(read.size).toBe(count);
    expect([...read.values()]).toEqual(records);
  });
  await seconds('reading again, with nothing new', () => again.read(project));
  const before = client.requests;
  await seconds('one put of 10', () => again.put(project, records.slice(0, 10)));
  expect(client.requests - before).toBeLessThan(20);
  expect(await again.intents(project)).toEqual([]);
  await seconds('forgetting all', () =>
    again.remove(
      project,
      records.map(({ address }) => address),
    ),
  );
  expect((await again.read(project)).size).toBe(0);
  return { client, project };
}

test('5,000 records on the test server', async () => {
  const server = await startAuthentik();
  const client = authentikClient({ url: server.url, token: server.token });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const size = () =>
    [...server.state.tables.get('authentik_blueprints.blueprintinstance')!.values()]
      .filter(({ values }) => String(values.name).startsWith('asbuilt'))
      .reduce((sum, { values }) => sum + JSON.stringify(values.context).length, 0);
  await roundTrip('test server', () => client, size);
  // 100 commits with a look each, and what merging them takes.
  expect(client.requests).toBeLessThan(480);
}, 120_000);

const { TEST_AUTHENTIK_URL: url, TEST_AUTHENTIK_TOKEN: token } = process.env;

test.skipIf(!url || !token)(
  '5,000 records on a real server',
  async () => {
    const client = authentikClient({ url: url!, token: token! });
    onTestFinished(() => client.close());
    const { project } = await roundTrip(
      'real server',
      () => client,
      () => undefined,
    );
    const query = { search: `asbuilt-ledger:${project}:`, page_size: 100 };
    const { body } = await client.get('/managed/blueprints/', { query });
    for (const { pk } of (body as { results: { pk: string }[] }).results)
      await client.delete(`/managed/blueprints/${pk}/`);
  },
  900_000,
);
