/** Keeps the ledger in database tables. */

import { DirectoryError } from '../directory/errors.js';
import { type Connection, chunks, insertRows, placeholders } from '../directory/sql/connection.js';
import { hasTable, readMeta, writeMeta } from '../directory/sql/migrate.js';
import { storedJson } from '../directory/sql/stored-json.js';
import { append } from '../model/append.js';
import {
  type Address,
  type ForeignRecord,
  type Id,
  type Json,
  type Kind,
  objectKey,
} from '../model/model.js';
import type { Ledger, LedgerIntent, LedgerRecord } from './ledger.js';
import { sqlHistory } from './sql-history.js';
import { migrateLedger } from './sql-schema.js';

/** The ledger of a store. `joined`: its writes are part of the caller's transaction. */
export async function sqlLedger(connection: Connection, { joined = false } = {}): Promise<Ledger> {
  if (!joined) await migrateLedger(connection);
  const key = Buffer.from((await readMeta(connection, 'ledger_key')) ?? '', 'base64');
  if (key.length !== 32)
    throw new DirectoryError('corrupt', `${connection.name}: the key of the ledger is missing`);
  const store = connection.name;
  const together = <T>(work: () => Promise<T>): Promise<T> =>
    joined ? work() : connection.transaction(work);

  return {
    key,
    read: async (project) => {
      const records = new Map<Address, LedgerRecord>();
      const rows = await connection.all<RecordRow>(
        `SELECT address, kind, id, ownership, place, labels, whole, paths, formerly FROM ledger
          WHERE project = ? ORDER BY address`,
        [project],
      );
      let kind = '';
      for (const row of rows) {
        // Share one text per kind; records of a kind are consecutive.
        if (row[1] !== kind) kind = row[1];
        records.set(row[0], new StoredRecord(kind, row, store));
      }
      return records;
    },
    intents: async (project) => {
      const rows = await connection.all<[string, string, string]>(
        'SELECT address, kind, since FROM ledger_intent WHERE project = ? ORDER BY address',
        [project],
      );
      return rows.map(([address, kind, since]): LedgerIntent => ({ address, kind, since }));
    },
    intend: (project, intents) =>
      together(() =>
        insertRows(
          connection,
          'ledger_intent (project, address, kind, since)',
          intents.map(({ address, kind, since }) => [project, address, kind, since]),
          'ON CONFLICT (project, address) DO UPDATE SET kind = excluded.kind, since = excluded.since',
        ),
      ),
    put: (project, records) =>
      together(async () => {
        const rows = records.map((one) => [
          project,
          one.address,
          one.kind,
          JSON.stringify(one.id),
          one.ownership,
          one.place,
          JSON.stringify(one.labels),
          one.whole,
          JSON.stringify(one.paths),
          JSON.stringify(one.formerly ?? []),
        ]);
        await insertRows(
          connection,
          'ledger (project, address, kind, id, ownership, place, labels, whole, paths, formerly)',
          rows,
          `ON CONFLICT (project, address) DO UPDATE SET kind = excluded.kind, id = excluded.id,
            ownership = excluded.ownership, place = excluded.place, labels = excluded.labels,
            whole = excluded.whole, paths = excluded.paths, formerly = excluded.formerly`,
        );
        await removeFrom(
          connection,
          'ledger_intent',
          project,
          records.map((one) => one.address),
        );
      }),
    remove: (project, addresses) =>
      addresses.length === 0
        ? Promise.resolve()
        : together(async () => {
            await removeFrom(connection, 'ledger', project, addresses);
            await removeFrom(connection, 'ledger_intent', project, addresses);
          }),
    owners: async (except) => {
      const rows = await connection.all<[string, string, string, string]>(
        'SELECT kind, id, project, paths FROM ledger WHERE project < ? OR project > ? ORDER BY project',
        [except, except],
      );
      const found = new Map<string, ForeignRecord[]>();
      for (const [kind, id, project, paths] of rows) {
        const key = objectKey(
          kind,
          storedJson<never>(store, `\`id\` in table ledger (project ${project})`, 'id', id) as Id,
        );
        append(found, key, new StoredForeign(project, paths, store));
      }
      return found;
    },
    history: sqlHistory(connection),
    close: () => connection.close(),
  };
}

type RecordRow = readonly [
  address: string,
  kind: string,
  id: string,
  ownership: string,
  place: string,
  labels: string,
  whole: string,
  paths: string,
  formerly: string,
];

const noLabels: LedgerRecord['labels'] = Object.freeze({});

/** A stored record. Paths are parsed on demand: for most records only the whole is compared. */
class StoredRecord implements LedgerRecord {
  // Shared by all, so that each is a record like any other to whoever copies or compares it.
  private static readonly lazyPaths: PropertyDescriptor & ThisType<StoredRecord> = {
    enumerable: true,
    configurable: true,
    get() {
      this.#paths ??= this.#read('paths', 'texts', this.#text) as LedgerRecord['paths'];
      return this.#paths;
    },
  };

  readonly address: Address;
  readonly id: Id;
  readonly ownership: LedgerRecord['ownership'];
  readonly place: string;
  readonly labels: LedgerRecord['labels'];
  readonly whole: string;
  readonly formerly: LedgerRecord['formerly'];
  declare readonly paths: LedgerRecord['paths'];
  readonly #text: string;
  readonly #store: string;
  #paths: LedgerRecord['paths'] | undefined;

  constructor(
    readonly kind: Kind,
    [address, , id, ownership, place, labels, whole, paths, formerly]: RecordRow,
    store: string,
  ) {
    this.address = address;
    this.#store = store;
    this.id = this.#read('id', 'id', id) as Id;
    this.ownership = ownership === 'created' ? 'created' : 'adopted';
    this.place = place;
    this.labels =
      labels === '{}' ? noLabels : (this.#read('labels', 'texts', labels) as LedgerRecord['labels']);
    this.whole = whole;
    this.formerly = formerly === '[]' ? undefined : (this.#read('formerly', 'list', formerly) as Address[]);
    this.#text = paths;
    Object.defineProperty(this, 'paths', StoredRecord.lazyPaths);
  }

  #read(column: string, form: 'texts' | 'list' | 'id', text: string): Json {
    return storedJson<never>(
      this.#store,
      `\`${column}\` in table ledger (address ${this.address})`,
      form,
      text,
    );
  }
}

/** A record of another project, with paths parsed on demand. */
class StoredForeign implements ForeignRecord {
  #paths: ForeignRecord['paths'] | undefined;

  constructor(
    readonly project: string,
    private readonly text: string,
    private readonly store: string,
  ) {}

  get paths(): ForeignRecord['paths'] {
    this.#paths ??= storedJson<ForeignRecord['paths']>(
      this.store,
      `\`paths\` in table ledger (project ${this.project})`,
      'texts',
      this.text,
    );
    return this.#paths;
  }
}

async function removeFrom(
  connection: Connection,
  table: 'ledger' | 'ledger_intent',
  project: string,
  addresses: readonly Address[],
): Promise<void> {
  for (const some of chunks(addresses)) {
    await connection.run(
      `DELETE FROM ${table} WHERE project = ? AND address IN (${placeholders(some.length)})`,
      [project, ...some],
    );
  }
}

/**
 * Binds a separate ledger to its directory. A ledger of another directory, or inside one, is refused: its records would
 * be taken for objects of this directory.
 */
export async function bindLedger(connection: Connection, identity: string, name: string): Promise<void> {
  if ((await readMeta(connection, 'ledger_of')) === identity) return;
  await connection.transaction(async () => {
    const bound = await readMeta(connection, 'ledger_of');
    if (bound === identity) return;
    const used =
      (await connection.first('SELECT 1 FROM ledger LIMIT 1')) ??
      ((await hasTable(connection, 'object'))
        ? await connection.first('SELECT 1 FROM object LIMIT 1')
        : undefined);
    if (bound !== undefined || used) {
      const owner = (await readMeta(connection, 'ledger_of_name')) ?? 'the directory it is in';
      const message = `${connection.name}: this ledger belongs to ${owner}, not to ${name}`;
      throw new DirectoryError('mismatch', message);
    }
    await writeMeta(connection, 'ledger_of', identity);
    await writeMeta(connection, 'ledger_of_name', name);
  });
}
