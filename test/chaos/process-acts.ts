/** Acts on processes: watches that are killed, ended and started again, and commands by hand beside them. */

import { isAlive, type Process, roleOf, startProgram } from './watcher.js';
import { count, inAWhile, query, type World } from './world.js';

/**
 * What every command works on. Nothing stops what would remove many objects at once, so that removing them by mistake
 * would show.
 */
const shared = ['--project', 'chaos', '--allow', 'bulk'];
const watchWords = ['watch', '--prune', ...shared, '--listen', 'off', '--log', 'json', '--interval', '2s'];

/** How long a watch may take to end once it was told to, in milliseconds: its own patience and a busy machine's. */
const longestEnd = 30_000;

function launch(world: World, label: string, words: readonly string[]): Process {
  const made = startProgram(world.program, label, words);
  world.processes.push(made);
  return made;
}

/** Starts a watch. */
export function startWatch(world: World): void {
  count(world, 'watch started');
  const made = launch(world, `watch ${world.counts.get('watch started')}`, watchWords);
  world.watches.push(made);
  void made.ended.then(({ code, signal }) => {
    world.watches.splice(world.watches.indexOf(made), 1);
    if (made.sent === 'SIGKILL') return;
    const isWell = made.sent !== undefined && (code === 0 || code === 1 || code === 3);
    if (!isWell)
      world.problems.push(
        `${made.label} ended with ${code ?? signal} (sent ${made.sent}): ${made.text().slice(-2_000)}`,
      );
  });
}

const alive = (world: World): Process[] => world.watches.filter(isAlive);

/** The watch that writes, as its log says. */
export function activeWatch(world: World): Process | undefined {
  return alive(world).find((one) => roleOf(one) === 'active');
}

function standby(world: World): Process | undefined {
  return alive(world).find((one) => roleOf(one) === 'standby');
}

function end(world: World, one: Process | undefined, signal: NodeJS.Signals): void {
  if (!one) return;
  const wasActive = roleOf(one) === 'active';
  const other = wasActive ? standby(world) : undefined;
  one.sent = signal;
  one.child.kill(signal);
  if (signal === 'SIGKILL') {
    if (
      wasActive &&
      query(
        world,
        "SELECT 1 FROM run WHERE finished IS NULL AND outcome = 'running' AND number = (SELECT max(number) FROM run)",
      ).length > 0
    ) {
      world.killedInRun++;
    }
  } else {
    const timer = setTimeout(() => {
      if (one.ending) return;
      world.problems.push(`${one.label} did not end within ${longestEnd / 1_000} s of ${signal}`);
      one.child.kill('SIGKILL');
    }, longestEnd);
    void one.ended.then(() => clearTimeout(timer));
  }
  if (other) void timeTakeover(world, other);
  inAWhile(world, world.random.between(0, 2_500), () => startWatch(world));
}

/** How long until the one that stood by says that it writes now. */
async function timeTakeover(world: World, other: Process): Promise<void> {
  const began = performance.now();
  const lines = other.lines.length;
  while (isAlive(other) && performance.now() - began < longestEnd) {
    if (other.lines.length > lines) {
      world.takeovers.push(Math.round(performance.now() - began));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function killActive(world: World): void {
  end(world, activeWatch(world), 'SIGKILL');
}

export function killStandby(world: World): void {
  end(world, standby(world), 'SIGKILL');
}

/** Ends one as systemd or a terminal does. One that said nothing yet may not be listening for signals either. */
export function terminate(world: World): void {
  const able = alive(world).filter((one) => one.lines.length > 0);
  if (able.length > 0) end(world, world.random.pick(able), world.random.pick(['SIGTERM', 'SIGINT']));
}

/** Asks for a run, as an operator does. */
export function hangUp(world: World): void {
  const able = alive(world).filter((one) => one.lines.length > 0);
  if (able.length > 0) world.random.pick(able).child.kill('SIGHUP');
}

/** A command by hand; how it ended counts only where the blueprints were whole from its beginning to its end. */
export async function byHand(world: World, command: 'apply' | 'plan'): Promise<void> {
  const before = world.disturbances;
  const isWhole = world.broken.size === 0;
  const words =
    command === 'apply' ? ['apply', ...shared, '--auto-approve', '--lock-timeout', '0'] : ['plan', ...shared];
  const made = launch(world, `${command} by hand`, words);
  const { code, signal } = await made.ended;
  count(world, `${command} by hand: exit ${code ?? signal}`);
  if (!isWhole || before !== world.disturbances) return;
  const allowed = command === 'apply' ? [0, 3] : [0];
  if (!allowed.includes(code ?? -1))
    world.problems.push(`${command} by hand ended with ${code ?? signal}: ${made.text().slice(-2_000)}`);
}

/** The active watch dies, and a command by hand and the standby both want the lock. */
export async function race(world: World): Promise<void> {
  killActive(world);
  await byHand(world, 'apply');
}

/** Would a command with nothing else to go by find anything to do? */
export async function planAgain(world: World): Promise<void> {
  const made = launch(world, 'plan at the end', ['plan', '--detailed-exitcode', '--prune', ...shared]);
  const { code, signal } = await made.ended;
  if (code !== 0)
    world.problems.push(`plan at the end ended with ${code ?? signal}: ${made.text().slice(-4_000)}`);
}

/** Ends all watches and waits for them. */
export async function endAll(world: World): Promise<void> {
  world.later = [];
  for (const one of alive(world)) end(world, one, one.lines.length > 0 ? 'SIGTERM' : 'SIGKILL');
  world.later = [];
  await Promise.all(world.processes.map((one) => one.ended));
}
