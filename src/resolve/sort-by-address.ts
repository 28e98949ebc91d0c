/** Sorts resources by address, cheaply, because most are in the ledger and that is sorted. */
import type { Address, DesiredResource, OwnedRecord } from '../model/model.js';

/** Puts owned resources first, in the order of their records, so that the sort has little left to do. */
export function sortedByAddress(
  resources: readonly DesiredResource[],
  owned: ReadonlyMap<Address, OwnedRecord>,
): DesiredResource[] {
  const left = new Map<Address, DesiredResource>();
  for (const one of resources) if (!left.has(one.ref.address)) left.set(one.ref.address, one);
  const sorted: DesiredResource[] = [];
  for (const address of owned.keys()) {
    const one = left.get(address);
    if (one) sorted.push(one);
  }
  if (sorted.length < resources.length) {
    const seen = new Set(sorted);
    for (const one of resources) if (!seen.has(one)) sorted.push(one);
  }
  return sorted.sort((a, b) => (a.ref.address < b.ref.address ? -1 : a.ref.address > b.ref.address ? 1 : 0));
}
