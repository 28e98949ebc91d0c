/** Decides by their hazards which changes are applied, held back or refused. */
import type { LiveModel } from '../model/live-model.js';
import type { Ref } from '../model/model.js';
import type { AllowedBy, AllowedHazard, Change, Hazard, HazardName, Plan, Stance } from './change.js';
import type { PlanInput } from './input.js';
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

/** What decides about hazards. */
export type Stances = Pick<PlanInput, 'live' | 'stances' | 'flagged' | 'locked' | 'approves'>;

/** What is done about a hazard, and who allowed it where it would otherwise be held or refused. */
interface Decided {
  readonly stance: Stance;
  readonly by?: AllowedBy;
}

/**
 * What is done about a hazard of a change. An approved plan allows exactly what was allowed when it was made: what a
 * flag allowed then, also past the configuration; what the configuration allowed, unless it forbids it now. A lock, and
 * `--refuse` of this run, stand over both.
 */
function decide({ name }: Hazard, { ref }: Change, { stances, flagged, locked, approves }: Stances): Decided {
  const usual = defaultStances[name];
  const asked = stances[name] ?? usual;
  const isFlagged = flagged.includes(name);
  if (locked.includes(name) || (isFlagged && asked !== 'show')) return { stance: asked };
  if (!approves) {
    const by = isFlagged ? 'flag' : usual === 'show' ? undefined : 'configuration';
    return asked === 'show' ? { stance: asked, by } : { stance: asked };
  }
  const by = approves(ref.address, name);
  if (by === 'flag' || (by && (stances[name] ?? 'show') === 'show')) return { stance: 'show', by };
  return { stance: asked === 'show' ? usual : asked };
}

/** Sorts changes by what the stances say of their hazards; what depends on a change that is held is held too. */
export function judge(
  changes: readonly Change[],
  asked: Stances,
): Pick<Plan, 'held' | 'toAllow' | 'refused' | 'allowed'> & { readonly kept: Change[] } {
  const { live } = asked;
  const stance = (hazard: Hazard, change: Change): Stance => decide(hazard, change, asked).stance;
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
  const allowed = kept.flatMap((change) =>
    change.hazards.flatMap((hazard): AllowedHazard[] => {
      const { by } = decide(hazard, change, asked);
      return by ? [{ address: change.ref.address, hazard, by }] : [];
    }),
  );
  const inTheWay = [...held].flatMap((change) =>
    change.hazards.filter((hazard) => stance(hazard, change) !== 'show').map(({ name }) => name),
  );
  return { kept, held: [...held], toAllow: [...new Set(inTheWay)], refused, allowed };
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
