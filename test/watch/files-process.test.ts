/** A file watch in a process of its own: how it ends, and what it does without inotify. */
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder, write } from './files-support.js';

const run = promisify(execFile);
const files = pathToFileURL(join(import.meta.dirname, '../../src/watch/files.ts')).href;

/** Watches a folder, changes a file, waits for the call, closes, and says what it saw when nothing keeps it alive any more. */
const program = `
  import { appendFileSync } from 'node:fs';
  import { watchFiles } from ${JSON.stringify(files)};
  const [folder, file] = process.argv.slice(2);
  const problems = [];
  let called;
  const call = new Promise((resolve) => { called = resolve; });
  const watch = watchFiles({
    paths: { blueprints: [folder], files: [], ignored: [] },
    changed: (paths) => called([...paths]),
    problem: (message) => problems.push(message),
    signal: new AbortController().signal,
  });
  await watch.ready;
  appendFileSync(file, '# more\\n');
  const paths = await call;
  // Closed while it handles another change.
  appendFileSync(file, '# more\\n');
  for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
  await watch.close();
  const timers = process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
  process.on('exit', () => console.log(JSON.stringify({ paths, problems, timers })));
`;

interface Outcome {
  readonly paths: string[];
  readonly problems: string[];
  /** Timers that were left right after closing. */
  readonly timers: number;
}

async function watchApart(prepare?: string): Promise<Outcome & { file: string }> {
  const folder = temporaryFolder();
  const blueprints = join(folder, 'blueprints');
  const file = join(blueprints, 'deep', 'staff.yaml');
  const script = join(folder, 'program.mts');
  write(file);
  for (let other = 0; other < 500; other++) write(join(blueprints, 'deep', `user-${other}.yaml`));
  write(script, program);
  const tsx = import.meta.resolve('tsx');
  const command = [process.execPath, '--import', tsx, script, blueprints, file];
  const [name, ...rest] = prepare ? inNamespace(prepare, command) : command;
  const { stdout } = await run(name!, rest, { timeout: 150_000 });
  return { ...(JSON.parse(stdout) as Outcome), file };
}

/** A user namespace has limits of its own, so that nobody else notices. */
function inNamespace(prepare: string, command: string[]): string[] {
  return ['unshare', '--user', '--map-root-user', 'sh', '-c', `${prepare} && exec "$@"`, 'sh', ...command];
}

function canLimit(): boolean {
  try {
    const [name, ...rest] = inNamespace('echo 1 > /proc/sys/user/max_inotify_watches', ['true']);
    execFileSync(name!, rest, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('nothing is left after close that would keep a process alive', async () => {
  const { file, paths, problems, timers } = await watchApart();
  expect({ paths, problems, timers }).toEqual({ paths: [file], problems: [], timers: 0 });
});

test.skipIf(!canLimit())('without enough inotify watches it polls, and says so once', async () => {
  const { file, paths, problems } = await watchApart('echo 1 > /proc/sys/user/max_inotify_watches');
  expect(paths).toContain(file);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/every 1 s.*fs\.inotify\.max_user_watches/);
});

test.skipIf(!canLimit())('and so it does without any inotify instance left', async () => {
  const { file, paths, problems } = await watchApart('echo 0 > /proc/sys/user/max_inotify_instances');
  expect(paths).toContain(file);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/every 1 s.*fs\.inotify\.max_user_instances/);
});
