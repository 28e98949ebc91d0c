/** What looking for hazards is given, and what its parts share. */

import type { LiveModel } from '../model/live-model.js';
import type { Address, ForeignRecords, OwnedRecord, Ref } from '../model/model.js';
import type { Change, HazardName } from './change.js';
export interface HazardInput {
  readonly changes: readonly Change[];
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
  /** The user whose credentials are in use. */
  readonly account?: Ref;
  /** The time of the plan, by which expiry is judged. */
  readonly now: Date;
}

/** Notes a hazard of a change. */
export type Add = (change: Change, name: HazardName, message: string) => void;

/** The record of the object that a change is about, where this project owns it. */
export function recordOf(input: HazardInput, change: Change): OwnedRecord | undefined {
  const live = input.live.of(change.ref);
  const record = input.owned.get(change.renamedFrom ?? change.ref.address);
  return record && live && record.id === live.id ? record : undefined;
}

/** A few names, and how many more. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}
