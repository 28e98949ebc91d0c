/**
 * The spine: files in, a directory that equals them out. Read this page first; `docs/architecture.md` has the
 * picture. Every command and report goes through `validate`, `plan` and `apply` below.
 */
import { hash as hashPassword } from '@node-rs/argon2';
import { type Applied as AppliedChanges, applyPlan } from './apply.js';
import { approves, compareApproved, isSamePlan, type SavedPlan } from './approved.js';
import { environmentOf } from './blueprint/environment.js';
import { kindsNeeded } from './blueprint/kinds-needed.js';
import type { Found } from './blueprint/load.js';
import { type ReadBlueprints, readBlueprints, silenceOf } from './blueprint/read.js';
import { resolve } from './blueprint/resolve.js';
import { catalogue } from './catalogue.js';
import type { Config } from './config.js';
import { type Diagnostic, diagnose, didYouMean, hasErrors, strictly, withoutRepeats } from './diagnostic.js';
import { DirectoryError, type LiveObject } from './directory/directory.js';
import { type OpenDirectory, openDirectory } from './directory/index.js';
import { fingerprints } from './fingerprint.js';
import { recordedRun } from './history.js';
import { buildLiveModel, type LiveModel, nothingLive } from './live.js';
import type { Address, DesiredResource, Json, Kind, Value } from './model.js';
import { unchangedPasswords } from './passwords.js';
import type { HazardName, Plan, Stance } from './plan/change.js';
import { withUnrecorded } from './plan/intents.js';
import { hasChanges, idIn, plan as makePlan, type PlanInput } from './plan/plan.js';
import { withNeeds } from './plan/targets.js';
import { kindsChecked, semanticChecks } from './semantic/checks.js';
import { doctorChecks, doctorKinds } from './semantic/doctor.js';
import { modelOfDesired } from './semantic/model.js';

/** What a command asks for. */
export interface Request {
  readonly cwd: string;
  /** Files and folders, as the user wrote them, and files that patterns of the configuration found. */
  readonly paths: readonly (string | Found)[];
  /** URL of the directory; absent for `validate`. */
  readonly directory?: string;
  /** The folder that a relative path in the URL starts from; `cwd` when absent. */
  readonly directoryFolder?: string;
  /** URL of a ledger kept apart from the directory. */
  readonly ledger?: string;
  readonly project: string;
  /** Contexts over the files' own, later over earlier: the configuration's, the directory's, the command line's. */
  readonly contexts: readonly Readonly<Record<string, Json>>[];
  readonly config?: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly strict: boolean;
  readonly targets: readonly Address[];
  /** Prune what we created and nothing mentions any more. */
  readonly prune?: boolean;
  /** Why nothing may be pruned or reverted, whatever `prune` says. */
  readonly pruneBlocked?: string;
  /** Stances that are not the default. */
  readonly stances?: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Adopted objects whose secrets are written, not just recorded. */
  readonly writeSecrets?: readonly Address[];
  /** Issue missing invitations although the ledger is empty and objects exist already. */
  readonly issue?: boolean;
  /** How long to wait for another run, in milliseconds. */
  readonly lockTimeout?: number;
  /** Nobody is asked, so the lock is taken before planning. */
  readonly unattended?: boolean;
  /** The plan that people approved; anything else is refused. */
  readonly approved?: SavedPlan;
  /** For the history: the command that runs. */
  readonly command?: string;
  /** Opens another store than the one that `directory` names. */
  readonly open?: () => Promise<OpenDirectory>;
  readonly signal: AbortSignal;
  readonly progress: (step: string, done?: number, total?: number) => void;
  readonly log: Record<'debug' | 'info' | 'warn', (fields: object, message: string) => void>;
}

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

/** Looks at the directory as it is for what would not work. */
export async function examine(request: Request): Promise<{ objects: number; diagnostics: Diagnostic[] }> {
  return withDirectory(request, async (opened) => {
    const kinds = new Set([...doctorKinds()].filter((kind) => opened.directory.kinds.has(kind)));
    const live = await list(request, opened, kinds);
    const owned = await opened.ledger.read(request.project);
    const found = doctorChecks({ live, owned, now: new Date() });
    return { objects: live.size, diagnostics: judged(request, found) };
  });
}

/** What a directory holds, as an export reads it. */
export interface Surveyed {
  readonly live: LiveModel;
  /** Objects of other projects, by `objectKey`, with the project's name. */
  readonly others: ReadonlyMap<string, string>;
  /** Kinds that may not be read, and why. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the directory as it is; a kind that may not be read is left out and told. */
export async function survey(request: Request, wanted: ReadonlySet<Kind>): Promise<Surveyed> {
  return withDirectory(request, async (opened) => {
    const listed = new Map<Kind, LiveObject[]>();
    const diagnostics: Diagnostic[] = [];
    for (const kind of wanted) {
      if (!opened.directory.kinds.has(kind)) continue;
      try {
        listed.set(kind, await listKind(request, opened, kind));
      } catch (error) {
        const isClosed =
          error instanceof DirectoryError && (error.code === 'denied' || error.code === 'unsupported');
        if (!isClosed) throw error;
        diagnostics.push(diagnose('not-exported', `${kind} cannot be read: ${error.message}`));
      }
    }
    return {
      live: buildLiveModel(listed),
      others: await opened.ledger.owners(request.project),
      diagnostics,
    };
  });
}

/** Records that the project owns what its blueprints describe, where nothing has to change for it. */
export async function adopt(request: Request): Promise<Planned & { readonly adopted: number }> {
  const files = await read(request);
  return withDirectory(request, async (opened) => {
    const lock = await opened.lock?.(request.command ?? 'adopt', request.lockTimeout ?? 0, request.signal);
    try {
      const { live, ...planned } = await planWith(request, files, opened);
      const made = planned.plan;
      if (!planned.ok || !made) return { ...planned, adopted: 0 };
      const [first] = made.changes;
      if (first) {
        const message = `nothing is adopted: ${first.ref.address} would be changed`;
        const diagnostics = [...planned.diagnostics, diagnose('not-adopted', message)];
        return { ...planned, ok: false, diagnostics, adopted: 0 };
      }
      if (made.records.length > 0) {
        await recordedRun(opened.history, request, async () => {
          const result = await execute(request, opened, made, live);
          return finished(performance.now(), planned, outcomeOf(made, result));
        });
      }
      return { ...planned, adopted: made.records.length };
    } finally {
      lock?.release();
    }
  });
}

/** Works out what would be done. */
export async function plan(request: Request): Promise<Planned> {
  const files = await read(request);
  return withDirectory(request, (opened) => planWith(request, files, opened));
}

/**
 * Plans, asks, and executes under the lock. What is executed is what was shown: where the plan has changed
 * meanwhile, `approve` is asked again (with `again` set), and an approved plan must be the same.
 */
export async function apply(
  request: Request,
  approve: (plan: Plan, again: boolean) => Promise<boolean>,
): Promise<Applied> {
  const started = performance.now();
  const files = await read(request);
  return withDirectory(request, async (opened) => {
    const asking = !request.unattended && !request.approved;
    const shown = asking ? await planWith(request, files, opened) : undefined;
    if (shown) {
      const early = verdict(request, shown);
      if (early) return finished(started, shown, early);
      if (hasChanges(shown.plan!) && !(await approve(shown.plan!, false))) {
        return finished(started, shown, { outcome: 'declined' });
      }
    }
    const lock = await opened.lock?.(request.command ?? 'apply', request.lockTimeout ?? 0, request.signal);
    try {
      const planned = await planWith(request, files, opened);
      const end = verdict(request, planned);
      if (end) return finished(started, planned, end);
      const made = planned.plan!;
      if (shown ? !isSamePlan(shown.plan!, made) : !request.approved) {
        if (hasChanges(made) && !(await approve(made, shown !== undefined))) {
          return finished(started, planned, { outcome: shown ? 'stale' : 'declined' });
        }
      }
      return await recordedRun(opened.history, request, async () => {
        const result = await execute(request, opened, made, planned.live);
        request.log.info({ done: result.done.length, failed: result.failed.length }, 'applied');
        return finished(started, planned, outcomeOf(made, result));
      });
    } finally {
      lock?.release();
    }
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

function finished(started: number, planned: Planned, ending: Ending): Applied {
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

function outcomeOf(made: Plan, result: AppliedChanges): Ending {
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

function read(request: Request): Promise<ReadBlueprints> {
  const step = 'reading blueprints';
  return readBlueprints(request.paths, request.cwd, request.signal, (done, total) =>
    request.progress(step, done, total),
  );
}

type PlannedLive = Planned & { readonly live: LiveModel };

/** Blueprints and a directory to a plan: list, resolve, plan. */
async function planWith(
  request: Request,
  files: ReadBlueprints,
  opened: OpenDirectory,
): Promise<PlannedLive> {
  const { directory, ledger } = opened;
  const { blueprints } = files;
  request.progress('reading the directory');
  const recorded = await ledger.read(request.project);
  const intents = await ledger.intents(request.project);
  const others = await ledger.owners(request.project);
  const described = kindsNeeded(
    blueprints,
    [...recorded.values(), ...intents],
    directory.kinds,
    request.prune === true,
  );
  const checked = [...kindsChecked(described)].filter((kind) => directory.kinds.has(kind));
  let kinds: ReadonlySet<Kind> = new Set([...described, ...checked]);
  for (;;) {
    const live = await list(request, opened, kinds);
    const owned = withUnrecorded(recorded, intents, live, others);
    request.progress('comparing');
    const resolved = resolve({
      blueprints,
      live,
      owned,
      contexts: request.contexts,
      environment: environmentOf(request),
      offline: false,
    });
    const more = [...resolved.missingKinds].filter((kind) => directory.kinds.has(kind) && !kinds.has(kind));
    if (more.length > 0) {
      kinds = new Set([...kinds, ...more]);
      continue;
    }
    const found = [...files.diagnostics, ...resolved.diagnostics, ...checkTargets(request, resolved.desired)];
    if (!hasErrors(found)) found.push(...semanticChecks(modelOfDesired(resolved.desired, live), new Date()));
    const all = judged(request, found);
    if (hasErrors(all)) return { ok: false, diagnostics: all, live };
    const silence = silenceOf(files, owned.values());
    const made = await compare(
      request,
      opened,
      { desired: resolved.desired, live, owned, intents, others },
      silence,
    );
    request.log.info({ files: blueprints.length, objects: live.size, owned: owned.size }, 'read');
    request.log.info({ ...made.counts }, 'planned');
    const withPlan = judged(request, [...found, ...made.diagnostics]);
    return { ok: !hasErrors(withPlan), diagnostics: withPlan, plan: made, live };
  }
}

/** Lists kinds and builds the live model. */
async function list(request: Request, opened: OpenDirectory, kinds: ReadonlySet<Kind>): Promise<LiveModel> {
  const listed = new Map<Kind, LiveObject[]>();
  for (const kind of kinds) listed.set(kind, await listKind(request, opened, kind));
  return buildLiveModel(listed);
}

async function listKind(request: Request, { directory }: OpenDirectory, kind: Kind): Promise<LiveObject[]> {
  const objects: LiveObject[] = [];
  for await (const object of directory.list(kind, undefined, request.signal)) objects.push(object);
  return objects;
}

async function compare(
  request: Request,
  { directory, ledger }: OpenDirectory,
  models: Pick<PlanInput, 'desired' | 'live' | 'owned' | 'intents' | 'others'>,
  silence: string | undefined,
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
    targets: request.targets.length > 0 ? withNeeds(request.targets, desired) : undefined,
    prune: request.prune === true,
    pruneBlocked: request.pruneBlocked ?? silence,
    stances: request.stances ?? {},
    approves: approved && ((address, hazard) => approves(approved, address, hazard)),
    writeSecrets: new Set(request.writeSecrets),
    issue: request.issue === true,
    account:
      directory.account === undefined ? undefined : live.byId('authentik_core.user', directory.account)?.ref,
  });
}

function execute(
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

function checkTargets(request: Request, desired: readonly DesiredResource[]): Diagnostic[] {
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

function judged(request: Request, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const once = withoutRepeats(diagnostics);
  return request.strict ? strictly(once) : once;
}

/** Opens the directory of a request for as long as `work` takes. */
export async function withDirectory<T>(
  request: Request,
  work: (opened: OpenDirectory) => Promise<T>,
): Promise<T> {
  if (!request.directory && !request.open) throw new Error('a directory is needed');
  const options = { cwd: request.directoryFolder ?? request.cwd, ledger: request.ledger };
  const opened = await (request.open?.() ?? openDirectory(request.directory!, options));
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
