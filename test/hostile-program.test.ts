/** 500 mutated and malformed inputs through the whole program: each is refused with diagnostics, and nothing changes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../src/reconcile/open-store.js';
import { apply } from '../src/reconcile/reconcile.js';
import { diagnosticsText } from '../src/report/diagnostics.js';
import { hostileInputs } from './hostile.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

/** Microseconds of computing that no input may take, however busy the machine is with other things. */
const tooMuch = 20_000_000;

test('every hostile input gives diagnostics, and none an exception or a change', async () => {
  const folder = temporaryFolder();
  const directory = databaseIn(folder);
  const before = await contents(directory);
  const slow: string[] = [];
  for (const { name, bytes, mustFail } of hostileInputs()) {
    const path = join(folder, 'input.yaml');
    writeFileSync(path, bytes);
    const started = process.cpuUsage();
    const result = await apply(request({ paths: ['input.yaml'], cwd: folder, directory }), async () => false);
    if (process.cpuUsage(started).user > tooMuch) slow.push(name);
    const errors = result.diagnostics.filter((one) => one.severity === 'error');
    if (mustFail) {
      expect(result.ok, name).toBe(false);
      expect(errors.length, name).toBeGreaterThan(0);
    }
    const text = diagnosticsText(result.diagnostics, { colour: false, width: 100 });
    expect(text, name).not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
    expect(result.outcome, name).not.toBe('applied');
  }
  expect(slow).toEqual([]);
  expect(await contents(directory)).toEqual(before);
});

/** Every object of the directory. */
async function contents(url: string): Promise<unknown[]> {
  const opened = await openStore(url);
  const objects: unknown[] = [];
  for (const kind of opened.directory.kinds) {
    for await (const one of opened.directory.list(kind, {}, new AbortController().signal)) objects.push(one);
  }
  await opened.close();
  return objects;
}
