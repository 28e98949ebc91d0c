/** Reads the whole directory for an export, and adopts what was exported. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { recordedRun } from '../ledger/run-history.js';
import type { LiveModel } from '../model/live-model.js';
import type { ForeignRecords, Kind } from '../model/model.js';
import { DirectoryReading } from './directory-reading.js';
import { execute, outcomeOf } from './execute-plan.js';
import { planWith } from './reconcile.js';
import { type Request, read, withLock, withStore } from './request.js';
import { finished, type Planned } from './results.js';

/** A whole directory, for an export. */
export interface WholeDirectory {
  readonly live: LiveModel;
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
  /** What every project applied, by `objectKey`. */
  readonly applied: ForeignRecords;
  /** Kinds that could not be read, and why. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads all wanted kinds; one without permission is left out and reported. */
export async function readWholeDirectory(
  request: Request,
  wanted: ReadonlySet<Kind>,
): Promise<WholeDirectory> {
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

/** Records what the blueprints describe as owned, unless something would have to change. */
export async function adopt(request: Request): Promise<Planned & { readonly adopted: number }> {
  const files = await read(request);
  return withStore(request, (opened) =>
    withLock(request, opened, request.command ?? 'adopt', async () => {
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
    }),
  );
}
