/** Asks a directory who it is, as whom it is asked, and what that account may not do. Writes nothing. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { DirectoryStatus } from '../directory/directory.js';
import { type Lacking, lackingDiagnostics, lackingFor, wantedFor } from './permitted.js';
import { judged, type Request, read, withStore } from './request.js';

/** What a directory answered. */
export interface Pinged {
  readonly name: string;
  /** Absent where a directory has nothing to say of itself. */
  readonly status?: DirectoryStatus;
  /** Where the ledger is, for people. */
  readonly ledger: string;
  /** How many blueprints were looked at; absent when none were asked for. */
  readonly blueprints?: number;
  /** What the account may not see or do, for the ledger and for the blueprints; undefined where nobody tells. */
  readonly lacking?: readonly Lacking[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Asks the directory of a request, and looks at what its blueprints need when it names some. */
export async function ping(request: Request): Promise<Pinged> {
  const files = request.paths.length > 0 ? await read(request) : undefined;
  return withStore(
    request,
    async (opened) => {
      const { directory, ledgerPlace: ledger = 'in the same store as the objects' } = opened;
      const status = await directory.status?.(request.signal);
      const wanted = files ? wantedFor(files, opened) : [];
      const lacking = await lackingFor(opened, wanted, request.signal);
      return {
        name: directory.name,
        status,
        ledger,
        ...(files && { blueprints: files.blueprints.length }),
        lacking,
        diagnostics: judged(request, [
          ...(files?.diagnostics ?? []),
          ...(lacking ? lackingDiagnostics(lacking) : []),
        ]),
      };
    },
    { readOnly: true },
  );
}
