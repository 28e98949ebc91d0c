/** Fuzzes the configuration, the saved plan and the ledger file for some minutes, with another seed each time. Exit code 1: something went wrong. */
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 1e9);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error('--minutes and --seed take numbers');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`${minutes} minutes with seed ${seed}`);
const until = Date.now() + minutes * 60_000;
const { tried, problems } = await fuzz(seed, () => Date.now() >= until, say);
say(`${tried} hostile files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
