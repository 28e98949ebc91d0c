/** Reads both sides of a plan: what the blueprints ask for, and what the directory and the ledger hold. */

import { missingFiles, type ReadBlueprints, silenceOf as silenceIn } from '../blueprint/read.js';
import { environmentOf } from '../config/environment.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { Directory } from '../directory/directory.js';
import { fingerprints } from '../model/fingerprint.js';
import { userKind } from '../model/kind-names.js';
import { idIn, type LiveModel } from '../model/live-model.js';
import type {
  Address,
  DesiredResource,
  ForeignRecords,
  Json,
  Kind,
  OwnedRecord,
  Value,
} from '../model/model.js';
import type { Plan } from '../plan/change.js';
import { kindsOfAccess } from '../plan/hazards-access.js';
import type { PlanInput } from '../plan/input.js';
import { type Intent, withUnrecorded } from '../plan/intents.js';
import { plan as makePlan } from '../plan/plan.js';
import { withNeeds } from '../plan/targets.js';
import { kindsNeeded } from '../resolve/kinds-needed.js';
import type { ResolveResult } from '../resolve/resolution.js';
import { resolve } from '../resolve/resolve.js';
import { kindsChecked } from '../semantic/checks.js';
import { unchangedPasswords } from './check-passwords.js';
import { breathe, DirectoryReading, readLedger } from './directory-reading.js';
import type { Store } from './open-store.js';
import type { Request } from './request.js';
import { approves } from './saved-plan.js';

/** What a plan compares. */
export interface BothSides {
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  readonly intents: readonly Intent[];
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
  /** What the blueprints ask for, over the live model. */
  readonly resolved: ResolveResult;
  /** Why something could not be checked. */
  readonly notes: readonly Diagnostic[];
  /** Why nothing may be pruned or reverted: not all blueprints may have been read. */
  readonly silence: () => string | undefined;
}

/** What a reading can reuse. */
export interface Before {
  /** What was read a moment ago. */
  readonly live?: LiveModel;
  /** Kinds to read again anyway. */
  readonly stale?: ReadonlySet<Kind>;
  /** More kinds to read than the blueprints need; one without permission is left out. */
  readonly also?: Iterable<Kind>;
}

/** Reads the directory as far as the blueprints need it, and resolves the blueprints over it. */
export async function bothSides(
  request: Request,
  files: ReadBlueprints,
  store: Store,
  { live: known, stale, also = [] }: Before = {},
): Promise<BothSides> {
  const { directory } = store;
  const { blueprints } = files;
  request.progress('reading the directory');
  const { recorded, intents, others } = await readLedger(store, request.project);
  const silence = once(() => silenceOf(request, files, recorded));
  const owned = [...recorded.values(), ...intents];
  const needed = kindsNeeded(blueprints, owned, directory.kinds, request.prune === true);
  // The first apply of a project will need all kinds that decide about access.
  const judged = recorded.size === 0 ? kindsOfAccess() : [];
  const optional = new Set([...kindsChecked(needed), ...also, ...judged].filter((kind) => !needed.has(kind)));
  const reading = new DirectoryReading(store, request.signal, known);
  let live = await reading.read([...needed, ...optional], { optional, stale });
  for (;;) {
    const all = withUnrecorded(recorded, intents, live, others);
    request.progress('comparing');
    await breathe(request.signal);
    const resolved = resolve({
      blueprints,
      live,
      owned: all,
      contexts: request.contexts,
      environment: request.environment ?? environmentOf(request),
      offline: false,
      isUnseen: unseen(request, files, silence),
    });
    await breathe(request.signal);
    const more = await reading.read(resolved.missingKinds);
    if (more === live)
      return { live, owned: all, intents, others, resolved, notes: reading.notes(), silence };
    live = more;
  }
}

/** Reports what the blueprints ask for but the directory cannot hold. */
export function checkHeld(directory: Directory, desired: readonly DesiredResource[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const resource of desired) {
    const { ref, kind, state, attributes, initial, wantedId, live } = resource;
    if (state === 'absent' || state === 'held') continue;
    const report = (what: string, field?: string): void => {
      const why = directory.lacks?.(kind, field);
      const message = `${directory.name} cannot hold ${what}${why === undefined ? '' : `: ${why}`}`;
      // The places of attributes are worked out when asked for, so nobody else's are.
      const place = (field === undefined ? undefined : resource.places[field]) ?? resource.place;
      found.push(diagnose('not-held', message, place));
    };
    if (!directory.kinds.has(kind)) {
      report(ref.address);
      continue;
    }
    const fields = directory.fields(kind);
    if (fields === 'all') continue;
    if (wantedId !== undefined && !live && !fields.has('pk'))
      report(`the id ${wantedId} for ${ref.address}`, 'pk');
    for (const name of new Set([...Object.keys(attributes), ...Object.keys(initial)]))
      if (!fields.has(name)) report(`\`${name}\` of ${ref.address}`, name);
  }
  return found;
}

/** Reports targets that no entry describes. */
export function checkTargets(request: Request, desired: readonly DesiredResource[]): Diagnostic[] {
  if (request.targets.length === 0) return [];
  const known = new Set(desired.map((one) => one.ref.address));
  return request.targets
    .filter((target) => !known.has(target))
    .map((target) =>
      diagnose('unknown-address', `no entry describes ${target}`, undefined, {
        help: didYouMean(target, known),
      }),
    );
}

/** Why nothing may be pruned or reverted: the request says so, or files are empty or went missing a moment ago. */
function silenceOf(
  { pruneBlocked, distrust }: Request,
  files: ReadBlueprints,
  owned: ReadonlyMap<Address, OwnedRecord>,
): string | undefined {
  // Call it for every reading, even when nothing is pruned anyway.
  const doubt = distrust?.(missingFiles(files, owned.values()));
  return pruneBlocked ?? silenceIn(files, owned.values()) ?? doubt;
}

/**
 * May a file that was not read describe the object of a record? A configuration says which files there are; without one,
 * only those that were read are known.
 */
function unseen(
  { config }: Request,
  { blueprints }: ReadBlueprints,
  silence: () => string | undefined,
): (record: OwnedRecord) => boolean {
  const read = once(() => new Set(blueprints.map((one) => one.source.path)));
  return ({ place }) =>
    silence() !== undefined || (!config && !read().has(place.slice(0, place.lastIndexOf(':'))));
}

/** Computes a value on first use and keeps it. */
function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: work() }).value;
}

/** Makes the plan from both sides. */
export async function compare(
  request: Request,
  { directory, ledger }: Store,
  models: Pick<PlanInput, 'desired' | 'live' | 'owned' | 'intents' | 'others'>,
  silence: string | undefined,
  targets = request.targets.length > 0 ? withNeeds(request.targets, models.desired) : undefined,
): Promise<Plan> {
  const { approved } = request;
  const { desired, live, owned } = models;
  return makePlan({
    ...models,
    directory: directory.name,
    project: request.project,
    fingerprints: fingerprints(ledger.key, (ref, family) => idIn(live.of(ref), family)),
    normalize: (kind, field, value) => directory.normalize(kind, { [field]: value as Json })[field] as Value,
    unchangedPasswords: await unchangedPasswords(desired, live, owned),
    targets,
    prune: request.prune,
    pruneBlocked: silence,
    stances: request.stances ?? {},
    flagged: request.flagged ?? [],
    locked: request.locked ?? [],
    approves: approved && ((address, hazard) => approves(approved, address, hazard)),
    writeSecrets: new Set(request.writeSecrets),
    issue: request.issue === true,
    now: new Date(),
    account: directory.account === undefined ? undefined : live.byId(userKind, directory.account)?.ref,
  });
}
