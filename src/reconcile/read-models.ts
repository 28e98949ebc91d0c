/** The steps of a plan: list, resolve, compare. */

import { setImmediate as turn } from 'node:timers/promises';
import { type ReadBlueprints, silenceOf as silenceIn } from '../blueprint/read.js';
import { missingFiles } from '../blueprint/vanished-files.js';
import { environmentOf } from '../config/environment.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { LiveObject } from '../directory/directory.js';
import { fingerprints } from '../model/fingerprint.js';
import { userKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import { buildLiveModel, type LiveModel } from '../model/live-model.js';
import type { Address, DesiredResource, Json, Kind, OwnedRecord, Value } from '../model/model.js';
import type { Plan } from '../plan/change.js';
import type { PlanInput } from '../plan/input.js';
import { type Intent, withUnrecorded } from '../plan/intents.js';
import { idIn, plan as makePlan } from '../plan/plan.js';
import { withNeeds } from '../plan/targets.js';
import { kindsNeeded } from '../resolve/kinds-needed.js';
import { type ResolveResult, resolve } from '../resolve/resolve.js';
import { kindsChecked } from '../semantic/checks.js';
import { unchangedPasswords } from './check-passwords.js';
import { readLedger, readObjects } from './directory-reading.js';
import type { OpenDirectory } from './open-store.js';
import type { Planned } from './reconcile.js';
import type { Request } from './request.js';
import { approves } from './saved-plan.js';

/** A plan with what it was made from. */
export type PlannedLive = Planned & { readonly live: LiveModel };

/** What a plan compares. */
export interface BothSides {
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  readonly intents: readonly Intent[];
  /** Objects of other projects, by `objectKey`, with the project's name. */
  readonly others: ReadonlyMap<string, string>;
  /** What the blueprints ask for, over the live model. */
  readonly resolved: ResolveResult;
  /** Why nothing may be pruned or reverted: what was read of the blueprints may not be all of them. */
  readonly silence: () => string | undefined;
}

/** The kinds to read for the blueprints and for what the project owns. */
function kindsToRead(
  { prune }: Request,
  blueprints: ReadBlueprints['blueprints'],
  owned: Iterable<Pick<OwnedRecord, 'kind'>>,
  available: ReadonlySet<Kind>,
  also: Iterable<Kind> = [],
): ReadonlySet<Kind> {
  const described = kindsNeeded(blueprints, owned, available, prune === true);
  const wanted = [...described, ...kindsChecked(described), ...also];
  return new Set(wanted.filter((kind) => available.has(kind)));
}

/** Reads the directory, as far as the blueprints need it and the kinds in `also`, and resolves the blueprints over it. */
export async function bothSides(
  request: Request,
  files: ReadBlueprints,
  opened: OpenDirectory,
  also: Iterable<Kind> = [],
): Promise<BothSides> {
  const { directory } = opened;
  const { blueprints } = files;
  request.progress('reading the directory');
  const { recorded, intents, others } = await readLedger(opened, request.project);
  const silence = once(() => silenceOf(request, files, recorded));
  const mentioned = [...recorded.values(), ...intents];
  let kinds = kindsToRead(request, blueprints, mentioned, directory.kinds, also);
  for (;;) {
    const live = await list(request, opened, kinds);
    const owned = withUnrecorded(recorded, intents, live, others);
    request.progress('comparing');
    await listen(request);
    const resolved = resolve({
      blueprints,
      live,
      owned,
      contexts: request.contexts,
      environment: request.environment ?? environmentOf(request),
      offline: false,
      isUnseen: unseen(request, files, silence),
    });
    await listen(request);
    const more = [...resolved.missingKinds].filter((kind) => directory.kinds.has(kind) && !kinds.has(kind));
    if (more.length === 0) return { live, owned, intents, others, resolved, silence };
    kinds = new Set([...kinds, ...more]);
  }
}

/** Between two steps that take long for very many entries: hears a signal that came meanwhile, and throws what it says. */
export async function listen({ signal }: Pick<Request, 'signal'>): Promise<void> {
  await turn();
  signal.throwIfAborted();
}

/** Targets that nothing describes. */
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

/** Why nothing may be pruned or reverted: the request says so, or files give nothing or are missing since a moment ago. */
function silenceOf(
  { pruneBlocked, distrust }: Request,
  files: ReadBlueprints,
  owned: ReadonlyMap<Address, OwnedRecord>,
): string | undefined {
  // Told of every reading, also of one after which nothing is pruned anyway.
  const doubt = distrust?.(missingFiles(files, owned.values()));
  return pruneBlocked ?? silenceIn(files, owned.values()) ?? doubt;
}

/**
 * May the object of a record be described by a file that was not read? A configuration says which files there are;
 * without one only those that were read are known.
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

/** Works something out when it is first asked for, and remembers it. */
function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: work() }).value;
}

/** Lists kinds and builds the live model. */
export async function list(
  request: Pick<Request, 'signal'>,
  opened: OpenDirectory,
  kinds: ReadonlySet<Kind>,
): Promise<LiveModel> {
  const listed = new Map<Kind, LiveObject[]>();
  for (const kind of kinds) {
    listed.set(kind, await readObjects(opened, kind, request.signal, mirroredIn(kind, kinds)));
    await listen(request);
  }
  return buildLiveModel(listed);
}

/** Lists of a kind whose other side is read too, and which the model fills from there. */
function mirroredIn(kind: Kind, kinds: ReadonlySet<Kind>): ReadonlySet<string> {
  const fields = Object.values(catalogue().kinds.get(kind)!.fields);
  return new Set(
    fields.filter((one) => one.inverseOf && kinds.has(one.inverseOf.kind)).map((one) => one.name),
  );
}

/** Two models and what is owned to a plan. */
export async function compare(
  request: Request,
  { directory, ledger }: OpenDirectory,
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
    prune: request.prune === true,
    pruneBlocked: silence,
    stances: request.stances ?? {},
    approves: approved && ((address, hazard) => approves(approved, address, hazard)),
    writeSecrets: new Set(request.writeSecrets),
    issue: request.issue === true,
    account: directory.account === undefined ? undefined : live.byId(userKind, directory.account)?.ref,
  });
}
