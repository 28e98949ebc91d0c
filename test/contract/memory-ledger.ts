/** Nothing in; a ledger in memory out, for tests. */
import { randomKey } from '../../src/directory/computed.js';
import type { Ledger, LedgerIntent, LedgerRecord } from '../../src/ledger/ledger.js';
import { type Address, type ForeignRecord, objectKey } from '../../src/model/model.js';
import { memoryHistory } from './memory-history.js';

/** An empty ledger that forgets everything when the process ends. */
export function memoryLedger(): Ledger {
  const records = new Map<string, Map<Address, LedgerRecord>>();
  const intents = new Map<string, Map<Address, LedgerIntent>>();
  const inside = <T>(maps: Map<string, Map<Address, T>>, project: string): Map<Address, T> => {
    let map = maps.get(project);
    if (!map) maps.set(project, (map = new Map()));
    return map;
  };
  return {
    key: randomKey(),
    read: async (project) => new Map(inside(records, project)),
    intents: async (project) => [...inside(intents, project).values()],
    intend: async (project, list) => {
      for (const one of list) inside(intents, project).set(one.address, one);
    },
    put: async (project, list) => {
      for (const one of list) {
        inside(records, project).set(one.address, one);
        inside(intents, project).delete(one.address);
      }
    },
    remove: async (project, addresses) => {
      for (const address of addresses) {
        inside(records, project).delete(address);
        inside(intents, project).delete(address);
      }
    },
    owners: async (except) => {
      const found = new Map<string, ForeignRecord[]>();
      for (const [project, map] of records) {
        if (project === except) continue;
        for (const { kind, id, paths } of map.values()) {
          const key = objectKey(kind, id);
          found.set(key, [...(found.get(key) ?? []), { project, paths }]);
        }
      }
      return found;
    },
    history: memoryHistory(),
    close: async () => {},
  };
}
