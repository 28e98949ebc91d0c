/** Says before anything is written which permissions the account in use lacks. */
import type { ReadBlueprints } from '../blueprint/read.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Place } from '../diagnostic/source.js';
import type { Need } from '../directory/directory.js';
import type { Kind } from '../model/model.js';
import type { Change, Plan } from '../plan/change.js';
import { kindsNeeded } from '../resolve/kinds-needed.js';
import type { Store } from './open-store.js';

/** A need, and what has it. */
export interface Wanted {
  readonly need: Need;
  /** `user/ada`, or words. */
  readonly by: string;
  readonly place?: Place;
}

/** What writing a plan needs. */
export function wantedBy({ changes }: Pick<Plan, 'changes'>): Wanted[] {
  return changes.flatMap((change) => {
    const need = needOf(change);
    return need ? [{ need, by: change.ref.address, place: change.place }] : [];
  });
}

function needOf({ verb, kind, write, fields }: Change): Need | undefined {
  if (verb === 'create') return { kind, verb: 'add', writes: Object.keys(write) };
  if (verb === 'delete') return { kind, verb: 'delete' };
  if (Object.keys(write).length === 0) return undefined;
  const writes = new Set(Object.keys(write));
  const removes = new Set<string>();
  for (const { field, set } of fields) {
    if (!set) continue;
    if (set.removed.length > 0) removes.add(field);
    if (set.added.length === 0) writes.delete(field);
  }
  return { kind, verb: 'change', writes: [...writes], removes: [...removes] };
}

/** What blueprints may need of a directory, without looking at what is there. */
export function wantedFor(
  { blueprints }: Pick<ReadBlueprints, 'blueprints'>,
  { directory }: Pick<Store, 'directory'>,
): Wanted[] {
  const wanted: Wanted[] = [];
  for (const kind of kindsNeeded(blueprints, [], directory.kinds, false))
    wanted.push({ need: { kind, verb: 'view' }, by: 'reading' });
  const seen = new Map<Kind, Set<string>>();
  for (const { entries } of blueprints) {
    for (const { facts, state, attributes, source, node } of entries) {
      if (!facts || facts.meta) continue;
      const by = facts.name;
      const place = { source, offset: node.start };
      const names = (attributes?.pairs ?? []).flatMap(({ key }) => (key.type === 'scalar' ? [key.text] : []));
      const done = seen.get(facts.kind) ?? new Set();
      seen.set(facts.kind, done);
      const add = (need: Need): void => {
        const key = JSON.stringify(need);
        if (!done.has(key)) wanted.push({ need, by, place });
        done.add(key);
      };
      if (state === 'absent') {
        add({ kind: facts.kind, verb: 'delete' });
        continue;
      }
      if (!facts.singleton) add({ kind: facts.kind, verb: 'add', writes: names });
      if (state === 'present') add({ kind: facts.kind, verb: 'change', writes: names });
    }
  }
  return wanted;
}

/** A permission that is missing, and what would need it. */
export interface Lacking {
  readonly permission: string;
  readonly wanted: readonly Wanted[];
}

/** The permissions that the account lacks, by name; undefined where the directory does not tell which it has. */
export async function lackingFor(
  { directory, ledgerNeeds = [] }: Pick<Store, 'directory' | 'ledgerNeeds'>,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<readonly Lacking[] | undefined> {
  if (!directory.lacking) return [];
  const lacks = await directory.lacking(signal);
  if (!lacks) return undefined;
  const found = new Map<string, Wanted[]>();
  for (const one of [...ledgerNeeds.map((need) => ({ need, by: 'the ledger' })), ...wanted]) {
    for (const permission of lacks(one.need)) {
      const known = found.get(permission);
      if (known) known.push(one);
      else found.set(permission, [one]);
    }
  }
  return [...found].map(([permission, list]) => ({ permission, wanted: list }));
}

/** The diagnostics for what is lacking, each where the first that needs it stands. */
export function lackingDiagnostics(lacking: readonly Lacking[]): Diagnostic[] {
  return lacking.map(({ permission, wanted }) => {
    const place = wanted.find((one) => one.place)?.place;
    return diagnose(
      'not-permitted',
      `the account in use lacks \`${permission}\`, needed by ${neededBy(wanted)}`,
      place,
    );
  });
}

const fewNames = 3;

/** `user/ada, user/bob and 4 more` */
export function neededBy(wanted: readonly Wanted[]): string {
  const names = [...new Set(wanted.map((one) => one.by))];
  const more = names.length - fewNames;
  return more > 0 ? `${names.slice(0, fewNames).join(', ')} and ${more} more` : names.join(', ');
}
