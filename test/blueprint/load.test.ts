/** Paths that are no files in; what they give out, or that there is no end to it. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { load, maximumFileSize } from '../../src/blueprint/load.js';

test.skipIf(process.platform === 'win32')('a pipe is read to its end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  const text = `version: 1\n# ${'é'.repeat(100_000)}\n`;
  const program = `fs.writeFileSync(process.argv[1], 'version: 1\\n# ' + 'é'.repeat(100_000) + '\\n')`;
  spawn(process.execPath, ['-e', program, pipe]);
  const { sources, diagnostics } = await load([pipe], folder);
  expect(sources).toEqual([{ path: 'pipe.yaml', text, named: true }]);
  expect(diagnostics).toEqual([]);
});

test.skipIf(!existsSync('/dev/zero'))('what has no end is too large', async () => {
  const { sources, diagnostics } = await load(['/dev/zero'], '/');
  expect(sources).toEqual([]);
  expect(diagnostics).toMatchObject([
    { code: 'file-too-large', message: `dev/zero: more than ${maximumFileSize / 1024 / 1024}.0 MiB` },
  ]);
});
