/**
 * The spine: makes a directory what the blueprints say. Read this page first; `docs/architecture.md` has the picture.
 * Every command and report goes through `validate`, `plan` and `apply`.
 */
import type { ReadBlueprints } from '../blueprint/read.js';
import { environmentOf } from '../config/environment.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import { recordedRun } from '../ledger/run-history.js';
import { catalogue } from '../model/kinds.js';
import { type LiveModel, nothingLive } from '../model/live-model.js';
import type { Kind } from '../model/model.js';
import type { Plan } from '../plan/change.js';
import { concernsAccess, kindsOfAccess } from '../plan/hazards-access.js';
import { hasChanges } from '../plan/plan.js';
import { resolve } from '../resolve/resolve.js';
import { semanticChecks } from '../semantic/checks.js';
import { modelOfDesired } from '../semantic/model.js';
import { breathe } from './directory-reading.js';
import { execute, outcomeOf } from './execute-plan.js';
import type { Store } from './open-store.js';
import { lackingDiagnostics, lackingFor, wantedBy } from './permitted.js';
import { type Before, bothSides, checkHeld, checkTargets, compare } from './read-models.js';
import { judged, type Request, read, withLock, withStore } from './request.js';
import {
  type Applied,
  type Ending,
  finished,
  type Planned,
  type PlannedLive,
  type Validated,
} from './results.js';
import { compareApproved, isSamePlan, shownForm } from './saved-plan.js';

/** Reads and checks blueprints without a directory. */
export async function validate(request: Request): Promise<Validated> {
  const { blueprints, diagnostics } = await read(request);
  const resolved = resolve({
    blueprints,
    live: nothingLive,
    owned: new Map(),
    contexts: request.contexts,
    environment: environmentOf(request),
    offline: true,
  });
  const found = [...diagnostics, ...resolved.diagnostics];
  if (!hasErrors(judged(request, found)))
    found.push(...semanticChecks(modelOfDesired(resolved.desired, nothingLive), new Date()));
  const all = judged(request, found);
  const entries = blueprints.reduce((sum, one) => sum + one.entries.length, 0);
  return { ok: !hasErrors(all), diagnostics: all, files: blueprints.length, entries };
}

/** Makes a plan. */
export async function plan(request: Request): Promise<Planned> {
  const files = await read(request);
  return withStore(request, (store) => planWith(request, files, store), { readOnly: true });
}

/** May this plan be executed? `again`: it differs from the one that was shown before. */
export type Approve = (plan: Plan, again: boolean, diagnostics: readonly Diagnostic[]) => Promise<boolean>;

/**
 * Plans, asks, and executes under the lock. If someone has to be asked, the lock is taken after the answer, and what the
 * plan touches is read again: if the plan changed, `approve` is asked again.
 */
export async function apply(request: Request, approve: Approve): Promise<Applied> {
  const started = performance.now();
  const files = await read(request);
  return withStore(request, async (store) => {
    const asks = !request.unattended && !request.approved;
    const shown = asks ? await planWith(request, files, store) : undefined;
    if (shown) {
      const end = endOf(request, shown);
      if (end) return finished(started, shown, end);
      if (hasChanges(shown.plan!) && !(await approve(shown.plan!, false, shown.diagnostics)))
        return finished(started, shown, { outcome: 'declined' });
    }
    return withLock(request, store, request.command ?? 'apply', async (held) => {
      const applied = await applyLocked(held, files, store, approve, { shown, started });
      // Whoever lost the lock is told that, and not that people interrupted the run.
      if (applied.outcome === 'interrupted' && !request.signal.aborted) held.signal.throwIfAborted();
      return applied;
    });
  });
}

/**
 * The part of an apply under the lock, which the caller holds: plans, asks for approval unless the plan equals the one
 * that was `shown`, and executes it. A watch does this again and again.
 */
export async function applyLocked(
  request: Request,
  files: ReadBlueprints,
  store: Store,
  approve: Approve,
  { shown, started = performance.now() }: { readonly shown?: PlannedLive; readonly started?: number } = {},
): Promise<Applied> {
  const before = shown && { live: shown.live, stale: touchedBy(shown.plan!) };
  const approved = shown && shownForm(shown.plan!);
  const planned = await planWith(request, files, store, before);
  const end = endOf(request, planned);
  if (end) return finished(started, planned, end);
  const made = planned.plan!;
  if (approved ? !isSamePlan(approved, made) : !request.approved) {
    if (hasChanges(made) && !(await approve(made, approved !== undefined, planned.diagnostics)))
      return finished(started, planned, { outcome: approved ? 'stale' : 'declined' });
  }
  return recordedRun(store.ledger.history, request, made, async () => {
    const result = await execute(request, store, made, planned.live);
    request.log.info({ done: result.done.length, failed: result.failed.length }, 'applied');
    return finished(started, planned, outcomeOf(made, result));
  });
}

/** The kinds that a plan writes to, including those that store the other side of a relation. */
function touchedBy({ changes, held }: Plan): ReadonlySet<Kind> {
  const touched = new Set<Kind>();
  for (const { kind, write } of [...changes, ...held]) {
    touched.add(kind);
    for (const name of Object.keys(write)) {
      const other = catalogue().kinds.get(kind)!.fields[name]?.inverseOf?.kind;
      if (other !== undefined) touched.add(other);
    }
  }
  return touched;
}

/** How an apply ends before anything is written; undefined when there is something to do. */
function endOf(request: Request, planned: Planned): Ending | undefined {
  const { plan: made, diagnostics } = planned;
  const unset = diagnostics.filter((one) => one.code === 'env-unset');
  if (unset.length > 0) {
    const refused = unset.map((one): Diagnostic => {
      const message = one.message.replace('; the value is treated as unchanged', ', so nothing is applied');
      return { ...one, severity: 'error', message };
    });
    const others = diagnostics.filter((one) => one.code !== 'env-unset');
    return { outcome: 'invalid', diagnostics: [...others, ...refused] };
  }
  if (!planned.ok || !made) return { outcome: 'invalid' };
  if (request.approved) {
    const comparison = compareApproved(request.approved, made);
    if (!comparison.same) return { outcome: 'stale', differences: comparison.differences };
  }
  if (made.refused.length > 0) return { outcome: 'refused' };
  const isDone = !hasChanges(made) && made.records.length === 0 && made.stale.length === 0;
  return isDone ? { outcome: 'nothing' } : undefined;
}

/** Makes a plan on an open directory. `before`: what need not be read again. */
export async function planWith(
  request: Request,
  files: ReadBlueprints,
  store: Store,
  before?: Before,
): Promise<PlannedLive> {
  const sides = await bothSides(request, files, store, before);
  const { live, owned, resolved, notes } = sides;
  const { desired } = resolved;
  const found = [
    ...files.diagnostics,
    ...resolved.diagnostics,
    ...checkTargets(request, desired),
    ...checkHeld(store.directory, desired),
    ...notes,
  ];
  if (!hasErrors(judged(request, found)))
    found.push(...semanticChecks(modelOfDesired(desired, live), new Date()));
  await breathe(request.signal);
  const judgedBefore = judged(request, found);
  if (hasErrors(judgedBefore)) return { ok: false, diagnostics: judgedBefore, live };
  const made = await compare(request, store, { ...sides, desired }, sides.silence());
  // Read everything that decides about access only for changes that may affect it.
  if (!before?.also && wantsAccess(made, live, store))
    return planWith(request, files, store, { live, also: kindsOfAccess() });
  await breathe(request.signal);
  request.log.info({ files: files.blueprints.length, objects: live.size, owned: owned.size }, 'read');
  request.log.info({ ...made.counts }, 'planned');
  const lacking = await lackingFor(store, wantedBy(made), request.signal);
  const diagnostics = judged(request, [
    ...found,
    ...made.diagnostics,
    ...(lacking ? lackingDiagnostics(lacking) : []),
  ]);
  return { ok: !hasErrors(diagnostics), diagnostics, plan: made, live };
}

/** Do changes affect access, while kinds that decide about it were not read? */
function wantsAccess({ changes, held }: Plan, live: LiveModel, { directory }: Store): boolean {
  if (!concernsAccess([...changes, ...held])) return false;
  return [...kindsOfAccess()].some((kind) => directory.kinds.has(kind) && !live.kinds.has(kind));
}
