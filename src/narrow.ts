/** What a run knew in, the next run over nothing but what changed since out. */
import { environmentOf } from './blueprint/environment.js';
import { type ReadBlueprints, silenceOf } from './blueprint/read.js';
import { resolve } from './blueprint/resolve.js';
import { hasErrors } from './diagnostic.js';
import type { LiveObject } from './directory/directory.js';
import type { OpenDirectory } from './directory/index.js';
import { refreshLive } from './live-refresh.js';
import type { Id, Kind, OwnedRecord } from './model.js';
import { compare, type PlannedLive } from './planning.js';
import { judged, type Request } from './request.js';
import { EmailCounts, isSilent } from './semantic/asked.js';
import type { SettledRun } from './settled.js';
import { accept, editsOf, isPatchable, narrowed, type Standing, standing } from './standing.js';

/** What is kept from one run to the next, where one process runs again and again. */
export interface Memory {
  standing?: Standing;
  /** The one run of a process, which an earlier process may have done. */
  readonly settled?: SettledRun;
}

/** What may be kept of a run that ended well: only what surely is as the directory has it. */
export async function remembered(
  files: ReadBlueprints,
  { directory }: OpenDirectory,
  planned: PlannedLive,
  records: readonly OwnedRecord[],
  known: Standing | undefined,
  { signal }: Request,
): Promise<Standing | undefined> {
  const { plan: made, live, whole } = planned;
  if (!made || made.held.length > 0 || made.pruneBlocked !== undefined || made.stale.length > 0)
    return undefined;
  if (!isPatchable(made.changes)) return undefined;
  // What a plan says beside its changes, a narrow one would not say again.
  if (whole && made.diagnostics.length > 0) return undefined;
  // To the checks, what is no longer written is still as it was: the next whole run may find something else.
  const reverted = made.changes.filter(({ reasons }) => reasons.includes('reverted'));
  if (whole && !isSilent(whole.asked, new EmailCounts([]), editsOf(reverted))) return undefined;
  if (!whole && known) accept(known, files, planned.told ?? [], made.changes);
  const idsOf = new Map<Kind, Id[]>();
  for (const { kind, id } of made.changes) idsOf.set(kind, [...(idsOf.get(kind) ?? []), id!]);
  for (const [kind, ids] of idsOf) {
    const objects: LiveObject[] = [];
    for await (const object of directory.list(kind, { field: 'id', values: ids }, signal))
      objects.push(object);
    if (objects.length !== ids.length) return undefined;
    refreshLive(live, objects);
  }
  const kept = whole ? standing({ ...whole, files, live }) : known;
  if (!kept) return undefined;
  for (const record of records) kept.owned.set(record.address, record);
  return kept;
}

/**
 * Plans only the entries that changed since the last run, where this surely gives the plan that a whole run would
 * give; undefined where it may not.
 */
export async function planNarrowly(
  request: Request,
  files: ReadBlueprints,
  opened: OpenDirectory,
  known: Standing | undefined,
): Promise<PlannedLive | undefined> {
  if (!known || request.strict || hasErrors(files.diagnostics)) return undefined;
  if (known.store !== opened || (await opened.directory.revision?.()) !== known.revision) return undefined;
  const narrow = narrowed(known, files);
  if (!narrow) return undefined;
  const { live, owned, others } = known;
  // Then nothing may be reverted, which a plan of everything says.
  if (silenceOf(files, owned.values()) !== undefined) return undefined;
  const resolved = resolve({
    blueprints: narrow.blueprints,
    live,
    owned,
    contexts: request.contexts,
    environment: request.environment ?? environmentOf(request),
    offline: false,
  });
  if (hasErrors(resolved.diagnostics) || resolved.missingKinds.size > 0) return undefined;
  const { desired } = resolved;
  if (![...narrow.targets].every((address) => desired.some((one) => one.ref.address === address)))
    return undefined;
  const models = { desired, live, owned, intents: [], others };
  const made = await compare(request, opened, models, request.pruneBlocked, narrow.targets);
  if (hasErrors(made.diagnostics) || made.changes.some((one) => one.verb !== 'update' || one.renamedFrom))
    return undefined;
  // The checks look at what is asked for, also where a hazard holds it back.
  if (made.held.length > 0 || made.refused.length > 0) return undefined;
  if (!isSilent(known.asked, known.emails, editsOf(made.changes))) return undefined;
  request.log.info({ entries: narrow.targets.size, ...made.counts }, 'planned what changed');
  const told = [...narrow.told, ...resolved.diagnostics];
  const found = [...files.diagnostics, ...told, ...known.findings];
  const diagnostics = judged(request, [...found, ...made.diagnostics]);
  return { ok: true, diagnostics, plan: made, live, told };
}
