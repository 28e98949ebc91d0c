/** The result of one run of a command, from which every report is written. */
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import type { Plan } from '../plan/change.js';
import type { Outcome } from './text.js';

/** The forms a report can have. */
export const formats = ['text', 'json', 'markdown', 'github', 'sarif'] as const;
export type Format = (typeof formats)[number];

/** Is the plan of a run whole, and only refused for its hazards? */
export function isRefused({
  plan,
  diagnostics,
  failure,
}: Pick<Run, 'plan' | 'diagnostics' | 'failure'>): boolean {
  return plan !== undefined && plan.refused.length > 0 && failure === undefined && !hasErrors(diagnostics);
}

/** A run of `validate`, `plan` or `apply`, as far as it came. */
export interface Run {
  readonly command: 'validate' | 'plan' | 'apply';
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** For `validate`: how much was checked. */
  readonly checked?: { readonly files: number; readonly entries: number };
  readonly plan?: Plan;
  /** For `apply`: what became of the plan. */
  readonly outcome?: Outcome & {
    /** What is different from the plan that was approved. */
    readonly differences?: readonly string[];
  };
  /** Why the run could not do its work at all. */
  readonly failure?: { readonly code: string; readonly message: string };
}
