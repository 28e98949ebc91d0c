/** A file watch over a real git repository: checkouts and locks. */
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { aWhile, observe, temporaryFolder, until, write } from './files-support.js';

const run = promisify(execFile);

async function git(folder: string, ...command: string[]): Promise<void> {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  await run('git', [...identity, ...command], { cwd: folder, env });
}

/** A repository with a blueprint, and its paths. */
async function repository() {
  const folder = temporaryFolder();
  const blueprints = join(folder, 'blueprints');
  const staff = join(blueprints, 'staff.yaml');
  const lock = join(folder, '.git', 'index.lock');
  write(staff);
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'first');
  return { folder, blueprints, staff, lock };
}

/** Writes a thousand blueprints in ten folders. */
function thousand(blueprints: string, text: string): string[] {
  return Array.from({ length: 1_000 }, (_, index) => {
    const path = join(blueprints, `team-${index % 10}`, `user-${index}.yaml`);
    write(path, text);
    return path;
  });
}

test('a checkout that changes 1,000 files is one call, after the last of them', async () => {
  const { folder, blueprints } = await repository();
  const paths = thousand(blueprints, 'version: 1\nusers: {ada: {name: Ada}}\n');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'many');
  await git(folder, 'checkout', '--quiet', '-b', 'other');
  thousand(blueprints, 'version: 1\nusers: {ada: {name: Ada Lovelace}}\n');
  await git(folder, 'commit', '--quiet', '-a', '-m', 'changed');
  const locked: boolean[] = [];
  const changed = () => void locked.push(existsSync(join(folder, '.git', 'index.lock')));
  const seen = await observe({ blueprints: [blueprints] }, { changed });

  await git(folder, 'checkout', '--quiet', 'main');
  await seen.called(1);
  await aWhile();
  expect(seen.calls).toHaveLength(1);
  expect(seen.paths()).toEqual(expect.arrayContaining(paths.slice(0, 1)));
  expect(seen.calls[0]!.size).toBe(1_000);

  // And one that makes them vanish with their folders.
  await git(folder, 'checkout', '--quiet', 'HEAD~1');
  await seen.called(2);
  await aWhile();
  expect(seen.calls).toHaveLength(2);
  await git(folder, 'checkout', '--quiet', 'main');
  await seen.called(3);
  await aWhile();
  expect(seen.calls).toHaveLength(3);
  expect(locked).toEqual([false, false, false]);
});

test('while index.lock is there nothing is called; what changed meanwhile is one call', async () => {
  const { blueprints, staff, lock } = await repository();
  const seen = await observe({ blueprints: [blueprints] });
  expect(seen.watch.gitIsBusy()).toBe(false);
  writeFileSync(lock, '');
  expect(seen.watch.gitIsBusy()).toBe(true);
  writeFileSync(staff, 'users: {}\n');
  await aWhile();
  write(join(blueprints, 'more.yaml'));
  await aWhile();
  expect(seen.calls).toEqual([]);
  rmSync(lock);
  expect(seen.watch.gitIsBusy()).toBe(false);
  await seen.called(1);
  await aWhile();
  expect(seen.calls).toEqual([new Set([staff, join(blueprints, 'more.yaml')])]);
  expect(seen.problems).toEqual([]);
});

test('a lock that is left behind is waited for once, and told', async () => {
  const { blueprints, staff, lock } = await repository();
  writeFileSync(lock, '');
  const seen = await observe({ blueprints: [blueprints] }, { patience: 3_000 });
  writeFileSync(staff, 'users: {}\n');
  await aWhile();
  expect(seen.calls).toEqual([]);
  await seen.called(1);
  expect(seen.problems).toEqual([
    `${lock} has been there for 3 s: going on without waiting for git. If no git command is running, delete it.`,
  ]);
  expect(seen.watch.gitIsBusy()).toBe(false);
  writeFileSync(staff, 'groups: {}\n');
  await seen.called(2);
  expect(seen.problems).toHaveLength(1);
  // The next one is waited for again.
  rmSync(lock);
  await until(() => !seen.watch.gitIsBusy());
  writeFileSync(lock, 'another');
  expect(seen.watch.gitIsBusy()).toBe(true);
});

test('the lock of a worktree is its own', async () => {
  const { folder } = await repository();
  const tree = join(temporaryFolder(), 'tree');
  await git(folder, 'worktree', 'add', '--quiet', tree, '-b', 'side');
  const seen = await observe({ blueprints: [join(tree, 'blueprints')] });
  writeFileSync(join(folder, '.git', 'index.lock'), '');
  expect(seen.watch.gitIsBusy()).toBe(false);
  writeFileSync(join(folder, '.git', 'worktrees', 'tree', 'index.lock'), '');
  expect(seen.watch.gitIsBusy()).toBe(true);
});
