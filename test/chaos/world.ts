/** A folder and dice in, everything that the acts of a chaos share out: what is written, what lives, what was done. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { type Random, randomOf } from './random.js';
import {
  type BlueprintFile,
  firstTree,
  isSteadyName,
  noteFile,
  passwordVariable,
  type Tree,
  textOf,
} from './tree.js';
import type { Process, Program } from './watcher.js';

/** Every secret begins with it, so that any of them is found in a log. */
export const canary = 'zqcanary';

/** An object that the chaos made in the directory beside the blueprints, as it must stay. */
export interface Stranger {
  readonly kind: 'authentik_core.user' | 'authentik_core.group';
  readonly id: string;
  readonly name: string;
  readonly attributes: string;
}

export interface World {
  readonly folder: string;
  readonly random: Random;
  readonly program: Program;
  /** What the files say, or will say when they are mended. */
  tree: Tree;
  /** What is committed on each branch, and which of them is checked out. */
  readonly branches: Map<string, Tree>;
  branch: string;
  /** What `!File` reads. */
  note: string;
  /** Files that on disk are not what the tree says. */
  readonly broken: Set<string>;
  /** What is still to be done, by when: mending, starting again. */
  later: { readonly due: number; readonly work: () => void | Promise<void> }[];
  /** Counts everything that may make blueprints broken, half or vanished for a moment. */
  disturbances: number;
  /** Steady files that vanished since the last look at everything, and steady names that were gone for too long. */
  readonly vanished: Set<string>;
  readonly excused: Set<string>;
  /** Everybody who was ever in a blueprint. */
  readonly everUsers: Set<string>;
  /** Everybody for whom `is_active: true` was ever written. */
  readonly everActive: Set<string>;
  readonly strangers: Map<string, Stranger>;
  /** `user group`, of strangers in any group. */
  readonly strangeMemberships: Set<string>;
  /** Attributes that were put into our users by hand, by username. */
  readonly handmade: Map<string, Record<string, string>>;
  /** What was taken away from our users by hand; given back by hand before everything is compared. */
  taken: { readonly username: string; readonly group?: string }[];
  readonly watches: Process[];
  /** All processes that there were. */
  readonly processes: Process[];
  /** Ends of an active watch while another stood by: when, and who. */
  readonly takeovers: number[];
  killedInRun: number;
  readonly problems: string[];
  readonly counts: Map<string, number>;
  number: number;
}

/** Makes the folder's first files, and a world around them. */
export function makeWorld(folder: string, seed: number, command: readonly string[]): World {
  const env = { [passwordVariable]: `${canary}-password-${seed}`, GIT_CONFIG_GLOBAL: '/dev/null' };
  const world: World = {
    folder,
    random: randomOf(seed),
    program: { command, folder, env },
    tree: firstTree(),
    branches: new Map(),
    branch: 'main',
    note: `${canary}-note-0`,
    broken: new Set(),
    later: [],
    disturbances: 0,
    vanished: new Set(),
    excused: new Set(),
    everUsers: new Set(),
    everActive: new Set(),
    strangers: new Map(),
    strangeMemberships: new Set(),
    handmade: new Map(),
    taken: [],
    watches: [],
    processes: [],
    takeovers: [],
    killedInRun: 0,
    problems: [],
    counts: new Map(),
    number: 0,
  };
  put(world, noteFile, world.note);
  put(world, '.gitignore', '.asbuilt/\nsecrets/\n');
  for (const [path, file] of world.tree) {
    put(world, path, textOf(file));
    remember(world, file);
  }
  return world;
}

/** Writes a file in place. */
export function put({ folder }: World, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

export function remember({ everUsers, everActive }: World, file: BlueprintFile): void {
  for (const [name, { isActive }] of file.users) {
    everUsers.add(name);
    if (isActive) everActive.add(name);
  }
}

export function count({ counts }: World, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** The steady names of a file could be gone for so long that a watch may believe it. */
export function excuse({ excused }: World, file: BlueprintFile): void {
  for (const name of [...file.users.keys(), ...file.groups.keys()]) if (isSteadyName(name)) excused.add(name);
}

/** A name that nothing had before. */
export function freshName(world: World, kind: string): string {
  return `${kind}-${++world.number}`;
}

/** Does `work` in a while, whatever else happens meanwhile. */
export function inAWhile(world: World, milliseconds: number, work: () => void | Promise<void>): void {
  world.later.push({ due: Date.now() + milliseconds, work });
}

/** Work on the directory's file from this process, as people with `sqlite3` do. */
export function withDatabase<T>({ folder }: World, work: (database: Database.Database) => T): T {
  const database = new Database(join(folder, '.asbuilt/directory.db'));
  try {
    database.exec('PRAGMA busy_timeout = 20000');
    return work(database);
  } finally {
    database.close();
  }
}

export function query(world: World, sql: string, ...values: (string | number)[]): unknown[][] {
  return withDatabase(world, (database) => database.prepare(sql).raw().all(values) as unknown[][]);
}

export function change(world: World, sql: string, ...values: (string | number)[]): void {
  withDatabase(world, (database) => void database.prepare(sql).run(values));
}
