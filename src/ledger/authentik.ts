/**
 * The ledger in authentik itself, so that no run needs a file or a database beside the server: records of each project in a
 * log of blueprint instances, the key in one more, the history in a log of its own, and a lock.
 */
import type { AuthentikClient } from '../directory/authentik/client.js';
import {
  formatMember,
  formatVersion,
  isLedgerInstance,
  keyName,
  ledgerName,
} from '../directory/authentik/ledger-instances.js';
import { randomKey } from '../directory/computed.js';
import { DirectoryError } from '../directory/errors.js';
import { type Address, type ForeignRecord, type Id, type Json, objectKey } from '../model/model.js';
import { authentikHistory } from './authentik-history.js';
import { type Instances, instancesOn, randomId } from './authentik-instances.js';
import { acquireLock, clearLock, type HeldLock, type LockTimes, lockTimes } from './authentik-lock.js';
import { type Log, openLog } from './authentik-log.js';
import { decodedName, encodedName, type StoredInstance } from './authentik-segment.js';
import type { Ledger, LedgerIntent, LedgerRecord } from './ledger.js';

export interface AuthentikLedgerOptions {
  /** Nothing is made: where there is no ledger yet, it is empty. */
  readonly readOnly?: boolean;
  readonly times?: LockTimes;
  /** Milliseconds before what failed is tried again. */
  readonly pause?: number;
}

/**
 * Opens the ledger on a server and makes its key at the first time. `read` looks whether anything has changed; `intents` and
 * `owners` tell what was there then. The client stays open: it is the caller's. Throws DirectoryError: `denied` names the
 * missing permission, `corrupt` what is damaged.
 */
export async function authentikLedger(
  client: AuthentikClient,
  { readOnly = false, times = lockTimes, pause }: AuthentikLedgerOptions = {},
): Promise<Ledger> {
  const instances = instancesOn(client, pause);
  const logs = new Map<string, Log>();
  let held: HeldLock | undefined;

  const logOf = (project: string): Log => {
    const prefix = `${ledgerName}:${encodedName(project)}:`;
    let log = logs.get(project);
    if (!log) {
      const guard = async (contested: boolean): Promise<void> => held?.check(contested);
      logs.set(project, (log = openLog({ instances, prefix, guard, pause })));
    }
    return log;
  };

  /** Tells whether anything was written since everything was last listed. */
  let listed = '';
  const list = async (): Promise<StoredInstance[]> => {
    const found = await instances.search(ledgerName);
    listed = stampOf(found.length, Math.max(...found.map(({ saved }) => saved)));
    return found.filter(isLedgerInstance);
  };
  const isCurrent = async (): Promise<boolean> => {
    const { count, newest } = await instances.newest(ledgerName);
    return stampOf(count, newest?.saved) === listed;
  };
  const take = async (all: readonly StoredInstance[]): Promise<void> => {
    for (const project of new Set([...logs.keys(), ...projectsIn(all)])) await logOf(project).replace(all);
  };

  const key = await openKey(instances, readOnly);
  /** What was read first counts until something asks anew. */
  let loaded: Promise<void> | undefined;
  const load = (): Promise<void> => {
    loaded ??= list()
      .then(take)
      .catch((error: unknown) => {
        loaded = undefined;
        throw error;
      });
    return loaded;
  };

  const write = async (project: string, changes: ReadonlyMap<string, Json>): Promise<void> => {
    if (readOnly) throw new Error('the ledger was opened for reading only');
    await load();
    await logOf(project).commit((values) => {
      // A key that is gone already need not go.
      const real = new Map([...changes].filter(([name, value]) => value !== null || values.has(name)));
      return real.size === 0 ? undefined : { changes: real };
    });
  };

  return {
    key,
    async read(project) {
      if (loaded && !(await isCurrent())) loaded = undefined;
      await load();
      return recordsIn(logOf(project).values());
    },
    async intents(project) {
      await load();
      return [...logOf(project).values()]
        .filter(([name]) => name.startsWith(intentOf('')))
        .map(([, value]) => value as unknown as LedgerIntent)
        .sort(byAddress);
    },
    intend: (project, intents) =>
      write(project, new Map(intents.map((one) => [intentOf(one.address), { ...one }]))),
    put: (project, records) =>
      write(
        project,
        new Map(
          records.flatMap((one): [string, Json][] => [
            [recordOf(one.address), rowOf(one)],
            [intentOf(one.address), null],
          ]),
        ),
      ),
    remove: (project, addresses) =>
      write(
        project,
        new Map(
          addresses.flatMap((one): [string, Json][] => [
            [recordOf(one), null],
            [intentOf(one), null],
          ]),
        ),
      ),
    async owners(except) {
      await load();
      const found = new Map<string, ForeignRecord[]>();
      for (const project of [...logs.keys()].sort()) {
        if (project === except) continue;
        for (const { kind, id, paths } of recordsIn(logOf(project).values()).values()) {
          const object = objectKey(kind, id);
          const known = found.get(object);
          if (known) known.push({ project, paths });
          else found.set(object, [{ project, paths }]);
        }
      }
      return found;
    },
    history: authentikHistory(instances),
    async lock(command, timeout, signal) {
      const lock = await acquireLock(instances, { command, timeout, signal, times });
      held = lock;
      return {
        lost: lock.lost,
        async release() {
          await lock.release();
          if (held === lock) held = undefined;
        },
      };
    },
    unlock: () => clearLock(instances, times),
    close: async () => {},
  };
}

/** The key of the keyed hashes: of several runs that make it at once, all get the same. */
async function openKey(instances: Instances, readOnly: boolean): Promise<Buffer> {
  let there = await instances.named(keyName);
  if (!there) {
    if (projectsIn(await instances.search(ledgerName)).size > 0) {
      const message = `the key of the ledger, blueprint instance ${keyName}, is gone, and without it no record tells anything; put it back from a backup of authentik’s database, or delete all instances named ${ledgerName}… and adopt the objects again`;
      throw new DirectoryError('corrupt', message);
    }
    if (readOnly) return randomKey();
    const context = { [formatMember]: formatVersion, id: randomId(), key: randomKey().toString('base64') };
    there = (await instances.create(keyName, context)) ?? (await instances.named(keyName));
  }
  const key = Buffer.from(String(there?.context.key ?? ''), 'base64');
  if (key.length !== 32)
    throw new DirectoryError('corrupt', `blueprint instance ${keyName} does not hold the key of the ledger`);
  return key;
}

function projectsIn(all: readonly StoredInstance[]): Set<string> {
  const names = all.flatMap(({ name }) => {
    const [start, project] = name.split(':');
    return start === ledgerName && project !== undefined ? [decodedName(project)] : [];
  });
  return new Set(names);
}

/** A segment never changes, so how many there are and when the last was made tells whether there are others. */
function stampOf(count: number, saved: number | undefined): string {
  return count === 0 ? 'nothing' : `${count} ${saved}`;
}

const recordOf = (address: Address): string => `r${address}`;
const intentOf = (address: Address): string => `i${address}`;

/** Records without the names of their members, which come in the same order each time. */
function rowOf(one: LedgerRecord): Json {
  const { address, kind, id, ownership, place, labels, whole, paths, formerly } = one;
  const row: Json[] = [address, kind, id, ownership, place, { ...labels }, whole, { ...paths }];
  return formerly ? [...row, [...formerly]] : row;
}

function recordsIn(values: ReadonlyMap<string, Json>): Map<Address, LedgerRecord> {
  const records: LedgerRecord[] = [];
  for (const [name, value] of values) if (name.startsWith(recordOf(''))) records.push(recordFrom(value));
  return new Map(records.sort(byAddress).map((one) => [one.address, one]));
}

function recordFrom(value: Json): LedgerRecord {
  const [address, kind, id, ownership, place, labels, whole, paths, formerly] = value as [
    Address,
    string,
    Id,
    LedgerRecord['ownership'],
    string,
    Record<string, string>,
    string,
    Record<string, string>,
    Address[]?,
  ];
  const record = { address, kind, id, ownership, place, labels, whole, paths };
  return formerly ? { ...record, formerly } : record;
}

function byAddress(a: { readonly address: Address }, b: { readonly address: Address }): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}
