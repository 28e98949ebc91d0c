/** Keeps the state of a watch up to date as runs end. */
import type { ReadBlueprints } from '../blueprint/read.js';
import { heldSummary } from './held.js';
import {
  type BlueprintReport,
  isHealing,
  mostRuns,
  type ProblemReport,
  type RunReport,
  type Standing,
  type WatchState,
} from './state.js';

/** Keeps the state up to date. */
export interface StateKeeper {
  readonly state: () => WatchState;
  /** The number of the run that begins. */
  readonly next: () => number;
  about(project: string): void;
  role(role: WatchState['role'], reason: string, directory?: string): void;
  /** In how many milliseconds a broken set is tried again. */
  retry(milliseconds: number | undefined): void;
  ended(run: RunReport, sets: { broken: boolean; good: boolean; files?: ReadBlueprints }): void;
}

/** A state in which nothing has run yet. */
export function stateKeeper(mode: WatchState['mode']): StateKeeper {
  let number = 0;
  let state: WatchState = {
    mode,
    role: 'starting',
    project: '',
    directory: '',
    started: new Date().toISOString(),
    ready: false,
    readyReason: 'the first run has not ended yet',
    standing: 'unknown',
    held: [],
    blueprints: [],
    runs: [],
  };
  return {
    state: () => state,
    next: () => ++number,
    about(project) {
      state = { ...state, project };
    },
    role(role, readyReason, directory = state.directory) {
      // What was under way when the end began changes nothing about it.
      if (state.role === 'ending') return;
      state = { ...state, role, directory, ready: false, readyReason, standing: 'unknown' };
    },
    retry(milliseconds) {
      const retryAt =
        milliseconds === undefined ? undefined : new Date(Date.now() + milliseconds).toISOString();
      state = { ...state, retryAt };
    },
    ended(run, { broken, good, files }) {
      const well = isWell(run);
      state = {
        ...state,
        ...readiness(run, broken, good),
        held: well || run.outcome === 'refused' ? run.held : state.held,
        lastSuccess: well && !run.fallback ? new Date().toISOString() : state.lastSuccess,
        blueprints: run.fallback ? state.blueprints : blueprintReports(run, files, state.blueprints),
        runs: [run, ...state.runs].slice(0, mostRuns),
      };
    },
  };
}

/** Ready is who keeps the directory true to some set of blueprints, be it not the newest. */
function readiness(
  run: RunReport,
  broken: boolean,
  good: boolean,
): Pick<WatchState, 'ready' | 'readyReason' | 'standing'> {
  const no = (standing: Standing, readyReason: string) => ({ ready: false, readyReason, standing });
  const yes = (standing: Standing, readyReason: string) => ({ ready: true, readyReason, standing });
  if (run.outcome === 'failed' && !broken)
    return no('failing', `the directory cannot be used: ${run.message}`);
  const isRefused = run.outcome === 'refused' && run.held.length > 0;
  const what = isRefused ? `refused, ${heldSummary(run.held, 'refused')}` : 'broken';
  if (!good) return no('broken', `the blueprints have been ${what} since the start, so nothing is corrected`);
  if (run.fallback && (run.outcome === 'invalid' || run.outcome === 'refused'))
    return no('broken', 'the last good blueprints do not hold any more, nor do the newest');
  if (broken) return yes('broken', `the newest blueprints are ${what}; the last good ones stay in force`);
  // All that may be done is done, so it is ready; but never in sync while something waits for somebody.
  if (run.held.length > 0) return yes('held', `held: ${heldSummary(run.held, 'held back')}`);
  return run.outcome === 'pending' ? yes('pending', 'changes are pending') : yes('in-sync', 'in sync');
}

/** Did the run do all that it was to do? */
export function isWell({ outcome }: Pick<RunReport, 'outcome'>): boolean {
  return outcome === 'applied' || outcome === 'nothing' || outcome === 'held' || outcome === 'pending';
}

function blueprintReports(
  run: RunReport,
  files: ReadBlueprints | undefined,
  before: readonly BlueprintReport[],
): BlueprintReport[] {
  const problems = new Map<string, ProblemReport[]>();
  for (const one of run.problems) add(problems, pathOf(one.place), one);
  const worst = new Map<string, BlueprintReport['status']>();
  for (const { place } of run.held) {
    const path = pathOf(place);
    if (path !== undefined) worst.set(path, 'held');
  }
  if (run.outcome === 'pending') {
    for (const change of run.changes) {
      const path = pathOf(change.place);
      if (path === undefined || worst.get(path) === 'held') continue;
      if (isHealing(change)) worst.set(path, 'drifted');
      else if (!worst.has(path)) worst.set(path, 'pending');
    }
  }
  const known = new Map(before.map((one) => [one.path, one.entries]));
  const read = new Map((files?.blueprints ?? []).map((one) => [one.source.path, one.entries.length]));
  const paths = new Set([...read.keys(), ...problems.keys()]);
  const isWell = run.outcome !== 'invalid' && run.outcome !== 'failed' && run.outcome !== 'refused';
  return [...paths].sort().map((path) => {
    const own = problems.get(path) ?? [];
    const failed = own.some((one) => one.severity === 'error');
    const status = failed ? 'failed' : isWell ? (worst.get(path) ?? 'in-sync') : 'unknown';
    return { path, status, entries: read.get(path) ?? known.get(path) ?? 0, problems: own };
  });
}

/** `file` of `file:line` and `file:line:column`. */
function pathOf(place: string | undefined): string | undefined {
  return place?.replace(/:\d+(?::\d+)?$/, '');
}

function add<K, V>(map: Map<K, V[]>, key: K | undefined, value: V): void {
  if (key === undefined) return;
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
