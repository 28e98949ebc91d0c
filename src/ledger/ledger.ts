/** The record of what a project owns in a directory: the interface, whatever the store. */
import type { Address, Kind, OwnedRecord } from '../model/model.js';

/** One object that a project owns. */
export type LedgerRecord = OwnedRecord;

/** A note written before a create on a store that is not atomic: if the process dies, the match is ours. */
export interface LedgerIntent {
  readonly address: Address;
  readonly kind: Kind;
  /** ISO 8601, by the ledger's clock. */
  readonly since: string;
}

/** Reads and writes the records of one project. */
export interface Ledger {
  /** Key of the keyed hashes (32 bytes), made with the store. */
  readonly key: Buffer;
  /** All records of a project by address. */
  read(project: string): Promise<Map<Address, LedgerRecord>>;
  /** Creates that were begun and never confirmed. */
  intents(project: string): Promise<readonly LedgerIntent[]>;
  intend(project: string, intents: readonly LedgerIntent[]): Promise<void>;
  /** Writes records (by address) and drops the intents they confirm. */
  put(project: string, records: readonly LedgerRecord[]): Promise<void>;
  /** Forgets addresses. One that is not there counts as done. */
  remove(project: string, addresses: readonly Address[]): Promise<void>;
  /** Who else owns these objects: `kind id` to project. */
  owners(except: string): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}
