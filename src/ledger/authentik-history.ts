/** The history of runs in authentik: a log of its own, so that what reads records does not read runs. */
import { historyName } from '../directory/authentik/ledger-instances.js';
import type { Json } from '../model/model.js';
import type { Instances } from './authentik-instances.js';
import { openLog } from './authentik-log.js';
import type { History, Run } from './run-history.js';

/** How much of the past is kept. */
export interface HistoryLimits {
  /** Runs; older ones go when a new one begins. */
  readonly runs: number;
  /** Characters of compressed data; beyond them the older half goes, since one run may have thousands of changes. */
  readonly size: number;
}

const usualLimits: HistoryLimits = { runs: 200, size: 1_500_000 };

/** The history on a server, read when it is first asked for. */
export function authentikHistory(instances: Instances, limits = usualLimits): History {
  const log = openLog({ instances, prefix: `${historyName}::` });

  async function runs(): Promise<Run[]> {
    await log.read();
    const all = [...log.values().values()] as unknown as Run[];
    return all.sort((a, b) => b.id - a.id);
  }

  return {
    async begin(run) {
      await log.read();
      let id = 0;
      await log.commit((values, note) => {
        id = Number(note ?? 0) + 1;
        const kept = log.size > limits.size ? Math.ceil(values.size / 2) : limits.runs - 1;
        const numbers = [...values.keys()].map(Number).sort((a, b) => b - a);
        const gone = numbers.slice(kept).map((number): [string, Json] => [String(number), null]);
        const died = [...values].flatMap(([number, one]): [string, Json][] => {
          const known = one as unknown as Run;
          return known.outcome === 'running' ? [[number, plain({ ...known, outcome: 'died' })]] : [];
        });
        return { changes: new Map([...died, [String(id), plain({ ...run, id })], ...gone]), note: id };
      });
      return id;
    },
    end: (id, rest) =>
      log.commit((values) => {
        const begun = values.get(String(id));
        if (begun === undefined) return undefined;
        return { changes: new Map([[String(id), plain({ ...(begun as unknown as Run), ...rest })]]) };
      }),
    list: async (limit) => (await runs()).slice(0, limit),
    get: async (id) => (await runs()).find((run) => run.id === id),
  };
}

function plain(run: Run): Json {
  return JSON.parse(JSON.stringify(run)) as Json;
}
