/** Prometheus metrics of a watch. Labels are closed sets: no names, no values. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Verb } from '../plan/change.js';
import { outcomes, type RunReport, standings, triggers, type WatchState } from './state.js';

/** What became of a notification. `dropped`: it was never tried, because others waited or the watch ended. */
export type NotificationOutcome = 'sent' | 'failed' | 'dropped';

/** What is counted of one watch, in a registry of its own. */
export interface Metrics {
  /** The `Content-Type` of `text()`. */
  readonly contentType: string;
  /** Counts a run that has ended, and remembers the state after it. */
  record(run: RunReport, state: WatchState): void;
  /** Counts a notification. */
  notification(outcome: NotificationOutcome): void;
  /** Everything in the text format 0.0.4. Gauges show `state`, or without it what was recorded last. */
  text(state?: WatchState): Promise<string>;
}

export interface MetricsOptions {
  /** The version of the program. */
  readonly version: string;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

// Long enough for the first run over a big directory, fine enough for one saved file.
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const verbs: readonly Verb[] = ['create', 'update', 'delete', 'adopt', 'forget'];
const statuses: readonly WatchState['blueprints'][number]['status'][] = [
  'in-sync',
  'held',
  'drifted',
  'pending',
  'failed',
  'unknown',
];
const notificationOutcomes: readonly NotificationOutcome[] = ['sent', 'failed', 'dropped'];

/** `change`: the directory did not take one; `directory`: it failed as a whole; `blueprints`: they have errors. */
type FailureSort = 'change' | 'directory' | 'blueprints';
const failureSorts: readonly FailureSort[] = ['change', 'directory', 'blueprints'];

/** Metrics that begin at zero. Nothing of them runs between two scrapes, so there is nothing to end. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const now = options.now ?? Date.now;
  const counters = countersIn(registers);
  const gauges = gaugesIn(registers);
  gauges.build.set({ version: options.version }, 1);
  processMetricsIn(registers);
  let latest: WatchState | undefined;

  return {
    contentType: registry.contentType,
    record(run, state) {
      latest = state;
      counters.runs.inc({ outcome: run.outcome, trigger: run.trigger });
      counters.seconds.observe(run.milliseconds / 1_000);
      counters.drift.inc(run.drifted);
      for (const [verb, count] of Object.entries(doneByVerb(run))) counters.changes.inc({ verb }, count);
      for (const [sort, count] of Object.entries(failuresOf(run))) counters.failures.inc({ sort }, count);
    },
    notification(outcome) {
      counters.notifications.inc({ outcome });
    },
    text(state = latest) {
      if (state) show(gauges, state, now());
      return registry.metrics();
    },
  };
}

function doneByVerb(run: RunReport): Partial<Record<Verb, number>> {
  if (run.done) return run.done;
  const done: Partial<Record<Verb, number>> = {};
  if (run.outcome !== 'applied') return done;
  for (const { verb } of run.changes) done[verb] = (done[verb] ?? 0) + 1;
  return done;
}

function failuresOf(run: RunReport): Record<FailureSort, number> {
  return {
    change: run.failures.length,
    directory: run.outcome === 'failed' && run.failures.length === 0 ? 1 : 0,
    blueprints: run.outcome === 'invalid' ? 1 : 0,
  };
}

function countersIn(registers: Registry[]) {
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const runs = counter(
    'asbuilt_runs_total',
    'Runs that ended, by how they ended and why they began.',
    'outcome',
    'trigger',
  );
  const changes = counter('asbuilt_changes_total', 'Changes made in the directory, by verb.', 'verb');
  const drift = counter(
    'asbuilt_drift_total',
    'Changes that undo what others did in the directory, made or (mode plan) found, in each run that found them.',
  );
  const failures = counter(
    'asbuilt_failures_total',
    'Failures: changes that failed, runs that the directory failed as a whole, runs that found broken blueprints.',
    'sort',
  );
  const seconds = new Histogram({
    name: 'asbuilt_run_duration_seconds',
    help: 'How long runs took.',
    buckets: durations,
    registers,
  });
  const notifications = counter(
    'asbuilt_notifications_total',
    'Notifications, by what became of them.',
    'outcome',
  );
  // A series that only appears with its first event hides that event from `increase()`.
  for (const outcome of outcomes) for (const trigger of triggers) runs.inc({ outcome, trigger }, 0);
  for (const verb of verbs) changes.inc({ verb }, 0);
  for (const sort of failureSorts) failures.inc({ sort }, 0);
  for (const outcome of notificationOutcomes) notifications.inc({ outcome }, 0);
  return { runs, changes, drift, failures, seconds, notifications };
}

function gaugesIn(registers: Registry[]) {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    success: gauge(
      'asbuilt_last_success_timestamp_seconds',
      'When a run last ended well, in seconds since 1970; 0 when none has.',
    ),
    age: gauge(
      'asbuilt_last_success_age_seconds',
      'How long ago a run last ended well; since the watch began when none has.',
    ),
    ready: gauge('asbuilt_ready', '1 while the directory is kept true to a set of blueprints.'),
    active: gauge('asbuilt_active', '1 while this watch holds the lock; 0 in standby.'),
    standing: new Gauge({
      name: 'asbuilt_standing',
      help: 'How the directory stands to the newest blueprints: 1 for what holds now, 0 for the others.',
      labelNames: ['standing'],
      registers,
    }),
    held: gauge('asbuilt_held_changes', 'Changes that are held back or refused because of a hazard.'),
    pending: gauge('asbuilt_pending_changes', 'Changes that the latest run found and did not make.'),
    blueprints: gauge('asbuilt_blueprints', 'Blueprints, by how they stand.', 'status'),
    build: gauge('asbuilt_build_info', 'Always 1; the version is in the label.', 'version'),
  };
}

function show(gauges: ReturnType<typeof gaugesIn>, state: WatchState, now: number): void {
  const success = state.lastSuccess === undefined ? undefined : Date.parse(state.lastSuccess);
  const since = success ?? Date.parse(state.started);
  gauges.success.set((success ?? 0) / 1_000);
  gauges.age.set(Math.max(0, now - since) / 1_000);
  gauges.ready.set(state.ready ? 1 : 0);
  gauges.active.set(state.role === 'active' ? 1 : 0);
  const [run] = state.runs;
  for (const standing of standings) gauges.standing.set({ standing }, standing === state.standing ? 1 : 0);
  gauges.held.set(state.held.length);
  gauges.pending.set(run && (run.outcome === 'pending' || run.outcome === 'refused') ? run.changed : 0);
  for (const status of statuses) {
    gauges.blueprints.set({ status }, state.blueprints.filter((one) => one.status === status).length);
  }
}

/**
 * The usual metrics of a process under their usual names. Not prom-client's `collectDefaultMetrics`: that starts an
 * observer of garbage collections and a timer of 10 ms that nothing can end.
 */
function processMetricsIn(registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Heap in use, in bytes.', () => process.memoryUsage().heapUsed);
  const began = Date.now() / 1_000 - process.uptime();
  gauge('process_start_time_seconds', 'Start of the process, in seconds since 1970.', () => began);
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time spent, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
}
