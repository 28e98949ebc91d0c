/** Acts with git in the folder: commits and branches; the tree of the world follows what is checked out. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { addFile, editUser, mendFiles } from './file-acts.js';
import type { World } from './world.js';

const run = promisify(execFile);

async function git({ folder, program }: World, ...words: string[]): Promise<void> {
  const who = ['-c', 'user.name=chaos', '-c', 'user.email=chaos@example.org', '-c', 'gc.auto=0'];
  await run('git', [...who, ...words], { cwd: folder, env: { PATH: process.env.PATH, ...program.env } });
}

async function commit(world: World): Promise<void> {
  await mendFiles(world);
  await git(world, 'add', '-A');
  await git(world, 'commit', '-q', '--allow-empty', '-m', `number ${++world.number}`);
  world.branches.set(world.branch, structuredClone(world.tree));
}

export async function beginGit(world: World): Promise<void> {
  await git(world, 'init', '-q', '-b', 'main');
  await commit(world);
}

/** Commits, and goes to a branch that is made here, or back to where that one began. */
export async function switchBranch(world: World): Promise<void> {
  await commit(world);
  world.disturbances++;
  if (world.branch === 'main') {
    await git(world, 'checkout', '-q', '-B', 'night');
    world.branch = 'night';
    // What the branch is about: a few edits at once, which come and go together.
    for (let edits = 0; edits < 4; edits++) await editUser(world);
    await addFile(world);
    await commit(world);
    await git(world, 'checkout', '-q', 'main');
    world.branch = 'main';
    world.tree = structuredClone(world.branches.get('main')!);
    await sleep(world.random.between(0, 600));
  }
  const to = world.branch === 'main' ? 'night' : 'main';
  await git(world, 'checkout', '-q', to);
  world.branch = to;
  world.tree = structuredClone(world.branches.get(to)!);
  world.disturbances++;
}
