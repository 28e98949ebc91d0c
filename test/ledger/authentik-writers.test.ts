/** Several writers, lost answers and sudden deaths: nothing that was confirmed is lost, nothing is half there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authentikLedger } from '../../src/ledger/authentik.js';
import type { Ledger, LedgerRecord } from '../../src/ledger/ledger.js';
import { type Fault, onNth } from '../authentik/fault-proxy.js';
import { world } from './authentik-support.js';
import { begun, record, userKind } from './contract.js';

const since = '2026-11-21T00:00:00Z';

test('two writers without a lock lose nothing of each other', async () => {
  const { ledger } = await world({ latency: 1 });
  const writers = [await ledger(), await ledger()];
  const puts = 8;
  const work = async (one: Ledger, who: number): Promise<void> => {
    for (let index = 0; index < puts; index++) {
      await one.intend('p', [{ address: `user/${who}-${index}`, kind: userKind, since }]);
      await one.put('p', [record(`${who}-${index}`, index), record('shared', `${who}-${index}`)]);
    }
    await one.remove('p', [`user/${who}-0`]);
  };
  await Promise.all(writers.map(work));
  const reader = await ledger();
  const records = await reader.read('p');
  expect(records.size).toBe(2 * (puts - 1) + 1);
  expect(String(records.get('user/shared')!.id)).toMatch(new RegExp(`-${puts - 1}$`));
  expect(await reader.intents('p')).toEqual([]);
});

test('runs that begin at the same moment have numbers of their own', async () => {
  const { ledger } = await world({ latency: 1 });
  const all = await Promise.all(Array.from({ length: 5 }, () => ledger()));
  const numbers = await Promise.all(all.map(({ history }) => history.begin(begun())));
  expect(numbers.sort()).toEqual([1, 2, 3, 4, 5]);
});

test('a writer that slept while others went on and merged loses nothing and hides nothing', async () => {
  const { ledger, instances } = await world();
  const sleeper = await ledger();
  await sleeper.put('p', [record('first', 0)]);
  const others = await ledger();
  for (let index = 0; index < 40; index++) await others.put('p', [record(`u${index}`, index)]);
  // The generation that the sleeper would claim is free again, so only looking tells.
  expect(instances().has('asbuilt-ledger:p:0000000002')).toBe(false);
  await sleeper.put('p', [record('late', 1), record('u3', 'changed')]);
  for (const one of [sleeper, others, await ledger()]) {
    const records = await one.read('p');
    expect(records.size).toBe(42);
    expect([records.get('user/late')!.id, records.get('user/u3')!.id]).toEqual([1, 'changed']);
  }
});

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const operation = fc.oneof(
  fc.record({ put: fc.array(fc.tuple(name, fc.nat(99)), { maxLength: 4 }) }),
  fc.record({ remove: fc.array(name, { maxLength: 3 }) }),
  fc.record({ intend: fc.array(name, { maxLength: 3 }) }),
);

test('any sequence of puts, removes and intents reads back equal, by another process too', async () => {
  const { ledger } = await world();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
      const project = `p${run++}`;
      const [one, other] = [await ledger(), await ledger()];
      const records = new Map<string, LedgerRecord>();
      const intents = new Set<string>();
      for (const [index, what] of operations.entries()) {
        const writer = index % 3 === 2 ? other : one;
        if ('put' in what) {
          const list = what.put.map(([user, id]) => record(user, id));
          await writer.put(project, list);
          for (const each of list) records.set(each.address, each);
          for (const each of list) intents.delete(each.address);
        } else if ('remove' in what) {
          const list = what.remove.map((user) => `user/${user}`);
          await writer.remove(project, list);
          for (const each of list) records.delete(each);
          for (const each of list) intents.delete(each);
        } else {
          const list = what.intend.map((user) => `user/${user}`);
          await writer.intend(
            project,
            list.map((address) => ({ address, kind: userKind, since })),
          );
          for (const each of list) intents.add(each);
        }
      }
      for (const each of [await ledger(), one]) {
        expect(new Map(await each.read(project))).toEqual(records);
        expect((await each.intents(project)).map(({ address }) => address)).toEqual([...intents].sort());
      }
    }),
    { numRuns: 15 },
  );
});

/** What a run of a few waves asks of a ledger; merges come to pass on the way. */
function waves(ledger: Ledger, project: string): (() => Promise<void>)[] {
  return Array.from({ length: 5 }, (_, index) => [
    () => ledger.intend(project, [{ address: `user/u${index}`, kind: userKind, since }]),
    () => ledger.put(project, [record(`u${index}`, index), record('shared', index)]),
  ]).flat();
}

async function expectDone(ledger: Ledger, project: string): Promise<void> {
  const records = await ledger.read(project);
  expect(records.size).toBe(6);
  expect(records.get('user/shared')!.id).toBe(4);
  expect(await ledger.intents(project)).toEqual([]);
}

const faults: readonly Fault[] = [
  { kind: 'server-error', status: 500, when: 'before' },
  { kind: 'server-error', status: 500, when: 'after' },
  { kind: 'server-error', status: 503, when: 'after' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'crashed', when: 'before' },
  { kind: 'crashed', when: 'after' },
  { kind: 'cut' },
  { kind: 'too-many-requests', retryAfter: 0 },
];

for (const [offset, fault] of faults.entries()) {
  test(`${JSON.stringify(fault)} at one request or another: all is written, once`, async () => {
    const { ledger, proxy, instances } = await world();
    let requests = Number.POSITIVE_INFINITY;
    // Each fault begins elsewhere, so that all of them together meet every request.
    for (let nth = offset % 4; nth < requests; nth += 4) {
      const project = `p${nth}`;
      const open = await ledger();
      let count = 0;
      const spoil = onNth(nth, () => true, fault);
      proxy.plan((request) => {
        count++;
        return spoil(request);
      });
      for (const step of waves(open, project)) await step();
      requests = count;
      proxy.plan(undefined);
      await expectDone(open, project);
      if (nth % 3 === 0) await expectDone(await ledger(), project);
      const left = [...instances().keys()].filter((one) => one.startsWith(`asbuilt-ledger:${project}:`));
      expect(left.length).toBeLessThan(9);
    }
    expect(requests).toBeGreaterThan(25);
  });
}

test('a run that dies at any request leaves each step whole or not at all; the next one finishes', async () => {
  const { ledger, client, proxy } = await world();
  let survived = false;
  for (let nth = 0; !survived; nth++) {
    const project = `p${nth}`;
    // Whoever is dead does not try again.
    const dying = await authentikLedger(client(1), { pause: 1 });
    let count = 0;
    const gone: Fault = { kind: 'reset', when: nth % 2 === 0 ? 'before' : 'after' };
    proxy.plan(() => (count++ < nth ? undefined : gone));
    let done = 0;
    const failure = await (async () => {
      for (const step of waves(dying, project)) {
        await step();
        done++;
      }
      return undefined;
    })().catch((error: unknown) => error);
    survived = failure === undefined;
    proxy.plan(undefined);
    const next = await ledger();
    const records = await next.read(project);
    const intents = await next.intents(project);
    // Steps come in pairs: an intent, and the record that confirms it.
    const steps = 2 * Math.max(0, records.size - 1) + intents.length;
    expect([done, done + 1]).toContain(steps);
    for (const step of waves(next, project).slice(steps)) await step();
    await expectDone(next, project);
  }
});

/** Records that do not compress well, so that few of them need several instances. */
function large(count: number): LedgerRecord[] {
  const text = (seed: number) =>
    Array.from({ length: 30 }, (_, index) => (Math.sin(seed * 31 + index) * 1e15).toString(36)).join('');
  return Array.from({ length: count }, (_, index) => record(`u${index}`, index, { whole: text(index) }));
}

test('a put that needs several instances is seen whole or not at all', async () => {
  const { ledger, proxy, instances } = await world();
  const writer = await ledger();
  const reader = await ledger();
  await writer.put('p', [record('u0', 'old')]);
  const seen = new Set<number>();
  let looking = false;
  proxy.plan(() => {
    if (looking) return undefined;
    return {
      kind: 'meanwhile',
      act: async () => {
        looking = true;
        seen.add((await reader.read('p')).size);
        looking = false;
      },
    };
  });
  await writer.put('p', large(4_000));
  proxy.plan(undefined);
  expect(instances().size).toBeGreaterThan(4);
  expect([...seen].every((size) => size === 1 || size === 4_000)).toBe(true);
  expect(seen.has(1)).toBe(true);
  expect((await reader.read('p')).get('user/u0')!.id).toBe(0);
});

test('parts of a put that was never finished mean nothing, and go after a while', async () => {
  const { ledger, proxy, instances, server } = await world();
  const writer = await ledger();
  await writer.put('p', [record('u0', 'old')]);
  let posts = 0;
  proxy.plan(({ method }) =>
    method === 'POST' && ++posts > 2 ? { kind: 'reset', when: 'before' } : undefined,
  );
  await expect(writer.put('p', large(4_000))).rejects.toMatchObject({ uncertain: true });
  proxy.plan(undefined);
  const parts = () => [...instances().keys()].filter((one) => one.includes(':0000000000-'));
  expect(parts()).toHaveLength(2);
  const next = await ledger();
  expect((await next.read('p')).size).toBe(1);
  await next.put('p', [record('u1', 1)]);
  expect(parts()).toHaveLength(2);
  for (const row of instances().values())
    if (row.values.name !== 'asbuilt-ledger-key')
      row.values.last_applied = new Date(server.state.now() - 2 * 3_600_000).toISOString();
  await (await ledger()).put('p', [record('u2', 2)]);
  expect(parts()).toEqual([]);
  expect((await (await ledger()).read('p')).size).toBe(3);
});
