/**
 * Measures for several sizes what validate, apply and plan cost in time and memory, beside a floor: a program that reads
 * the same files and the same rows and does nothing else. Then what a running watch costs (`bench-watch.ts`). Drives the
 * built program of any checkout (`--cli`), so that two versions can be measured side by side.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { benchWatch, type WatchRow, watchHeader, watchLine } from './bench-watch.js';
import { writeGenerated } from './generate.js';

/** What one run of a child process cost. */
interface Cost {
  readonly seconds: number;
  /** CPU time of all its threads, in seconds: it hardly depends on what else the machine does. */
  readonly cpu: number;
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

/** Loaded before a measured program: reports its peak memory (kilobytes) and CPU time (microseconds) on descriptor 3. */
const costReporter = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeSync(3, JSON.stringify([maxRSS, userCPUTime + systemCPUTime]));
  });
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
  import { readFast } from './yaml-fast.mjs';
  const trees = texts.map((text) => readFast({ path: 'people.yaml', text }).tree);
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
} as const;
type FloorName = keyof typeof floors;

/** Bundles this checkout's YAML reader for the floors, which must not depend on how a build lays out its modules. */
function bundleReader(folder: string): void {
  buildSync({
    entryPoints: [join(root, 'src/yaml/fast.ts')],
    outfile: join(folder, 'yaml-fast.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
}

/** Runs Node on a program and waits for its end. */
function run(program: string, args: readonly string[], cwd: string, expectedExit = 0): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, ['--import', costReporter, program, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let seconds = 0;
    let report = '';
    // Only the end of what a program says helps to understand why it failed.
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        said = (said + chunk).slice(-2000);
      });
    }
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      report += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', () => {
      seconds = Number(process.hrtime.bigint() - started) / 1e9;
    });
    child.on('close', (code, signal) => {
      if (code === expectedExit) {
        const [kilobytes, microseconds] = JSON.parse(report);
        resolve({ seconds, cpu: microseconds / 1e6, megabytes: Math.round(kilobytes / 1024) });
      } else reject(new BenchError(`${args.join(' ')}: ended with ${signal ?? code}\n${said}`));
    });
  });
}

/** The cost in the middle of several runs, by CPU time. */
async function middleOf(times: number, once: () => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let time = 0; time < times; time++) costs.push(await once());
  costs.sort((left, right) => left.cpu - right.cpu);
  return costs[Math.floor(costs.length / 2)]!;
}

async function benchStart(cli: string, folder: string): Promise<Row[]> {
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
async function* benchSize(cli: string, folder: string, users: number, repeat: number): AsyncGenerator<Row> {
  const blueprints = join(folder, 'blueprints');
  const database = join(folder, 'directory.db');
  const common = ['blueprints', '--directory', 'sqlite:directory.db'];
  const asbuilt = (command: string, more: readonly string[], expectedExit = 0) =>
    run(cli, [command, ...common, ...more], folder, expectedExit);
  const floor = async (name: FloorName): Promise<Row> => {
    const program = join(folder, 'floor.mjs');
    writeFileSync(program, floors[name]);
    bundleReader(folder);
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
  writeGenerated(blueprints, { users, edits: 10 });
  // Exit code 2 proves that the edits were seen.
  const edited = await cold(() => asbuilt('plan', ['--detailed-exitcode'], 2));
  yield { users, what: 'plan, ten edits', floor: whole, ...edited };
}

/** The YAML library's documents of more users than these take minutes and gigabytes, and are no floor any more. */
const mostForDocuments = 10_000;

const header = `${'users'.padStart(7)}  ${'what'.padEnd(44)}${'time'.padStart(9)}${'CPU'.padStart(9)}${'memory'.padStart(10)}${'× floor'.padStart(9)}`;

function line(row: Row, before: readonly Row[]): string {
  const floor = before.find((one) => one.users === row.users && one.what === row.floor);
  const times = floor ? (row.cpu / floor.cpu).toFixed(1) : '';
  const cells = [
    `${row.seconds.toFixed(2)} s`.padStart(9),
    `${row.cpu.toFixed(2)} s`.padStart(9),
    `${row.megabytes} MB`.padStart(10),
    times.padStart(9),
  ];
  return `${(row.users || '').toString().padStart(7)}  ${row.what.padEnd(44)}${cells.join('')}`.trimEnd();
}

interface Options {
  /** The built program to measure. */
  readonly cli: string;
  readonly sizes: readonly number[];
  readonly repeat: number;
  /** Edits of a watch; 0 leaves the watch out. */
  readonly edits: number;
  /** Where the figures are written too, as JSON. */
  readonly json: string | undefined;
}

function optionsOf(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      cli: { type: 'string', default: join(root, 'dist/cli.js') },
      sizes: { type: 'string', default: '1000,10000,100000' },
      repeat: { type: 'string', default: '1' },
      json: { type: 'string' },
      edits: { type: 'string', default: '30' },
      watch: { type: 'boolean' },
      'no-watch': { type: 'boolean' },
    },
  });
  const sizes = values.watch ? [] : values.sizes.split(',').map(Number);
  const [repeat, edits] = [Number(values.repeat), values['no-watch'] ? 0 : Number(values.edits)];
  if (
    ![...sizes, repeat].every((number) => Number.isInteger(number) && number > 0) ||
    !Number.isInteger(edits)
  ) {
    const usage =
      '[--sizes 1000,10000] [--repeat 3] [--json FILE] [--cli FILE] [--watch | --no-watch] [--edits 30]';
    throw new BenchError(`usage: npm run bench -- ${usage}`);
  }
  const cli = resolve(values.cli);
  if (!existsSync(cli)) throw new BenchError(`${cli} is missing: run npm run build in its checkout`);
  return { cli, sizes, repeat, edits, json: values.json };
}

async function main({ cli, sizes, repeat, edits, json }: Options): Promise<void> {
  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  };
  console.log(`${Object.values(machine).join(', ')}\n${cli}`);
  const rows: Row[] = [];
  const watchRows: WatchRow[] = [];
  const show = (row: Row): void => {
    console.log(line(row, rows));
    rows.push(row);
  };
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-bench-'));
  try {
    if (sizes.length > 0) {
      console.log(`\n${header}`);
      for (const row of await benchStart(cli, folder)) show(row);
    }
    for (const users of sizes) {
      const own = join(folder, String(users));
      mkdirSync(own);
      for await (const row of benchSize(cli, own, users, repeat)) show(row);
      rmSync(own, { recursive: true });
    }
    if (edits > 0) {
      console.log(`\n${watchHeader}`);
      for await (const row of benchWatch(cli, edits)) {
        console.log(watchLine(row));
        watchRows.push(row);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (json !== undefined) {
      const result = { date: new Date().toISOString(), machine, rows, watch: watchRows };
      writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  Promise.resolve(process.argv.slice(2))
    .then((words) => main(optionsOf(words)))
    .catch((error: unknown) => {
      console.error(error instanceof BenchError ? error.message : error);
      process.exitCode = 1;
    });
}
