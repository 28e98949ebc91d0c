/** A seed, a time and a folder in; two watches under random edits, drift, kills and rivals; what was lost out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { differences, logProblems, storeProblems } from './checks.js';
import {
  deleteCache,
  deleteRows,
  drift,
  giveBack,
  holdsNote,
  keepBusy,
  strangers,
  takeAway,
} from './directory-acts.js';
import {
  addEntry,
  addFile,
  breakFile,
  deleteFile,
  editGroup,
  editUser,
  mendFiles,
  removeEntry,
  renameFile,
  touchTarget,
} from './file-acts.js';
import { beginGit, switchBranch } from './git-acts.js';
import {
  activeWatch,
  byHand,
  endAll,
  hangUp,
  killActive,
  killStandby,
  planAgain,
  race,
  startWatch,
  terminate,
} from './process-acts.js';
import { isAlive, residentMemory, roleOf, saidInSync } from './watcher.js';
import { count, makeWorld, type World } from './world.js';

export interface ChaosOptions {
  /** An empty folder, which is left as it is at the end. */
  readonly folder: string;
  /** What node is started with to run the program, before the words of a command. */
  readonly command: readonly string[];
  readonly seed: number;
  /** How long acts go on, in milliseconds; looking at everything comes on top. */
  readonly milliseconds: number;
  /** After how many milliseconds everything is looked at in between. */
  readonly lookEvery?: number;
  /** Told what happens, a line each. */
  readonly told?: (line: string) => void;
}

export interface ChaosReport {
  /** What was lost, given away or ended badly; empty when all is well. */
  readonly problems: readonly string[];
  /** How often each act was done. */
  readonly counts: ReadonlyMap<string, number>;
  /** How often everything was looked at, and how long it took until a watch said that it was in sync, in milliseconds. */
  readonly looks: readonly number[];
  /** Milliseconds until a standby said that it writes. */
  readonly takeovers: readonly number[];
  /** Active watches that were killed while they wrote. */
  readonly killedInRun: number;
  /** Runs of the watches by outcome. */
  readonly runs: ReadonlyMap<string, number>;
}

type Act = (world: World) => void | Promise<void>;

/** Each act with its weight. */
const acts: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  'edit a user': [16, editUser],
  'edit a group': [4, editGroup],
  'add an entry': [7, addEntry],
  'remove an entry': [4, removeEntry],
  'add a file': [2, addFile],
  'delete a file': [3, deleteFile],
  'rename a file': [3, renameFile],
  'break a file': [6, breakFile],
  'switch a branch': [2, switchBranch],
  'touch a target of !File': [3, touchTarget],
  drift: [10, drift],
  'delete rows': [3, deleteRows],
  'take away by hand': [2, takeAway],
  strangers: [5, strangers],
  'keep the database busy': [2, keepBusy],
  'delete the cache': [1, deleteCache],
  'kill the active watch': [2, (world) => killSoon(world)],
  'kill the standby': [1, killStandby],
  'end a watch': [2, terminate],
  'hang up': [1, hangUp],
  'apply by hand': [1, (world) => byHand(world, 'apply')],
  'plan by hand': [1, (world) => byHand(world, 'plan')],
  'race for the lock': [1, race],
};
const weights = Object.fromEntries(Object.entries(acts).map(([name, [weight]]) => [name, weight]));
/** In every third round nobody dies, so that the memory of watches that live for longer can be seen. */
const deadly = ['kill the active watch', 'kill the standby', 'end a watch', 'race for the lock'];
const peaceful = Object.fromEntries(Object.entries(weights).filter(([name]) => !deadly.includes(name)));

/** How long, in milliseconds, it may take until everything is as it should be; a loaded machine needs some of it. */
const longestPeace = 90_000;

/** An edit, and the active watch dies at some moment of the run that follows. */
async function killSoon(world: World): Promise<void> {
  await editUser(world);
  await editUser(world);
  await sleep(world.random.between(50, 400));
  killActive(world);
}

/** Runs it. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { milliseconds, lookEvery = milliseconds, told = () => {} } = options;
  const world = makeWorld(options.folder, options.seed, options.command);
  const looks: number[] = [];
  try {
    await beginGit(world);
    startWatch(world);
    await until(() => activeWatch(world) !== undefined, longestPeace);
    startWatch(world);
    let left = milliseconds;
    while (left > 0 && world.problems.length === 0) {
      const round = Math.min(left, lookEvery);
      await actFor(world, round, looks.length % 3 === 2 ? peaceful : weights);
      left -= round;
      looks.push(await lookAtEverything(world));
      told(lineOf(world, looks.at(-1)!));
    }
    await endAll(world);
    world.problems.push(...logProblems(world));
  } finally {
    for (const one of world.processes) if (!one.ending) one.child.kill('SIGKILL');
    await Promise.all(world.processes.map((one) => one.ended));
  }
  const { problems, counts, takeovers, killedInRun } = world;
  return { problems, counts, looks, takeovers, killedInRun, runs: runsOf(world) };
}

async function actFor(world: World, milliseconds: number, likely: typeof weights): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    await doWhatIsDue(world, Date.now());
    const name = world.random.weighted(likely);
    count(world, name);
    try {
      await acts[name]![1](world);
    } catch (error) {
      // As a person at the keyboard would be told: git that finds the index locked, a database that stays busy.
      world.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    await sleep(world.random.between(10, 250));
  }
}

async function doWhatIsDue(world: World, now: number): Promise<void> {
  const due = world.later.filter((one) => one.due <= now);
  world.later = world.later.filter((one) => one.due > now);
  for (const { work } of due) await work();
}

/** Makes everything whole, waits for a watch that says so, and looks whether it is true. Gives how long that took. */
async function lookAtEverything(world: World): Promise<number> {
  const began = performance.now();
  await doWhatIsDue(world, Number.POSITIVE_INFINITY);
  await mendFiles(world);
  const since = Date.now();
  const inSync = (): boolean => world.watches.some((one) => isAlive(one) && saidInSync(one, since));
  const peace = await until(() => {
    // A group that was deleted too has to be there first.
    giveBack(world);
    return inSync() && differences(world).length === 0;
  }, longestPeace);
  const took = Math.round(performance.now() - began);
  if (!peace) {
    const last = world.watches.map(
      (one) => `${one.label} (${roleOf(one)}): ${JSON.stringify(one.lines.slice(-3))}`,
    );
    world.problems.push(
      inSync() ? 'a watch says that it is in sync, and it is not' : 'no watch says that it is in sync',
      ...differences(world),
      ...last,
    );
    return took;
  }
  await planAgain(world);
  world.problems.push(...differences(world), ...storeProblems(world));
  if (!holdsNote(world)) world.problems.push('the secret of the file did not reach the directory');
  world.taken = [];
  world.vanished.clear();
  return took;
}

async function until(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const last = performance.now() + milliseconds;
  while (performance.now() < last) {
    if (condition()) return true;
    await sleep(100);
  }
  return condition();
}

function lineOf(world: World, took: number): string {
  const sum = [...world.counts].reduce((all, [name, times]) => all + (name in acts ? times : 0), 0);
  const memory = world.watches.map((one) => {
    const age = Math.round((Date.now() - one.started) / 1_000);
    return `${one.label} (${roleOf(one)}, ${age} s old) ${residentMemory(one) ?? '?'} MB`;
  });
  return `${sum} acts, in sync after ${(took / 1_000).toFixed(1)} s, ${world.problems.length} problems; ${memory.join(', ')}`;
}

function runsOf({ processes }: World): Map<string, number> {
  const runs = new Map<string, number>();
  for (const { lines } of processes) {
    for (const { run, msg, fallback } of lines) {
      if (run === undefined) continue;
      const name = fallback ? `${msg} (with the last good blueprints)` : msg;
      runs.set(name, (runs.get(name) ?? 0) + 1);
    }
  }
  return runs;
}
