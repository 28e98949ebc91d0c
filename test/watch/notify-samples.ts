/** Parts that differ in, whole runs and states of a watch out, for the tests of what is shown of it. */
import type { HazardName } from '../../src/plan/change.js';
import type { HeldReport, RunReport, WatchState } from '../../src/watch/state.js';

/** A change that hazards hold back; without any it depends on another. */
export function heldBy(address: string, ...hazards: HazardName[]): HeldReport {
  const flags = hazards.map((name) => `--allow ${name}`).join(' ');
  return {
    address,
    hazards,
    locked: [],
    why: hazards.map((name) => `${name}: it is so`),
    todo:
      hazards.length > 0
        ? `change staff.yaml:4, or watch with ${flags}`
        : 'it waits for another that is held',
  };
}

/** A run that applied one change, unless told otherwise. */
export function runOf(parts: Partial<RunReport>): RunReport {
  const changes = parts.changes ?? [
    { verb: 'update', address: 'user/ada', fields: ['email'], reasons: ['edited'], place: 'staff.yaml:4' },
  ];
  return {
    number: 1,
    trigger: 'interval',
    started: '2026-11-21T10:00:00.000Z',
    milliseconds: 12,
    outcome: 'applied',
    fallback: false,
    changes,
    changed: changes.length,
    drifted: 0,
    held: [],
    failures: [],
    problems: [],
    ...parts,
  };
}

/** A watch that is active and ready, unless told otherwise. */
export function stateOf(parts: Partial<WatchState>): WatchState {
  return {
    mode: 'apply',
    role: 'active',
    project: 'staff',
    directory: 'sqlite:directory.db',
    started: '2026-11-21T09:00:00.000Z',
    ready: true,
    readyReason: 'in sync',
    standing: 'in-sync',
    held: [],
    lastSuccess: '2026-11-21T10:00:00.000Z',
    blueprints: [],
    runs: [],
    ...parts,
  };
}
