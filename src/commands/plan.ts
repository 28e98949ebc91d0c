/** `asbuilt plan`: blueprints and a directory in, the plan on standard output. Writes nothing. */
import * as spine from '../reconcile.js';
import { jsonText, planJson } from '../report/json.js';
import { planText, shownChanges } from '../report/text.js';
import { isProblem, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

export interface PlanOptions extends SharedOptions {
  readonly detailedExitcode?: boolean;
}

/** Shows what `apply` would do, and says whether that is anything. */
export async function plan(
  surroundings: Surroundings,
  paths: readonly string[],
  options: PlanOptions,
): Promise<number> {
  const request = requestOf(surroundings, paths, options, { blueprints: true, directory: true });
  if (isProblem(request)) {
    printDiagnostics(surroundings, [request]);
    return exitCodes.failed;
  }
  const { ok, plan: made, diagnostics } = await spine.plan(request);
  if (options.json) {
    surroundings.out(jsonText(planJson(made, diagnostics, ok)));
  } else {
    printDiagnostics(surroundings, diagnostics);
    if (ok && made) {
      if (diagnostics.length > 0) surroundings.err('\n');
      surroundings.out(planText(made, surroundings.outLook));
    }
  }
  if (!ok || !made) return exitCodes.failed;
  return options.detailedExitcode && shownChanges(made).length > 0 ? exitCodes.pending : exitCodes.done;
}
