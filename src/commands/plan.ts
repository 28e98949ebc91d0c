/** `asbuilt plan`: shows what an apply would do to the directory. Writes nothing to it. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { writeReasonOf } from '../diagnostic/regular-file.js';
import type { Plan } from '../plan/change.js';
import * as spine from '../reconcile/reconcile.js';
import { savedText, savePlan } from '../reconcile/saved-plan.js';
import { shellWord, visible } from '../report/terminal.js';
import { planText, shownChanges } from '../report/text.js';
import { type ReportOptions, withReports } from './reports.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

export interface PlanOptions extends SharedOptions, ReportOptions {
  readonly detailedExitcode?: boolean;
}

/** Prints the plan. The exit code says whether it is refused, and with `--detailed-exitcode` whether it has changes. */
export function plan(
  surroundings: Surroundings,
  paths: readonly string[],
  options: PlanOptions,
): Promise<number> {
  return withReports(surroundings, 'plan', options, async (reports) => {
    const request = requestOf(surroundings, paths, options, { blueprints: true, directory: true });
    if (areProblems(request)) {
      reports.print(request);
      return { run: { ok: false, diagnostics: request }, code: exitCodes.failed };
    }
    const run = await spine.plan(request);
    const { ok, plan: made, diagnostics } = run;
    if (reports.text) {
      reports.print(diagnostics);
      if (ok && made) {
        if (diagnostics.length > 0) surroundings.err('\n');
        surroundings.out(planText(reports.shown(made), surroundings.outLook));
      }
    }
    if (!ok || !made) return { run, code: exitCodes.failed };
    if (made.refused.length > 0) {
      if (options.out !== undefined)
        surroundings.err(`not saved to ${visible(options.out)}: the plan is refused\n`);
      return { run: { ...run, ok: false }, code: exitCodes.refused };
    }
    const problems = options.out === undefined ? [] : save(surroundings, options.out, made, diagnostics);
    if (problems.length > 0) {
      reports.print(problems);
      // `env-unset` is a note of the plan, and an error of saving it.
      const others = diagnostics.filter(({ code }) => !problems.some((one) => one.code === code));
      return { run: { ...run, ok: false, diagnostics: [...others, ...problems] }, code: exitCodes.failed };
    }
    const pending = options.detailedExitcode && shownChanges(made).length > 0;
    return { run, code: pending ? exitCodes.pending : exitCodes.done };
  });
}

/** Writes the form in which the plan can be approved; a plan that waits for a value cannot be. Gives what went wrong. */
function save(
  surroundings: Surroundings,
  path: string,
  made: Plan,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const { saved, problems } = savePlan(made, diagnostics);
  if (!saved) return problems;
  try {
    writeFileSync(resolve(surroundings.cwd, path), savedText(saved), { mode: 0o600 });
  } catch (error) {
    return [diagnose('unwritable-file', `${path}: ${writeReasonOf(error)}`)];
  }
  surroundings.err(`saved to ${visible(path)}; apply it with: asbuilt apply --approved ${shellWord(path)}\n`);
  return [];
}
