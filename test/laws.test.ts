/** Laws that hold for every blueprint, tried on random ones. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, plan } from '../src/reconcile/reconcile.js';
import type { Request } from '../src/reconcile/request.js';
import { planText } from '../src/report/text.js';
import { entries, fileOf, type PlainEntry } from './support/arbitrary.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const runs = Number(process.env.LAW_RUNS ?? 25);
const look = { colour: false, width: 100 };

/** A folder with blueprints and a request over it. */
function workspace(folder: string, name: string, files: readonly (readonly PlainEntry[])[]): Request {
  const below = join(folder, name);
  mkdirSync(below, { recursive: true });
  files.forEach((list, at) => {
    writeFileSync(join(below, `${at}.yaml`), fileOf(list));
  });
  return request({ paths: [below], cwd: folder, directory: databaseIn(folder, `${name}.db`) });
}

async function applied(asked: Request): Promise<void> {
  const result = await apply(asked, async () => true);
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  expect(result.failed).toEqual([]);
}

test('the second plan is empty', async () => {
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(entries, async (list) => {
      const asked = workspace(folder, 'second', [list]);
      await applied(asked);
      const again = await plan(asked);
      expect(again.plan?.changes.map((one) => [one.verb, one.ref.address, one.fields])).toEqual([]);
      expect(again.plan?.records).toEqual([]);
      rmSync(join(folder, 'second.db'), { force: true });
    }),
    { numRuns: runs },
  );
});

test('the order of entries changes nothing', async () => {
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(
      entries.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      async ([list, shuffled]) => {
        const one = await plan(workspace(folder, 'order-a', [list]));
        const other = await plan(workspace(folder, 'order-b', [shuffled]));
        expect(lines(other)).toEqual(lines(one));
      },
    ),
    { numRuns: runs },
  );
});

/** A plan as text without its places, which follow the order of entries. */
function lines({ plan: made }: Awaited<ReturnType<typeof plan>>): string[] {
  if (!made) return [];
  return planText({ ...made, directory: 'directory' }, look)
    .split('\n')
    .map((line) => line.replace(/ +\S*\.yaml:\d+ */, ' '));
}
