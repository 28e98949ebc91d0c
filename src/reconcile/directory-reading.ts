/** Reads a directory and its ledger: lists concurrently, and nothing twice. */

import { setImmediate as turn } from 'node:timers/promises';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { DirectoryError } from '../directory/errors.js';
import { sideBySide } from '../directory/side-by-side.js';
import type { LedgerIntent, LedgerRecord } from '../ledger/ledger.js';
import { catalogue } from '../model/kinds.js';
import { buildLiveModel, type LiveModel, listedObjects, nothingLive } from '../model/live-model.js';
import type { Address, ForeignRecords, Kind, LiveObject } from '../model/model.js';
import { sortTexts } from '../model/sort-texts.js';
import type { Store } from './open-store.js';

/** What the ledger says. */
export interface ReadLedger {
  readonly recorded: ReadonlyMap<Address, LedgerRecord>;
  readonly intents: readonly LedgerIntent[];
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
}

/** What the ledger says of a project. */
export async function readLedger({ ledger }: Pick<Store, 'ledger'>, project: string): Promise<ReadLedger> {
  const recorded = await ledger.read(project);
  return { recorded, intents: await ledger.intents(project), others: await ledger.owners(project) };
}

/** What was read from a directory so far. */
export class DirectoryReading {
  /** Kinds that may not be read, and why. */
  readonly denied = new Map<Kind, DirectoryError>();

  constructor(
    private readonly store: Pick<Store, 'directory'>,
    private readonly signal: AbortSignal,
    /** What an earlier reading gave. */
    public live: LiveModel = nothingLive,
  ) {}

  /**
   * Lists the kinds that were not read yet, and again those in `stale`. A kind among `optional` that may not be read
   * is left out and noted in `denied`. Throws DirectoryError.
   */
  async read(
    kinds: Iterable<Kind>,
    { optional, stale }: { readonly optional?: ReadonlySet<Kind>; readonly stale?: ReadonlySet<Kind> } = {},
  ): Promise<LiveModel> {
    const { directory } = this.store;
    const wanted = new Set([...this.live.kinds, ...kinds].filter((kind) => directory.kinds.has(kind)));
    const missing = [...wanted].filter(
      (kind) => !this.denied.has(kind) && (!this.live.kinds.has(kind) || stale?.has(kind)),
    );
    if (missing.length === 0) return this.live;
    const listed = new Map<Kind, LiveObject[]>();
    const refused: DirectoryError[] = [];
    await sideBySide(missing, directory.concurrency, async (kind) => {
      try {
        listed.set(kind, await this.list(kind, wanted));
      } catch (error) {
        if (!mayNotBeRead(error)) throw error;
        if (optional?.has(kind)) this.denied.set(kind, error);
        else refused.push(error);
      }
      await breathe(this.signal);
    });
    if (refused.length > 0) throw allOf(refused);
    // In the order in which they were asked for, so that equal inputs give equal plans.
    const objects = new Map<Kind, readonly LiveObject[]>();
    for (const kind of wanted) {
      const list =
        listed.get(kind) ?? (this.live.kinds.has(kind) ? listedObjects(this.live, kind) : undefined);
      if (list) objects.set(kind, list);
    }
    this.live = buildLiveModel(objects);
    return this.live;
  }

  private async list(kind: Kind, kinds: ReadonlySet<Kind>): Promise<LiveObject[]> {
    const objects: LiveObject[] = [];
    const options = { without: mirroredIn(kind, kinds) };
    for await (const one of this.store.directory.list(kind, options, this.signal)) objects.push(one);
    return objects;
  }

  /** A note for each kind that could not be read. */
  notes(): Diagnostic[] {
    return [...this.denied].map(([kind, { message }]) =>
      diagnose('not-checked', `${kind} cannot be read, so what depends on it is not checked: ${message}`),
    );
  }
}

/** Lists of a kind that the model fills from the other side, which is read too. */
function mirroredIn(kind: Kind, kinds: ReadonlySet<Kind>): ReadonlySet<string> {
  const fields = Object.values(catalogue().kinds.get(kind)!.fields);
  return new Set(
    fields.filter((one) => one.inverseOf && kinds.has(one.inverseOf.kind)).map((one) => one.name),
  );
}

/** One error for all kinds that may not be read, so that people learn at once which permissions they need. */
function allOf(refused: readonly DirectoryError[]): DirectoryError {
  const [first] = refused;
  const permissions = sortTexts([...new Set(refused.flatMap((one) => one.permissions))]);
  if (refused.length === 1 || permissions.length === 0) return first!;
  const names = permissions.map((one) => `\`${one}\``).join(', ');
  const message = `${refused.length} kinds that these blueprints need may not be read; the account in use lacks ${names}`;
  return new DirectoryError('denied', message, { cause: first, permissions });
}

function mayNotBeRead(error: unknown): error is DirectoryError {
  return error instanceof DirectoryError && (error.code === 'denied' || error.code === 'unsupported');
}

/** Yields between two long steps so that a signal can arrive; throws if it did. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await turn();
  signal.throwIfAborted();
}
