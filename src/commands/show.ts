/** `asbuilt show`: everything about one object. Writes nothing. */
import { readAbout } from '../reconcile/about.js';
import { aboutText } from '../report/about.js';
import { aboutJson } from '../report/about-json.js';
import { diagnosticJson, jsonText } from '../report/json.js';
import { failWith } from './fail.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { directoryName, missingDirectory } from './which-directory.js';

/** Shows the object at an address. Blueprints tell where it is asked for and whether it differs, where there are any. */
export async function show(
  surroundings: Surroundings,
  address: string,
  options: SharedOptions,
): Promise<number> {
  const request = requestOf(surroundings, [], options, {
    blueprints: 'if-any',
    directory: true,
    says: !options.json,
  });
  if (areProblems(request)) return failWith(surroundings, options, request);
  const missing = missingDirectory(request);
  if (missing) return failWith(surroundings, options, [missing]);
  const { about, diagnostics } = await readAbout(request, address);
  if (options.json) {
    surroundings.out(
      jsonText({
        version: 1,
        ok: about !== undefined,
        directory: directoryName(request.directory ?? ''),
        ...(about && aboutJson(about)),
        diagnostics: diagnostics.map(diagnosticJson),
      }),
    );
  }
  printDiagnostics(surroundings, diagnostics);
  if (!about) return exitCodes.failed;
  if (!options.json) surroundings.out(aboutText(about, surroundings.outLook, surroundings.verbosity > 0));
  return exitCodes.done;
}
