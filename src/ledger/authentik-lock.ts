/**
 * The lock of a ledger in authentik: a blueprint instance whose unique name is the claim. Its holder saves it again and
 * again; the time of the last save, by the server's clock, tells the others that it lives.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatMember, formatVersion, lockName } from '../directory/authentik/ledger-instances.js';
import { DirectoryError } from '../directory/errors.js';
import { isMap, type Json } from '../model/model.js';
import { type Instances, randomId } from './authentik-instances.js';
import type { StoredInstance } from './authentik-segment.js';
import type { Lock, LockHolder } from './ledger.js';
import { whoRuns } from './run-history.js';

/** How often a holder says that it lives, and when others take it for dead, in milliseconds. */
export interface LockTimes {
  readonly beat: number;
  /** After its last sign of life others take the lock over. The holder itself stops a sixth earlier. */
  readonly dead: number;
  /** Between two looks at a lock that somebody else holds. */
  readonly look: number;
}

/**
 * A heartbeat is a save, which authentik writes to its event log: one a minute is few enough for a watch that runs for
 * months, and three minutes are short enough for a job that waits for one that was killed.
 */
export const lockTimes: LockTimes = { beat: 60_000, dead: 180_000, look: 2_000 };

/** A lock with what its holder has to ask before it writes. */
export interface HeldLock extends Lock {
  /** Aborted when the lock turns out to be lost; its reason is the DirectoryError. */
  readonly lost: AbortSignal;
  /** Throws DirectoryError `locked` once the lock may be another's. `ask`: looks on the server as well. */
  check(ask: boolean): Promise<void>;
}

/** Takes the lock; as `Ledger.lock`. */
export async function acquireLock(
  instances: Instances,
  { command, timeout, signal, times }: Asked,
): Promise<HeldLock> {
  const until = performance.now() + timeout;
  for (;;) {
    signal.throwIfAborted();
    const begun = clocks();
    const made = await instances.create(lockName, claim(instances, command));
    if (made) return held(instances, made, begun, times);
    let there = await instances.named(lockName);
    while (there && !isDead(there, instances, times)) {
      const left = until - performance.now();
      if (left <= 0) throw new DirectoryError('locked', heldMessage(there, instances));
      await sleep(Math.min(times.look, Math.max(1, left)), undefined, { signal }).catch(() => {
        signal.throwIfAborted();
      });
      there = await instances.named(lockName);
    }
    // By its key, so that a lock which somebody else took in this very moment stays.
    if (there) await instances.delete(there.pk);
  }
}

interface Asked {
  readonly command: string;
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly times: LockTimes;
}

/** Removes the lock of a dead holder; as `Ledger.unlock`. */
export async function clearLock(
  instances: Instances,
  times: LockTimes,
): Promise<{ readonly free: boolean; readonly holder?: LockHolder }> {
  const there = await instances.named(lockName);
  if (!there) return { free: true };
  const holder = holderOf(there);
  if (!isDead(there, instances, times)) return { free: false, holder };
  await instances.delete(there.pk);
  return { free: true, holder };
}

function held(instances: Instances, made: StoredInstance, begun: Clocks, times: LockTimes): HeldLock {
  const lost = new AbortController();
  /** From before the last save that succeeded was sent, so never later than the server's time of it. */
  let alive = begun;
  let timer: NodeJS.Timeout | undefined;
  let released = false;

  const lose = (why: string): void => {
    if (released || lost.signal.aborted) return;
    const message = `the lock was lost: ${why}; nothing more is written. Run again: what was done so far is known or will be found`;
    lost.abort(new DirectoryError('locked', message, { uncertain: false }));
  };
  const expire = (): void => {
    if (since(alive) > times.dead - times.dead / 6)
      lose('for too long authentik could not be told that this run is alive');
  };
  const beat = async (): Promise<void> => {
    const sent = clocks();
    let wait = times.beat;
    try {
      const saved = await instances.save(made);
      // What was saved too late may have been given up by others already.
      expire();
      if (!saved) lose(await taker(instances));
      else alive = sent;
    } catch (error) {
      if (error instanceof DirectoryError && error.code === 'denied') lose(error.message);
      // Anything else may work the next time.
      expire();
      wait = times.look;
    }
    if (!released && !lost.signal.aborted) next(wait);
  };
  const next = (wait: number): void => {
    timer = setTimeout(() => void beat(), wait).unref();
  };
  next(times.beat);

  return {
    lost: lost.signal,
    async check(ask) {
      expire();
      if (ask && !lost.signal.aborted) {
        const there = await instances.named(lockName);
        if (there?.pk !== made.pk) lose(await taker(instances));
      }
      lost.signal.throwIfAborted();
    },
    async release() {
      released = true;
      clearTimeout(timer);
      try {
        await instances.delete(made.pk);
      } catch (error) {
        // Without a heartbeat it ends by itself, and how the run went matters more.
        if (!(error instanceof DirectoryError)) throw error;
      }
    },
  };
}

async function taker(instances: Instances): Promise<string> {
  const there = await instances.named(lockName).catch(() => undefined);
  const holder = there && holderOf(there);
  return holder ? `${described(holder)} took it over` : `somebody deleted the blueprint instance ${lockName}`;
}

/** Two clocks: one stands still while the machine sleeps, the other may be set back. */
interface Clocks {
  readonly running: number;
  readonly wall: number;
}

function clocks(): Clocks {
  return { running: performance.now(), wall: Date.now() };
}

function since({ running, wall }: Clocks): number {
  return Math.max(performance.now() - running, Date.now() - wall);
}

function claim(instances: Instances, command: string): Record<string, Json> {
  const holder: LockHolder = {
    who: whoRuns(process.env),
    process: process.pid,
    command,
    since: new Date(instances.now()).toISOString(),
  };
  return { [formatMember]: formatVersion, id: randomId(), holder: { ...holder }, machine: machine() ?? null };
}

function holderOf({ context }: StoredInstance): LockHolder | undefined {
  return isMap(context.holder) ? (context.holder as unknown as LockHolder) : undefined;
}

/** Has the holder shown no sign of life for too long, or did its process, on this machine, end? */
function isDead(lock: StoredInstance, instances: Instances, times: LockTimes): boolean {
  if (instances.now() - lock.saved > times.dead) return true;
  const here = machine();
  const holder = holderOf(lock);
  return (
    here !== undefined && lock.context.machine === here && holder !== undefined && !isRunning(holder.process)
  );
}

/**
 * Tells this start of this machine, and this space of process numbers in it, from all others; containers have their own.
 * Undefined where the system does not tell (other than Linux): then only time tells who is dead.
 */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    // A process of another user is there, though it takes no signals from this one.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function heldMessage(lock: StoredInstance, instances: Instances): string {
  const holder = holderOf(lock);
  const by = holder ? `by ${described(holder)}` : 'by another run';
  const seconds = Math.max(0, Math.round((instances.now() - lock.saved) / 1_000));
  return `the directory is locked ${by}, last heard of ${seconds} s ago; wait with --lock-timeout, or end that process`;
}

function described({ who, command, process: number, since: from }: LockHolder): string {
  return `${who} (${command}, process ${number}, since ${from})`;
}
