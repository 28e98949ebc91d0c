/** A request in; what would not work in the blueprints it names and in its directory as it is, out. Writes nothing. */
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import { doctorChecks, doctorKinds } from '../semantic/doctor.js';
import { DirectoryReading, readLedger } from './directory-reading.js';
import type { Store } from './open-store.js';
import { type BothSides, bothSides } from './read-models.js';
import { judged, type Request, read, withStore } from './request.js';

/** What was looked at, and what is not well. */
export interface Examined {
  /** How many objects of the directory were read. */
  readonly objects: number;
  /** How many blueprints were read; absent when none were asked for. */
  readonly blueprints?: number;
  /** With `--strict`, warnings are errors here already. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Looks at the blueprints of a request over its directory, and at the directory as it is; at the directory alone when
 * the request names no paths. Blueprints with errors are told, and do not keep the directory from being examined.
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
      // What blueprints with errors ask for is not known, so nothing is said about it but the errors.
      const desired = resolved && !hasErrors(found) ? resolved.desired : undefined;
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

/** The directory alone, as far as the checks look at it. */
async function liveSide(
  request: Request,
  store: Store,
): Promise<Pick<BothSides, 'live' | 'owned' | 'notes'>> {
  const kinds = doctorKinds();
  const reading = new DirectoryReading(store, request.signal);
  const live = await reading.read(kinds, { optional: kinds });
  return { live, owned: (await readLedger(store, request.project)).recorded, notes: reading.notes() };
}
