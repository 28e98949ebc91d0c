/** Resources and what is owned in, the resources in the order of their addresses out. */
import type { Address, DesiredResource, OwnedRecord } from '../model/model.js';

/** Sorts resources by address. What is owned mostly comes sorted, and then so do they, but for what is new. */
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
    const taken = new Set(sorted);
    for (const one of resources) if (!taken.has(one)) sorted.push(one);
  }
  return sorted.sort((a, b) => (a.ref.address < b.ref.address ? -1 : a.ref.address > b.ref.address ? 1 : 0));
}
