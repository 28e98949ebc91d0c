/** A request in; the directory as it is, for an export, and what an export makes ours, out. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { DirectoryError } from '../directory/directory.js';
import { recordedRun } from '../ledger/run-history.js';
import { buildLiveModel, type LiveModel } from '../model/live-model.js';
import type { Kind, LiveObject } from '../model/model.js';
import { readObjects } from './directory-reading.js';
import { execute, finished, outcomeOf, type Planned, planWith } from './reconcile.js';
import { type Request, read, withDirectory } from './request.js';

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
  return withDirectory(
    request,
    async (opened) => {
      const listed = new Map<Kind, LiveObject[]>();
      const diagnostics: Diagnostic[] = [];
      for (const kind of wanted) {
        if (!opened.directory.kinds.has(kind)) continue;
        try {
          listed.set(kind, await readObjects(opened, kind, request.signal));
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
    },
    { readOnly: true },
  );
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
