/**
 * Finds objects by names they had before. Reverting a rename removes its `was` and writes the old name again, and that
 * must rename the object back instead of creating another and dropping the first.
 */

import { append } from '../model/append.js';
import type { Address, LiveResource, OwnedRecord } from '../model/model.js';
import { TagError } from '../tags/values.js';
import type { Item } from './item.js';
/** What finding former names asks of the matching. */
/** The address that the entry's natural key gives; undefined when it writes none. */
/** The live objects that the entry's identifiers find. */
import type { Resolution } from './resolution.js';

/** Finds renamed objects by their former names. */
export class FormerNames {
  private records: Map<Address, OwnedRecord[]> | undefined;

  constructor(
    private readonly resolution: Resolution,
    /** The addresses that the entry's natural key and its `was` give; undefined for what it does not write. */
    private readonly addressesOf: (item: Item) => readonly (Address | undefined)[],
    /** The live objects that the entry's identifiers find. */
    private readonly foundBy: (item: Item) => readonly LiveResource[],
  ) {}

  /**
   * The records of objects that once had the address and that no entry describes any more. When a file that may hold
   * the entry was not read, the object does not count.
   */
  of(item: Item, address: Address): readonly OwnedRecord[] {
    const { live, isUnseen } = this.resolution.input;
    return (this.byFormerAddress().get(address) ?? []).filter((record) => {
      const object = live.byId(record.kind, record.id);
      if (record.kind !== item.facts.kind || !object || isUnseen?.(record) !== false) return false;
      // The newest name first.
      const names = [record.address, ...(record.formerly ?? [])];
      const before = new Set(names.slice(0, names.indexOf(address, 1)));
      return !this.resolution.itemsOf(record.kind).some((other) => this.means(other, before, object));
    });
  }

  /** Does an entry describe the object, by one of these names or otherwise? Yes when in doubt. */
  private means(item: Item, names: ReadonlySet<Address>, object: LiveResource): boolean {
    if (item.match) return item.match.live === object || names.has(item.match.ref.address);
    try {
      if (this.addressesOf(item).some((one) => one !== undefined && names.has(one))) return true;
      return this.foundBy(item).includes(object);
    } catch (error) {
      if (error instanceof TagError) return true;
      throw error;
    }
  }

  private byFormerAddress(): ReadonlyMap<Address, readonly OwnedRecord[]> {
    if (!this.records) {
      this.records = new Map();
      for (const record of this.resolution.input.owned.values()) {
        for (const address of record.formerly ?? []) append(this.records, address, record);
      }
    }
    return this.records;
  }
}
