/** Creates that were begun and never recorded in, with what lives and what is owned; the records they should have out. */
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type Address, type Kind, type LiveResource, type OwnedRecord, objectKey } from '../model/model.js';

/** A create that was begun; if the object is there and newer, it is ours. */
export interface Intent {
  readonly address: Address;
  readonly kind: Kind;
  /** ISO 8601. */
  readonly since: string;
}

/** What is owned, and what is owned although the process died between making it and writing that down. */
export function withUnrecorded(
  owned: ReadonlyMap<Address, OwnedRecord>,
  intents: readonly Intent[],
  live: LiveModel,
  others: ReadonlyMap<string, string>,
): ReadonlyMap<Address, OwnedRecord> {
  if (intents.length === 0) return owned;
  const all = new Map(owned);
  const taken = new Set([...owned.values()].map((one) => objectKey(one.kind, one.id)));
  for (const intent of intents) {
    const made = live.all(intent.kind).filter((one) => {
      const key = objectKey(one.kind, one.id);
      return isFrom(intent, one) && !taken.has(key) && !others.has(key);
    });
    // Which of several is ours nobody can tell.
    if (made.length !== 1) continue;
    const { kind, id } = made[0]!;
    taken.add(objectKey(kind, id));
    all.set(intent.address, {
      address: intent.address,
      kind,
      id,
      ownership: 'created',
      place: '',
      labels: {},
      whole: '',
      paths: {},
    });
  }
  return all;
}

function isFrom(intent: Intent, { ref, created }: LiveResource): boolean {
  if (created === undefined) return false;
  // Objects that share a key are numbered in the order of their fields, so the number may be another by now.
  const unique = catalogue().kinds.get(intent.kind)?.keyUnique === true;
  const base = (address: Address): Address => (unique ? address : address.replace(/#\d+$/, ''));
  if (base(ref.address) !== base(intent.address)) return false;
  // A directory may keep whole seconds only.
  return Date.parse(created) >= Math.floor(Date.parse(intent.since) / 1000) * 1000;
}
