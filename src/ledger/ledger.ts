/** The interface of the ledger, the record of what a project owns in a directory. */
import type { Address, ForeignRecords, Kind, OwnedRecord } from '../model/model.js';
import type { History } from './run-history.js';

/** One object that a project owns. */
export type LedgerRecord = OwnedRecord;

/** Written before a create on a store that is not atomic: if the process dies, the matching object is ours. */
export interface LedgerIntent {
  readonly address: Address;
  readonly kind: Kind;
  /** ISO 8601, by the directory's clock, like the creation time of objects. */
  readonly since: string;
}

/** Who holds a lock, for those who wait for it. */
export interface LockHolder {
  /** `name@host`. */
  readonly who: string;
  readonly process: number;
  readonly command: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The right to be the only run that writes. */
export interface Lock {
  /** Aborted, with a DirectoryError as its reason, when the lock was lost all the same; absent where that cannot be. */
  readonly lost?: AbortSignal;
  release(): Promise<void>;
}

/** Reads and writes what projects own in one directory, the history of runs, and the lock. */
export interface Ledger {
  /** Key of the fingerprints (32 bytes), created with the store. */
  readonly key: Buffer;
  /** All records of a project by address. */
  read(project: string): Promise<Map<Address, LedgerRecord>>;
  /** Creates that were begun and never confirmed. */
  intents(project: string): Promise<readonly LedgerIntent[]>;
  intend(project: string, intents: readonly LedgerIntent[]): Promise<void>;
  /** Writes records (by address) and drops the intents they confirm. */
  put(project: string, records: readonly LedgerRecord[]): Promise<void>;
  /** Removes records. A missing one counts as done. */
  remove(project: string, addresses: readonly Address[]): Promise<void>;
  /** What other projects own in the same directory, by `objectKey`. */
  owners(except: string): Promise<ForeignRecords>;
  /** Past runs; its writes are never part of a transaction that fails. */
  readonly history: History;
  /**
   * Becomes the only run that writes, waiting up to `timeout` milliseconds. Throws DirectoryError `locked`, which says
   * who holds it and since when. Absent where nobody else can reach the store.
   */
  lock?(command: string, timeout: number, signal: AbortSignal): Promise<Lock>;
  /** Clears the lock of a dead process. Not `free`, with its holder, when the lock is really held. */
  unlock?(): Promise<{ readonly free: boolean; readonly holder?: LockHolder }>;
  close(): Promise<void>;
}
