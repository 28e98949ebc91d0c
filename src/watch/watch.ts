/**
 * Keeps a directory equal to its blueprints until a signal stops it, by running the spine again and again. Read `run`
 * first.
 */

import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMemory } from '../blueprint/read-memory.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import { DirectoryError, type DirectoryErrorCode } from '../directory/errors.js';
import type { Plan, Stance } from '../plan/change.js';
import { defaultStances } from '../plan/stances.js';
import { applyLocked, planWith } from '../reconcile/reconcile.js';
import type { Request } from '../reconcile/request.js';
import type { Applied, Planned } from '../reconcile/results.js';
import {
  type BlueprintPlaces,
  type BlueprintSet,
  blueprintFolders,
  isUnchanged,
  readSet,
} from './blueprint-set.js';
import { watchFiles } from './files.js';
import type { WatchedPaths } from './files-look.js';
import { failedRun, type RunFrame, runReport } from './report.js';
import { backOff, schedule } from './schedule.js';
import { session } from './session.js';
import type { RunReport, Trigger, WatchState } from './state.js';
import { stateKeeper } from './state-keeper.js';
import { vanishedFiles } from './vanished.js';

export interface WatchOptions {
  /** The request that the command line and the configuration make now, or what is wrong with them. */
  readonly request: () => Request | readonly Diagnostic[];
  /** `plan` reports what differs and writes nothing. */
  readonly mode: 'apply' | 'plan';
  /** A hazard that is not allowed stops the whole plan instead of holding back its own changes. */
  readonly allOrNothing: boolean;
  /** Milliseconds between two checks for drift; 0 for none. */
  readonly interval: number;
  /** Milliseconds between two looks at the files, instead of waiting for events. */
  readonly poll?: number;
  /** How long a file must be missing before anything is pruned for it, in milliseconds; 5 s when absent. */
  readonly believedAfter?: number;
  /** Where blueprints are looked for now, as far as that is known; called when there is no valid request. */
  readonly named: () => BlueprintPlaces | undefined;
  /** Absolute paths of the configuration, whether it exists or not. */
  readonly configFiles: () => readonly string[];
  /** Absolute paths of files and folders that are never a reason to run. */
  readonly ignored: (request: Request) => readonly string[];
  readonly signal: AbortSignal;
  /** Called after each run, with everything that may be shown about it. */
  readonly ended: (run: RunReport, details: RunDetails, state: WatchState) => void;
  /** Called with what people should know besides the runs: who holds the lock, that files are polled. */
  readonly told: (message: string) => void;
}

type Watchable = Pick<BlueprintSet, 'request' | 'environment'> & { readonly named: BlueprintPlaces };

/** The result of a run with values, which are for the terminal only. */
export interface RunDetails {
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
  /** What was thrown, for `failed`. */
  readonly error?: unknown;
}

/** A watch under way. */
export interface Watch {
  /** Begins the first run. */
  readonly begin: () => void;
  /** False when a run has been under way for so long that it must be stuck. */
  readonly isAlive: () => boolean;
  readonly state: () => WatchState;
  /** Runs now. Resolves to the report of a run that began after the call; undefined when there was none. */
  readonly reconcile: (trigger: 'signal' | 'request') => Promise<RunReport | undefined>;
  /** Resolves when the watch has ended and everything is closed. */
  readonly finished: Promise<void>;
}

/** A file that looks broken may be half-written: it is read again after so many milliseconds, so many times at most. */
const secondLook = 200;
const mostLooks = 5;
/** How far the interval varies, so that many watches do not run at once: ±10 %. */
const jitter = 0.1;

/** How long a run may take, in milliseconds; the first one over a big directory can take a minute. */
const longestRun = 30 * 60_000;

/** Makes a watch; nothing runs before `begin`. */
export function watch(options: WatchOptions): Watch {
  const { mode, allOrNothing, interval, signal } = options;
  const keeper = stateKeeper(mode);
  const vanished = vanishedFiles(options.believedAfter);
  /** The last set that could be applied: it stays in force while a newer one is broken. */
  let good: BlueprintSet | undefined;
  /** Set while the newest blueprints or the configuration are broken, with the number of tries. */
  let broken: { attempts: number } | undefined;
  let failures = 0;
  /** When the run under way began, or got the lock if it had to wait for it. */
  let underWaySince: number | undefined;
  /** Files that changed since the last run that read and applied them. */
  let changed = new Set<string>();
  const memory = readMemory();
  const timers = new Map<Trigger, NodeJS.Timeout>();

  const runs = schedule(async (trigger) => {
    await settledGit();
    if (signal.aborted) return;
    underWaySince = performance.now();
    await run(trigger);
    underWaySince = undefined;
    // A run for another reason does not put off the check for drift that is due.
    if (interval > 0 && !timers.has('interval'))
      later('interval', interval * (1 + jitter * (2 * Math.random() - 1)));
  });
  const later = (trigger: Trigger, milliseconds: number): void => {
    clearTimeout(timers.get(trigger));
    const due = (): void => {
      timers.delete(trigger);
      void runs.ask(trigger);
    };
    timers.set(trigger, setTimeout(due, milliseconds));
  };
  const directory = session({
    writes: mode === 'apply',
    signal,
    standby: (message) => {
      keeper.role('standby', message);
      options.told(`standing by: ${message}`);
    },
    active: ({ directory: { name } }) => {
      keeper.role('active', 'the first run has not ended yet', name);
      options.told(
        mode === 'apply'
          ? `keeping ${name} equal to the blueprints`
          : `comparing ${name} with the blueprints`,
      );
    },
    changed: () => void runs.ask('directory'),
  });
  const files = watchFiles({
    paths: { blueprints: [], files: [], ignored: [] },
    changed: (paths) => {
      for (const path of paths) changed.add(path);
      return runs.ask('files');
    },
    problem: options.told,
    poll: options.poll,
    signal,
  });

  /** Waits while a checkout or a commit is under way, because only half of it would be read. */
  async function settledGit(): Promise<void> {
    const until = Date.now() + 30_000;
    while (files.gitIsBusy() && Date.now() < until && !signal.aborted) await sleep(50);
  }

  async function run(trigger: Trigger): Promise<void> {
    const isForDrift = trigger === 'interval' || trigger === 'directory';
    // Without a good set nothing can be corrected, and the broken one is retried on its own schedule.
    if (broken && isForDrift && !good) return;
    const fallback = broken !== undefined && isForDrift;
    const frame = (): RunFrame => {
      const milliseconds = performance.now() - underWaySince!;
      const started = new Date(Date.now() - milliseconds).toISOString();
      return { number: keeper.next(), trigger, started, milliseconds, fallback };
    };
    let told: { report: RunReport; details: RunDetails };
    /** What the directory asks to wait, in milliseconds. */
    let pause: number | undefined;
    try {
      const result = fallback ? await once(unread(good!)) : await newest(trigger);
      if (Array.isArray(result)) {
        told = { report: failedRun(frame(), { problems: result }), details: { diagnostics: result } };
      } else {
        // What a signal stopped the history tells; a run that ends with the watch is no failure.
        if (signal.aborted && 'outcome' in result && result.outcome === 'interrupted') return;
        const { diagnostics, plan } = result as Planned;
        told = { report: runReport(frame(), result as Planned), details: { diagnostics, plan } };
        pause = (result as Partial<Applied>).retryAfter;
      }
      // On a directory that is not atomic a run may fail in part, again and again.
      failures = told.report.outcome === 'failed' ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      const message = messageOf(error);
      if (error instanceof DirectoryError) pause = error.retryAfter;
      told = { report: failedRun(frame(), { message }), details: { diagnostics: [], error } };
      // An error before the directory is open says nothing about the blueprints.
      if (keeper.state().role === 'active' && isOfBlueprints(error)) {
        if (!fallback) broken = { attempts: broken?.attempts ?? 0 };
      } else {
        failures++;
        // The failure may have left the connection useless.
        await directory.close().catch(() => undefined);
        keeper.role('starting', message);
      }
    }
    conclude(trigger, told.report, fallback, pause);
    options.ended(told.report, told.details, keeper.state());
  }

  /** Schedules what follows from how a run ended. */
  function conclude(trigger: Trigger, report: RunReport, fallback: boolean, pause = 0): void {
    const isWrong = report.outcome === 'invalid' || report.outcome === 'refused';
    if (isWrong && !fallback) broken = { attempts: broken?.attempts ?? 0 };
    if (broken && !fallback && (isWrong || report.outcome === 'failed')) {
      // A changed file starts the count again.
      if (trigger === 'files') broken.attempts = 0;
      const wait = Math.max(pause, backOff(broken.attempts++));
      later('retry', wait);
      keeper.retry(wait);
    } else if (report.outcome === 'failed') {
      const wait = Math.max(pause, backOff(failures - 1));
      later('retry', wait);
      keeper.retry(wait);
    } else if (!fallback) {
      broken = undefined;
      clearTimeout(timers.get('retry'));
      keeper.retry(undefined);
      // In the other cases a retry is scheduled already, and it reads the files.
      const { settledIn } = vanished;
      if (settledIn !== undefined) later('files', settledIn + 10);
    }
    keeper.ended(report, { broken: broken !== undefined, good: good !== undefined, files: good?.files });
  }

  /** Opens and locks the directory. Time spent waiting for another watch does not count as the run's. */
  async function held(request: Request): ReturnType<typeof directory.open> {
    const result = await directory.open(request);
    if (result.waited) underWaySince = performance.now();
    return result;
  }

  /** Reads the newest set and reconciles it; a set that looks broken is read again, in case it was half-written. */
  async function newest(trigger: Trigger): Promise<Applied | Planned | readonly Diagnostic[]> {
    for (let look = 1; ; look++) {
      const request = options.request();
      if (isProblems(request)) {
        await files.update(watchedFor({ ...good, named: options.named() }));
        if (look >= 2) return request;
        await sleep(secondLook, undefined, { signal });
        continue;
      }
      keeper.about(request.project);
      // Files may change while another holds the lock, so they are read after it is ours.
      const { waited } = await held(request);
      if (waited) continue;
      // Watched before it is read, so that no change falls between the two.
      await files.update(watchedFor({ request, environment: good?.environment }));
      const isSettled = vanished.settledIn === undefined;
      const areTargetsKept = trigger === 'files' && look === 1 && isSettled && areBlueprints(changed, good);
      const read = changed;
      changed = new Set();
      let set: BlueprintSet;
      let result: Applied | Planned;
      let done = false;
      try {
        set = await readSet(adjusted(request), areTargetsKept ? good?.environment : undefined);
        result = await once(set);
        await files.update(watchedFor(set));
        done = isDone(result);
        if (done) good = set;
      } finally {
        // Until a good set contains them, these changes are still to be taken up.
        if (!done) for (const path of read) changed.add(path);
      }
      if (!isDoubtful(result) || look >= mostLooks) return result;
      if (trigger === 'retry' && !isDeclined(result)) return result;
      await sleep(secondLook, undefined, { signal });
      if (isUnchanged(set)) return result;
    }
  }

  /** Plans or applies a set once. */
  async function once(set: BlueprintSet): Promise<Applied | Planned> {
    const { opened } = await held(set.request);
    if (mode === 'plan') return planWith(set.request, set.files, opened);
    const approve = async (plan: Plan): Promise<boolean> => {
      if (!plan.changes.some((one) => one.reasons.includes('pruned'))) return true;
      // An editor may have cut the file off and be about to write the rest.
      await sleep(secondLook, undefined, { signal });
      return isUnchanged(set);
    };
    const { request, files: read } = set;
    return applyLocked(request, read, opened, approve);
  }

  function adjusted(request: Request): Request {
    return {
      ...request,
      readMemory: memory,
      unattended: true,
      command: 'watch',
      signal,
      distrust: vanished.distrust,
      stances: allOrNothing ? request.stances : holding(request.stances),
    };
  }

  /** A set from an earlier run, which says nothing about which files are missing now. */
  function unread(set: BlueprintSet): BlueprintSet {
    return { ...set, request: { ...set.request, distrust: vanished.distrustStill } };
  }

  /** Everything that a set or a request depends on, and what is named where there is no valid request. */
  function watchedFor({ request, environment, named }: Partial<Watchable>): WatchedPaths {
    const places = [request, named].flatMap((one) => (one ? blueprintFolders(one) : []));
    const targets = environment?.filesRead ?? [];
    const ignored = request ? options.ignored(request) : [];
    return { blueprints: [...new Set(places)], files: [...options.configFiles(), ...targets], ignored };
  }

  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const finished = ended.then(async () => {
    keeper.role('ending', 'it is ending');
    for (const timer of timers.values()) clearTimeout(timer);
    await Promise.all([files.close(), runs.close()]);
    for (const timer of timers.values()) clearTimeout(timer);
    await directory.close();
  });
  return {
    begin: () => void files.ready.then(() => runs.ask('start')),
    isAlive: () =>
      underWaySince === undefined ||
      keeper.state().role === 'standby' ||
      performance.now() - underWaySince < longestRun,
    state: keeper.state,
    reconcile: async (trigger) => {
      const before = keeper.state().runs[0]?.number ?? 0;
      await runs.ask(trigger);
      return keeper.state().runs.find((one) => one.number > before);
    },
    finished,
  };
}

/** Whether only known blueprints changed, so that the configuration and the targets of `!File` are as they were. */
function areBlueprints(changed: ReadonlySet<string>, good: BlueprintSet | undefined): boolean {
  if (!good || changed.size === 0) return false;
  const { request, files } = good;
  const known = new Set(files.blueprints.map((one) => resolve(request.cwd, one.source.path)));
  return [...changed].every((path) => known.has(path));
}

/** The stances with which a hazard that would refuse the plan only holds back its change. */
function holding(stances: Request['stances']): Record<string, Stance> {
  const all = { ...defaultStances, ...stances };
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name, stance]) => stance === 'refuse' || Object.hasOwn(stances ?? {}, name))
      .map(([name, stance]) => [name, stance === 'refuse' ? 'hold' : stance]),
  );
}

/** Errors by which a directory says that it cannot do what the blueprints ask for. */
const blamesBlueprints: ReadonlySet<DirectoryErrorCode> = new Set([
  'invalid',
  'duplicate',
  'dangling',
  'in-use',
  'missing',
  'denied',
  'unsupported',
]);

function isOfBlueprints(error: unknown): boolean {
  return error instanceof DirectoryError && blamesBlueprints.has(error.code);
}

function isProblems(request: Request | readonly Diagnostic[]): request is readonly Diagnostic[] {
  return Array.isArray(request);
}

function isDone(result: Applied | Planned): boolean {
  return 'outcome' in result ? result.ok : result.ok && result.plan !== undefined;
}

/** Whether a file that was caught half-written could have given this result. */
function isDoubtful(result: Applied | Planned): boolean {
  if ('outcome' in result) return result.outcome === 'invalid' || isDeclined(result);
  return hasErrors(result.diagnostics);
}

function isDeclined(result: Applied | Planned): boolean {
  return 'outcome' in result && result.outcome === 'declined';
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof DirectoryError ? message : `a bug in asbuilt: ${message}`;
}
