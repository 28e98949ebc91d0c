/** Extends the addresses given with `--target` by what they need to exist. */
import type { Address, DesiredResource, Ref } from '../model/model.js';
import { referencesIn } from './order.js';

/** Follows references to resources that do not exist yet. */
export function withNeeds(
  targets: readonly Address[],
  desired: readonly DesiredResource[],
): ReadonlySet<Address> {
  const byRef = new Map<Ref, DesiredResource>(desired.map((one) => [one.ref, one]));
  const wanted = new Set(targets);
  const queue = desired.filter((one) => wanted.has(one.ref.address));
  for (let next = queue.pop(); next; next = queue.pop()) {
    for (const value of [...Object.values(next.attributes), ...Object.values(next.initial)]) {
      for (const ref of referencesIn(value)) {
        const needed = byRef.get(ref);
        if (!needed || needed.live || wanted.has(ref.address)) continue;
        wanted.add(ref.address);
        queue.push(needed);
      }
    }
  }
  return wanted;
}
