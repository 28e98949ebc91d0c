/** Adds to each deletion the ledger records of what it cascades to, so that these records go too. */
import { append } from '../model/append.js';
import type { LiveModel } from '../model/live-model.js';
import { type Address, type OwnedRecord, objectKey, type Ref } from '../model/model.js';
import { cascades } from './after.js';
import type { Change } from './change.js';

/** `unmentioned` finds, by `objectKey`, the record of an object that is not in any blueprint. */
export function withCascadedRecords(
  changes: readonly Change[],
  live: LiveModel,
  unmentioned: (key: string) => OwnedRecord | undefined,
): readonly Change[] {
  const deleted = changes.filter((one) => one.verb === 'delete').map((one) => one.ref);
  const records = new Map<Ref, Address[]>();
  for (const [ref, cause] of cascades(live, deleted)) {
    const record = unmentioned(objectKey(ref.kind, live.of(ref)!.id));
    if (record) append(records, cause, record.address);
  }
  if (records.size === 0) return changes;
  return changes.map((one) => {
    const takes = one.verb === 'delete' ? records.get(one.ref) : undefined;
    return takes ? { ...one, takes } : one;
  });
}
