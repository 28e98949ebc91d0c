/** Schedules runs: one at a time, and one more for whatever came in meanwhile. */
import { type Trigger, triggers } from './state.js';

/** A schedule of runs. */
export interface Schedule {
  /** Asks for a run; resolves when one that began after this call has ended. */
  ask(trigger: Trigger): Promise<void>;
  /** Starts nothing more and waits for the run under way. */
  close(): Promise<void>;
}

/** Schedules `run`, which must not throw. Of several triggers it gets the one that comes first in `triggers`. */
export function schedule(run: (trigger: Trigger) => Promise<void>): Schedule {
  let waiting:
    | { readonly triggers: Set<Trigger>; readonly ended: Promise<void>; end: () => void }
    | undefined;
  let underWay: Promise<void> | undefined;
  let closed = false;

  const next = (): void => {
    if (underWay || !waiting || closed) return;
    const { triggers: asked, end } = waiting;
    waiting = undefined;
    underWay = run(triggers.find((one) => asked.has(one))!).finally(() => {
      underWay = undefined;
      end();
      next();
    });
  };
  return {
    ask(trigger) {
      if (closed) return Promise.resolve();
      if (!waiting) {
        let end = () => {};
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        waiting = { triggers: new Set(), ended, end };
      }
      waiting.triggers.add(trigger);
      const { ended } = waiting;
      next();
      return ended;
    },
    async close() {
      closed = true;
      waiting?.end();
      waiting = undefined;
      await underWay;
    },
  };
}

/** How long to wait, in milliseconds, after so many failed retries: 1 s doubled up to 5 min, ±50 %. */
export function backOff(attempts: number, random: () => number = Math.random): number {
  return Math.min(300_000, 1_000 * 2 ** Math.min(attempts, 20)) * (0.5 + random());
}
