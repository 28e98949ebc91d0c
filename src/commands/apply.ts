/** `asbuilt apply`: blueprints in, a directory that equals them out. Shows the plan, asks, and writes. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readApproved } from '../approved.js';
import { type Diagnostic, diagnose } from '../diagnostic.js';
import type { Plan } from '../plan/change.js';
import * as spine from '../reconcile.js';
import { jsonText, outcomeJson } from '../report/json.js';
import { outcomeText, planText } from '../report/text.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

export interface ApplyOptions extends SharedOptions {
  readonly autoApprove?: boolean;
  readonly approved?: string;
}

/** Applies what was approved. */
export async function apply(
  surroundings: Surroundings,
  paths: readonly string[],
  options: ApplyOptions,
): Promise<number> {
  const request = requestOf(surroundings, paths, options, { blueprints: true, directory: true });
  if (areProblems(request)) {
    printDiagnostics(surroundings, request);
    return exitCodes.failed;
  }
  const approved = options.approved === undefined ? undefined : approvedIn(surroundings, options.approved);
  if (approved && 'problem' in approved) {
    printDiagnostics(surroundings, [approved.problem]);
    return exitCodes.failed;
  }
  const refusals: Diagnostic[] = [];
  let shown: Plan | undefined;
  const show = (plan: Plan) => {
    shown = plan;
    if (!options.json) surroundings.out(planText(plan, surroundings.outLook));
  };
  const approve = async (plan: Plan, again: boolean): Promise<boolean> => {
    if (again) surroundings.err('The directory has changed meanwhile; this is what would be done now:\n');
    if (!options.json) printDiagnostics(surroundings, plan.diagnostics);
    show(plan);
    if (options.autoApprove || approved) return true;
    if (!surroundings.ask) {
      refusals.push(nobodyToAsk());
      return false;
    }
    // People must see on the terminal what they approve, wherever the output goes.
    if (options.json || !surroundings.outIsTerminal) surroundings.err(planText(plan, surroundings.errLook));
    const answer = await surroundings.ask('\nApply this plan? (yes/no) ');
    return /^\s*y(?:es)?\s*$/i.test(answer ?? '');
  };

  const applied = await spine.apply(
    { ...request, unattended: options.autoApprove, approved: approved?.saved, command: 'apply' },
    approve,
  );
  const diagnostics = [...applied.diagnostics, ...refusals];
  if (options.json) {
    surroundings.out(jsonText(outcomeJson(applied, diagnostics, applied.ok)));
  } else {
    const printed = new Set(shown?.diagnostics);
    printDiagnostics(
      surroundings,
      diagnostics.filter((one) => !printed.has(one)),
    );
    if (!shown && applied.plan && applied.outcome !== 'invalid') show(applied.plan);
    for (const line of applied.differences ?? []) surroundings.err(`  ${line}\n`);
    surroundings.out(outcomeText(applied, surroundings.outLook, linkOptions(options)));
  }
  if (['declined', 'refused', 'stale'].includes(applied.outcome)) return exitCodes.refused;
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

/** The plan that was approved, as the file holds it. */
function approvedIn(surroundings: Surroundings, path: string): ReturnType<typeof readApproved> {
  try {
    return readApproved(readFileSync(resolve(surroundings.cwd, path), 'utf8'), path);
  } catch (error) {
    return { problem: diagnose('unreadable-file', `${path}: ${(error as Error).message}`) };
  }
}
