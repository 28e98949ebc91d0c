/** The embedded directory, on a database connection. */

import { setTimeout as sleep } from 'node:timers/promises';
import { userKind } from '../../model/kind-names.js';
import { catalogue } from '../../model/kinds.js';
import type { Fields, Kind } from '../../model/model.js';
import { checker } from '../checks.js';
import type { Directory } from '../directory.js';
import { normalFields } from '../normal.js';
import { factsOf, layoutOf, refuseSingleton } from '../semantics.js';
import { anonymousName, beginWrite } from './begin-write.js';
import type { Connection } from './connection.js';
import { readEvents } from './events.js';
import { readMeta } from './migrate.js';
import { sqlPeople } from './people.js';
import { readPages } from './read.js';
import { migrate } from './schema.js';
import { createObject, deleteObject, type Prepared, updateObject } from './write.js';
import type { WriteContext } from './write-context.js';

/** A directory on a connection, and a way to write to the same store in the same transaction. */
export interface SqlDirectory {
  readonly directory: Directory;
  readonly connection: Connection;
  /** Identifies the store, also when its file is moved. */
  readonly installId: string;
  /** Runs `work` in one transaction. Inside, only `within` may be written to: the store itself waits for its end. */
  transaction<T>(work: (within: Directory) => Promise<T>): Promise<T>;
}

const pollEvery = 250;

/** Brings the tables up to date and gives the directory on them. */
export async function openDirectory(connection: Connection): Promise<SqlDirectory> {
  await migrate(connection);
  const installId = (await readMeta(connection, 'install_id')) ?? '';
  const transaction = <T>(work: (context: WriteContext) => Promise<T>): Promise<T> =>
    connection.transaction(async () => {
      const context = await beginWrite(connection, installId);
      const result = await work(context);
      await context.end();
      return result;
    });
  await addMissingObjects(connection, transaction);
  return {
    directory: directoryOn(connection, transaction),
    connection,
    installId,
    transaction: (work) => transaction((context) => work(directoryOn(connection, transaction, context))),
  };
}

type Transact = <T>(work: (context: WriteContext) => Promise<T>) => Promise<T>;

/** Adds what every store has from the start: the hidden anonymous user and the singletons. */
async function addMissingObjects(connection: Connection, transaction: Transact): Promise<void> {
  const missing = async (): Promise<{ kind: Kind; hidden: boolean }[]> => {
    const present = await connection.all<[string, number]>('SELECT DISTINCT kind, hidden FROM object');
    const is = (kind: Kind, hidden: boolean): boolean =>
      present.some(([one, flag]) => one === kind && (flag === 1) === hidden);
    const singletons = [...catalogue().kinds.values()].filter((facts) => facts.singleton);
    return [
      ...(is(userKind, true) ? [] : [{ kind: userKind, hidden: true }]),
      ...singletons.filter(({ kind }) => !is(kind, false)).map(({ kind }) => ({ kind, hidden: false })),
    ];
  };
  if ((await missing()).length === 0) return;
  const prepared: Prepared = { checker: await checker(), hashes: {} };
  await transaction(async (context) => {
    for (const { kind, hidden } of await missing()) {
      const fields: Fields = hidden ? { username: anonymousName, name: anonymousName } : {};
      await createObject(context, kind, fields, prepared, hidden);
    }
  });
}

/** The directory; with a context, as part of that context's transaction. */
function directoryOn(connection: Connection, transaction: Transact, context?: WriteContext): Directory {
  const write: Transact = context ? (work) => work(context) : transaction;
  const own: Directory = {
    name: connection.name,
    kinds: new Set([...catalogue().kinds.values()].filter((facts) => !facts.meta).map((facts) => facts.kind)),
    atomic: true,
    normalize: (kind, attributes) => {
      const facts = catalogue().kinds.get(kind);
      return facts ? normalFields(facts, attributes) : attributes;
    },
    concurrency: 1,
    fields: () => 'all',
    list: async function* (kind, options, signal) {
      const now = `${new Date().toISOString().slice(0, 19)}Z`;
      for await (const page of readPages(connection, kind, options, now, signal)) {
        for (const object of page) yield object;
      }
    },
    events: (options, signal) => readEvents(connection, options, signal),
    create: async (kind, fields, signal) => {
      signal.throwIfAborted();
      refuseSingleton(factsOf(kind));
      const { prepared, rest } = await prepare(kind, fields);
      return { object: await write((within) => createObject(within, kind, rest, prepared)) };
    },
    update: async (kind, id, before, after, signal) => {
      signal.throwIfAborted();
      const { prepared, rest } = await prepare(kind, after);
      return write((within) => updateObject(within, kind, id, before, rest, prepared));
    },
    delete: async (kind, id, signal) => {
      signal.throwIfAborted();
      return write((within) => deleteObject(within, kind, id));
    },
    transaction: (work) =>
      context ? work(directory) : transaction((within) => work(directoryOn(connection, transaction, within))),
    status: async () => {
      const begun = performance.now();
      const [version] = (await connection.first<[string]>('SELECT sqlite_version()'))!;
      return { software: `SQLite ${version}`, roundTrip: performance.now() - begun };
    },
    changes: (signal) => changesOf(connection, signal),
    close: () => connection.close(),
  };
  const directory: Directory = { ...own, people: sqlPeople(own, connection) };
  return directory;
}

/** Passwords become hashes before the store is locked for writing, because hashing takes long. */
async function prepare(kind: Kind, fields: Fields): Promise<{ prepared: Prepared; rest: Fields }> {
  const facts = factsOf(kind);
  const hashes: Record<string, string | null> = {};
  const rest = { ...fields };
  for (const field of layoutOf(facts).unreadable) {
    const value = rest[field.name];
    if (field.unreadable !== 'password' || (typeof value !== 'string' && value !== null)) continue;
    delete rest[field.name];
    // Without a password, nobody can log in with one. The library's default is argon2id.
    hashes[field.name] = value ? await (await import('@node-rs/argon2')).hash(value) : null;
  }
  return { prepared: { checker: await checker(), hashes }, rest };
}

/** Yields whenever another connection has written, until the signal aborts. */
async function* changesOf(connection: Connection, signal: AbortSignal): AsyncGenerator<void> {
  let seen = await connection.revision();
  while (!signal.aborted) {
    await sleep(pollEvery, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const revision = await connection.revision();
    if (revision === seen) continue;
    seen = revision;
    yield;
  }
}
