/** Decides which runs to notify about: news once, a lasting failure every hour, its end once. */
import type { RunReport } from './state.js';

/** What people can ask to be told of. */
export const notificationEvents = ['change', 'drift', 'failure', 'recovery'] as const;
/**
 * `change`: something was changed, or waits for somebody; `drift`: what others did in the directory was undone, or
 * (mode plan) found; `failure`: broken blueprints, a refused plan, a directory that does not do what is asked;
 * `recovery`: the end of it.
 */
export type NotificationEvent = (typeof notificationEvents)[number];

/** How long a failure that stays the same is not told again, in milliseconds. */
const silence = 3_600_000;
/** How many failures one bad time may alternate between before the oldest counts as new. */
const mostFailures = 100;

/** Gives for each run the event to tell, or undefined. Asked once for each run, in order. */
export function newsOf(
  on: ReadonlySet<NotificationEvent>,
  now: () => number,
): (run: RunReport) => NotificationEvent | undefined {
  /** Failures since it last went well, and when each was told. */
  const failures = new Map<string, number>();
  /** The changes that wait for somebody, as they were when last told. */
  let told = '';

  return (run) => {
    const news: NotificationEvent[] = [];
    const failure = failureOf(run);
    if (failure !== undefined) {
      const before = failures.get(failure);
      if (before === undefined || now() - before >= silence) {
        failures.delete(failure);
        failures.set(failure, now());
        news.push('failure');
      }
      for (const oldest of failures.keys()) if (failures.size > mostFailures) failures.delete(oldest);
    } else if (failures.size > 0 && !run.fallback) {
      failures.clear();
      news.push('recovery');
    }
    const waiting = waitingIn(run);
    // A run that got no plan says nothing about what waits.
    const isNew = waiting !== undefined && waiting !== told;
    const isMade = run.outcome === 'applied';
    const isFound = run.outcome === 'pending' && isNew;
    if (run.drifted > 0 && (isMade || isFound)) news.push('drift');
    if ((isMade && run.changed > run.drifted) || someDone(run) || (isNew && waiting !== ''))
      news.push('change');
    if (waiting !== undefined) told = waiting;
    return news.find((one) => on.has(one));
  };
}

function someDone({ outcome, done }: RunReport): boolean {
  return outcome === 'failed' && Object.values(done ?? {}).some((count) => count > 0);
}

/** What went wrong, the same text for the same failure; undefined when nothing did. */
function failureOf(run: RunReport): string | undefined {
  const { outcome } = run;
  if (outcome !== 'failed' && outcome !== 'invalid' && outcome !== 'refused') return undefined;
  return JSON.stringify([
    outcome,
    withoutNumbers(run.message ?? ''),
    run.failures.map(({ address, message }) => [address, withoutNumbers(message)]),
    // A problem that moves to another line is the same one.
    run.problems
      .filter((one) => one.severity === 'error')
      .map(({ code, message, place }) => [code, message, place?.replace(/:\d+(?::\d+)?$/, '')]),
    outcome === 'refused' ? [run.held, run.changes.map(({ verb, address }) => [verb, address])] : [],
  ]);
}

/** Times, ports and counts vary in what is otherwise one message. */
function withoutNumbers(message: string): string {
  return message.replace(/\d+/g, '#');
}

/** The changes that are held back or only shown; '' for none, undefined where the run does not know. */
function waitingIn({ outcome, changes, changed, held, fallback }: RunReport): string | undefined {
  if (fallback || outcome === 'invalid' || outcome === 'failed' || outcome === 'refused') return undefined;
  const shown = outcome === 'pending' ? changes : [];
  if (shown.length === 0 && held.length === 0) return '';
  return JSON.stringify([
    shown.length > 0 ? changed : 0,
    shown.map(({ verb, address, fields }) => [verb, address, fields]),
    held.map(({ address, hazards }) => [address, hazards]),
  ]);
}
