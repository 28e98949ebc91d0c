/**
 * The names that renamed objects had before in, the objects that entries mean by such a name out: taking a rename back
 * removes its `was` and writes the old name again, and that must not make another object and drop the first.
 */

import { append } from '../model/append.js';
import type { Address, LiveResource, OwnedRecord } from '../model/model.js';
import { TagError } from '../tags/values.js';
import type { Item } from './item.js';
import type { Resolution } from './resolution.js';

/** Finds renamed objects by the names that they had before. */
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
   * The records of the objects that had the address once and that no entry describes any more. Only what certainly
   * nothing describes counts: while a file is not read that may hold its entry, an object keeps its name.
   */
  of(item: Item, address: Address): readonly OwnedRecord[] {
    const { live, isUnseen } = this.resolution.input;
    return (this.byFormerAddress().get(address) ?? []).filter((record) => {
      const object = live.byId(record.kind, record.id);
      if (record.kind !== item.facts.kind || !object || isUnseen?.(record) !== false) return false;
      // The newest name goes before all that came before it.
      const names = [record.address, ...(record.formerly ?? [])];
      const before = new Set(names.slice(0, names.indexOf(address, 1)));
      return !this.resolution.itemsOf(record.kind).some((other) => this.means(other, before, object));
    });
  }

  /** Does an entry describe the object, by one of these names or otherwise? One that cannot be told may. */
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
