/**
 * Matches entries that one written key identifies, which is nearly all of them, without the full matching of
 * `match.ts`.
 */
import type { KindFacts } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type Address, escapeKey, type LiveResource, type OwnedRecord, type Value } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import type { Item, Matched } from './item.js';
import { plainValue, type Slot, slotOf, slotsOf } from './plain-values.js';

/** Matches plain entries, which leaves the rest to `Matcher`. */
export class PlainMatcher {
  private readonly byKey = new Map<KindFacts, ReadonlyMap<Value, LiveResource | undefined>>();

  constructor(
    private readonly live: LiveModel,
    private readonly owned: ReadonlyMap<Address, OwnedRecord>,
  ) {}

  /**
   * Finds the live object with the entry's key, as long as the ledger agrees. Undefined for entries that need the full
   * matching.
   */
  match(item: Item): Matched | undefined {
    const { facts, entry } = item;
    const key = plainKeyOf(facts);
    const only = entry.identifiers?.pairs;
    if (!key || entry.was || only?.length !== 1 || only[0]!.key.value !== key.name) return undefined;
    const value = plainValue(key, only[0]!.value);
    if (typeof value !== 'string') return undefined;
    const address = `${facts.name}/${escapeKey(value)}`;
    const record = this.owned.get(address);
    const live =
      record === undefined
        ? this.byLiveKey(facts, key.name).get(value)
        : record.kind === facts.kind
          ? this.live.byId(facts.kind, record.id)
          : undefined;
    // The address may have been made unique since (`#2`).
    if (live?.attributes[key.name] !== value || live.ref.address !== address) return undefined;
    // Equal text, but the same string object saves memory and comparisons.
    if (record) live.ref.address = record.address;
    return { ref: live.ref, live };
  }

  /** Live objects by key; undefined for a key that several share, which is left to `Matcher` to report. */
  private byLiveKey(facts: KindFacts, key: string): ReadonlyMap<Value, LiveResource | undefined> {
    let index = this.byKey.get(facts) as Map<Value, LiveResource | undefined> | undefined;
    if (!index) {
      this.byKey.set(facts, (index = new Map()));
      const all = this.live.all(facts.kind);
      for (const one of all) index.set(one.attributes[key] ?? null, one);
      if (index.size < all.length) {
        for (const one of all) {
          const value = one.attributes[key] ?? null;
          if (index.get(value) !== one) index.set(value, undefined);
        }
      }
    }
    return index;
  }
}

/** The attribute that is by itself the unique natural key of a kind, if it is plain text. */
const plainKeyOf = remembered((facts: KindFacts): Slot | undefined => {
  const [name, ...others] = facts.key;
  const slot = name === undefined ? undefined : slotOf(facts, slotsOf(facts), name);
  const field = slot?.identifies && slot.name === name ? slot.field : undefined;
  const isAlone = facts.keyUnique && !facts.singleton && others.length === 0;
  return isAlone && field && !field.secret && !field.nullable && !field.reference ? slot : undefined;
});
