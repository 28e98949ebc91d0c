/**
 * The names that renamed objects had before in, the objects that entries mean by such a name out: taking a rename back
 * removes its `was` and writes the old name again, and that must not make another object and drop the first.
 */

import { append } from '../model/append.js';
import type { Address, LiveResource, OwnedRecord } from '../model/model.js';
import { TagError } from '../tags/values.js';
import type { Item } from './item.js';
import type { Matching } from './matching.js';

/** What the search for a former name asks of the matching. */
export interface FormerMatching
  extends Pick<Matching, 'live' | 'owned' | 'isUnseen' | 'itemsOf' | 'formerAddress'> {
  /** The address that the entry's natural key gives; undefined when it writes none. */
  addressOf(item: Item): Address | undefined;
  /** The live objects that the entry's identifiers find. */
  foundBy(item: Item): readonly LiveResource[];
}

/** Finds renamed objects by the names that they had before. */
export class FormerNames {
  private records: Map<Address, OwnedRecord[]> | undefined;

  constructor(private readonly with_: FormerMatching) {}

  /**
   * The records of the objects that had the address once and that no entry describes any more. Only what certainly
   * nothing describes counts: while a file is not read that may hold its entry, an object keeps its name.
   */
  of(item: Item, address: Address): readonly OwnedRecord[] {
    const { live, isUnseen } = this.with_;
    return (this.byFormerAddress().get(address) ?? []).filter((record) => {
      const object = live.byId(record.kind, record.id);
      if (record.kind !== item.facts.kind || !object || isUnseen(record)) return false;
      // The newest name goes before all that came before it.
      const names = [record.address, ...(record.formerly ?? [])];
      const before = new Set(names.slice(0, names.indexOf(address, 1)));
      return !this.with_.itemsOf(record.kind).some((other) => this.means(other, before, object));
    });
  }

  /** Does an entry describe the object, by one of these names or otherwise? One that cannot be told may. */
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
        for (const address of record.formerly ?? []) append(this.records, address, record);
      }
    }
    return this.records;
  }
}
