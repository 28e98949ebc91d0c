/** Decides by their hazards which changes are applied, held back or refused. */
import type { LiveModel } from '../model/live-model.js';
import type { Address, Ref } from '../model/model.js';
import type { Change, Hazard, HazardName, Plan, Stance } from './change.js';
import { referencesIn } from './order.js';
import { freedBy, takenBy } from './unique.js';

/** What is done about each hazard when nobody says otherwise. */
export const defaultStances: Readonly<Record<HazardName, Stance>> = {
  deletes: 'show',
  grants: 'show',
  reactivates: 'hold',
  bulk: 'refuse',
  evicts: 'refuse',
  'locks-out': 'refuse',
  'breaks-login': 'refuse',
  opens: 'refuse',
  cascades: 'refuse',
  'takes-over': 'refuse',
};

export interface Stances {
  readonly live: LiveModel;
  readonly stances: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Does an approved plan list this hazard? */
  readonly approves?: (address: Address, hazard: HazardName) => boolean;
}

/** Sorts changes by what the stances say of their hazards; what depends on a change that is held is held too. */
export function judge(
  changes: readonly Change[],
  { live, stances, approves }: Stances,
): Pick<Plan, 'held' | 'toAllow' | 'refused'> & { readonly kept: Change[] } {
  const stance = ({ name }: Hazard, change: Change): Stance =>
    // Of another project's object no plan of ours can dispose.
    name !== 'takes-over' && approves?.(change.ref.address, name)
      ? 'show'
      : (stances[name] ?? defaultStances[name]);
  const held = new Set(changes.filter((one) => one.hazards.some((hazard) => stance(hazard, one) === 'hold')));
  for (let grew = held.size > 0; grew; ) {
    grew = false;
    const missing = new Set([...held].filter((one) => one.verb === 'create').map((one) => one.ref));
    const occupied = new Set([...held].flatMap((one) => freedBy(one, live)));
    for (const change of changes) {
      if (held.has(change) || !(needs(change, missing) || takes(change, occupied, live))) continue;
      held.add(change);
      grew = true;
    }
  }
  const kept = changes.filter((one) => !held.has(one));
  const refused = kept.flatMap((change) =>
    change.hazards
      .filter((hazard) => stance(hazard, change) === 'refuse')
      .map((hazard) => ({ address: change.ref.address, hazard })),
  );
  const inTheWay = [...held].flatMap((change) =>
    change.hazards.filter((hazard) => stance(hazard, change) !== 'show').map(({ name }) => name),
  );
  return { kept, held: [...held], toAllow: [...new Set(inTheWay)], refused };
}

function needs(change: Change, missing: ReadonlySet<Ref>): boolean {
  return Object.values(change.write).some((value) =>
    [...referencesIn(value)].some((ref) => missing.has(ref)),
  );
}

/** Does the change take something that only one may have, and that another keeps? */
function takes(change: Change, occupied: ReadonlySet<string>, live: LiveModel): boolean {
  return occupied.size > 0 && takenBy(change, live).some(({ text }) => occupied.has(text));
}
