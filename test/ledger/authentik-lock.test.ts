/** The lock in authentik: one holder at a time, whatever dies, waits or loses its answers. */
import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ledgerPermissions } from '../../src/directory/authentik/ledger-instances.js';
import type { DirectoryError } from '../../src/directory/errors.js';
import { lockTimes } from '../../src/ledger/authentik-lock.js';
import type { Ledger, Lock } from '../../src/ledger/ledger.js';
import { clientOf } from '../authentik/client.js';
import { type Fault, onNth } from '../authentik/fault-proxy.js';
import { type World, world } from './authentik-support.js';
import { record } from './contract.js';

const never = new AbortController().signal;
const quick = { ...lockTimes, look: 2 };

async function take(ledger: Ledger, timeout = 0, signal = never): Promise<Lock> {
  const lock = await ledger.lock!('apply', timeout, signal);
  onTestFinished(() => lock.release());
  return lock;
}

function lockRow({ instances }: World) {
  return instances().get('asbuilt-lock')!;
}

/** Lets the holder's last sign of life be this long ago. */
function age(all: World, milliseconds: number): void {
  lockRow(all).values.last_applied = new Date(Date.now() - milliseconds).toISOString();
}

test('of two who want the lock at the same moment exactly one gets it, a hundred times', async () => {
  const { ledger } = await world({ latency: 1 });
  const both = [await ledger({ times: quick }), await ledger({ times: quick })];
  for (let round = 0; round < 100; round++) {
    const got = await Promise.allSettled(both.map((one) => one.lock!('apply', 0, never)));
    const locks = got.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refusals = got.flatMap((one) => (one.status === 'rejected' ? [one.reason as DirectoryError] : []));
    expect(locks).toHaveLength(1);
    expect(refusals.map(({ code }) => code)).toEqual(['locked']);
    await locks[0]!.release();
  }
});

test('the refusal says who holds it since when, and what to do', async () => {
  const { ledger } = await world();
  await take(await ledger());
  await expect(take(await ledger())).rejects.toThrow(
    new RegExp(
      `^the directory is locked by .+@.+ \\(apply, process ${process.pid}, since 20.+Z\\), last heard of \\d+ s ago; wait with --lock-timeout, or end that process$`,
    ),
  );
});

test('who waits gets it when it is free, and stops waiting when told to', async () => {
  const { ledger } = await world();
  const first = await (await ledger()).lock!('apply', 0, never);
  const waiting = take(await ledger({ times: quick }), 60_000);
  const stop = new AbortController();
  const stopped = take(await ledger({ times: quick }), Number.POSITIVE_INFINITY, stop.signal);
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await first.release();
  expect(await waiting).toBeDefined();
});

test('a holder that gives no sign of life is taken over, by one of those who want it', async () => {
  const all = await world({ latency: 2 });
  await take(await all.ledger());
  const others = await Promise.all(Array.from({ length: 4 }, () => all.ledger({ times: quick })));
  age(all, quick.dead - 20_000);
  await expect(take(others[0]!)).rejects.toMatchObject({ code: 'locked' });
  age(all, quick.dead + 5_000);
  const got = await Promise.allSettled(others.map((one) => take(one)));
  expect(got.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a holder keeps its lock by saving it', async () => {
  const all = await world();
  await take(await all.ledger({ times: { ...quick, beat: 5 } }));
  age(all, quick.dead + 5_000);
  await vi.waitFor(
    () => expect(Date.now() - Date.parse(String(lockRow(all).values.last_applied))).toBeLessThan(60_000),
    10_000,
  );
  await expect(take(await all.ledger())).rejects.toMatchObject({ code: 'locked' });
});

test('a holder whose lock was taken over notices it and writes nothing more', async () => {
  const all = await world();
  const old = await all.ledger({ times: { ...quick, beat: 20 } });
  const lock = await take(old);
  await old.put('one', [record('ada', 1)]);
  const next = await all.ledger();
  // Its heartbeats come to nothing until the lock is another's.
  const fault: Fault = { kind: 'server-error', status: 500, when: 'before' };
  all.proxy.plan(({ method }) => (method === 'PATCH' ? fault : undefined));
  await clientOf(all.server)('DELETE', `/managed/blueprints/${lockRow(all).id}/`);
  await take(next);
  all.proxy.plan(undefined);
  await vi.waitFor(() => expect(lock.lost!.aborted).toBe(true), 10_000);
  await expect(old.put('one', [record('bob', 2)])).rejects.toMatchObject({
    code: 'locked',
    uncertain: false,
    message: expect.stringMatching(/^the lock was lost: .+@.+ took it over; nothing more is written/),
  });
  expect((await next.read('one')).size).toBe(1);
  await lock.release();
  // It has not released what is another's.
  expect(all.instances().has('asbuilt-lock')).toBe(true);
});

test('a holder that finds somebody else writing looks whether the lock is still its own', async () => {
  const all = await world();
  const old = await all.ledger();
  await take(old);
  await old.read('one');
  await clientOf(all.server)('DELETE', `/managed/blueprints/${lockRow(all).id}/`);
  const next = await all.ledger();
  await take(next);
  await next.put('one', [record('bob', 2)]);
  await expect(old.put('one', [record('ada', 1)])).rejects.toMatchObject({ code: 'locked' });
  expect([...(await next.read('one')).keys()]).toEqual(['user/bob']);
});

test('a holder that can no longer reach the server stops before others may take over', async () => {
  const all = await world();
  const times = { beat: 5, dead: 600, look: 2 };
  const open = await all.ledger({ times });
  await take(open);
  all.proxy.plan(({ method }) =>
    method === 'PATCH' ? { kind: 'server-error', status: 500, when: 'before' } : undefined,
  );
  const stopped = vi.waitFor(async () => {
    await expect(open.put('one', [record('ada', Math.random())])).rejects.toMatchObject({ code: 'locked' });
  }, 20_000);
  await stopped;
});

test('a holder that may not save its lock is told the permission', async () => {
  const permissions = ledgerPermissions.filter((one) => !one.includes('change'));
  const { ledger } = await world({ permissions });
  const open = await ledger({ times: { ...quick, beat: 5 } });
  const lock = await take(open);
  await vi.waitFor(() => expect(lock.lost!.aborted).toBe(true), 10_000);
  await expect(open.put('one', [record('ada', 1)])).rejects.toThrow(
    'authentik_blueprints.change_blueprintinstance',
  );
});

test('a dead process on this machine holds nothing', async () => {
  if (process.platform !== 'linux') return;
  const all = await world();
  await take(await all.ledger());
  const row = lockRow(all);
  const context = row.values.context as { holder: object; machine: string };
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const holder = { ...context.holder, process: ended };
  row.values.context = { ...context, holder, machine: 'another' };
  const other = await all.ledger();
  await expect(take(other)).rejects.toMatchObject({ code: 'locked' });
  expect(await other.unlock!()).toMatchObject({ free: false, holder: { process: ended } });
  row.values.context = { ...context, holder };
  expect(await take(other)).toBeDefined();
});

test('unlocking removes what a dead holder left behind, and nothing of a living one', async () => {
  const all = await world();
  const open = await all.ledger();
  expect(await open.unlock!()).toEqual({ free: true });
  await take(open);
  const other = await all.ledger();
  const holder = expect.objectContaining({ process: process.pid, command: 'apply' });
  expect(await other.unlock!()).toEqual({ free: false, holder });
  age(all, lockTimes.dead + 5_000);
  expect(await other.unlock!()).toEqual({ free: true, holder });
  expect(all.instances().has('asbuilt-lock')).toBe(false);
});

const faults: readonly Fault[] = [
  { kind: 'server-error', status: 500, when: 'before' },
  { kind: 'server-error', status: 500, when: 'after' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'crashed', when: 'after' },
  { kind: 'too-many-requests' },
];

for (const fault of faults) {
  test(`a lock whose create or delete meets ${JSON.stringify(fault)} is taken once and given back`, async () => {
    const all = await world();
    const open = await all.ledger();
    for (const method of ['POST', 'DELETE']) {
      all.proxy.plan(onNth(0, (one) => one.method === method, fault));
      const lock = await open.lock!('apply', 0, never);
      await expect((await all.ledger()).lock!('apply', 0, never)).rejects.toMatchObject({ code: 'locked' });
      await lock.release();
      expect(all.instances().has('asbuilt-lock')).toBe(false);
    }
  });
}
