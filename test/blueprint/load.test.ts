/** Paths that are no files: nothing is read of them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { load } from '../../src/blueprint/load.js';

test.skipIf(process.platform === 'win32')('nobody waits for a pipe', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  const { sources, diagnostics } = await load([pipe], folder);
  expect(sources).toEqual([]);
  expect(diagnostics).toMatchObject([
    { code: 'unreadable-file', message: 'pipe.yaml: it is a pipe, and only regular files are read' },
  ]);
});

test.skipIf(!existsSync('/dev/zero'))('a device is not read', async () => {
  const { sources, diagnostics } = await load(['/dev/zero'], '/');
  expect(sources).toEqual([]);
  expect(diagnostics).toMatchObject([
    { code: 'unreadable-file', message: expect.stringMatching(/^dev\/zero: it is a device/) },
  ]);
});

test.skipIf(!existsSync('/proc/self/environ'))('what the kernel makes up is not read', async () => {
  const { sources, diagnostics } = await load(['/proc/self/environ'], '/');
  expect(sources).toEqual([]);
  expect(diagnostics).toMatchObject([
    { code: 'unreadable-file', message: expect.stringMatching(/not a file on a disk$/) },
  ]);
});
