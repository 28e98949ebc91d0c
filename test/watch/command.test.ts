/** The command `asbuilt watch`: what it prints, answers, posts, and how it ends, in this process and in one of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'libsql';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Surroundings } from '../../src/commands/surroundings.js';
import { type WatchCommandOptions, watch } from '../../src/commands/watch.js';
import { commandIn } from '../support/command.js';
import { temporaryFolder } from '../support/request.js';

const blueprint = (name: string): string =>
  `version: 1\nusers:\n  ada: {name: ${name}, email: ada@example.org}\n`;

function folderWith(text: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'blueprints'));
  writeFileSync(join(folder, 'blueprints/staff.yaml'), text);
  return folder;
}

interface Started {
  readonly out: () => string;
  readonly err: () => string;
  readonly hangup: () => void;
  /** Sends the signal; gives the exit code. */
  readonly stop: () => Promise<number>;
}

function start(folder: string, options: WatchCommandOptions, over: Partial<Surroundings> = {}): Started {
  const ending = new AbortController();
  const listeners = new Set<() => void>();
  const { surroundings, out, err } = commandIn(folder, {
    signal: ending.signal,
    onHangup: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...over,
  });
  const ended = watch(surroundings, [], { interval: 'off', listen: 'off', ...options });
  const stop = (): Promise<number> => {
    ending.abort();
    return ended;
  };
  const hangup = (): void => {
    for (const listener of listeners) listener();
  };
  onTestFinished(async () => void (await stop()));
  return { out, err, stop, hangup };
}

const soon = { timeout: 60_000, interval: 10 };

test('prints one line for each run, with the problem and its place under it, and tells by its exit code', async () => {
  const folder = folderWith(blueprint('Ada'));
  const one = start(folder, {}, { outIsTerminal: true });
  await expect.poll(one.out, soon).toContain('applied');
  writeFileSync(join(folder, 'blueprints/staff.yaml'), blueprint('Ada').replace('email', 'emial'));
  await expect.poll(one.err, soon).toContain('Did you mean `email`?');
  await expect.poll(one.out, soon).toContain('the last good ones stay in force; next try in');
  const lines = one
    .out()
    .trim()
    .split('\n')
    .map((line) =>
      line
        .replace(/^\d\d:\d\d:\d\d/, 'at')
        .replace(/\d+ ms$/, 'n ms')
        .replace(/ +/g, ' '),
    );
  // A line about the watch itself has no duration; what was read just before it was watched may be read again.
  const runs = lines.filter((line) => line.endsWith('n ms') && !line.includes('in sync'));
  expect(runs).toEqual([
    'at applied + user/ada start n ms',
    'at invalid blueprints/staff.yaml:3:20 user has no attribute `emial` files n ms',
  ]);
  expect(one.err()).toContain('blueprints/staff.yaml:3:20: error[unknown-attribute]');
  expect(await one.stop()).toBe(1);
});

test('ends with 0 in sync, 2 with pending changes, 3 when something is held back', async () => {
  const folder = folderWith(blueprint('Ada'));
  const planning = start(folder, { mode: 'plan' });
  await expect.poll(planning.out, soon).toContain('"outcome":"pending"');
  expect(await planning.stop()).toBe(2);
  const applying = start(folder, {});
  await expect.poll(applying.out, soon).toContain('"outcome":"applied"');
  expect(await applying.stop()).toBe(0);
  writeFileSync(
    join(folder, 'blueprints/staff.yaml'),
    blueprint('Ada').replace('{name', '{state: absent, name'),
  );
  const holding = start(folder, { refuse: ['deletes'] });
  await expect.poll(holding.out, soon).toContain('"hazards":["deletes"]');
  expect(await holding.stop()).toBe(3);
  const line = JSON.parse(
    holding
      .out()
      .split('\n')
      .find((one) => one.includes('"deletes"'))!,
  );
  expect(line).toMatchObject({ level: 'warn', outcome: 'held' });
  // On a terminal it says why, and what to do, once.
  const people = start(folder, { refuse: ['deletes'], log: 'text' });
  await expect.poll(people.out, soon).toContain('--allow deletes');
  expect(people.out()).toMatch(/ held {6}held back: user\/ada \(deletes\)/);
  expect(people.out()).toMatch(
    /user\/ada \(deletes: not reversible.*\): change blueprints\/staff\.yaml:3, or watch with --allow deletes/,
  );
  expect(await people.stop()).toBe(3);
});

test('what is wrong on the command line ends it at once', async () => {
  const folder = folderWith(blueprint('Ada'));
  const wrong: [WatchCommandOptions, string][] = [
    [{ mode: 'aply' }, 'Did you mean `apply`?'],
    [{ interval: 'often' }, '`often` is not a valid duration'],
    [{ listen: 'example.org:port' }, 'listen'],
    [{ log: 'xml' }, '--log takes no `xml`'],
    [{ prune: true }, 'pruning needs a project name'],
    [{ refuse: ['floods'] }, 'unknown hazard `floods`'],
  ];
  for (const [options, message] of wrong) {
    const { surroundings, err } = commandIn(folder);
    expect(await watch(surroundings, [], options), message).toBe(1);
    expect(err()).toContain(message);
  }
});

test('a directory that cannot be ends it, where its URL was written', async () => {
  const { surroundings, out } = commandIn(folderWith(blueprint('Ada')));
  expect(await watch(surroundings, [], { directory: 'postgres://x/y', listen: 'off' })).toBe(1);
  expect(out()).toContain('postgres: URLs are not supported');
  expect(out().trim().split('\n')).toHaveLength(1);
});

test('answers on its port, and posts to a webhook, without a secret in either', async () => {
  const bodies: string[] = [];
  const receiver = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      response.end('ok');
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void receiver.close());
  await new Promise((resolve) => receiver.once('listening', resolve));
  const { port } = receiver.address() as AddressInfo;
  const folder = folderWith('version: 1\nusers:\n  ada: {name: Ada, password: !Env ADA_PASSWORD}\n');
  const env = {
    ADA_PASSWORD: 'canary-of-ada',
    ASBUILT_WEBHOOK_URL: `http://127.0.0.1:${port}/hook/canary-of-path`,
  };
  const one = start(folder, { listen: '127.0.0.1:0' }, { env });
  await expect.poll(one.out, soon).toContain('"outcome":"applied"');
  const url = /listening on (http:[^"]+)/.exec(one.out())![1]!;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const status = await (await fetch(`${url}/status`)).text();
  expect(JSON.parse(status)).toMatchObject({
    ready: true,
    blueprints: [{ path: 'blueprints/staff.yaml', status: 'in-sync' }],
  });
  const asked = await fetch(`${url}/reconcile?wait`, { method: 'POST' });
  expect(await asked.json()).toMatchObject({ trigger: 'request', outcome: 'nothing' });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('asbuilt_changes_total{verb="create"} 1');
  expect(metrics).toContain('asbuilt_runs_total{outcome="nothing",trigger="request"} 1');
  await expect.poll(() => bodies.length, soon).toBeGreaterThan(0);
  expect(JSON.parse(bodies[0]!)).toMatchObject({ event: 'change', run: { outcome: 'applied' } });
  const wrong =
    'version: 1\nusers:\n  ada: {name: Ada, passwrod: canary-1, emial: x}\n  bob:\n    password: *canary-2\n  cyd:\n    password: !canary-3\n';
  writeFileSync(join(folder, 'blueprints/staff.yaml'), wrong);
  await expect.poll(async () => (await fetch(`${url}/status`)).text(), soon).toContain('makes it an alias');
  await expect.poll(() => bodies.length, soon).toBeGreaterThan(1);
  const failed = await (await fetch(`${url}/status`)).text();
  expect(await one.stop()).toBe(1);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  expect([one.out(), one.err(), status, failed, metrics, ...bodies].join('')).not.toContain('canary');
});

test('credentials come from files too, and a file that is not there is told', async () => {
  const folder = folderWith(blueprint('Ada'));
  writeFileSync(join(folder, 'token'), 'from-a-file\n');
  const one = start(folder, { listen: '127.0.0.1:0' }, { env: { ASBUILT_WATCH_TOKEN_FILE: 'token' } });
  await expect.poll(one.out, soon).toContain('"outcome":"applied"');
  const url = /listening on (http:[^"]+)/.exec(one.out())![1]!;
  expect((await fetch(`${url}/status`)).status).toBe(401);
  const headers = { authorization: 'Bearer from-a-file' };
  expect((await fetch(`${url}/status`, { headers })).status).toBe(200);
  const missing = commandIn(folder, { env: { ASBUILT_WEBHOOK_URL_FILE: 'nowhere' } });
  expect(await watch(missing.surroundings, [], {})).toBe(1);
  expect(missing.err()).toContain('nowhere, which ASBUILT_WEBHOOK_URL_FILE names');
});

test('a signal that comes before anything ran ends it with 0, also while its port is opened', async () => {
  const folder = folderWith(blueprint('Ada'));
  const ending = new AbortController();
  const { surroundings, out } = commandIn(folder, { signal: ending.signal });
  const ended = watch(surroundings, [], { interval: 'off', listen: '127.0.0.1:0' });
  ending.abort();
  expect(await ended).toBe(0);
  expect(await watch(surroundings, [], { interval: 'off', listen: '127.0.0.1:0' })).toBe(0);
  expect(out()).toBe('');
});

test('runs once more at a hangup', async () => {
  const folder = folderWith(blueprint('Ada'));
  const one = start(folder, {});
  await expect.poll(one.out, soon).toContain('"outcome":"applied"');
  one.hangup();
  await expect.poll(one.out, soon).toContain('"trigger":"signal"');
});

test('a taken default port is no reason not to watch, a taken one that was asked for is', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const folder = folderWith(blueprint('Ada'));
  const { surroundings, err } = commandIn(folder);
  const { port } = taken.address() as AddressInfo;
  expect(await watch(surroundings, [], { listen: `127.0.0.1:${port}` })).toBe(1);
  expect(err()).toContain(String(port));
});

// In processes of their own, as an operator has them.

/** For another process, on a machine that may be writing out all it has just installed. */
const slowly = { timeout: 60_000, interval: 10 };

const cli = join(inject('dist'), 'cli.js');

interface Process {
  readonly child: ChildProcess;
  /** What it logged, and what it said on its error output. */
  readonly lines: { msg: string; outcome?: string; trigger?: string }[];
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
}

function spawned(folder: string): Process {
  const words = ['watch', '--interval', 'off', '--listen', 'off', '--log', 'json'];
  const child = spawn(process.execPath, [cli, ...words], {
    cwd: folder,
    // Nothing of ours: in CI a command refuses to choose the directory itself.
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Process['lines'] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(JSON.parse(line)));
  createInterface({ input: child.stderr! }).on('line', (msg) => lines.push({ msg }));
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, lines, exit };
}

const nameIn = (folder: string): unknown => {
  const database = new Database(join(folder, '.asbuilt/directory.db'), { readonly: true });
  try {
    return database.prepare('SELECT name FROM users').raw().all();
  } finally {
    database.close();
  }
};

test('a watch that is killed is replaced by the one that stands by, and both end on signals', async () => {
  const folder = folderWith(blueprint('Ada'));
  const first = spawned(folder);
  await expect
    .poll(() => first.lines, slowly)
    .toContainEqual(expect.objectContaining({ outcome: 'applied' }));
  const second = spawned(folder);
  await expect
    .poll(() => second.lines, slowly)
    .toContainEqual(expect.objectContaining({ msg: expect.stringMatching(/^standing by/) }));
  first.child.kill('SIGKILL');
  expect(await first.exit).toEqual({ code: null, signal: 'SIGKILL' });
  await expect
    .poll(() => second.lines, slowly)
    .toContainEqual(expect.objectContaining({ outcome: 'nothing' }));
  writeFileSync(join(folder, 'blueprints/staff.yaml'), blueprint('Ada Byron'));
  await expect.poll(() => nameIn(folder), slowly).toEqual([['Ada Byron']]);
  second.child.kill('SIGHUP');
  await expect
    .poll(() => second.lines, slowly)
    .toContainEqual(expect.objectContaining({ trigger: 'signal' }));
  second.child.kill('SIGTERM');
  expect(await second.exit).toEqual({ code: 0, signal: null });
  expect(readFileSync(join(folder, 'blueprints/staff.yaml'), 'utf8')).toContain('Byron');
}, 300_000);

test('a signal at any early moment ends a watch with 0, alone or standing by', async () => {
  const folder = folderWith(blueprint('Ada'));
  const holder = spawned(folder);
  await expect
    .poll(() => holder.lines, slowly)
    .toContainEqual(expect.objectContaining({ outcome: 'applied' }));
  const moments = ['standing by', ...Array.from({ length: 4 }, () => Math.random() * 1_500)];
  for (const moment of moments) {
    for (const where of [folder, folderWith(blueprint('Ada'))]) {
      const one = spawned(where);
      if (typeof moment === 'number') await new Promise((resolve) => setTimeout(resolve, moment));
      else await expect.poll(() => one.lines.length, slowly).toBeGreaterThan(0);
      one.child.kill('SIGTERM');
      const end = await one.exit;
      // Before the program listens for signals there is nothing to end, and the system ends the process.
      if (end.signal !== null) expect(one.lines).toEqual([]);
      expect(
        [
          { code: 0, signal: null },
          { code: null, signal: 'SIGTERM' },
        ],
        `${moment}`,
      ).toContainEqual(end);
    }
  }
  holder.child.kill('SIGTERM');
  expect(await holder.exit).toEqual({ code: 0, signal: null });
}, 300_000);
