/** Shared by the tests of file triggers: a temporary folder, a watch over it, and what the watch said. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type FileWatch, type FileWatchOptions, watchFiles } from '../../src/watch/files.js';
import type { WatchedPaths } from '../../src/watch/files-look.js';

/** How long a call may take to come, in milliseconds: only a watch that lost it takes so long. */
const longest = 60_000;

/** A temporary folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'asbuilt-files-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, its folders too. */
export function write(path: string, text = 'version: 1\n'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Fills a mounted volume's folder as the kubelet does: files are links to `..data/<name>`. */
export function mountVolume(folder: string, version: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    write(join(folder, version, name), text);
    const link = join(folder, name);
    rmSync(link, { force: true });
    symlinkSync(join('..data', name), link);
  }
  rmSync(join(folder, '..data'), { force: true });
  symlinkSync(version, join(folder, '..data'));
}

export interface Observed {
  readonly watch: FileWatch;
  /** The paths of each call so far. */
  readonly calls: ReadonlySet<string>[];
  readonly problems: string[];
  /** Waits until there were so many calls. */
  called(times: number): Promise<void>;
  /** Waits until a call named the path. */
  saw(path: string): Promise<void>;
  /** Every path that any call named, sorted. */
  paths(): string[];
}

/** Watches until the test ends. */
export async function observe(
  paths: Partial<WatchedPaths>,
  options: Partial<FileWatchOptions> = {},
): Promise<Observed> {
  const calls: ReadonlySet<string>[] = [];
  const problems: string[] = [];
  const watch = watchFiles({
    problem: (message) => problems.push(message),
    signal: new AbortController().signal,
    ...options,
    paths: { blueprints: [], files: [], ignored: [], ...paths },
    changed: async (changed) => {
      calls.push(changed);
      await options.changed?.(changed);
    },
  });
  onTestFinished(() => watch.close());
  await watch.ready;
  return {
    watch,
    calls,
    problems,
    called: (times) => until(() => calls.length >= times),
    saw: (path) => until(() => calls.some((one) => one.has(path))),
    paths: () => [...new Set(calls.flatMap((one) => [...one]))].sort(),
  };
}

/** Waits for a condition; gives up, with an error, after half a minute. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + longest;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited ${longest / 1_000} s in vain`);
    await sleep(5);
  }
}

/** Long enough for a call too many to come. */
export async function aWhile(): Promise<void> {
  await sleep(250);
}
