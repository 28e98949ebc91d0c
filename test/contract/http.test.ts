/** What only a server does: refusals, limits, a clock of its own, requests under way, and how many there are of them. */
import { expect, test } from 'vitest';
import { watching } from '../support/watching.js';
import { teamOver } from './border-team.js';
import { listAll } from './directory.js';
import type { Logged } from './http-server.js';
import { openHttpStore, troubledHttp } from './http-store.js';
import { memoryLedger } from './memory-ledger.js';

const user = 'authentik_core.user';
const group = 'authentik_core.group';
const signal = new AbortController().signal;
const staff = 'groups:\n  staff: {}\n';

test('a token that is not valid opens nothing', async () => {
  const { server } = await troubledHttp();
  const opening = openHttpStore(server, memoryLedger(), 'guess');
  await expect(opening).rejects.toMatchObject({ code: 'unauthenticated', uncertain: false });
  expect(server.log.map((one) => one.status)).toEqual([401]);
});

test('a token that is revoked while a run writes ends it, and what was done is kept', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const { behaviour, log } = subject.server;
  const children = Array.from({ length: 12 }, (_, at) => `child-${at}`);
  team.writes(`groups:\n  top: {}\n${children.map((one) => `  ${one}: {parents: [top]}\n`).join('')}`);
  behaviour.landed = ({ call }) => {
    if (call === 'create') behaviour.token = 'another';
  };
  const result = await team.applies();
  expect(result.outcome).toBe('failed');
  expect(result.done).toBe(1);
  expect(result.failed.every((one) => one.message.includes('token is not valid'))).toBe(true);
  expect(result.failed.length + result.skipped.length).toBe(12);
  // Beside those that were under way nothing was tried with a token that is known to be useless.
  expect(log.filter((one) => one.call === 'create').length).toBeLessThanOrEqual(1 + 4);
  behaviour.landed = () => {};
  expect((await team.applies()).outcome).toBe('applied');
  expect(await team.names(group)).toEqual([...children, 'top'].sort());
  expect(await team.intents()).toEqual([]);
});

test('a limit says when to come back, and what it kept from being made is not ours if others make it', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const { behaviour, state } = subject.server;
  team.writes('groups:\n  staff: {}\n  board: {}\n');
  behaviour.fault = ({ call, body }) =>
    call === 'create'
      ? {
          status: 429,
          retryAfter: body.name === 'staff' ? 30 : new Date(Date.now() + 90_000).toUTCString(),
        }
      : undefined;
  const first = await team.applies();
  expect(first).toMatchObject({ outcome: 'failed', done: 0, skipped: [] });
  expect(first.retryAfter).toBeGreaterThan(80_000);
  expect(first.retryAfter).toBeLessThanOrEqual(91_000);
  expect(await team.intents()).toEqual([]);
  await state.directory.create(group, { name: 'staff' }, signal);
  behaviour.fault = () => undefined;
  expect((await team.applies()).outcome).toBe('applied');
  expect(await team.owned()).toEqual({ 'group/staff': 'adopted', 'group/board': 'created' });
});

test('a watch waits as long as the directory asks', async () => {
  const { server, open } = await troubledHttp();
  server.behaviour.fault = ({ call }) => (call === 'create' ? { status: 429, retryAfter: 600 } : undefined);
  const one = watching({ files: { 'blueprints/staff.yaml': `version: 1\n${staff}` }, open });
  const failed = await one.until((run) => run.outcome === 'failed');
  expect(failed.failures.map((its) => its.address)).toEqual(['group/staff']);
  expect(Date.parse(one.state().retryAt!) - Date.now()).toBeGreaterThan(500_000);
  await one.stop();
});

for (const minutes of [-10, 10]) {
  const where = minutes < 0 ? 'behind' : 'ahead';
  test(`an object whose answer was lost is ours where the server's clock is 10 minutes ${where}`, async () => {
    const subject = await troubledHttp();
    const team = teamOver(subject);
    subject.server.behaviour.ahead = minutes * 60_000;
    team.writes(staff);
    subject.trouble.lost = { kind: group, landed: true };
    expect((await team.applies()).outcome).toBe('failed');
    subject.trouble.lost = undefined;
    expect(await team.intents()).toEqual(['group/staff']);
    await team.applies();
    expect(await team.owned()).toEqual({ 'group/staff': 'created' });
    expect(await team.names(group)).toEqual(['staff']);
  });

  test(`one that others made a minute before is theirs where it is 10 minutes ${where}`, async () => {
    const subject = await troubledHttp();
    const team = teamOver(subject);
    const { behaviour, state } = subject.server;
    behaviour.ahead = minutes * 60_000;
    team.writes(staff);
    behaviour.fault = async ({ call }) => {
      if (call !== 'create') return undefined;
      // As if it had been made before the run began, and after its plan.
      behaviour.ahead -= 60_000;
      await state.directory.create(group, { name: 'staff' }, signal);
      behaviour.ahead += 60_000;
      return { reset: 'before' };
    };
    expect((await team.applies()).outcome).toBe('failed');
    behaviour.fault = () => undefined;
    expect(await team.intents()).toEqual(['group/staff']);
    await team.applies();
    expect(await team.owned()).toEqual({ 'group/staff': 'adopted' });
  });
}

test('a request that is under way when the signal comes is found again by the next run', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const { behaviour, log } = subject.server;
  team.writes('groups:\n  a: {}\n  b: {parents: [a]}\n');
  const controller = new AbortController();
  behaviour.landed = ({ call }) => {
    if (call === 'create') controller.abort();
  };
  const result = await team.applies({ signal: controller.signal });
  expect(result).toMatchObject({ outcome: 'interrupted', done: 0, skipped: ['group/a', 'group/b'] });
  behaviour.landed = () => {};
  expect(await team.names(group)).toEqual(['a']);
  expect(await team.intents()).toEqual(['group/a']);
  await team.finishes(['a', 'b']);
  expect(log.filter((one) => one.call === 'create').map((one) => one.body.name)).toEqual(['a', 'b']);
});

test('a password that is set by a second call arrives there, also with the next run', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const { state, log } = subject.server;
  team.writes('users:\n  ada: {name: Ada, password: correct-horse}\n');
  subject.trouble.passwordFails = true;
  await team.applies();
  const [ada] = await listAll(state.directory, user);
  expect(state.secretOf(user, ada!.id, 'password')).toBeUndefined();
  subject.trouble.passwordFails = false;
  await team.applies();
  expect(state.secretOf(user, ada!.id, 'password')).toBe('correct-horse');
  expect(log.filter((one) => one.call === 'create').map((one) => one.body)).toEqual([
    expect.not.objectContaining({ password: expect.anything() }),
  ]);
});

test('neither the failure nor the history of a password that could not be set shows it', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  team.writes('users:\n  ada: {name: Ada, password: correct-horse}\n');
  subject.trouble.passwordFails = true;
  const { failed } = await team.applies();
  expect(failed).toHaveLength(1);
  expect(JSON.stringify([failed, await team.lastRun()])).not.toContain('correct-horse');
});

/** The most requests that the server worked on at one time. */
function mostAtOnce(log: readonly Logged[]): number {
  const edges = log.flatMap(({ began, ended }) => [
    [began, 1],
    [ended!, -1],
  ]) as [number, number][];
  edges.sort(([a, up], [b, down]) => a - b || up - down);
  let [now, most] = [0, 0];
  for (const [, step] of edges) most = Math.max(most, (now += step));
  return most;
}

for (const prunes of [false, true]) {
  test(`a plan ${prunes ? 'with' : 'without'} prune lists kinds side by side, as many as the directory takes`, async () => {
    const subject = await troubledHttp();
    const team = teamOver(subject);
    if (!prunes) team.neverPrunes();
    team.writes(
      'groups:\n  staff: {}\nusers:\n  ada: {name: Ada, groups: [staff]}\nroles:\n  desk: {}\napplications:\n  wiki: {name: Wiki, access: [group/staff]}\n',
    );
    await team.applies();
    const { behaviour, log } = subject.server;
    behaviour.latency = 50;
    log.length = 0;
    const began = performance.now();
    expect((await team.plans()).plan!.changes).toEqual([]);
    const seconds = (performance.now() - began) / 1000;
    const oneByOne = (log.length * behaviour.latency) / 1000;
    const lists = log.filter((one) => one.call === 'list');
    console.info(
      `a plan over HTTP, 50 ms a request, ${prunes ? 'with' : 'without'} prune: ${log.length} requests in ` +
        `${seconds.toFixed(2)} s (one by one at least ${oneByOne.toFixed(2)} s), at most ${mostAtOnce(lists)} at once`,
    );
    expect(lists.length).toBeGreaterThan(8);
    expect(new Set(lists.map((one) => one.kind)).size).toBe(lists.length);
    expect(mostAtOnce(lists)).toBe(4);
  });
}

test('writes that wait for nothing are sent side by side, and each only once', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const names = Array.from({ length: 24 }, (_, at) => `g${at}`);
  team.writes(`groups:\n${names.map((one) => `  ${one}: {}\n`).join('')}  last: {parents: [g0, g23]}\n`);
  const { behaviour, log } = subject.server;
  behaviour.latency = 20;
  expect((await team.applies()).done).toBe(25);
  const creates = log.filter((one) => one.call === 'create');
  expect(creates.map((one) => one.body.name).sort()).toEqual([...names, 'last'].sort());
  expect(mostAtOnce(creates)).toBe(4);
  const last = creates.find((one) => one.body.name === 'last')!;
  for (const one of creates) if (one !== last) expect(one.ended).toBeLessThanOrEqual(last.began);
});

test('a list that breaks off in the middle of its pages ends the plan', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const { behaviour } = subject.server;
  team.writes('groups:\n  a: {}\n  b: {}\n  c: {}\n');
  await team.applies();
  behaviour.pageSize = 2;
  behaviour.fault = ({ kind, cursor }) =>
    kind === group && cursor !== undefined ? { status: 503, retryAfter: 5 } : undefined;
  await expect(team.plans()).rejects.toMatchObject({ code: 'unreachable', retryAfter: 5_000 });
  behaviour.fault = () => undefined;
  expect(await team.pending()).toEqual([]);
});

test('an id that is asked for and not given is no reason to make the object again', async () => {
  const subject = await troubledHttp();
  const team = teamOver(subject);
  const pk = '11111111-1111-4111-8111-111111111111';
  team.writes(
    `entries:\n- model: ${group}\n  identifiers: {pk: ${pk}, name: staff}\n  attrs: {is_superuser: false}\n`,
  );
  await team.applies();
  expect(await team.pending()).toEqual([]);
  expect(await team.owned()).toEqual({ 'group/staff': 'created' });
  expect(await team.names(group)).toEqual(['staff']);
});
