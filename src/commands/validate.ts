/** `asbuilt validate`: blueprints in, what is wrong with them out. Needs no directory. */
import * as spine from '../reconcile.js';
import { jsonText, validationJson } from '../report/json.js';
import { counted } from '../report/terminal.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

/** Checks blueprints without a directory. */
export async function validate(
  surroundings: Surroundings,
  paths: readonly string[],
  options: SharedOptions,
): Promise<number> {
  const request = requestOf(surroundings, paths, options, { blueprints: true, directory: false });
  if (areProblems(request)) {
    printDiagnostics(surroundings, request);
    return exitCodes.failed;
  }
  const result = await spine.validate(request);
  if (options.json) {
    surroundings.out(jsonText(validationJson(result)));
  } else {
    printDiagnostics(surroundings, result.diagnostics);
    if (result.ok) {
      if (result.diagnostics.length > 0) surroundings.err('\n');
      const entries = counted(result.entries, 'entry', 'entries');
      surroundings.out(`valid: ${entries} in ${counted(result.files, 'blueprint')}\n`);
    }
  }
  return result.ok ? exitCodes.done : exitCodes.failed;
}
