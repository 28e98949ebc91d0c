/** Puts 500 mutated and malformed inputs through the whole program: each is refused with diagnostics, and nothing changes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apply } from '../src/reconcile/reconcile.js';
import { diagnosticsText } from '../src/report/diagnostics.js';
import { hostileInputs } from './hostile.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';
import { snapshotOf } from './support/snapshot.js';

/** Microseconds of computing that no input may take, however busy the machine is with other things. */
const tooMuch = 20_000_000;

const inputs = hostileInputs();
/** In parts, so that a busy machine has time enough for each. */
const parts = 10;

test.each(Array.from({ length: parts }, (_, part) => part))(
  'every hostile input gives diagnostics, and none an exception or a change: part %s',
  async (part) => {
    const folder = temporaryFolder();
    const directory = databaseIn(folder);
    const before = await snapshotOf(directory);
    const slow: string[] = [];
    for (const { name, bytes, mustFail } of inputs.filter((_, at) => at % parts === part)) {
      const path = join(folder, 'input.yaml');
      writeFileSync(path, bytes);
      const started = process.cpuUsage();
      const result = await apply(
        request({ paths: ['input.yaml'], cwd: folder, directory }),
        async () => false,
      );
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
    expect(await snapshotOf(directory)).toEqual(before);
  },
);
