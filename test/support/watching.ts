/** A watch in this process for tests: a folder with blueprints, the runs as they end, and the directory beside it. */
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import { areProblems, placesOf, requestOf, type SharedOptions } from '../../src/commands/request.js';
import type { Request } from '../../src/reconcile/request.js';
import type { RunReport, WatchState } from '../../src/watch/state.js';
import { type RunDetails, type Watch, type WatchOptions, watch } from '../../src/watch/watch.js';
import { commandIn } from './command.js';
import { temporaryFolder } from './request.js';

/** What a test sees of a watch. */
export interface Watching {
  readonly folder: string;
  readonly watch: Watch;
  readonly runs: readonly RunReport[];
  readonly details: readonly RunDetails[];
  readonly told: readonly string[];
  state(): WatchState;
  /** Waits for a run that the condition holds for, among those after `after`. Fails after a generous while. */
  until(condition: (run: RunReport, state: WatchState) => boolean, after?: number): Promise<RunReport>;
  /** Writes a file as editors that care do: beside it, then over it. */
  save(path: string, text: string): void;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** Rows of a query on the directory's file. */
  query(sql: string): unknown[][];
  /** Runs a statement on the directory's file from another connection, as another process would. */
  execute(sql: string): void;
  stop(): Promise<void>;
}

/** How long a test waits for what must happen, in milliseconds. */
const longest = 60_000;

export interface WatchingOptions extends Partial<Omit<WatchOptions, 'request'>> {
  readonly folder?: string;
  readonly shared?: SharedOptions;
  readonly env?: Record<string, string>;
  readonly files?: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
  /** Opens another directory than the file in the folder. */
  readonly open?: Request['open'];
}

/** Begins to watch `blueprints` in a folder of its own; stopped when the test ends. */
export function watching(options: WatchingOptions = {}): Watching {
  const folder = options.folder ?? temporaryFolder();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  // Written long ago: what changed just before it was watched counts as changed.
  const past = new Date(Date.now() - 60_000);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    write(path, text);
    utimesSync(join(folder, path), past, past);
  }
  mkdirSync(join(folder, 'blueprints'), { recursive: true });
  const database = join(folder, '.asbuilt/directory.db');
  const ending = new AbortController();
  const { surroundings } = commandIn(folder, { env: options.env ?? {}, signal: ending.signal });
  const runs: RunReport[] = [];
  const details: RunDetails[] = [];
  const told: string[] = [];
  const waiters = new Set<() => void>();
  const shared = { project: 'staff', ...options.shared };
  const made = watch({
    mode: 'apply',
    allOrNothing: false,
    interval: 0,
    named: () => placesOf(surroundings, options.paths ?? [], shared),
    configFiles: () => [join(folder, 'asbuilt.yaml')],
    ignored: () => [join(folder, '.asbuilt')],
    ...options,
    request: () => {
      const request = requestOf(surroundings, options.paths ?? [], shared, {
        blueprints: true,
        directory: true,
      });
      return areProblems(request) || !options.open ? request : { ...request, open: options.open };
    },
    signal: ending.signal,
    told: (message) => {
      told.push(message);
      for (const waiter of waiters) waiter();
    },
    ended: (run, detail) => {
      runs.push(run);
      details.push(detail);
      for (const waiter of waiters) waiter();
    },
  });
  const stop = async (): Promise<void> => {
    ending.abort();
    await made.finished;
  };
  onTestFinished(stop);
  const connected = <T>(work: (database: Database.Database) => T): T => {
    const connection = new Database(database);
    try {
      connection.exec('PRAGMA busy_timeout = 5000');
      return work(connection);
    } finally {
      connection.close();
    }
  };
  made.begin();
  return {
    folder,
    watch: made,
    runs,
    details,
    told,
    state: made.state,
    until: (condition, after = 0) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = runs.find((run) => run.number > after && condition(run, made.state()));
          if (!found) return;
          waiters.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiters.delete(look);
          reject(new Error(`no such run: ${JSON.stringify({ runs, told }, null, 1)}`));
        }, longest);
        waiters.add(look);
        look();
      }),
    save: (path, text) => {
      write(`${path}.new~`, text);
      renameSync(join(folder, `${path}.new~`), join(folder, path));
    },
    write,
    remove: (path) => rmSync(join(folder, path), { recursive: true, force: true }),
    query: (sql) => connected((one) => one.prepare(sql).raw().all() as unknown[][]),
    execute: (sql) => connected((one) => void one.exec(sql)),
    stop,
  };
}
