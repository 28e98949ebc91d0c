/** Two programs that want to write to one directory: one at a time, and a dead one is in nobody's way. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import { run, start, startScript } from './command-line.js';

const holding = fileURLToPath(new URL('hold-lock.ts', import.meta.url));

function workspace(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'blueprint.yaml'), 'version: 1\nusers:\n  ada: {name: Ada}\n');
  return folder;
}

const apply = ['apply', 'blueprint.yaml', '-d', 'sqlite:directory.db', '--auto-approve'];

/** Another process that holds the lock of the directory until it is told to end. */
async function holder(cwd: string) {
  const { child, ended } = await startScript(holding, [], { cwd });
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  return { child, ended };
}

test('a second run says who holds the lock, or waits for its turn', async () => {
  const cwd = workspace();
  const first = await holder(cwd);
  const waiting = start([...apply, '--lock-timeout', '30s'], { cwd });

  const refused = await start(apply, { cwd }).ended;
  expect(refused.code).toBe(3);
  expect(refused.err).toMatch(
    new RegExp(`locked by \\S+@\\S+ \\(apply, process ${first.child.pid}\\) since \\d{4}-\\d\\d-\\d\\dT`),
  );
  const live = await run(['unlock', '-d', 'sqlite:directory.db'], { cwd });
  expect(live.code).toBe(3);
  expect(live.err).toContain(`process ${first.child.pid}`);
  expect(await run(['forget', 'user/ada', '-d', 'sqlite:directory.db'], { cwd })).toMatchObject({ code: 3 });

  expect(waiting.child.exitCode).toBeNull();
  first.child.kill('SIGTERM');
  expect(await waiting.ended).toMatchObject({ code: 0 });
  expect((await run(['plan', 'blueprint.yaml', '-d', 'sqlite:directory.db'], { cwd })).out).toContain(
    'no changes',
  );
});

test('kill -9 of the holder frees the lock, and unlock clears what it left', async () => {
  const cwd = workspace();
  const first = await holder(cwd);
  const left = join(cwd, 'directory.db.lock.json');
  expect(JSON.parse(readFileSync(left, 'utf8')).process).toBe(first.child.pid);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(existsSync(left)).toBe(true);
  const unlocked = await run(['unlock', '-d', 'sqlite:directory.db'], { cwd });
  expect(unlocked).toMatchObject({ code: 0 });
  expect(unlocked.out).toContain(`process ${first.child.pid}`);
  expect(existsSync(left)).toBe(false);
  expect(await run(['unlock', '-d', 'sqlite:directory.db'], { cwd })).toMatchObject({
    code: 0,
    out: 'the directory is not locked\n',
  });

  // Without unlocking it is the same.
  const second = await holder(cwd);
  second.child.kill('SIGKILL');
  await second.ended;
  expect(await run(apply, { cwd })).toMatchObject({ code: 0 });
});

test('two runs at once both end well', async () => {
  const cwd = workspace();
  const both = [
    start([...apply, '--lock-timeout', '30s'], { cwd }),
    start([...apply, '--lock-timeout', '30s'], { cwd }),
  ];
  const ended = await Promise.all(both.map((one) => one.ended));
  expect(ended.map((one) => one.code)).toEqual([0, 0]);
  expect(ended.map((one) => /applied 1 change/.test(one.out)).sort()).toEqual([false, true]);
});
