/**
 * Finds objects by names they had before. Reverting a rename removes its `was` and writes the old name again, and that
 * must rename the object back instead of creating another and dropping the first.
 */

import type { Address, LiveResource, OwnedRecord } from '../model/model.js';
import { TagError } from '../tags/values.js';
import type { Item } from './item.js';
import type { Matching } from './matching.js';

/** What finding former names asks of the matching. */
export interface FormerMatching
  extends Pick<Matching, 'live' | 'owned' | 'isUnseen' | 'itemsOf' | 'formerAddress'> {
  /** The address that the entry's natural key gives; undefined when it writes none. */
  addressOf(item: Item): Address | undefined;
  /** The live objects that the entry's identifiers find. */
  foundBy(item: Item): readonly LiveResource[];
}

/** Finds renamed objects by their former names. */
export class FormerNames {
  private records: Map<Address, OwnedRecord[]> | undefined;

  constructor(private readonly with_: FormerMatching) {}

  /**
   * The records of objects that once had the address and that no entry describes any more. When a file that may hold
   * the entry was not read, the object does not count.
   */
  of(item: Item, address: Address): readonly OwnedRecord[] {
    const { live, isUnseen } = this.with_;
    return (this.byFormerAddress().get(address) ?? []).filter((record) => {
      const object = live.byId(record.kind, record.id);
      if (record.kind !== item.facts.kind || !object || isUnseen(record)) return false;
      // The newest name first.
      const names = [record.address, ...(record.formerly ?? [])];
      const before = new Set(names.slice(0, names.indexOf(address, 1)));
      return !this.with_.itemsOf(record.kind).some((other) => this.means(other, before, object));
    });
  }

  /** Does an entry describe the object, by one of these names or otherwise? Yes when in doubt. */
  private means(item: Item, names: ReadonlySet<Address>, object: LiveResource): boolean {
    if (item.match) return item.match.live === object || names.has(item.match.ref.address);
    try {
      const address = this.with_.addressOf(item);
      if (address !== undefined && names.has(address)) return true;
      const former = this.with_.formerAddress(item);
      if (former !== undefined && names.has(former)) return true;
      return this.with_.foundBy(item).includes(object);
    } catch (error) {
      if (error instanceof TagError) return true;
      throw error;
    }
  }

  private byFormerAddress(): ReadonlyMap<Address, readonly OwnedRecord[]> {
    if (!this.records) {
      this.records = new Map();
      for (const record of this.with_.owned.values()) {
        for (const address of record.formerly ?? []) {
          const known = this.records.get(address);
          if (known) known.push(record);
          else this.records.set(address, [record]);
        }
      }
    }
    return this.records;
  }
}
