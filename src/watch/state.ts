/** What a watch knows of itself: plain data for the terminal, the log, `/status`, metrics and notifications. No values. */
import type { DiagnosticCode, Severity } from '../diagnostic/codes.js';
import type { Address } from '../model/model.js';
import type { HazardName, Reason, Verb } from '../plan/change.js';

/** Why a run began; of several reasons the first of these is told. */
export const triggers = ['start', 'files', 'signal', 'request', 'retry', 'directory', 'interval'] as const;
export type Trigger = (typeof triggers)[number];

/**
 * How a run ended. `held`: there is nothing to do but what a hazard holds back. `pending`: mode `plan` found changes. `refused`: a hazard stops the whole plan. `invalid`: the
 * blueprints have errors. `failed`: the directory did not do what was asked, or could not be reached.
 */
export const outcomes = ['applied', 'nothing', 'held', 'pending', 'refused', 'invalid', 'failed'] as const;
export type WatchOutcome = (typeof outcomes)[number];

/** One change, without the values in it. */
export interface ChangeReport {
  readonly verb: Verb;
  readonly address: Address;
  /** Names of attributes. */
  readonly fields: readonly string[];
  readonly reasons: readonly Reason[];
  /** `file:line` of the entry that asks for it. */
  readonly place?: string;
}

/** Does a change undo what somebody else did in the directory? */
export function isHealing({ reasons }: Pick<ChangeReport, 'reasons'>): boolean {
  return reasons.includes('drifted') || reasons.includes('missing');
}

/** A change that a hazard holds back or refuses, or that depends on one. */
export interface HeldReport {
  readonly address: Address;
  /** None for a change that only depends on another. */
  readonly hazards: readonly HazardName[];
  /** Those of them that no flag allows. */
  readonly locked: readonly HazardName[];
  /** What would happen, a sentence for each hazard. */
  readonly why: readonly string[];
  /** The flag or the edit by which it is held no longer. */
  readonly todo: string;
  /** `file:line` of the entry that asks for it. */
  readonly place?: string;
}

/** A problem of the blueprints, as messages show it; secrets are masked in it already. */
export interface ProblemReport {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  /** `file:line:column`. */
  readonly place?: string;
  readonly help?: string;
}

/** One run, in few words. */
export interface RunReport {
  readonly number: number;
  readonly trigger: Trigger;
  /** ISO 8601. */
  readonly started: string;
  readonly milliseconds: number;
  readonly outcome: WatchOutcome;
  /** The run kept the last good set true, because the newest one is broken. */
  readonly fallback: boolean;
  /** What was done; in mode `plan` and where nothing was done, what would be. At most `mostListed`. */
  readonly changes: readonly ChangeReport[];
  /** How many changes there are, also where not all are listed. */
  readonly changed: number;
  /** How many changes were done, by verb, also where not all are listed; absent: of `applied`, those listed. */
  readonly done?: Readonly<Partial<Record<Verb, number>>>;
  /** How many of them undo what somebody else did in the directory. */
  readonly drifted: number;
  /** Changes that a hazard holds back or refuses, and those that depend on them. */
  readonly held: readonly HeldReport[];
  /** Changes that failed. */
  readonly failures: readonly { readonly address: Address; readonly message: string }[];
  /** Errors and warnings, at most `mostListed`. */
  readonly problems: readonly ProblemReport[];
  /** For `failed`: why, in one sentence. */
  readonly message?: string;
}

/** How many changes or problems a report lists. */
export const mostListed = 100;

/** How one blueprint stands. `held`: something it asks for is held back. `failed`: it has errors; the last good form of it is kept true. */
export interface BlueprintReport {
  readonly path: string;
  readonly status: 'in-sync' | 'held' | 'drifted' | 'pending' | 'failed' | 'unknown';
  readonly entries: number;
  readonly problems: readonly ProblemReport[];
}

/**
 * How the directory stands to the newest blueprints. `held`: as they say, but for what a hazard holds back. `broken`: they
 * have errors or are refused. `failing`: the directory does not do what is asked. `unknown`: no run has told yet.
 */
export const standings = ['in-sync', 'held', 'pending', 'broken', 'failing', 'unknown'] as const;
export type Standing = (typeof standings)[number];

/** Everything that is shown of a watch. */
export interface WatchState {
  readonly mode: 'apply' | 'plan';
  /** `standby`: another watch holds the lock, and this one waits for its end. */
  readonly role: 'starting' | 'standby' | 'active' | 'ending';
  readonly project: string;
  /** The directory's name, without credentials. */
  readonly directory: string;
  /** ISO 8601. */
  readonly started: string;
  /** Does it keep the directory true to some set of blueprints, and if not, why? */
  readonly ready: boolean;
  readonly readyReason: string;
  readonly standing: Standing;
  /** What the latest run that had a plan holds back or refuses. */
  readonly held: readonly HeldReport[];
  /** When a run last ended well, ISO 8601. */
  readonly lastSuccess?: string;
  /** The newest set of blueprints is broken; this is when it is tried again if no file changes, ISO 8601. */
  readonly retryAt?: string;
  readonly blueprints: readonly BlueprintReport[];
  /** The latest runs, newest first, at most `mostRuns`. */
  readonly runs: readonly RunReport[];
}

/** How many held changes are explained on a terminal at once. */
export const mostHeldTold = 10;

/** How many runs the state remembers. */
export const mostRuns = 20;
