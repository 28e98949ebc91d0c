/**
 * Sizes in; figures out that show what a running watch costs: how long after a save the directory equals the file, how
 * many runs a checkout gives, how long drift lives, what one changed entry costs beside a whole run, and memory.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'libsql';
import { randomFrom } from './generate.js';

/** One line of a watch's log about a run. */
interface Run {
  readonly trigger: string;
  readonly outcome: string;
  readonly milliseconds: number;
  readonly changed: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');
/** How long anything may take before the measuring gives up, in milliseconds. */
const longest = 180_000;

/** A watch in a process of its own. */
class Watched {
  readonly runs: Run[] = [];
  private constructor(
    readonly process: ChildProcess,
    readonly folder: string,
  ) {}

  static start(folder: string, more: readonly string[] = []): Watched {
    const words = [
      'watch',
      'blueprints',
      '--project',
      'bench',
      '--interval',
      'off',
      '--listen',
      'off',
      '--log',
      'json',
    ];
    const child = spawn(process.execPath, [cli, ...words, ...more], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const watched = new Watched(child, folder);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const entry = JSON.parse(line);
      if (entry.run !== undefined) watched.runs.push(entry);
    });
    return watched;
  }

  /** Waits for a run after the first `count`, of one trigger where that is given. */
  async next(count = this.runs.length, trigger?: string): Promise<Run> {
    const until = performance.now() + longest;
    for (;;) {
      const found = this.runs.slice(count).find((run) => trigger === undefined || run.trigger === trigger);
      if (found) return found;
      if (performance.now() > until || this.process.exitCode !== null)
        throw new Error('the watch does not run');
      await sleep(2);
    }
  }

  /** Resident memory, in megabytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
  }
}

/** A folder of users that can be edited one by one. */
class Company {
  private readonly names: string[];
  constructor(
    readonly folder: string,
    readonly users: number,
    readonly files: number,
  ) {
    this.names = Array.from({ length: users }, (_, at) => `User ${at}`);
    mkdirSync(join(folder, 'blueprints'), { recursive: true });
    for (let file = 0; file < files; file++) this.save(file);
  }

  private text(file: number): string {
    const lines = ['version: 1', `metadata: {name: part-${file}}`, 'entries:'];
    for (let at = file; at < this.users; at += this.files) {
      lines.push(
        '  - model: authentik_core.user',
        `    identifiers: {username: user${at}}`,
        '    attrs:',
        `      name: ${this.names[at]}`,
        `      email: user${at}@example.org`,
        `      path: staff/${at % 17}`,
        '      attributes:',
        `        department: d${at % 23}`,
        `        title: Engineer`,
        `        phone: "+49 30 ${100000 + at}"`,
      );
    }
    return `${lines.join('\n')}\n`;
  }

  save(file: number): void {
    const path = join(this.folder, 'blueprints', `part-${file}.yaml`);
    writeFileSync(`${path}~`, this.text(file));
    renameSync(`${path}~`, path);
  }

  edit(user: number, name: string): void {
    this.names[user] = name;
    this.save(user % this.files);
  }
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
    await sleep(1);
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

const ms = (milliseconds: number): string => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;

function say(what: string, figure: string): void {
  console.log(`${what.padEnd(64)} ${figure}`);
}

async function edits(folder: string, users: number, count: number): Promise<void> {
  const company = new Company(folder, users, 20);
  const watched = Watched.start(folder);
  await watched.next(0);
  const database = connect(folder);
  const random = randomFrom(1);
  const taken: number[] = [];
  for (let edit = 0; edit < count; edit++) {
    const user = Math.floor(random() * users);
    const from = performance.now();
    company.edit(user, `Edited ${edit}`);
    taken.push(await equals(database, user, `Edited ${edit}`, from));
    await sleep(20);
  }
  say(
    `a saved file among ${users} entries, until the directory equals it (${count} edits)`,
    `p50 ${ms(quantile(taken, 0.5))}, p99 ${ms(quantile(taken, 0.99))}`,
  );
  const from = performance.now();
  database
    .prepare(
      "UPDATE object SET attributes = json_set(attributes, '$.name', 'Mallory') WHERE kind = 'authentik_core.user' AND json_extract(attributes, '$.username') = ?",
    )
    .run(['user7']);
  const expected = /username: user7\}\n {4}attrs:\n {6}name: (.*)/.exec(
    readFileSync(join(folder, 'blueprints/part-7.yaml'), 'utf8'),
  )![1]!;
  say('drift made by another process, until it is healed', ms(await equals(database, 7, expected, from)));
  database.close();
  await watched.stop();
}

async function checkout(folder: string, files: number): Promise<void> {
  const company = new Company(folder, files, files);
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
  const watched = Watched.start(folder);
  await watched.next(0);
  await sleep(1_000);
  const before = watched.runs.length;
  const from = performance.now();
  git('checkout', '--quiet', 'after');
  const run = await watched.next(before, 'files');
  const took = performance.now() - from;
  await sleep(2_000);
  const runs = watched.runs.slice(before).length;
  say(
    `a git checkout that changes ${files} files`,
    `${runs} run${runs === 1 ? '' : 's'}, ${run.changed} changes, ${ms(took)} with the checkout`,
  );
  await watched.stop();
}

async function oneOfMany(folder: string, users: number): Promise<void> {
  const company = new Company(folder, users, 1);
  const first = Watched.start(folder);
  await first.next(0);
  await first.stop();
  const watched = Watched.start(folder);
  const cold = await watched.next(0);
  await sleep(500);
  const whole: number[] = [];
  for (let time = 0; time < 20; time++) {
    const count = watched.runs.length;
    watched.process.kill('SIGHUP');
    whole.push((await watched.next(count, 'signal')).milliseconds);
  }
  const single: number[] = [];
  for (let edit = 0; edit < 100; edit++) {
    const count = watched.runs.length;
    company.edit((edit * 997) % users, `Once ${edit}`);
    single.push((await watched.next(count, 'files')).milliseconds);
  }
  const one = quantile(single, 0.5);
  const full = quantile(whole, 0.5);
  const share = (of: number): string => `${((100 * one) / of).toFixed(1)} %`;
  say(`one changed entry of ${users}, in a running watch (${single.length} edits)`, ms(one));
  say(`  beside its first run (${ms(cold.milliseconds)})`, share(cold.milliseconds));
  say(`  beside a whole run later (${ms(full)}, ${whole.length} runs)`, share(full));
  say(`memory of a watch of ${users} entries`, `${watched.memory()} MB`);
  await watched.stop();
}

async function memory(folder: string, users: number, count: number): Promise<void> {
  const company = new Company(folder, users, 20);
  const watched = Watched.start(folder);
  await watched.next(0);
  const database = connect(folder);
  const random = randomFrom(2);
  const edit = async (number: number): Promise<void> => {
    const user = Math.floor(random() * users);
    const from = performance.now();
    company.edit(user, `Edit ${number}`);
    await equals(database, user, `Edit ${number}`, from);
  };
  for (let number = 0; number < count / 10; number++) await edit(number);
  const start = watched.memory();
  for (let number = 0; number < count; number++) await edit(number + count);
  say(
    `resident memory before and after ${count} edits among ${users} entries`,
    `${start} MB, ${watched.memory()} MB`,
  );
  database.close();
  await watched.stop();
}

/** How much of each. */
export interface WatchBench {
  /** Entries of the folder that is edited, and files of the one that is checked out. */
  readonly entries: number;
  readonly edits: number;
  /** Entries of the folder of which one is changed. */
  readonly many: number;
  /** Edits over which memory is looked at. */
  readonly forMemory: number;
}

/** Measures a watch and prints the figures, a line each. */
export async function benchWatch({ entries, edits: count, many, forMemory }: WatchBench): Promise<void> {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-bench-watch-'));
  try {
    await edits(join(folder, 'edits'), entries, count);
    await checkout(join(folder, 'checkout'), entries);
    await oneOfMany(join(folder, 'one'), many);
    await memory(join(folder, 'memory'), entries, forMemory);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  benchWatch({ entries: 1_000, edits: 200, many: 10_000, forMemory: 2_000 }).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
