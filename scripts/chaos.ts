/**
 * Minutes and a seed in; two watches of the built program under random edits, broken files, kills and lock fights for
 * that long; what was done, the memory of the watches and the verdict out. Exit code 1: something was lost.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chaos } from '../test/chaos/chaos.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 1e9);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error('--minutes and --seed take numbers');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const list = (counts: ReadonlyMap<string, number>): void => {
  for (const [name, times] of [...counts].sort(([, a], [, b]) => b - a))
    say(`  ${String(times).padStart(6)}  ${name}`);
};
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

const folder = mkdtempSync(join(tmpdir(), 'asbuilt-chaos-'));
say(`${minutes} minutes of chaos with seed ${seed} in ${folder}`);
const began = Date.now();
const report = await chaos({
  folder,
  command: [fileURLToPath(new URL('../dist/cli.js', import.meta.url))],
  seed,
  milliseconds: minutes * 60_000,
  lookEvery: 60_000,
  told: (line) => say(`${String(Math.round((Date.now() - began) / 1_000)).padStart(5)} s  ${line}`),
});
say('acts:');
list(report.counts);
say('runs of the watches:');
list(report.runs);
const { takeovers, killedInRun, looks, problems } = report;
say(
  `${takeovers.length} takeovers by a standby: median ${median(takeovers)} ms, longest ${Math.max(0, ...takeovers)} ms`,
);
say(`${killedInRun} watches killed while they wrote; looked at everything ${looks.length} times`);
for (const problem of problems) say(`PROBLEM  ${problem}`);
say(problems.length === 0 ? 'nothing was lost' : `${problems.length} problems; the folder is ${folder}`);
if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
process.exitCode = problems.length === 0 ? 0 : 1;
