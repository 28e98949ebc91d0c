/** A plan in, writes to the directory and records in the ledger out. The only code that writes. */

import { setImmediate as turn } from 'node:timers/promises';
import { shortPlace } from '../diagnostic/source.js';
import { type Directory, DirectoryError, type DirectoryErrorCode } from '../directory/directory.js';
import type { Ledger, LedgerRecord } from '../ledger/ledger.js';
import { type Fingerprints, unsettled, withOrigins } from '../model/fingerprint.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { idIn } from '../model/live-model.js';
import {
  type Address,
  type Attributes,
  Deferred,
  type Fields,
  type Id,
  type IdOf,
  isMap,
  type Json,
  Ref,
  Unavailable,
  type Value,
} from '../model/model.js';
import type { Change, LedgerEntry, Plan } from '../plan/change.js';
import { pathFingerprints } from '../plan/ledger-entry.js';
import { referencesIn } from '../plan/order.js';
import { originsBelow } from '../plan/origins.js';

/** A directory and its ledger, opened together. */
export interface Store {
  readonly directory: Directory;
  readonly ledger: Ledger;
  /** No transaction covers both. */
  readonly separate?: boolean;
  transaction<T>(work: (within: { directory: Directory; ledger: Ledger }) => Promise<T>): Promise<T>;
}

export interface ApplyInput {
  readonly plan: Plan;
  readonly live: LiveModel;
  readonly store: Store;
  /** Given the ids as they come to exist. */
  readonly fingerprints: (idOf: (ref: Ref, family?: string) => Id | undefined) => Fingerprints;
  /** A salted hash of a password, for the ledger. */
  readonly hashPassword: (password: string) => Promise<string>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

export interface Applied {
  readonly done: readonly Change[];
  readonly failed: readonly { readonly change: Change; readonly error: DirectoryError }[];
  readonly skipped: readonly Change[];
  /** What the ledger says now that it did not say before. */
  readonly records: readonly LedgerRecord[];
}

/**
 * Executes a plan. On an atomic directory the whole of it is one transaction, ledger included, and a failure
 * leaves nothing behind. Elsewhere a failed change skips what depends on it and nothing else; each create is
 * noted before it is written, so that a crash between the write and the record loses nothing.
 */
export async function applyPlan(input: ApplyInput): Promise<Applied> {
  const run = new Run(input);
  if (!input.store.directory.atomic || input.store.separate) return run.oneByOne();
  await run.hashPasswords();
  return run.together();
}

/** After so many changes others have their turn. */
const breath = 50;

/** Errors after which the directory has certainly not done what was asked. */
const certain: ReadonlySet<DirectoryErrorCode> = new Set([
  'invalid',
  'duplicate',
  'dangling',
  'denied',
  'unsupported',
]);

/** Is the error about what was asked for, and not about the directory? */
function isOfChange({ code }: DirectoryError): boolean {
  return code === 'in-use' || code === 'missing' || (certain.has(code) && code !== 'denied');
}

class Run {
  private readonly ids = new Map<Ref, { id: Id; familyIds?: Readonly<Record<string, Id>> }>();
  private readonly done: Change[] = [];
  private readonly records: LedgerRecord[] = [];
  private readonly passwords = new Map<string, Promise<string>>();
  private readonly fingerprints: Fingerprints;

  constructor(private readonly input: ApplyInput) {
    this.fingerprints = input.fingerprints(this.idOf);
  }

  private readonly idOf = (ref: Ref, family?: string): Id | undefined => {
    const made = this.ids.get(ref);
    if (made) return (family === undefined ? undefined : made.familyIds?.[family]) ?? made.id;
    return idIn(this.input.live.of(ref), family);
  };

  private readonly knownId: IdOf = (ref, family) => {
    const id = this.idOf(ref, family);
    if (id === undefined) throw new DirectoryError('dangling', `${ref.address} does not exist`);
    return id;
  };

  /** Passwords are hashed before the transaction is opened: it takes long, and nobody should wait for it. */
  async hashPasswords(): Promise<void> {
    for (const change of this.input.plan.changes) this.startHash(change.record);
    for (const entry of this.input.plan.records) this.startHash(entry);
    await Promise.all(this.passwords.values());
  }

  private startHash(entry: LedgerEntry | undefined): void {
    for (const [name, value] of Object.entries(entry?.applied ?? {})) {
      if (typeof value !== 'string' || this.passwords.has(value)) continue;
      if (catalogue().kinds.get(entry!.kind)!.fields[name]?.unreadable !== 'password') continue;
      this.passwords.set(value, this.input.hashPassword(value));
    }
  }

  async together(): Promise<Applied> {
    const { plan, store, signal } = this.input;
    await store.transaction(async ({ directory, ledger }) => {
      for (const change of plan.changes) {
        signal.throwIfAborted();
        await this.write(directory, change);
        this.done.push(change);
        this.input.progress(this.done.length, plan.changes.length);
        // Signals and requests wait for their turn, which nothing else here gives them.
        if (this.done.length % breath === 0) await turn();
      }
      await this.record(ledger, [...plan.changes.flatMap((one) => one.record ?? []), ...plan.records]);
      await ledger.remove(plan.project, [...goneAddresses(plan.changes), ...plan.stale]);
    });
    return { done: this.done, failed: [], skipped: [], records: this.records };
  }

  async oneByOne(): Promise<Applied> {
    const { plan, store, signal } = this.input;
    const { directory, ledger } = store;
    const failed: { change: Change; error: DirectoryError }[] = [];
    const skipped: Change[] = [];
    const broken = new Set<Ref>();
    for (const change of plan.changes) {
      signal.throwIfAborted();
      if (dependsOn(change, broken)) {
        skipped.push(change);
        broken.add(change.ref);
        continue;
      }
      try {
        if (change.verb === 'create') {
          const since = this.input.now().toISOString();
          await ledger.intend(plan.project, [{ address: change.ref.address, kind: change.kind, since }]);
        }
        await this.write(directory, change);
        this.startHash(change.record);
        if (change.record) await this.record(ledger, [change.record]);
        await ledger.remove(plan.project, goneAddresses([change]));
        this.done.push(change);
      } catch (error) {
        if (!(error instanceof DirectoryError)) throw error;
        failed.push({ change, error });
        broken.add(change.ref);
        // Nothing was made, so that what others make there later is not taken for ours.
        if (change.verb === 'create' && certain.has(error.code))
          await ledger.remove(plan.project, [change.ref.address]);
      }
      this.input.progress(this.done.length, plan.changes.length);
    }
    for (const entry of plan.records) this.startHash(entry);
    await this.record(ledger, plan.records);
    await ledger.remove(plan.project, plan.stale);
    return { done: this.done, failed, skipped, records: this.records };
  }

  /** Does a change. What the directory does not take is an error with the place of the entry that asks for it. */
  private async write(directory: Directory, change: Change): Promise<void> {
    try {
      await this.writeChange(directory, change);
    } catch (error) {
      if (!(error instanceof DirectoryError) || !change.place || !isOfChange(error)) throw error;
      const { code, message, cause, kind, id, field } = error;
      const placed = `${shortPlace(change.place)}: ${message}`;
      throw new DirectoryError(code, placed, { cause, kind, id, field });
    }
  }

  private async writeChange(directory: Directory, change: Change): Promise<void> {
    const { signal } = this.input;
    switch (change.verb) {
      case 'create': {
        const fields = this.fields(change, change.write);
        if (change.wantedId !== undefined) fields.pk = change.wantedId;
        const made = await directory.create(change.kind, fields, signal);
        this.ids.set(change.ref, { id: made.id, familyIds: made.familyIds });
        return;
      }
      case 'update':
      case 'adopt': {
        if (Object.keys(change.write).length === 0) return;
        const id = change.id ?? this.knownId(change.ref);
        const before = this.fields(change, change.was);
        await directory.update(change.kind, id, before, this.fields(change, change.write), signal);
        return;
      }
      case 'delete':
        await directory.delete(change.kind, change.id!, signal);
        return;
      case 'forget':
        return;
    }
  }

  private fields(change: Change, attributes: Attributes): Fields {
    const facts = catalogue().kinds.get(change.kind)!;
    const fields: Fields = {};
    for (const [name, value] of Object.entries(attributes)) {
      const to = facts.fields[name]?.reference?.to;
      const family = to !== undefined && catalogue().families.has(to) ? to : undefined;
      fields[name] = this.plain(value, family);
    }
    return fields;
  }

  private plain(value: Value, family: string | undefined): Json {
    if (value instanceof Ref) return this.knownId(value, family);
    if (value instanceof Deferred) return value.compute(this.knownId);
    if (value instanceof Unavailable) throw new Error('an unavailable value reached the apply');
    if (Array.isArray(value)) return value.map((one) => this.plain(one, family));
    if (!isMap(value)) return value as Json;
    return Object.fromEntries(
      Object.entries(value as Record<string, Value>).map(([key, inner]) => [
        key,
        this.plain(inner, undefined),
      ]),
    );
  }

  private async record(ledger: Ledger, entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const records: LedgerRecord[] = [];
    const moved: Address[] = [];
    for (const entry of entries) {
      records.push(await this.recordOf(entry));
      if (records.length % (20 * breath) === 0) {
        await turn();
        this.input.signal.throwIfAborted();
      }
      if (entry.previousAddress) moved.push(entry.previousAddress);
    }
    await ledger.put(this.input.plan.project, records);
    this.records.push(...records);
    // In this order nothing is lost between the two; an address that is given up may be another's by now.
    const taken = new Set(records.map((one) => one.address));
    await ledger.remove(
      this.input.plan.project,
      moved.filter((one) => !taken.has(one)),
    );
  }

  private async recordOf(entry: LedgerEntry): Promise<LedgerRecord> {
    const facts = catalogue().kinds.get(entry.kind)!;
    const paths = {
      ...entry.keep?.paths,
      ...pathFingerprints(facts, entry.applied, this.fingerprints, this.idOf, entry.origins),
    };
    for (const field of Object.values(facts.fields)) {
      const value = entry.applied[field.name];
      if (field.unreadable !== 'password' || typeof value !== 'string') continue;
      const origins = entry.origins && originsBelow(entry.origins, `/${field.name}`);
      paths[`/${field.name}`] = withOrigins(await this.passwords.get(value)!, origins);
    }
    const whole = this.fingerprints.whole(facts, entry.applied, entry.labels);
    return {
      address: entry.ref.address,
      kind: entry.kind,
      id: entry.id ?? this.knownId(entry.ref),
      ownership: entry.ownership,
      place: entry.keep?.place ?? shortPlace(entry.place),
      labels: entry.labels,
      whole: entry.unsettled ? unsettled(whole) : whole,
      paths,
      ...(entry.formerly && entry.formerly.length > 0 ? { formerly: entry.formerly } : {}),
    };
  }
}

function goneAddresses(changes: readonly Change[]): Address[] {
  return changes
    .filter((one) => one.verb === 'delete' || one.verb === 'forget')
    .flatMap((one) => [one.recordAddress ?? one.ref.address, ...(one.takes ?? [])]);
}

function dependsOn(change: Change, broken: ReadonlySet<Ref>): boolean {
  if (broken.size === 0) return false;
  if (change.partOf && broken.has(change.partOf)) return true;
  return Object.values(change.write).some((value) => [...referencesIn(value)].some((ref) => broken.has(ref)));
}
