/** A request in; the directory as it is, for an export, and what an export makes ours, out. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { recordedRun } from '../ledger/run-history.js';
import type { LiveModel } from '../model/live-model.js';
import type { ForeignRecords, Kind } from '../model/model.js';
import { DirectoryReading } from './directory-reading.js';
import { execute, outcomeOf } from './execute-plan.js';
import { planWith } from './reconcile.js';
import { type Request, read, withStore } from './request.js';
import { finished, type Planned } from './results.js';

/** What a directory holds, as an export reads it. */
export interface Surveyed {
  readonly live: LiveModel;
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
  /** What every project applied, by `objectKey`. */
  readonly applied: ForeignRecords;
  /** Kinds that may not be read, and why. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the directory as it is; a kind that may not be read is left out and told. */
export async function survey(request: Request, wanted: ReadonlySet<Kind>): Promise<Surveyed> {
  return withStore(
    request,
    async (opened) => {
      const reading = new DirectoryReading(opened, request.signal);
      const live = await reading.read(wanted, { optional: wanted });
      const diagnostics = [...reading.denied].map(([kind, { message }]) =>
        diagnose('not-exported', `${kind} cannot be read: ${message}`),
      );
      return {
        live,
        others: await opened.ledger.owners(request.project),
        applied: await opened.ledger.owners(''),
        diagnostics,
      };
    },
    { readOnly: true },
  );
}

/** Records that the project owns what its blueprints describe, where nothing has to change for it. */
export async function adopt(request: Request): Promise<Planned & { readonly adopted: number }> {
  const files = await read(request);
  return withStore(request, async (opened) => {
    const lock = await opened.ledger.lock?.(
      request.command ?? 'adopt',
      request.lockTimeout ?? 0,
      request.signal,
    );
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
        await recordedRun(opened.ledger.history, request, made, async () => {
          const result = await execute(request, opened, made, live);
          return finished(performance.now(), planned, outcomeOf(made, result));
        });
      }
      return { ...planned, adopted: made.records.length };
    } finally {
      await lock?.release();
    }
  });
}
