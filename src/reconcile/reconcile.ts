/**
 * The spine: files in, a directory that equals them out. Read this page first; `docs/architecture.md` has the
 * picture. Every command and report goes through `validate`, `plan` and `apply` below.
 */
import { hash as hashPassword } from '@node-rs/argon2';
import type { ReadBlueprints } from '../blueprint/read.js';
import { environmentOf } from '../config/environment.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import { recordedRun } from '../ledger/run-history.js';
import { fingerprints } from '../model/fingerprint.js';
import { catalogue } from '../model/kinds.js';
import { type LiveModel, nothingLive } from '../model/live-model.js';
import type { Address } from '../model/model.js';
import type { Plan } from '../plan/change.js';
import { hasChanges } from '../plan/plan.js';
import { resolve } from '../resolve/resolve.js';
import { semanticChecks } from '../semantic/checks.js';
import { modelOfDesired } from '../semantic/model.js';
import { type Applied as AppliedChanges, applyPlan } from './execute-plan.js';
import type { OpenDirectory } from './open-store.js';
import { bothSides, checkTargets, compare, listen, type PlannedLive } from './read-models.js';
import { judged, type Request, read, withDirectory } from './request.js';
import { compareApproved, isSamePlan } from './saved-plan.js';

export interface Validated {
  readonly ok: boolean;
  readonly diagnostics: Diagnostic[];
  readonly files: number;
  readonly entries: number;
}

export interface Planned {
  readonly ok: boolean;
  readonly diagnostics: Diagnostic[];
  readonly plan?: Plan;
}

export interface Applied extends Planned {
  /** `stale`: the plan is not the one that was shown or approved. */
  readonly outcome: 'applied' | 'nothing' | 'declined' | 'refused' | 'stale' | 'failed' | 'invalid';
  readonly done: number;
  readonly failed: readonly { readonly address: Address; readonly message: string }[];
  readonly skipped: readonly Address[];
  /** Names of the invitations that were issued. */
  readonly invitations: readonly string[];
  /** For `stale`: what is different from the plan that was approved. */
  readonly differences?: readonly string[];
  readonly milliseconds: number;
}

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
  if (!hasErrors(found))
    found.push(...semanticChecks(modelOfDesired(resolved.desired, nothingLive), new Date()));
  const all = judged(request, found);
  const entries = blueprints.reduce((sum, one) => sum + one.entries.length, 0);
  return { ok: !hasErrors(all), diagnostics: all, files: blueprints.length, entries };
}

/** Works out what would be done. */
export async function plan(request: Request): Promise<Planned> {
  const files = await read(request);
  return withDirectory(request, (opened) => planOpened(request, files, opened), { readOnly: true });
}

/** Works out what would be done for what was read, in a directory that is open. */
export async function planOpened(
  request: Request,
  files: ReadBlueprints,
  opened: OpenDirectory,
): Promise<Planned> {
  const { ok, diagnostics, plan: made } = await planWith(request, files, opened);
  return { ok, diagnostics, plan: made };
}

/** May this plan be executed? `again`: it is not the one that was shown before. With everything said about it. */
export type Approve = (plan: Plan, again: boolean, diagnostics: readonly Diagnostic[]) => Promise<boolean>;

/**
 * Plans, asks, and executes under the lock. What is executed is what was shown: where the plan has changed
 * meanwhile, `approve` is asked again (with `again` set), and an approved plan must be the same.
 */
export async function apply(request: Request, approve: Approve): Promise<Applied> {
  const started = performance.now();
  const files = await read(request);
  return withDirectory(request, async (opened) => {
    const asking = !request.unattended && !request.approved;
    const shown = asking ? await planWith(request, files, opened) : undefined;
    if (shown) {
      const early = verdict(request, shown);
      if (early) return finished(started, shown, early);
      if (hasChanges(shown.plan!) && !(await approve(shown.plan!, false, shown.diagnostics))) {
        return finished(started, shown, { outcome: 'declined' });
      }
    }
    const lock = await opened.lock?.(request.command ?? 'apply', request.lockTimeout ?? 0, request.signal);
    try {
      return await applyOpened(request, files, opened, approve, shown, started);
    } finally {
      lock?.release();
    }
  });
}

/**
 * The part of an apply under the lock, which the caller holds: plans what was read, has it approved unless that is
 * the plan that was `shown`, and executes it. What a watch does again and again.
 */
export async function applyOpened(
  request: Request,
  files: ReadBlueprints,
  opened: OpenDirectory,
  approve: Approve,
  shown?: Planned,
  started = performance.now(),
): Promise<Applied> {
  // What was read before the lock was ours may be out of date.
  const planned = await planWith(request, files, opened);
  const end = verdict(request, planned);
  if (end) return finished(started, planned, end);
  const made = planned.plan!;
  if (shown ? !isSamePlan(shown.plan!, made) : !request.approved) {
    if (hasChanges(made) && !(await approve(made, shown !== undefined, planned.diagnostics))) {
      return finished(started, planned, { outcome: shown ? 'stale' : 'declined' });
    }
  }
  return recordedRun(opened.history, request, async () => {
    const result = await execute(request, opened, made, planned.live);
    request.log.info({ done: result.done.length, failed: result.failed.length }, 'applied');
    return finished(started, planned, outcomeOf(made, result));
  });
}

type Ending = Pick<Applied, 'outcome'> & Partial<Applied>;

/** How a run ends before anything is written; undefined when there is something to do. */
function verdict(request: Request, planned: Planned): Ending | undefined {
  const unset = planned.diagnostics.filter((one) => one.code === 'env-unset');
  if (unset.length > 0) {
    const refused = unset.map((one): Diagnostic => {
      const message = one.message.replace('; the value is treated as unchanged', ', so nothing is applied');
      return { ...one, severity: 'error', message };
    });
    const others = planned.diagnostics.filter((one) => one.code !== 'env-unset');
    return { outcome: 'invalid', diagnostics: [...others, ...refused] };
  }
  const made = planned.plan;
  if (!planned.ok || !made) return { outcome: 'invalid' };
  if (request.approved) {
    const comparison = compareApproved(request.approved, made);
    if (!comparison.same) return { outcome: 'stale', differences: comparison.differences };
  }
  if (made.refused.length > 0) return { outcome: 'refused' };
  if (!hasChanges(made) && made.records.length === 0 && made.stale.length === 0)
    return { outcome: 'nothing' };
  return undefined;
}

export function finished(started: number, planned: Planned, ending: Ending): Applied {
  return {
    ok: ending.outcome === 'applied' || ending.outcome === 'nothing',
    diagnostics: planned.diagnostics,
    plan: planned.plan,
    done: 0,
    failed: [],
    skipped: [],
    invitations: [],
    ...ending,
    milliseconds: performance.now() - started,
  };
}

export function outcomeOf(made: Plan, result: AppliedChanges): Ending {
  return {
    outcome: result.failed.length > 0 ? 'failed' : hasChanges(made) ? 'applied' : 'nothing',
    done: result.done.filter((one) => !one.partOf).length,
    failed: result.failed.map(({ change, error }) => ({
      address: change.ref.address,
      message: error.message,
    })),
    skipped: result.skipped.map((one) => one.ref.address),
    invitations: result.done
      .filter((one) => one.verb === 'create' && catalogue().kinds.get(one.kind)!.spends)
      .map((one) => String(one.write.name ?? one.ref.address)),
  };
}

/** Blueprints and a directory to a plan: list, resolve, plan. */
export async function planWith(
  request: Request,
  files: ReadBlueprints,
  opened: OpenDirectory,
): Promise<PlannedLive> {
  const { resolved, silence, ...sides } = await bothSides(request, files, opened);
  const { live, owned } = sides;
  const { desired } = resolved;
  const found = [...files.diagnostics, ...resolved.diagnostics, ...checkTargets(request, desired)];
  if (!hasErrors(found)) found.push(...semanticChecks(modelOfDesired(desired, live), new Date()));
  await listen(request);
  const all = judged(request, found);
  if (hasErrors(all)) return { ok: false, diagnostics: all, live };
  const made = await compare(request, opened, { ...sides, desired }, silence());
  await listen(request);
  request.log.info({ files: files.blueprints.length, objects: live.size, owned: owned.size }, 'read');
  request.log.info({ ...made.counts }, 'planned');
  const withPlan = judged(request, [...found, ...made.diagnostics]);
  return { ok: !hasErrors(withPlan), diagnostics: withPlan, plan: made, live };
}

/** Writes what the plan says. */
export function execute(
  request: Request,
  opened: OpenDirectory,
  made: Plan,
  live: LiveModel,
): Promise<AppliedChanges> {
  return applyPlan({
    plan: made,
    live,
    store: opened,
    fingerprints: (idOf) => fingerprints(opened.ledger.key, idOf),
    hashPassword: (password) => hashPassword(password),
    now: () => new Date(),
    signal: request.signal,
    progress: (done, total) => request.progress('applying', done, total),
  });
}
