/** The results of the spine: of a validation, a plan, an apply. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { LiveModel } from '../model/live-model.js';
import type { Address } from '../model/model.js';
import type { Plan } from '../plan/change.js';

export interface Validated {
  readonly ok: boolean;
  readonly diagnostics: Diagnostic[];
  readonly files: number;
  readonly entries: number;
}

export interface Planned {
  readonly ok: boolean;
  readonly diagnostics: Diagnostic[];
  /** Absent when there were errors. */
  readonly plan?: Plan;
}

/** A plan with the live model that it was made from. */
export type PlannedLive = Planned & { readonly live: LiveModel };

export interface Applied extends Planned {
  /**
   * `stale`: the plan is not the one that was shown or approved; `interrupted`: a signal ended it between two
   * changes, and `done` and `skipped` say how far it came.
   */
  readonly outcome:
    | 'applied'
    | 'nothing'
    | 'declined'
    | 'refused'
    | 'stale'
    | 'failed'
    | 'interrupted'
    | 'invalid';
  readonly done: number;
  readonly failed: readonly { readonly address: Address; readonly message: string }[];
  /** Not done: because of a failure that they depend on, or because the run was interrupted. */
  readonly skipped: readonly Address[];
  /** Milliseconds that the directory asks to wait before another try. */
  readonly retryAfter?: number;
  /** Names of the invitations that were issued. */
  readonly invitations: readonly string[];
  /** For `stale`: what is different from the plan that was approved. */
  readonly differences?: readonly string[];
  readonly milliseconds: number;
}

/** How a run ended, and what is known of it beside its plan. */
export type Ending = Pick<Applied, 'outcome'> & Partial<Applied>;

/** The result of an apply that ended so. `started` is by `performance.now()`. */
export function finished(started: number, planned: Planned, ending: Ending): Applied {
  return {
    ok: ending.outcome === 'applied' || ending.outcome === 'nothing',
    diagnostics: planned.diagnostics,
    plan: planned.plan,
    done: 0,
    failed: [],
    skipped: [],
    invitations: [],
    ...ending,
    milliseconds: performance.now() - started,
  };
}
