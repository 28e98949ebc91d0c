/**
 * Recovers from a process that died between creating an object and recording it: such objects are ours, and get a
 * record.
 */

import { append } from '../model/append.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import {
  type Address,
  type ForeignRecords,
  type Kind,
  type LiveResource,
  type OwnedRecord,
  objectKey,
} from '../model/model.js';

/** A create that was begun; if the object is there and newer, it is ours. */
export interface Intent {
  readonly address: Address;
  readonly kind: Kind;
  /** ISO 8601. */
  readonly since: string;
}

/** Adds records for objects that were created by a process that died before recording them. */
export function withUnrecorded(
  owned: ReadonlyMap<Address, OwnedRecord>,
  intents: readonly Intent[],
  live: LiveModel,
  others: ForeignRecords,
): ReadonlyMap<Address, OwnedRecord> {
  if (intents.length === 0) return owned;
  const all = new Map(owned);
  const taken = new Set([...owned.values()].map((one) => objectKey(one.kind, one.id)));
  const groups = new Map<string, Intent[]>();
  for (const intent of intents) {
    append(groups, `${intent.kind} ${baseOf(intent.kind, intent.address)}`, intent);
  }
  for (const group of groups.values()) {
    const { kind } = group[0]!;
    const made = live.all(kind).filter((one) => {
      const key = objectKey(one.kind, one.id);
      return group.some((intent) => isFrom(intent, one)) && !taken.has(key) && !others.has(key);
    });
    // With more objects than begun creates, there is no telling which are ours.
    if (made.length > group.length) continue;
    const left = new Set(group);
    for (const one of made) {
      const intent = group.find(({ address }) => address === one.ref.address) ?? [...left][0]!;
      left.delete(intent);
      all.set(intent.address, {
        address: intent.address,
        kind,
        id: one.id,
        ownership: 'created',
        place: '',
        labels: {},
        whole: '',
        paths: {},
      });
    }
  }
  return all;
}

/** Objects that share a key are numbered in the order of their fields, so the number may be another by now. */
function baseOf(kind: Kind, address: Address): Address {
  return catalogue().kinds.get(kind)?.keyUnique === true ? address : address.replace(/#\d+$/, '');
}

function isFrom(intent: Intent, { ref, created }: LiveResource): boolean {
  if (created === undefined) return false;
  if (baseOf(intent.kind, ref.address) !== baseOf(intent.kind, intent.address)) return false;
  // Some directories keep whole seconds only.
  return Date.parse(created) >= Math.floor(Date.parse(intent.since) / 1000) * 1000;
}
