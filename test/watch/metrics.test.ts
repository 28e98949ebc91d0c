/** Runs and states in, what a scrape reads out: the text is parsed strictly, and the numbers are those of the runs. */
import { describe, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../src/watch/metrics.js';
import type { WatchState } from '../../src/watch/state.js';
import { heldBy, runOf, stateOf } from './notify-samples.js';

interface Family {
  readonly type: string;
  readonly help: string;
  /** By name and labels as written, `name{a="b"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/y;

/** Reads the text format 0.0.4 and throws at the first line that is not in it. */
function parsed(text: string): Map<string, Family> {
  expect(text.endsWith('\n')).toBe(true);
  const families = new Map<string, { type: string; help: string; samples: Map<string, number> }>();
  let current: { name: string; type: string; help: string; samples: Map<string, number> } | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (help) {
      if (families.has(help[1]!)) throw new Error(`a second HELP: ${line}`);
      current = { name: help[1]!, type: '', help: help[2]!, samples: new Map() };
      families.set(current.name, current);
      continue;
    }
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type) {
      if (!current || current.name !== type[1] || current.type !== '')
        throw new Error(`a TYPE out of place: ${line}`);
      current.type = type[2]!;
      continue;
    }
    const sample =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]?Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
    if (!sample || !current) throw new Error(`not a sample: ${line}`);
    const [, name, labels, value] = sample;
    const { name: family, type: sort, samples } = current;
    const endings = sort === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (!endings.some((one) => name === family + one)) throw new Error(`of another family: ${line}`);
    if (labels !== undefined) checkLabels(labels);
    const key = labels === undefined ? name! : `${name}{${labels}}`;
    if (samples.has(key)) throw new Error(`twice: ${line}`);
    samples.set(key, value === '+Inf' ? Infinity : Number(value));
  }
  return families;
}

function checkLabels(text: string): void {
  let at = 0;
  const names = new Set<string>();
  while (at < text.length) {
    labelPattern.lastIndex = at;
    const match = labelPattern.exec(text);
    if (!match || names.has(match[1]!)) throw new Error(`bad labels: ${text}`);
    names.add(match[1]!);
    at = labelPattern.lastIndex;
    if (text[at] === ',') at++;
    else if (at < text.length) throw new Error(`bad labels: ${text}`);
  }
}

async function read(metrics: Metrics, state?: WatchState): Promise<(sample: string) => number | undefined> {
  const samples = new Map([...parsed(await metrics.text(state)).values()].flatMap((one) => [...one.samples]));
  return (sample) => samples.get(sample);
}

describe('the text', () => {
  test('is the exposition format, with help and a type for every family, named as is usual', async () => {
    const metrics = createMetrics({ version: '1.2.3-"x"\\y' });
    metrics.record(runOf({}), stateOf({}));
    const text = await metrics.text();
    const families = parsed(text);
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const [name, { type, help, samples }] of families) {
      expect([name, type]).not.toEqual([name, '']);
      expect(help).toMatch(/\.$/);
      expect([name, samples.size]).not.toEqual([name, 0]);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    }
    expect(text).toContain('asbuilt_build_info{version="1.2.3-\\"x\\"\\\\y"} 1\n');
  });

  test('names no object, place or message', async () => {
    const metrics = createMetrics({ version: '1' });
    const run = runOf({
      outcome: 'failed',
      message: 'no answer from ldap.example',
      failures: [{ address: 'user/ada', message: 'no' }],
      held: [heldBy('group/admins', 'grants')],
    });
    metrics.record(run, stateOf({ runs: [run], project: 'staff', directory: 'sqlite:secret.db' }));
    expect(await metrics.text()).not.toMatch(/ada|admins|ldap|staff|sqlite|staff\.yaml/);
  });

  test('has every series from the start, at zero', async () => {
    const sample = await read(createMetrics({ version: '1' }));
    expect(sample('asbuilt_runs_total{outcome="failed",trigger="directory"}')).toBe(0);
    expect(sample('asbuilt_changes_total{verb="delete"}')).toBe(0);
    expect(sample('asbuilt_failures_total{sort="blueprints"}')).toBe(0);
    expect(sample('asbuilt_notifications_total{outcome="dropped"}')).toBe(0);
    expect(sample('asbuilt_run_duration_seconds_count')).toBe(0);
  });
});

describe('what is counted', () => {
  test('runs by outcome and trigger, changes by verb, drift', async () => {
    const metrics = createMetrics({ version: '1' });
    const change = runOf({}).changes[0]!;
    metrics.record(runOf({ trigger: 'files' }), stateOf({}));
    metrics.record(
      runOf({ trigger: 'files', changes: [change, { ...change, verb: 'create' }], changed: 2, drifted: 1 }),
      stateOf({}),
    );
    metrics.record(runOf({ outcome: 'nothing', changes: [], changed: 0 }), stateOf({}));
    const sample = await read(metrics);
    expect(sample('asbuilt_runs_total{outcome="applied",trigger="files"}')).toBe(2);
    expect(sample('asbuilt_runs_total{outcome="nothing",trigger="interval"}')).toBe(1);
    expect(sample('asbuilt_changes_total{verb="update"}')).toBe(2);
    expect(sample('asbuilt_changes_total{verb="create"}')).toBe(1);
    expect(sample('asbuilt_drift_total')).toBe(1);
  });

  test('changes that are only shown are not counted as made, and those beyond the list are', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.record(runOf({ outcome: 'pending' }), stateOf({}));
    metrics.record(runOf({ outcome: 'refused' }), stateOf({}));
    metrics.record(runOf({ outcome: 'failed', message: 'gone' }), stateOf({}));
    expect((await read(metrics))('asbuilt_changes_total{verb="update"}')).toBe(0);
    metrics.record(runOf({ changed: 250, done: { update: 200, delete: 50 } }), stateOf({}));
    const sample = await read(metrics);
    expect(sample('asbuilt_changes_total{verb="update"}')).toBe(200);
    expect(sample('asbuilt_changes_total{verb="delete"}')).toBe(50);
  });

  test('failures by what failed', async () => {
    const metrics = createMetrics({ version: '1' });
    const failures = [
      { address: 'user/a', message: 'no' },
      { address: 'user/b', message: 'no' },
    ];
    metrics.record(runOf({ outcome: 'failed', failures }), stateOf({}));
    metrics.record(runOf({ outcome: 'failed', message: 'gone' }), stateOf({}));
    metrics.record(runOf({ outcome: 'invalid' }), stateOf({}));
    const sample = await read(metrics);
    expect(sample('asbuilt_failures_total{sort="change"}')).toBe(2);
    expect(sample('asbuilt_failures_total{sort="directory"}')).toBe(1);
    expect(sample('asbuilt_failures_total{sort="blueprints"}')).toBe(1);
  });

  test('durations in buckets that add up, from 5 ms to a minute', async () => {
    const metrics = createMetrics({ version: '1' });
    for (const milliseconds of [4, 5, 30, 700, 45_000, 90_000]) {
      metrics.record(runOf({ milliseconds }), stateOf({}));
    }
    const sample = await read(metrics);
    const bucket = (le: string) => sample(`asbuilt_run_duration_seconds_bucket{le="${le}"}`);
    expect([bucket('0.005'), bucket('0.05'), bucket('1'), bucket('60'), bucket('+Inf')]).toEqual([
      2, 3, 4, 5, 6,
    ]);
    expect(sample('asbuilt_run_duration_seconds_count')).toBe(6);
    expect(sample('asbuilt_run_duration_seconds_sum')).toBeCloseTo(135.739, 6);
  });

  test('notifications', async () => {
    const metrics = createMetrics({ version: '1' });
    for (const outcome of ['sent', 'sent', 'failed', 'dropped'] as const) metrics.notification(outcome);
    const sample = await read(metrics);
    expect(sample('asbuilt_notifications_total{outcome="sent"}')).toBe(2);
    expect(sample('asbuilt_notifications_total{outcome="failed"}')).toBe(1);
  });

  test('two watches in one process do not mix', async () => {
    const one = createMetrics({ version: '1' });
    const other = createMetrics({ version: '1' });
    one.record(runOf({}), stateOf({}));
    expect((await read(one))('asbuilt_run_duration_seconds_count')).toBe(1);
    expect((await read(other))('asbuilt_run_duration_seconds_count')).toBe(0);
  });
});

describe('what is shown of the state', () => {
  test('the age of the last success is worked out at the scrape, from the start while there is none', async () => {
    let now = Date.parse('2026-11-21T10:00:10.000Z');
    const metrics = createMetrics({ version: '1', now: () => now });
    metrics.record(runOf({}), stateOf({ started: '2026-11-21T10:00:00.000Z', lastSuccess: undefined }));
    const never = await read(metrics);
    expect(never('asbuilt_last_success_timestamp_seconds')).toBe(0);
    expect(never('asbuilt_last_success_age_seconds')).toBe(10);
    metrics.record(runOf({}), stateOf({ lastSuccess: '2026-11-21T10:00:08.500Z' }));
    expect((await read(metrics))('asbuilt_last_success_age_seconds')).toBe(1.5);
    now += 60_000;
    const later = await read(metrics);
    expect(later('asbuilt_last_success_age_seconds')).toBe(61.5);
    expect(later('asbuilt_last_success_timestamp_seconds')).toBe(
      Date.parse('2026-11-21T10:00:08.500Z') / 1_000,
    );
  });

  test('readiness, the lock, blueprints, and what is held or pending; the state given wins', async () => {
    const metrics = createMetrics({ version: '1' });
    const blueprint = { path: 'a.yaml', status: 'in-sync', entries: 1, problems: [] } as const;
    const held = [heldBy('user/a', 'deletes')] as const;
    const state = stateOf({
      ready: true,
      role: 'active',
      blueprints: [blueprint, { ...blueprint, path: 'b.yaml' }, { ...blueprint, status: 'failed' }],
      runs: [runOf({ outcome: 'pending', changed: 7, held }), runOf({})],
      standing: 'held',
      held,
    });
    metrics.record(runOf({}), state);
    const sample = await read(metrics);
    expect(sample('asbuilt_ready')).toBe(1);
    expect(sample('asbuilt_active')).toBe(1);
    expect(sample('asbuilt_blueprints{status="in-sync"}')).toBe(2);
    expect(sample('asbuilt_blueprints{status="failed"}')).toBe(1);
    expect(sample('asbuilt_blueprints{status="drifted"}')).toBe(0);
    expect(sample('asbuilt_held_changes')).toBe(1);
    expect(sample('asbuilt_standing{standing="held"}')).toBe(1);
    expect(sample('asbuilt_standing{standing="in-sync"}')).toBe(0);
    expect(sample('asbuilt_pending_changes')).toBe(7);
    const standby = await read(metrics, stateOf({ ready: false, role: 'standby', blueprints: [], runs: [] }));
    expect(standby('asbuilt_active')).toBe(0);
    expect(standby('asbuilt_ready')).toBe(0);
    expect(standby('asbuilt_blueprints{status="in-sync"}')).toBe(0);
  });

  test('the process: memory, heap, CPU time that only grows, and its start', async () => {
    const metrics = createMetrics({ version: '1' });
    const first = await read(metrics);
    const memory = first('process_resident_memory_bytes')!;
    expect(memory).toBeGreaterThan(10_000_000);
    expect(first('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
    expect(
      Math.abs(first('process_start_time_seconds')! - (Date.now() / 1_000 - process.uptime())),
    ).toBeLessThan(5);
    const until = process.cpuUsage().user + 20_000;
    while (process.cpuUsage().user < until) Math.sqrt(Math.random());
    const second = await read(metrics);
    const grown = second('process_cpu_seconds_total')! - first('process_cpu_seconds_total')!;
    expect(grown).toBeGreaterThanOrEqual(0.02);
    const { user, system } = process.cpuUsage();
    expect(second('process_cpu_seconds_total')).toBeLessThanOrEqual((user + system) / 1_000_000);
  });

  test('nothing that runs between two scrapes feeds it', async () => {
    const text = await createMetrics({ version: '1' }).text();
    expect(text).not.toMatch(/eventloop|gc_duration/);
  });
});
