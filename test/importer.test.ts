/**
 * Small blueprints beside authentik's own importer: do both accept the same, and make the same of it? `IMPORTER_CASES`
 * names another file of cases, `IMPORTER_EACH=1` takes every case instead of a sample.
 */
import { expect, test } from 'vitest';
import { casesFile, readCases } from './importer/cases.js';
import { compare, type Verdict } from './importer/compare.js';
import { reasonOf } from './importer/explained.js';
import { worldOfCases } from './importer/world.js';

const withoutCases = casesFile ? '' : ' (skipped: the cases are not beside the repository)';
/** Differences without a reason, in a hundred cases. It only ever goes down. */
const unexplainedInAHundred = 4;

test.skipIf(!casesFile)(`blueprints mean what they mean to authentik${withoutCases}`, async () => {
  const attempt = await worldOfCases();
  const counts = new Map<Verdict | string, number>();
  const count = (name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
  const unexplained: string[] = [];
  const cases = readCases(casesFile!, Number(process.env.IMPORTER_EACH ?? 8));
  for (const one of cases) {
    const compared = compare(one, await attempt(one));
    count(compared.verdict);
    if (compared.verdict === 'same') continue;
    const reason = reasonOf(one, compared);
    if (reason === undefined)
      unexplained.push(`${one.id} ${compared.verdict}: ${compared.details.join('; ')}`);
    else count(`  ${reason}`);
  }
  console.log([...counts].map(([name, number]) => `${number} ${name}`).join('\n'));
  console.log(unexplained.map((line) => line.slice(0, 200)).join('\n'));
  expect(counts.get('same') ?? 0).toBeGreaterThan(cases.length * 0.8);
  expect(unexplained.length, unexplained.join('\n')).toBeLessThanOrEqual(
    (cases.length * unexplainedInAHundred) / 100,
  );
});
