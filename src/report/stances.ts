/** What stands in a plan about its hazards as a whole: what is allowed and by whom, what is refused, and how to allow it. */
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Address } from '../model/model.js';
import type { AllowedBy, Change, Hazard, HazardName, Plan } from '../plan/change.js';
import { type Look, type Paints, visible, wrapped } from './terminal.js';

/** What becomes of a hazard, in a word. */
export const stanceWords = { show: 'allowed', hold: 'held', refuse: 'refused' } as const;

/** Objects with the same hazard that are named before the rest is counted. */
export const mostTogether = 5;

/** Who allowed a hazard, for people. */
export function allowedBy(by: AllowedBy, name: HazardName): string {
  return by === 'flag' ? `--allow ${name}` : 'the configuration';
}

/** The flags that allow some hazards, and those of them that no flag allows. */
export function waysToAllow(
  names: readonly HazardName[],
  { locked }: Pick<Plan, 'locked'>,
): { readonly flags: string; readonly locked: readonly HazardName[] } {
  const free = names.filter((name) => !locked.includes(name));
  return {
    flags: free.map((name) => `--allow ${name}`).join(' '),
    locked: names.filter((name) => locked.includes(name)),
  };
}

/** The names of the hazards that are refused, each once. */
export function refusedNames({ refused }: Pick<Plan, 'refused'>): HazardName[] {
  return [...new Set(refused.map(({ hazard }) => hazard.name))];
}

/** Says that hazards are locked; empty when none is. */
export function lockedText(names: readonly HazardName[]): string {
  if (names.length === 0) return '';
  return `Locked in the configuration, so that no flag allows ${names.length > 1 ? 'them' : 'it'}: ${names.join(', ')}`;
}

/** One diagnostic for each refused hazard, where the blueprint asks for the change. */
export function refusals(plan: Plan): Diagnostic[] {
  const places = new Map(plan.changes.map((one) => [one.ref.address, one.place]));
  return plan.refused.map(({ address, hazard: { name, message } }) => {
    const help = plan.locked.includes(name)
      ? `Change the blueprint: \`${name}\` is locked in the configuration, and no flag allows it.`
      : `Change the blueprint, or add \`--allow ${name}\` where it is meant.`;
    return diagnose('refused', `${name}: ${address}: ${message}`, places.get(address), { help });
  });
}

/** The changes of a plan with the hazards that are done by default: neither refused nor allowed by name. */
export function acceptedHazards(
  plan: Plan,
  changes: readonly Change[],
): { change: Change; hazard: Hazard }[] {
  const keyOf = (name: HazardName, address: Address): string => `${name} ${address}`;
  const others = new Set(
    [...plan.refused, ...plan.allowed].map(({ address, hazard }) => keyOf(hazard.name, address)),
  );
  return changes.flatMap((change) =>
    change.hazards
      .filter(({ name }) => !others.has(keyOf(name, change.ref.address)))
      .map((hazard) => ({ change, hazard })),
  );
}

/** Hazards with the same message stand together: the addresses that have it, in order. */
export function together<T extends { readonly address: Address; readonly hazard: Hazard }>(
  found: readonly T[],
): { readonly first: T; readonly addresses: readonly Address[] }[] {
  const groups = new Map<string, { first: T; addresses: Address[] }>();
  for (const one of found) {
    const key = `${one.hazard.name} ${one.hazard.message}`;
    const group = groups.get(key);
    if (group) group.addresses.push(one.address);
    else groups.set(key, { first: one, addresses: [one.address] });
  }
  return [...groups.values()];
}

/** Stances that differ from the default, so that nobody is surprised by what they let through. */
export function stanceLines({ stances, locked }: Plan, look: Look): string[] {
  const changed = Object.entries(stances).map(
    ([name, stance]) => `${name} ${locked.includes(name as HazardName) ? 'locked' : stanceWords[stance]}`,
  );
  return changed.length === 0 ? [] : wrapped(`stances changed: ${changed.join(', ')}`, look.width);
}

/** What somebody allowed, which whoever approves the plan has to read first. */
export function allowedLines({ allowed }: Plan, look: Look, paints: Paints): string[] {
  return [
    ...wrapped('Allowed here, and otherwise held or refused:', look.width),
    ...together(allowed).flatMap(({ first: { hazard, by }, addresses }) => {
      const shown = addresses.slice(0, mostTogether).map(visible).join(', ');
      const more = addresses.length - mostTogether;
      const who = more > 0 ? `${shown} and ${more} more` : shown;
      const text = `${who}: ${visible(hazard.message)} (by ${allowedBy(by, hazard.name)})`;
      return hazardLines(hazard.name, text, look, (name) => paints.bold(paints.yellow(name)));
    }),
  ];
}

export function refusedLines(plan: Plan, look: Look, paints: Paints): string[] {
  const { flags, locked } = waysToAllow(refusedNames(plan), plan);
  const how = flags === '' ? '' : `. To allow them: ${flags}`;
  const lock = lockedText(locked);
  return [
    ...wrapped(`Refused: nothing will be applied while these are in the plan${how}`, look.width),
    ...(lock === '' ? [] : wrapped(lock, look.width)),
    ...plan.refused.flatMap(({ address, hazard }) =>
      hazardLines(hazard.name, `${visible(address)}: ${visible(hazard.message)}`, look, (name) =>
        paints.bold(paints.red(name)),
      ),
    ),
  ];
}

function hazardLines(name: HazardName, text: string, look: Look, paint: (text: string) => string): string[] {
  const head = `${name}:`;
  return wrapped(`${head} ${text}`, Math.max(30, look.width - 6)).map((line, at) =>
    at === 0 ? `  ${paint(head)}${line.slice(head.length)}` : `    ${line}`,
  );
}
