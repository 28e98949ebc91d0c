/** Says what a watch holds back, why, and by which flag or edit it is held no longer: the same words in every place. */
import { shortPlace } from '../diagnostic/source.js';
import type { Change, Plan } from '../plan/change.js';
import { counted } from '../report/terminal.js';
import type { HeldReport } from './state.js';

/** What a plan holds back, and what it refuses. */
export function heldReports(plan: Plan | undefined): HeldReport[] {
  if (!plan) return [];
  const names = new Set(plan.toAllow);
  const refused = new Set(plan.refused.map(({ address, hazard }) => `${hazard.name} ${address}`));
  const stopped = plan.changes.filter((one) =>
    one.hazards.some(({ name }) => refused.has(`${name} ${one.ref.address}`)),
  );
  return [
    ...plan.held.map((change) => heldReport(change, plan, ({ name }) => names.has(name))),
    ...stopped.map((change) =>
      heldReport(change, plan, ({ name }) => refused.has(`${name} ${change.ref.address}`)),
    ),
  ];
}

function heldReport(
  { ref, hazards, place, formerPlace }: Change,
  { locked }: Plan,
  isInTheWay: (hazard: Change['hazards'][number]) => boolean,
): HeldReport {
  const own = hazards.filter(isInTheWay);
  const names = [...new Set(own.map(({ name }) => name))];
  const at = place ? shortPlace(place) : formerPlace;
  const edit = at === undefined ? 'change the blueprint' : `change ${at}`;
  const shut = names.filter((name) => locked.includes(name));
  const flags = names.map((name) => `--allow ${name}`).join(' ');
  const todo =
    names.length === 0
      ? 'it waits for another that is held'
      : shut.length > 0
        ? `${edit}; ${shut.join(', ')} is locked in the configuration, and no flag allows it`
        : `${edit}, or watch with ${flags}`;
  return {
    address: ref.address,
    hazards: names,
    locked: shut,
    why: own.map(({ name, message }) => `${name}: ${message}`),
    todo,
    ...(at === undefined ? {} : { place: at }),
  };
}

/** One held change in one sentence: what would happen, and what to do. */
export function heldSentence({ address, why, todo }: HeldReport): string {
  const hazards = why.length > 0 ? ` (${why.join('; ')})` : '';
  return `${address}${hazards}: ${todo}`;
}

/** How many changes are held, by which hazards and what to do, without a name: for those who may not see any. */
export function heldSummary(held: readonly HeldReport[], how: 'held back' | 'refused'): string {
  const names = [...new Set(held.flatMap((one) => one.hazards))].sort();
  const locked = new Set(held.flatMap((one) => one.locked));
  const flags = names.filter((name) => !locked.has(name)).map((name) => `--allow ${name}`);
  const ways = [
    'change the blueprint',
    ...(flags.length > 0 ? [`or watch with ${flags.join(' ')}`] : []),
    ...(locked.size > 0 ? [`no flag allows ${[...locked].sort().join(', ')}`] : []),
  ];
  const verb = held.length === 1 ? 'is' : 'are';
  return `${counted(held.length, 'change')} ${verb} ${how} (${names.join(', ')}): ${ways.join(', ')}`;
}
