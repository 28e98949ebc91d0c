/** Executes a plan: the only code that writes to a directory. */
import { setImmediate as turn } from 'node:timers/promises';
import { hash as hashPassword } from '@node-rs/argon2';
import { DirectoryError } from '../directory/errors.js';
import { sideBySide } from '../directory/side-by-side.js';
import type { Ledger } from '../ledger/ledger.js';
import { fingerprints } from '../model/fingerprint.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import type { Address, Ref } from '../model/model.js';
import type { Change, LedgerEntry, Plan } from '../plan/change.js';
import { referencesIn, waitsFor } from '../plan/order.js';
import { hasChanges } from '../plan/plan.js';
import type { Store } from './open-store.js';
import type { Request } from './request.js';
import type { Ending } from './results.js';
import { ChangeWriter, type WriterInput } from './write-change.js';

/** What executing a plan needs. */
export interface ExecuteInput extends WriterInput {
  readonly plan: Plan;
  readonly store: Pick<Store, 'directory' | 'ledger' | 'separate' | 'transaction'>;
  /** By this process's clock, where the directory has none. */
  readonly now: () => Date;
  readonly progress: (done: number, total: number) => void;
}

/** What happened to the changes of a plan. */
export interface Executed {
  readonly done: readonly Change[];
  readonly failed: readonly { readonly change: Change; readonly error: DirectoryError }[];
  /** Not done, because what they depend on failed or because the run was interrupted. */
  readonly skipped: readonly Change[];
  readonly interrupted: boolean;
}

/** Executes a plan on an open store. */
export function execute(request: Request, store: Store, plan: Plan, live: LiveModel): Promise<Executed> {
  return executePlan({
    plan,
    live,
    store,
    fingerprints: (idOf) => fingerprints(store.ledger.key, idOf),
    hashPassword: (password) => hashPassword(password),
    now: () => new Date(),
    signal: request.signal,
    progress: (done, total) => request.progress('applying', done, total),
  });
}

/**
 * Executes a plan. On an atomic directory the whole of it is one transaction, ledger included, and a failure or a
 * signal leaves nothing behind. Elsewhere changes are written in waves: a failed one skips what depends on it and nothing
 * else, and creates are noted before they are written, so that a crash before the record loses nothing.
 */
export async function executePlan(input: ExecuteInput): Promise<Executed> {
  const { store } = input;
  return store.directory.atomic && !store.separate ? together(input) : new Waves(input).run();
}

/** After so many changes, it yields to the event loop. */
const breath = 50;
/** How many changes a wave holds at most; their records are written together. */
const waveSize = 100;

async function together(input: ExecuteInput): Promise<Executed> {
  const { plan, store, signal, progress } = input;
  const writer = new ChangeWriter(input);
  const records = [...plan.changes.flatMap((one) => one.record ?? []), ...plan.records];
  await writer.hashPasswords(records);
  let done = 0;
  try {
    await store.transaction(async ({ directory, ledger }) => {
      for (const change of plan.changes) {
        signal.throwIfAborted();
        const unfinished = await writer.write(directory, change);
        if (unfinished) throw unfinished.error;
        progress(++done, plan.changes.length);
        // Nothing else here yields, and signals and requests wait for it.
        if (done % breath === 0) await turn();
      }
      await record(ledger, plan, writer, records, signal);
      await ledger.remove(plan.project, [...goneAddresses(plan.changes), ...plan.stale]);
    });
  } catch (error) {
    if (!isStop(error, signal)) throw error;
    return { done: [], failed: [], skipped: plan.changes, interrupted: true };
  }
  return { done: plan.changes, failed: [], skipped: [], interrupted: false };
}

/** Is this what a call throws when the signal stops it? */
function isStop(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || error instanceof DirectoryError) return false;
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

/** Writes changes concurrently, each as soon as everything it needs is done. */
class Waves {
  private readonly done: Change[] = [];
  private readonly failed: { change: Change; error: DirectoryError }[] = [];
  private readonly skipped: Change[] = [];
  /** What failed or was skipped. */
  private readonly broken = new Set<Change>();
  private readonly finished = new Set<Change>();
  /** The credentials stopped working, so nothing else is tried. */
  private lockedOut = false;
  private readonly writer: ChangeWriter;
  private readonly waits: ReturnType<typeof waitsFor>;

  constructor(private readonly input: ExecuteInput) {
    this.writer = new ChangeWriter(input);
    this.waits = waitsFor(input.plan.changes, input.live);
  }

  async run(): Promise<Executed> {
    const { plan, store, signal } = this.input;
    let left: readonly Change[] = plan.changes;
    while (left.length > 0 && !signal.aborted && !this.lockedOut) {
      const wave = this.nextWave(left);
      for (const change of wave) this.finished.add(change);
      left = left.filter((change) => !this.finished.has(change));
      const doomed = wave.filter((change) => this.dependsOnBroken(change));
      for (const change of doomed) this.broken.add(change);
      this.skipped.push(...doomed);
      await this.write(wave.filter((change) => !this.broken.has(change)));
    }
    this.skipped.push(...left);
    if (!signal.aborted && !this.lockedOut) {
      await record(store.ledger, plan, this.writer, plan.records, signal);
      await store.ledger.remove(plan.project, plan.stale);
    }
    const { done, failed, skipped } = this;
    return { done, failed, skipped, interrupted: signal.aborted };
  }

  /**
   * Changes whose dependencies are done. Deletions come last, unless something waits for them.
   */
  private nextWave(left: readonly Change[]): readonly Change[] {
    const ready = left.filter((change) =>
      [...this.waits.get(change)!].every((one) => this.finished.has(one)),
    );
    const writes = ready.filter((change) => !isLeaving(change));
    if (writes.length > 0) return writes.slice(0, waveSize);
    const wanted = new Set(left.filter((one) => !isLeaving(one)).flatMap((one) => [...this.waits.get(one)!]));
    const freeing = ready.filter((change) => wanted.has(change));
    return (freeing.length > 0 ? freeing : ready).slice(0, waveSize);
  }

  private dependsOnBroken(change: Change): boolean {
    if (this.broken.size === 0) return false;
    if ([...this.waits.get(change)!].some((one) => this.broken.has(one))) return true;
    // An object stays when the create that replaces it failed, such as a binding of the same flow.
    return change.verb === 'delete' && [...this.broken].some((one) => replaces(one, change));
  }

  private async write(wave: readonly Change[]): Promise<void> {
    const { plan, store, now, progress, signal } = this.input;
    const { directory, ledger } = store;
    const since = (directory.now?.() ?? now()).toISOString();
    const creates = wave.filter((one) => one.verb === 'create');
    const intents = creates.map(({ ref, kind }) => ({ address: ref.address, kind, since }));
    if (intents.length > 0) await ledger.intend(plan.project, intents);
    const written: Change[] = [];
    /** Creates that certainly did nothing. Their intents go, so that a later object of others is not taken for ours. */
    const notMade: Address[] = [];
    const one = async (change: Change): Promise<void> => {
      if (signal.aborted || this.lockedOut) {
        this.skipped.push(change);
        if (change.verb === 'create') notMade.push(change.ref.address);
        return;
      }
      try {
        const unfinished = await this.writer.write(directory, change);
        written.push(change);
        if (unfinished) this.failed.push({ change, error: unfinished.error });
        else this.done.push(change);
      } catch (error) {
        if (isStop(error, signal)) {
          // It may have been written, so the intent of a create stays for the next run to check.
          this.skipped.push(change);
          return;
        }
        if (!(error instanceof DirectoryError)) throw error;
        this.failed.push({ change, error });
        this.broken.add(change);
        this.lockedOut ||= error.code === 'unauthenticated';
        if (change.verb === 'create' && !error.uncertain) notMade.push(change.ref.address);
      }
      progress(this.done.length, plan.changes.length);
    };
    try {
      await sideBySide(wave, directory.concurrency, one);
    } finally {
      const order = new Set(written);
      const inOrder = wave.filter((change) => order.has(change));
      await record(
        ledger,
        plan,
        this.writer,
        inOrder.flatMap((change) => change.record ?? []),
      );
      await ledger.remove(plan.project, [...goneAddresses(inOrder), ...notMade]);
    }
  }
}

/** Would the create have replaced the deleted object: the same kind, with a reference in common? */
function replaces(made: Change, gone: Change): boolean {
  if (made.verb !== 'create' || made.kind !== gone.kind) return false;
  const refs = (values: Change['write']): Set<Ref> =>
    new Set(Object.values(values).flatMap((value) => [...referencesIn(value)]));
  const theirs = refs(gone.was);
  return [...refs(made.write)].some((ref) => theirs.has(ref));
}

function isLeaving({ verb }: Change): boolean {
  return verb === 'delete' || verb === 'forget';
}

async function record(
  ledger: Ledger,
  plan: Plan,
  writer: ChangeWriter,
  entries: readonly LedgerEntry[],
  signal?: AbortSignal,
): Promise<void> {
  if (entries.length === 0) return;
  const records = [];
  for (const entry of entries) {
    records.push(await writer.recordOf(entry));
    if (records.length % (20 * breath) === 0) {
      await turn();
      signal?.throwIfAborted();
    }
  }
  await ledger.put(plan.project, records);
  // In this order a crash in between loses nothing. An address that is given up may have a new owner by now.
  const taken = new Set(records.map((one) => one.address));
  const moved = entries.flatMap((entry) => entry.previousAddress ?? []);
  await ledger.remove(
    plan.project,
    moved.filter((one) => !taken.has(one)),
  );
}

function goneAddresses(changes: readonly Change[]): Address[] {
  return changes
    .filter((one) => one.verb === 'delete' || one.verb === 'forget')
    .flatMap((one) => [one.recordAddress ?? one.ref.address, ...(one.takes ?? [])]);
}

/** How an apply ended. */
export function outcomeOf(made: Plan, { done, failed, skipped, interrupted }: Executed): Ending {
  const outcome = interrupted
    ? 'interrupted'
    : failed.length > 0
      ? 'failed'
      : hasChanges(made)
        ? 'applied'
        : 'nothing';
  const waits = failed.flatMap(({ error }) => error.retryAfter ?? []);
  return {
    outcome,
    ...(waits.length > 0 && { retryAfter: Math.max(...waits) }),
    done: done.filter((one) => !one.partOf).length,
    failed: failed.map(({ change, error }) => ({ address: change.ref.address, message: error.message })),
    skipped: skipped.filter((one) => !one.partOf).map((one) => one.ref.address),
    invitations: done
      .filter((one) => one.verb === 'create' && catalogue().kinds.get(one.kind)!.spends)
      .map((one) => String(one.write.name ?? one.ref.address)),
  };
}
