/**
 * The spine: files in, a directory that equals them out. Read this page first; `docs/architecture.md` has the
 * picture. Every command and report goes through `validate`, `plan` and `apply` below.
 */
import { hash as hashPassword, verify } from '@node-rs/argon2';
import { type Applied as AppliedChanges, applyPlan } from './apply.js';
import type { Blueprint } from './blueprint/blueprint.js';
import { environmentOf } from './blueprint/environment.js';
import { kindsNeeded } from './blueprint/kinds-needed.js';
import { load } from './blueprint/load.js';
import { instantiateLabel, parseBlueprint } from './blueprint/parse.js';
import { resolve } from './blueprint/resolve.js';
import { checkTags } from './blueprint/tag-forms.js';
import { readYaml } from './blueprint/yaml.js';
import { catalogue } from './catalogue.js';
import { type Diagnostic, diagnose, hasErrors, strictly, withoutRepeats } from './diagnostic.js';
import { DirectoryError, type LiveObject } from './directory/directory.js';
import { openDirectory } from './directory/index.js';
import { fingerprints } from './fingerprint.js';
import { buildLiveModel, type LiveModel, nothingLive } from './live.js';
import type { Address, DesiredResource, Json, Kind, OwnedRecord, Ref, Value } from './model.js';
import { Unavailable } from './model.js';
import type { HazardName, Plan, Stance } from './plan/change.js';
import { hasChanges, idIn, plan as makePlan } from './plan/plan.js';
import { withNeeds } from './plan/targets.js';

type Opened = Awaited<ReturnType<typeof openDirectory>>;

/** What a command asks for. */
export interface Request {
  readonly cwd: string;
  /** Files and folders, as the user wrote them. */
  readonly paths: readonly string[];
  /** URL of the directory; absent for `validate`. */
  readonly directory?: string;
  readonly project: string;
  readonly context: Readonly<Record<string, Json>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly strict: boolean;
  readonly targets: readonly Address[];
  /** Prune what we created and nothing mentions any more. */
  readonly prune?: boolean;
  /** Why nothing may be pruned or reverted, whatever `prune` says. */
  readonly pruneBlocked?: string;
  /** Stances that are not the default. */
  readonly stances?: Readonly<Partial<Record<HazardName, Stance>>>;
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
  readonly outcome: 'applied' | 'nothing' | 'declined' | 'refused' | 'failed' | 'invalid';
  readonly done: number;
  readonly failed: readonly { readonly address: Address; readonly message: string }[];
  readonly skipped: readonly Address[];
  /** Names of the invitations that were issued. */
  readonly invitations: readonly string[];
  readonly milliseconds: number;
}

/** Reads and checks blueprints without a directory. */
export async function validate(request: Request): Promise<Validated> {
  const { blueprints, diagnostics } = await read(request);
  const resolved = resolve({
    blueprints,
    live: nothingLive,
    owned: new Map(),
    contexts: [request.context],
    environment: environmentOf(request),
    offline: true,
  });
  const all = judged(request, [...diagnostics, ...resolved.diagnostics]);
  const entries = blueprints.reduce((sum, one) => sum + one.entries.length, 0);
  return { ok: !hasErrors(all), diagnostics: all, files: blueprints.length, entries };
}

/** Works out what would be done. */
export async function plan(request: Request): Promise<Planned> {
  const read_ = await read(request);
  return withDirectory(request, (opened) => planWith(request, read_, opened));
}

/** Plans, asks, and executes. The plan that is shown is the one that is executed. */
export async function apply(request: Request, approve: (plan: Plan) => Promise<boolean>): Promise<Applied> {
  const started = performance.now();
  const nothing = { done: 0, failed: [], skipped: [], invitations: [] };
  const read_ = await read(request);
  return withDirectory(request, async (opened) => {
    const planned = await planWith(request, read_, opened);
    const finish = (rest: Pick<Applied, 'ok' | 'outcome'> & Partial<Applied>): Applied => ({
      ...nothing,
      diagnostics: planned.diagnostics,
      plan: planned.plan,
      ...rest,
      milliseconds: performance.now() - started,
    });
    const { plan: made } = planned;
    const unset = planned.diagnostics.filter((one) => one.code === 'env-unset');
    if (unset.length > 0) {
      const refused = unset.map((one): Diagnostic => ({ ...one, severity: 'error' }));
      const others = planned.diagnostics.filter((one) => one.code !== 'env-unset');
      return finish({ ok: false, outcome: 'invalid', diagnostics: [...others, ...refused] });
    }
    if (!planned.ok || !made) return finish({ ok: false, outcome: 'invalid' });
    if (made.refused.length > 0) return finish({ ok: false, outcome: 'refused' });
    if (!hasChanges(made) && made.records.length === 0 && made.stale.length === 0) {
      return finish({ ok: true, outcome: 'nothing' });
    }
    if (hasChanges(made) && !(await approve(made))) return finish({ ok: false, outcome: 'declined' });
    const result = await execute(request, opened, made, planned.live);
    return finish({
      ok: result.failed.length === 0,
      outcome: result.failed.length > 0 ? 'failed' : hasChanges(made) ? 'applied' : 'nothing',
      done: result.done.filter((one) => !one.partOf).length,
      failed: result.failed.map(({ change, error }) => ({
        address: change.ref.address,
        message: error.message,
      })),
      skipped: result.skipped.map((one) => one.ref.address),
      invitations: issuedInvitations(result),
    });
  });
}

interface Read {
  readonly blueprints: Blueprint[];
  readonly diagnostics: Diagnostic[];
}

/** Files to blueprints: load and parse. */
async function read(request: Request): Promise<Read> {
  request.progress('reading blueprints');
  const { sources, diagnostics } = await load(request.paths, request.cwd);
  const blueprints: Blueprint[] = [];
  for (const [at, source] of sources.entries()) {
    request.signal.throwIfAborted();
    request.progress('reading blueprints', at, sources.length);
    const before = diagnostics.length;
    const { tree, diagnostics: found } = readYaml(source);
    if (tree.root) found.push(...checkTags(tree.root, source));
    diagnostics.push(...found);
    if (!tree.root && hasErrors(found)) continue;
    const blueprint = parseBlueprint(tree, source.named, diagnostics);
    if (!blueprint) continue;
    if (!source.named && blueprint.labels[instantiateLabel]?.toLowerCase() === 'false') {
      diagnostics.length = before;
      diagnostics.push(
        diagnose('not-instantiated', 'the file is not applied with its folder', { source, offset: 0 }),
      );
      continue;
    }
    blueprints.push(blueprint);
  }
  return { blueprints, diagnostics };
}

type PlannedLive = Planned & { readonly live: LiveModel };

/** Blueprints and a directory to a plan: list, resolve, plan. */
async function planWith(
  request: Request,
  { blueprints, diagnostics }: Read,
  opened: Opened,
): Promise<PlannedLive> {
  const { directory, ledger } = opened;
  request.progress('reading the directory');
  const owned = await ledger.read(request.project);
  const found = [...diagnostics];
  let kinds = kindsNeeded(blueprints, owned.values(), directory.kinds, request.prune === true);
  const listed = new Map<Kind, LiveObject[]>();
  for (;;) {
    const live = await listKinds(request, opened, kinds, listed);
    request.progress('comparing');
    const resolved = resolve({
      blueprints,
      live,
      owned,
      contexts: [request.context],
      environment: environmentOf(request),
      offline: false,
    });
    const more = [...resolved.missingKinds].filter((kind) => directory.kinds.has(kind) && !kinds.has(kind));
    if (more.length > 0) {
      kinds = new Set([...kinds, ...more]);
      continue;
    }
    found.push(...resolved.diagnostics, ...checkTargets(request, resolved.desired));
    const all = judged(request, found);
    if (hasErrors(all)) return { ok: false, diagnostics: all, live };
    const made = await comparePlan(request, opened, resolved.desired, live, owned);
    const withPlan = judged(request, [...found, ...made.diagnostics]);
    return { ok: !hasErrors(withPlan), diagnostics: withPlan, plan: made, live };
  }
}

/** Lists what is not listed yet and builds the live model. */
async function listKinds(
  request: Request,
  { directory }: Opened,
  kinds: ReadonlySet<Kind>,
  listed: Map<Kind, LiveObject[]>,
): Promise<LiveModel> {
  for (const kind of kinds) {
    const objects: LiveObject[] = [];
    for await (const object of directory.list(kind, undefined, request.signal)) objects.push(object);
    listed.set(kind, objects);
  }
  return buildLiveModel(listed);
}

async function comparePlan(
  request: Request,
  { directory, ledger }: Opened,
  desired: readonly DesiredResource[],
  live: LiveModel,
  owned: ReadonlyMap<Address, OwnedRecord>,
): Promise<Plan> {
  return makePlan({
    directory: directory.name,
    project: request.project,
    desired,
    live,
    owned,
    fingerprints: fingerprints(ledger.key, (ref, family) => idIn(live.of(ref), family)),
    normalize: (kind, field, value) => directory.normalize(kind, { [field]: value as Json })[field] as Value,
    unchangedPasswords: await unchangedPasswords(desired, live, owned),
    targets: request.targets.length > 0 ? withNeeds(request.targets, desired) : undefined,
    prune: request.prune === true,
    pruneBlocked: request.pruneBlocked,
    others: await ledger.owners(request.project),
    stances: request.stances ?? {},
    account:
      directory.account === undefined ? undefined : live.byId('authentik_core.user', directory.account)?.ref,
  });
}

/** Which written passwords are those that were applied: argon2id takes a while, so it is done before planning. */
async function unchangedPasswords(
  desired: readonly DesiredResource[],
  live: LiveModel,
  owned: ReadonlyMap<Address, OwnedRecord>,
): Promise<ReadonlySet<Ref>> {
  const { kinds } = catalogue();
  const same = new Set<Ref>();
  const checks: Promise<void>[] = [];
  for (const resource of desired) {
    if (!live.of(resource.ref)) continue;
    for (const [name, value] of Object.entries(resource.attributes)) {
      if (kinds.get(resource.kind)!.fields[name]?.unreadable !== 'password' || typeof value !== 'string')
        continue;
      const applied = owned.get(resource.ref.address)?.paths[`/${name}`];
      if (!applied) continue;
      checks.push(
        verify(applied, value).then(
          (equal) => void (equal && same.add(resource.ref)),
          () => undefined,
        ),
      );
    }
  }
  await Promise.all(checks);
  return same;
}

function execute(request: Request, opened: Opened, made: Plan, live: LiveModel): Promise<AppliedChanges> {
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

function issuedInvitations(result: AppliedChanges): string[] {
  return result.done
    .filter((one) => one.verb === 'create' && catalogue().kinds.get(one.kind)!.spends)
    .map((one) => String(one.write.name ?? one.ref.address));
}

function checkTargets(request: Request, desired: readonly DesiredResource[]): Diagnostic[] {
  const known = new Set(desired.map((one) => one.ref.address));
  return request.targets
    .filter((target) => !known.has(target))
    .map((target) => diagnose('unknown-address', `no entry describes ${target}`));
}

function judged(request: Request, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const once = withoutRepeats(diagnostics);
  return request.strict ? strictly(once) : once;
}

async function withDirectory<T>(request: Request, work: (opened: Opened) => Promise<T>): Promise<T> {
  if (!request.directory) throw new Error('a directory is needed');
  const opened = await openDirectory(request.directory, { cwd: request.cwd });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Links of the live invitations of a name. Nothing else in the program shows an invitation's id. */
export async function invitationLink(
  request: Request,
  name: string,
  base: string,
): Promise<{ ok: boolean; diagnostics: Diagnostic[]; links: string[] }> {
  return withDirectory(request, async ({ directory }) => {
    const links: string[] = [];
    for await (const one of directory.list(
      'authentik_stages_invitation.invitation',
      { field: 'name', values: [name] },
      request.signal,
    )) {
      const slug = await slugOf(request, directory, one);
      if (slug !== undefined) links.push(`${base.replace(/\/+$/, '')}/if/flow/${slug}/?itoken=${one.id}`);
    }
    if (links.length > 0) return { ok: true, diagnostics: [], links };
    const help = 'It may be used up or expired; `asbuilt plan` says which.';
    return {
      ok: false,
      diagnostics: [
        diagnose('unknown-address', `there is no live invitation \`${name}\` with a flow`, undefined, {
          help,
        }),
      ],
      links,
    };
  });
}

async function slugOf(
  request: Request,
  directory: Opened['directory'],
  invitation: LiveObject,
): Promise<string | undefined> {
  const flow = invitation.attributes.flow;
  if (flow === null || flow === undefined) return undefined;
  for await (const one of directory.list(
    'authentik_flows.flow',
    { field: 'id', values: [flow] },
    request.signal,
  )) {
    return String(one.attributes.slug);
  }
  throw new DirectoryError('dangling', 'the invitation’s flow is not there');
}

/** Attributes that wait for a variable or a file. */
export function unavailable(desired: readonly DesiredResource[]): readonly string[] {
  return desired.flatMap((one) =>
    Object.entries(one.attributes).flatMap(([name, value]) =>
      value instanceof Unavailable ? [`${one.ref.address} ${name}`] : [],
    ),
  );
}
