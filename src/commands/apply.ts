/** `asbuilt apply`: blueprints in, a directory that equals them out. Shows the plan, asks, and writes. */
import { type Diagnostic, diagnose } from '../diagnostic.js';
import type { Plan } from '../plan/change.js';
import * as spine from '../reconcile.js';
import { jsonText, outcomeJson } from '../report/json.js';
import { outcomeText, planText } from '../report/text.js';
import { isProblem, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

export interface ApplyOptions extends SharedOptions {
  readonly autoApprove?: boolean;
}

/** Applies what was approved. */
export async function apply(
  surroundings: Surroundings,
  paths: readonly string[],
  options: ApplyOptions,
): Promise<number> {
  const request = requestOf(surroundings, paths, options, { blueprints: true, directory: true });
  if (isProblem(request)) {
    printDiagnostics(surroundings, [request]);
    return exitCodes.failed;
  }
  const refusals: Diagnostic[] = [];
  let shown: Plan | undefined;
  const show = (plan: Plan) => {
    shown = plan;
    if (!options.json) surroundings.out(planText(plan, surroundings.outLook));
  };
  const approve = async (plan: Plan): Promise<boolean> => {
    if (!options.json) printDiagnostics(surroundings, plan.diagnostics);
    show(plan);
    if (options.autoApprove) return true;
    if (!surroundings.ask) {
      refusals.push(nobodyToAsk());
      return false;
    }
    // People must see on the terminal what they approve, wherever the output goes.
    if (options.json || !surroundings.outIsTerminal) surroundings.err(planText(plan, surroundings.errLook));
    const answer = await surroundings.ask('\nApply this plan? (yes/no) ');
    return /^\s*y(?:es)?\s*$/i.test(answer ?? '');
  };

  const applied = await spine.apply(request, approve);
  const diagnostics = [...applied.diagnostics, ...refusals];
  if (options.json) {
    surroundings.out(jsonText(outcomeJson(applied, diagnostics, applied.ok)));
  } else {
    const printed = new Set(shown?.diagnostics);
    printDiagnostics(
      surroundings,
      diagnostics.filter((one) => !printed.has(one)),
    );
    if (!shown && applied.plan && applied.outcome === 'nothing') show(applied.plan);
    surroundings.out(outcomeText(applied, surroundings.outLook, linkOptions(options)));
  }
  if (applied.outcome === 'declined') return exitCodes.refused;
  return applied.ok ? exitCodes.done : exitCodes.failed;
}

function nobodyToAsk(): Diagnostic {
  return diagnose('usage', 'nothing was applied: there is no terminal to ask for approval', undefined, {
    help: 'Add --auto-approve to apply without asking.',
  });
}

/** What `invitation link` must be told to find the same directory; credentials are left to the reader. */
function linkOptions({ directory }: ApplyOptions): readonly string[] {
  return directory === undefined || directory.includes('@') ? [] : ['--directory', directory];
}
