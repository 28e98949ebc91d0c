/**
 * Sizes in; a table out that shows for each what validate, apply and plan cost in time and memory, beside the floor: the
 * same files read, or what the cache has of them, and the same rows read from SQLite, and nothing else. Then what a
 * running watch costs (`bench-watch.ts`).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import { benchWatch } from './bench-watch.js';
import { writeGenerated } from './generate.js';

/** What one run of a child process cost. */
interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

/** One line of the table. */
interface Row extends Cost {
  readonly users: number;
  readonly what: string;
  /** The least that could be: the name of a floor row of the same size. */
  readonly floor?: FloorName | 'floor: an empty module';
}

/** A child process ended otherwise than it should. */
class BenchError extends Error {
  override readonly name = 'BenchError';
}

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');

/** Loaded before a measured program: reports its peak memory (kilobytes) on descriptor 3 when it ends. */
const memoryReporter = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
`)}`;

const library = (name: string): string => JSON.stringify(import.meta.resolve(name));

const readFiles = `
  import { readFileSync, readdirSync } from 'node:fs';
  const folder = process.argv[2];
  const texts = readdirSync(folder).map((name) => readFileSync(folder + '/' + name, 'utf8'));
`;
const readDocuments = `
  import { parseDocument } from ${library('yaml')};
  for (const text of texts) parseDocument(text, { version: '1.1', logLevel: 'silent' });
`;
const readEvents = `
  import { parseEvents } from ${library('js-yaml')};
  for (const text of texts) parseEvents(text, {});
`;
/** The fastest reading there is that keeps an offset for every node. */
const readNodes = `
  import { readFast } from ${JSON.stringify(pathToFileURL(join(root, 'dist/blueprint/yaml-fast.js')).href)};
  const trees = texts.map((text) => readFast({ path: 'people.yaml', text }).tree);
`;
/** The trees that the cache has, each node of them: they are made when somebody looks. */
const readCached = `
  import { openCache } from ${JSON.stringify(pathToFileURL(join(root, 'dist/blueprint/cache.js')).href)};
  const cache = openCache('.asbuilt/cache');
  const visit = (node) => {
    for (const { value } of node.pairs ?? []) visit(value);
    for (const item of node.items ?? []) visit(item);
  };
  for (const text of texts) visit(cache.get({ path: 'people.yaml', text }).tree.root);
`;
/** The rows that a plan needs; the ledger's are the only ones whose JSON is not all of use. */
const readRows = `
  import Database from ${library('libsql')};
  const database = new Database(process.argv[3], { readonly: true });
  const tables = ['object', 'reference', 'family_id', 'object_permission', 'ledger', 'ledger_intent'];
  const rows = tables.map((name) => database.prepare('select * from "' + name + '"').raw().all());
`;

/** Programs that do a part of the work and nothing else. They get the folder of blueprints and the database. */
const floors = {
  'floor: YAML documents (yaml)': readFiles + readDocuments,
  'floor: YAML events (js-yaml)': readFiles + readEvents,
  'floor: YAML with offsets': readFiles + readNodes,
  'floor: rows and ledger (libsql)': readRows,
  'floor: YAML with offsets, rows and ledger': readFiles + readNodes + readRows,
  'floor: cache, rows and ledger': readFiles + readCached + readRows,
} as const;
type FloorName = keyof typeof floors;

/** Runs Node on a program and waits for its end. */
function run(program: string, args: readonly string[], cwd: string, expectedExit = 0): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, ['--import', memoryReporter, program, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let seconds = 0;
    let memory = '';
    // Only the end of what a program says helps to understand why it failed.
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        said = (said + chunk).slice(-2000);
      });
    }
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      memory += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', () => {
      seconds = Number(process.hrtime.bigint() - started) / 1e9;
    });
    child.on('close', (code, signal) => {
      if (code === expectedExit) resolve({ seconds, megabytes: Math.round(Number(memory) / 1024) });
      else reject(new BenchError(`${args.join(' ')}: ended with ${signal ?? code}\n${said}`));
    });
  });
}

/** The cost in the middle of several runs, by time. */
async function middleOf(times: number, once: () => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let time = 0; time < times; time++) costs.push(await once());
  costs.sort((left, right) => left.seconds - right.seconds);
  return costs[Math.floor(costs.length / 2)]!;
}

async function benchStart(folder: string): Promise<Row[]> {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  const nothing = await middleOf(9, () => run(empty, [], folder));
  const version = await middleOf(9, () => run(cli, ['--version'], folder));
  return [
    { users: 0, what: 'floor: an empty module', ...nothing },
    { users: 0, what: 'asbuilt --version', floor: 'floor: an empty module', ...version },
  ];
}

/** Everything about one size, row by row as it is measured. */
async function* benchSize(folder: string, users: number, repeat: number): AsyncGenerator<Row> {
  const blueprints = join(folder, 'blueprints');
  const database = join(folder, 'directory.db');
  const common = ['blueprints', '--directory', 'sqlite:directory.db'];
  const asbuilt = (command: string, more: readonly string[], expectedExit = 0) =>
    run(cli, [command, ...common, ...more], folder, expectedExit);
  const floor = async (name: FloorName): Promise<Row> => {
    const program = join(folder, 'floor.mjs');
    writeFileSync(program, floors[name]);
    return {
      users,
      what: name,
      ...(await middleOf(repeat, () => run(program, [blueprints, database], folder))),
    };
  };
  const forget = (): void => rmSync(join(folder, '.asbuilt'), { recursive: true, force: true });
  /** Measures a command whose files no earlier run has read. */
  const cold = (once: () => Promise<Cost>): Promise<Cost> =>
    middleOf(repeat, () => {
      forget();
      return once();
    });
  writeGenerated(blueprints, { users });

  if (users <= mostForDocuments) yield floor('floor: YAML documents (yaml)');
  yield floor('floor: YAML events (js-yaml)');
  yield floor('floor: YAML with offsets');
  const validating = () => run(cli, ['validate', 'blueprints'], folder);
  yield { users, what: 'validate', floor: 'floor: YAML with offsets', ...(await cold(validating)) };
  const firstApply = await cold(() => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, { force: true });
    return asbuilt('apply', ['--auto-approve']);
  });
  yield floor('floor: rows and ledger (libsql)');
  yield floor('floor: YAML with offsets, rows and ledger');
  yield { users, what: 'apply, first', ...firstApply };
  const planning = () => asbuilt('plan', ['--detailed-exitcode']);
  const whole = 'floor: YAML with offsets, rows and ledger';
  yield { users, what: 'plan, nothing to do', floor: whole, ...(await cold(planning)) };
  yield floor('floor: cache, rows and ledger');
  const unchanged = 'floor: cache, rows and ledger';
  const touched = await middleOf(repeat, () => {
    touch(database);
    return planning();
  });
  yield { users, what: 'plan, files unchanged, a user touched', floor: unchanged, ...touched };
  // The first one notes what it looked at.
  await planning();
  yield { users, what: 'plan, nothing changed', floor: unchanged, ...(await middleOf(repeat, planning)) };
  writeGenerated(blueprints, { users, edits: 10 });
  // Exit code 2 proves that the edits were seen.
  const edited = await cold(() => asbuilt('plan', ['--detailed-exitcode'], 2));
  yield { users, what: 'plan, ten edits', floor: whole, ...edited };
}

/** Changes something of one user that no blueprint speaks of. */
function touch(file: string): void {
  const database = new Database(file);
  const sql = `UPDATE object SET computed = json_set(computed, '$.last_login', ?)
    WHERE row = (SELECT max(row) FROM object WHERE kind = 'authentik_core.user')`;
  database.prepare(sql).run(new Date().toISOString());
  database.close();
}

/** The YAML library's documents of more users than these take minutes and gigabytes, and are no floor any more. */
const mostForDocuments = 10_000;

const header = `${'users'.padStart(7)}  ${'what'.padEnd(44)}${'time'.padStart(9)}${'memory'.padStart(10)}${'× floor'.padStart(9)}`;

function line(row: Row, before: readonly Row[]): string {
  const floor = before.find((one) => one.users === row.users && one.what === row.floor);
  const times = floor ? (row.seconds / floor.seconds).toFixed(1) : '';
  const cells = [
    `${row.seconds.toFixed(2)} s`.padStart(9),
    `${row.megabytes} MB`.padStart(10),
    times.padStart(9),
  ];
  return `${(row.users || '').toString().padStart(7)}  ${row.what.padEnd(44)}${cells.join('')}`.trimEnd();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '1000,10000,100000' },
      repeat: { type: 'string', default: '1' },
      json: { type: 'string' },
      'no-watch': { type: 'boolean' },
    },
  });
  const sizes = values.sizes.split(',').map(Number);
  const repeat = Number(values.repeat);
  if (![...sizes, repeat].every((number) => Number.isInteger(number) && number > 0)) {
    throw new BenchError(
      'usage: npm run bench [-- --sizes 1000,10000] [--repeat 3] [--json FILE] [--no-watch]',
    );
  }
  if (!existsSync(cli)) throw new BenchError('dist/cli.js is missing: npm run build');

  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  };
  console.log(`${Object.values(machine).join(', ')}\n\n${header}`);
  const rows: Row[] = [];
  const show = (row: Row): void => {
    console.log(line(row, rows));
    rows.push(row);
  };
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-bench-'));
  try {
    for (const row of await benchStart(folder)) show(row);
    for (const users of sizes) {
      const own = join(folder, String(users));
      mkdirSync(own);
      for await (const row of benchSize(own, users, repeat)) show(row);
      rmSync(own, { recursive: true });
    }
    if (!values['no-watch']) {
      console.log();
      await benchWatch({ entries: 1_000, edits: 200, many: 10_000, forMemory: 2_000 });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (values.json !== undefined) {
      writeFileSync(
        values.json,
        `${JSON.stringify({ date: new Date().toISOString(), machine, rows }, null, 2)}\n`,
      );
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error: unknown) => {
    console.error(error instanceof BenchError ? error.message : error);
    process.exitCode = 1;
  });
}
