/** Makes the report of a run for the watch: names and places, no values. */

import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { positionOf, shortPlace } from '../diagnostic/source.js';
import type { Plan, Verb } from '../plan/change.js';
import { hasChanges } from '../plan/plan.js';
import type { Applied, Planned } from '../reconcile/results.js';
import { heldReports } from './held.js';
import {
  type ChangeReport,
  isHealing,
  mostListed,
  type ProblemReport,
  type RunReport,
  type WatchOutcome,
} from './state.js';

/** Everything about a run that does not come from its plan. */
export type RunFrame = Pick<RunReport, 'number' | 'trigger' | 'started' | 'milliseconds' | 'fallback'>;

/** A run that planned, and in mode `apply` wrote. */
export function runReport(frame: RunFrame, result: Applied | Planned): RunReport {
  const { plan, diagnostics } = result;
  const shown = (plan?.changes ?? []).filter((one) => !one.partOf);
  return {
    ...frame,
    ...emptyRun,
    outcome: outcomeOf(result),
    changes: shown.slice(0, mostListed).map(changeReport),
    changed: shown.length,
    done: 'done' in result && result.done > 0 ? verbCounts(result) : {},
    drifted: shown.filter(isHealing).length,
    held: heldReports(plan),
    failures: 'failed' in result ? result.failed.slice(0, mostListed) : [],
    problems: problemReports(diagnostics),
  };
}

/** A run that ended before there was a plan: what is wrong with the blueprints or the configuration, or why it failed. */
export function failedRun(
  frame: RunFrame,
  { problems = [], message }: { problems?: readonly Diagnostic[]; message?: string },
): RunReport {
  const outcome = message === undefined ? 'invalid' : 'failed';
  return { ...frame, ...emptyRun, outcome, problems: problemReports(problems), message };
}

const emptyRun = { changes: [], changed: 0, drifted: 0, held: [], failures: [], problems: [] } as const;

function outcomeOf(result: Applied | Planned): WatchOutcome {
  if ('outcome' in result) {
    const { outcome } = result;
    if (outcome === 'interrupted') return 'failed';
    if (outcome === 'nothing') return isHeld(result) ? 'held' : outcome;
    return outcome === 'declined' || outcome === 'stale' ? 'refused' : outcome;
  }
  if (!result.ok || !result.plan) return 'invalid';
  if (result.plan.refused.length > 0) return 'refused';
  return hasChanges(result.plan) ? 'pending' : isHeld(result) ? 'held' : 'nothing';
}

function isHeld({ plan }: Planned): boolean {
  return plan !== undefined && plan.held.length > 0;
}

/** What was done, by verb: of a plan that failed in part, what did not fail and was not skipped. */
function verbCounts({ plan, failed, skipped }: Applied): NonNullable<RunReport['done']> {
  const undone = new Set([...failed.map((one) => one.address), ...skipped]);
  const counts: Partial<Record<Verb, number>> = {};
  for (const { verb, ref, partOf } of plan?.changes ?? [])
    if (!partOf && !undone.has(ref.address)) counts[verb] = (counts[verb] ?? 0) + 1;
  return counts;
}

function changeReport({
  verb,
  ref,
  fields,
  reasons,
  place,
  formerPlace,
}: Plan['changes'][number]): ChangeReport {
  return {
    verb,
    address: ref.address,
    fields: [...new Set(fields.map((one) => one.field))],
    reasons,
    place: place ? shortPlace(place) : formerPlace,
  };
}

/** Errors first, then warnings; notes are left out. */
export function problemReports(diagnostics: readonly Diagnostic[]): ProblemReport[] {
  const told = diagnostics.filter((one) => one.severity !== 'note');
  const errors = told.filter((one) => one.severity === 'error');
  const warnings = told.filter((one) => one.severity !== 'error');
  return [...errors, ...warnings].slice(0, mostListed).map(({ code, severity, message, place, help }) => {
    const at = place && positionOf(place);
    return { code, severity, message, place: at && `${place.source.path}:${at.line}:${at.column}`, help };
  });
}
