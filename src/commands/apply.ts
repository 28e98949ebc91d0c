/** `asbuilt apply`: shows the plan, asks for approval, and writes it to the directory. */

import { resolve } from 'node:path';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { isFileProblem, readRegularFile } from '../diagnostic/regular-file.js';
import type { Plan } from '../plan/change.js';
import * as spine from '../reconcile/reconcile.js';
import { readApproved } from '../reconcile/saved-plan.js';
import { outcomeText, planText } from '../report/text.js';
import { type Ended, type ReportOptions, type Reports, withReports } from './reports.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

export interface ApplyOptions extends SharedOptions, ReportOptions {
  readonly autoApprove?: boolean;
  readonly approved?: string;
}

/** Changes that an apply shows in a pipe, where it does not wait for anybody to approve them. */
const mostUnread = 100;

/** Applies what was approved. */
export function apply(
  surroundings: Surroundings,
  paths: readonly string[],
  options: ApplyOptions,
): Promise<number> {
  return withReports(surroundings, 'apply', options, (reports) =>
    applied(surroundings, paths, options, reports),
  );
}

async function applied(
  surroundings: Surroundings,
  paths: readonly string[],
  options: ApplyOptions,
  reports: Reports,
): Promise<Ended> {
  const request = requestOf(surroundings, paths, options, { blueprints: true, directory: true });
  if (areProblems(request)) return failed(reports, request);
  const approved = options.approved === undefined ? undefined : approvedIn(surroundings, options.approved);
  if (approved && 'problem' in approved) return failed(reports, [approved.problem]);
  const refusals: Diagnostic[] = [];
  let shown: Plan | undefined;
  // Rendering thousands of changes that nobody is going to approve takes a good part of an apply.
  const approvedAlready = options.autoApprove || approved !== undefined;
  const most = approvedAlready && !surroundings.outIsTerminal ? mostUnread : undefined;
  const show = (plan: Plan) => {
    shown = plan;
    if (reports.text) surroundings.out(planText(reports.shown(plan), surroundings.outLook, most));
  };
  let printed: readonly Diagnostic[] = [];
  const approve: spine.Approve = async (plan, again, diagnostics) => {
    if (again) surroundings.err('The directory has changed since; this is the plan now:\n');
    // Diagnostics come before the question, so that whoever approves has read them.
    if (reports.text) {
      reports.print(diagnostics);
      if (diagnostics.length > 0) surroundings.err('\n');
    }
    printed = diagnostics;
    show(plan);
    if (approvedAlready) return true;
    if (!surroundings.ask) {
      refusals.push(nobodyToAsk());
      return false;
    }
    // People must see on the terminal what they approve, wherever the output goes.
    if (!reports.text || !surroundings.outIsTerminal)
      surroundings.err(planText(reports.shown(plan), surroundings.errLook));
    const answer = await surroundings.ask('\nApply this plan? (yes/no) ');
    return /^\s*y(?:es)?\s*$/i.test(answer ?? '');
  };

  const outcome = await spine.apply(
    { ...request, unattended: options.autoApprove, approved: approved?.saved, command: 'apply' },
    approve,
  );
  const diagnostics = [...outcome.diagnostics, ...refusals];
  if (reports.text) {
    reports.print(diagnostics.filter((one) => !printed.includes(one)));
    if (!shown && outcome.plan && outcome.outcome !== 'invalid') show(outcome.plan);
    const ended = reports.shownOutcome(outcome);
    for (const line of ended.differences ?? []) surroundings.err(`  ${line}\n`);
    surroundings.out(outcomeText(ended, surroundings.outLook, linkOptions(options)));
  }
  const stopped = ['declined', 'refused', 'stale'].includes(outcome.outcome);
  const code = stopped ? exitCodes.refused : outcome.ok ? exitCodes.done : exitCodes.failed;
  return { run: { ok: outcome.ok, diagnostics, plan: outcome.plan, outcome }, code };
}

function failed(reports: Reports, diagnostics: readonly Diagnostic[]): Ended {
  reports.print(diagnostics);
  return { run: { ok: false, diagnostics }, code: exitCodes.failed };
}

function nobodyToAsk(): Diagnostic {
  return diagnose('usage', 'nothing was applied: there is no terminal to ask for approval', undefined, {
    help: 'Add --auto-approve to apply without asking.',
  });
}

/** The options with which `invitation link` finds the same directory; a URL with credentials is not repeated. */
function linkOptions({ directory }: ApplyOptions): readonly string[] {
  return directory === undefined || directory.includes('@') ? [] : ['--directory', directory];
}

/** The plan that was approved, as the file holds it. */
function approvedIn(surroundings: Surroundings, path: string): ReturnType<typeof readApproved> {
  const bytes = readRegularFile(resolve(surroundings.cwd, path));
  return isFileProblem(bytes)
    ? { problem: diagnose(bytes.code, `${path}: ${bytes.reason}`) }
    : readApproved(bytes.toString('utf8'), path);
}
