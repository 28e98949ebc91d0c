/** Finds what would not work, in the blueprints of a request and in the directory as it is. Writes nothing. */
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import { doctorChecks, doctorKinds } from '../semantic/doctor.js';
import { DirectoryReading, readLedger } from './directory-reading.js';
import type { Store } from './open-store.js';
import { type BothSides, bothSides } from './read-models.js';
import { judged, type Request, read, withStore } from './request.js';

/** What was examined, and what was found. */
export interface Examined {
  /** How many objects of the directory were read. */
  readonly objects: number;
  /** How many blueprints were read; absent when none were asked for. */
  readonly blueprints?: number;
  /** With `--strict`, warnings are errors here already. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Examines the blueprints of a request over its directory, and the directory as it is; only the latter when the request
 * names no paths. Errors in blueprints are reported, and the directory is examined anyway.
 */
export async function examine(request: Request): Promise<Examined> {
  const files = request.paths.length > 0 ? await read(request) : undefined;
  return withStore(
    request,
    async (opened) => {
      const sides =
        files && (await bothSides({ ...request, prune: false }, files, opened, { also: doctorKinds() }));
      const { live, owned, notes } = sides ?? (await liveSide(request, opened));
      const resolved = sides?.resolved;
      request.progress('examining');
      const found = [...(files?.diagnostics ?? []), ...(resolved?.diagnostics ?? []), ...notes];
      // What blueprints with errors ask for is not known, so only the errors are reported.
      const desired = resolved && !hasErrors(judged(request, found)) ? resolved.desired : undefined;
      found.push(...doctorChecks({ live, owned, desired, now: new Date() }));
      return {
        objects: live.size,
        ...(files && { blueprints: files.blueprints.length }),
        diagnostics: judged(request, found),
      };
    },
    { readOnly: true },
  );
}

/** The directory alone, as far as the checks need it. */
async function liveSide(
  request: Request,
  store: Store,
): Promise<Pick<BothSides, 'live' | 'owned' | 'notes'>> {
  const kinds = doctorKinds();
  const reading = new DirectoryReading(store, request.signal);
  const live = await reading.read(kinds, { optional: kinds });
  return { live, owned: (await readLedger(store, request.project)).recorded, notes: reading.notes() };
}
