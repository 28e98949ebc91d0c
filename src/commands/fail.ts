/** Ends a command with diagnostics: printed for people, and as JSON where that was asked for. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { jsonText, planJson } from '../report/json.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

/** Prints what is wrong, to standard output as well with `--json`, and gives the exit code. */
export function failWith(
  surroundings: Surroundings,
  options: { readonly json?: boolean },
  diagnostics: readonly Diagnostic[],
): number {
  if (options.json) surroundings.out(jsonText(planJson(undefined, diagnostics)));
  printDiagnostics(surroundings, diagnostics);
  return exitCodes.failed;
}
