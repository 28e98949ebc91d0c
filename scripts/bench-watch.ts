/**
 * Measures what a running watch costs: one edit in folders of three shapes, a checkout of many files, and drift. Works
 * on the built program of any checkout, so that two versions can be measured side by side.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { randomFrom } from './generate.js';

/** What the watch measurements found, in milliseconds and megabytes; medians where something is done many times. */
export interface WatchRow {
  readonly what: string;
  /** How long the run took, as the watch says. */
  readonly run: number;
  /** CPU time of the process, the waiting for events included. */
  readonly cpu?: number;
  /** From the save until the directory equals the file. */
  readonly total: number;
  readonly megabytes?: number;
}

/** The parts of a log line about a run that are looked at. */
interface Run {
  readonly trigger: string;
  readonly milliseconds: number;
  readonly changed: number;
}

/** How long anything may take before the measuring gives up, in milliseconds. */
const longest = 180_000;
/** Linux counts the CPU time of a process in hundredths of a second. */
const clockTick = 10;

/** A watch in a process of its own. */
interface Watched {
  readonly runs: readonly Run[];
  /** Waits for a run after the first `count`, of one trigger where that is given. */
  next(count: number, trigger?: string): Promise<Run>;
  /** CPU time so far, in milliseconds. */
  cpu(): number;
  /** Resident memory, in megabytes. */
  memory(): number;
  stop(): Promise<void>;
}

function startWatch(cli: string, folder: string): Watched {
  const words = 'watch blueprints --project bench --interval off --listen off --log json'.split(' ');
  const child: ChildProcess = spawn(process.execPath, [cli, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const runs: Run[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const entry = JSON.parse(line);
    if (entry.run !== undefined) runs.push(entry);
  });
  return {
    runs,
    next: async (count, trigger) => {
      const until = performance.now() + longest;
      for (;;) {
        const found = runs.slice(count).find((run) => trigger === undefined || run.trigger === trigger);
        if (found) return found;
        if (performance.now() > until || child.exitCode !== null) throw new Error('the watch does not run');
        await sleep(2);
      }
    },
    cpu: () => {
      // The second field is a name in parentheses, which may hold spaces.
      const facts = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(facts[11]) + Number(facts[12])) * clockTick;
    },
    memory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024);
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A folder of users that can be edited one by one. */
interface Company {
  readonly folder: string;
  /** Gives a user another name and saves the file as editors do: beside it, then renamed. */
  edit(user: number, name: string): void;
  nameOf(user: number): string;
}

function makeCompany(folder: string, users: number, files: number): Company {
  const names = Array.from({ length: users }, (_, at) => `User ${at}`);
  const save = (file: number): void => {
    const lines = ['version: 1', `metadata: {name: part-${file}}`, 'entries:'];
    for (let at = file; at < users; at += files) {
      lines.push(
        '  - model: authentik_core.user',
        `    identifiers: {username: user${at}}`,
        '    attrs:',
        `      name: ${names[at]}`,
        `      email: user${at}@example.org`,
        `      path: staff/${at % 17}`,
        '      attributes:',
        `        department: d${at % 23}`,
        '        title: Engineer',
        `        phone: "+49 30 ${100000 + at}"`,
      );
    }
    const path = join(folder, 'blueprints', `part-${file}.yaml`);
    writeFileSync(`${path}~`, `${lines.join('\n')}\n`);
    renameSync(`${path}~`, path);
  };
  mkdirSync(join(folder, 'blueprints'), { recursive: true });
  for (let file = 0; file < files; file++) save(file);
  return {
    folder,
    edit: (user, name) => {
      names[user] = name;
      save(user % files);
    },
    nameOf: (user) => names[user]!,
  };
}

function connect(folder: string): Database.Database {
  const database = new Database(join(folder, '.asbuilt/directory.db'));
  database.exec('PRAGMA busy_timeout = 5000');
  return database;
}

/** Waits until a user has a name in the directory; gives the milliseconds since `from`. */
async function equals(
  database: Database.Database,
  user: number,
  name: string,
  from: number,
): Promise<number> {
  const query = database.prepare(
    "SELECT json_extract(attributes, '$.name') AS name FROM object WHERE kind = 'authentik_core.user' AND json_extract(attributes, '$.username') = ?",
  );
  for (;;) {
    const row = query.get([`user${user}`]) as { name: string } | undefined;
    if (row?.name === name) return performance.now() - from;
    if (performance.now() - from > longest) throw new Error(`user${user} is still ${row?.name}`);
    await sleep(5);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** One edit after another, each after the run over the one before. */
async function edits(
  cli: string,
  folder: string,
  users: number,
  files: number,
  count: number,
): Promise<WatchRow[]> {
  const company = makeCompany(folder, users, files);
  const watched = startWatch(cli, folder);
  await watched.next(0);
  await sleep(500);
  const database = connect(folder);
  const random = randomFrom(1);
  const runs: number[] = [];
  const totals: number[] = [];
  const costs: number[] = [];
  for (let edit = 0; edit < count; edit++) {
    const user = Math.floor(random() * users);
    const before = watched.runs.length;
    const spent = watched.cpu();
    const from = performance.now();
    company.edit(user, `Edited ${edit}`);
    totals.push(await equals(database, user, `Edited ${edit}`, from));
    runs.push((await watched.next(before, 'files')).milliseconds);
    // What it does after a run belongs to the edit too.
    await sleep(100);
    costs.push(watched.cpu() - spent);
  }
  const shape =
    files === users
      ? `${files} files of one entry`
      : `${users} entries in ${files} file${files > 1 ? 's' : ''}`;
  const rows = [
    {
      what: `one edit, ${shape}`,
      run: median(runs),
      cpu: median(costs),
      total: median(totals),
      megabytes: watched.memory(),
    },
  ];
  if (files !== users && files > 1) {
    const before = watched.runs.length;
    const from = performance.now();
    database
      .prepare(
        "UPDATE object SET attributes = json_set(attributes, '$.name', 'Mallory') WHERE kind = 'authentik_core.user' AND json_extract(attributes, '$.username') = ?",
      )
      .run(['user7']);
    const total = await equals(database, 7, company.nameOf(7), from);
    rows.push({
      what: 'a change by another process, until healed',
      run: (await watched.next(before)).milliseconds,
      cpu: Number.NaN,
      total,
      megabytes: watched.memory(),
    });
  }
  database.close();
  await watched.stop();
  return rows;
}

async function checkout(cli: string, folder: string, files: number): Promise<WatchRow> {
  const company = makeCompany(folder, files, files);
  const git = (...words: string[]): void =>
    void execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', ...words], {
      cwd: folder,
      stdio: 'ignore',
    });
  writeFileSync(join(folder, '.gitignore'), '.asbuilt/\n');
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'before');
  git('checkout', '--quiet', '-b', 'after');
  for (let user = 0; user < files; user++) company.edit(user, `Checked out ${user}`);
  git('commit', '--quiet', '--all', '--message', 'after');
  git('checkout', '--quiet', 'main');
  const watched = startWatch(cli, folder);
  await watched.next(0);
  await sleep(1_000);
  const before = watched.runs.length;
  const from = performance.now();
  git('checkout', '--quiet', 'after');
  const run = await watched.next(before, 'files');
  const total = performance.now() - from;
  await sleep(2_000);
  const runs = watched.runs.length - before;
  await watched.stop();
  const what = `a git checkout of ${files} files: ${runs} run${runs === 1 ? '' : 's'}, ${run.changed} changes`;
  return { what, run: run.milliseconds, total };
}

/** The heading over the lines of `watchLine`. */
export const watchHeader = `${'in a watch'.padEnd(54)}${'run'.padStart(9)}${'CPU'.padStart(9)}${'save to equal'.padStart(15)}${'memory'.padStart(9)}`;

/** A row as it is printed. */
export function watchLine({ what, run, cpu, total, megabytes }: WatchRow): string {
  const ms = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : `${value.toFixed(0)} ms`;
  const memory = megabytes === undefined ? '' : `${megabytes} MB`;
  return `${what.padEnd(54)}${ms(run).padStart(9)}${ms(cpu).padStart(9)}${ms(total).padStart(15)}${memory.padStart(9)}`.trimEnd();
}

/** Measures a watch of the built program `cli`, a row after the other. Needs Linux, for the CPU time. */
export async function* benchWatch(cli: string, count: number): AsyncGenerator<WatchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-bench-watch-'));
  try {
    yield* await edits(cli, join(folder, 'files'), 10_000, 100, count);
    yield* await edits(cli, join(folder, 'one'), 10_000, 1, count);
    yield* await edits(cli, join(folder, 'many'), 5_000, 5_000, count);
    yield await checkout(cli, join(folder, 'checkout'), 1_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
