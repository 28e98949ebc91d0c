/** `asbuilt doctor`: finds what would not work in the blueprints and in a directory. Writes nothing. */
import { hasErrors, withoutRepeats } from '../diagnostic/diagnostic.js';
import type { Examined } from '../reconcile/examine.js';
import type { Request } from '../reconcile/request.js';
import { jsonText, resultJson } from '../report/json.js';
import { counted } from '../report/terminal.js';
import { failWith } from './fail.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';
import { directoryName, missingDirectory } from './which-directory.js';

export interface DoctorOptions extends SharedOptions {
  /** Leave the blueprints out. */
  readonly live?: boolean;
}

/** Examines the blueprints, if any, and the directory, and prints what it finds; only errors fail. */
export async function doctor(
  surroundings: Surroundings,
  paths: readonly string[],
  options: DoctorOptions,
  examine: (request: Request) => Promise<Examined>,
): Promise<number> {
  const both = options.live && paths.length > 0;
  const request = both
    ? [usage('--live examines the directory alone, so it takes no paths')]
    : requestOf(surroundings, paths, options, {
        blueprints: options.live ? false : 'if-any',
        directory: true,
        says: !options.json,
      });
  if (areProblems(request)) return failWith(surroundings, options, request);
  const { objects, blueprints, diagnostics: found } = await examine(request);
  const missing = missingDirectory(request);
  const diagnostics = withoutRepeats([...(missing ? [missing] : []), ...request.problems, ...found]);
  const ok = !hasErrors(diagnostics);
  if (options.json) {
    const counts = { objects, ...(blueprints === undefined ? {} : { blueprints }) };
    const data = { directory: directoryName(request.directory ?? ''), ...counts };
    surroundings.out(jsonText(resultJson(ok, data, diagnostics)));
  } else {
    // Notes are part of the result, like warnings.
    printDiagnostics({ ...surroundings, verbosity: Math.max(1, surroundings.verbosity) }, diagnostics);
    const files = blueprints === undefined ? '' : ` and ${counted(blueprints, 'blueprint')}`;
    if (diagnostics.length === 0)
      surroundings.out(`healthy: ${counted(objects, 'object')}${files} examined\n`);
  }
  return ok ? exitCodes.done : exitCodes.failed;
}
