/** Nothing in; a history of runs in memory out, for tests. */
import type { History, Run } from '../../src/ledger/run-history.js';

/** An empty history that forgets everything when the process ends. */
export function memoryHistory(): History {
  const runs: Run[] = [];
  return {
    begin: async (run) => runs.push({ ...run, id: runs.length + 1 }),
    end: async (id, run) => {
      runs[id - 1] = { ...runs[id - 1]!, ...run };
    },
    list: async (limit) => runs.toReversed().slice(0, limit),
    get: async (id) => runs[id - 1],
  };
}
