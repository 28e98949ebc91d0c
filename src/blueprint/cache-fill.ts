/** Large files in, their trees in the cache out: read by a thread, so that this one can read the directory meanwhile. */
import { Worker } from 'node:worker_threads';
import { openCache } from './cache.js';
import type { LoadedSource } from './load.js';

/** From this size on, in code units, a file takes longer to read than a thread to start. */
const large = 4 * 1024 * 1024;

/** What the thread is given. */
export interface Filling {
  readonly folder: string;
  readonly sources: readonly LoadedSource[];
}

/** A thread that reads. */
export interface FillingCache {
  /** Never fails: what is not in the cache at the end is read as usual. */
  readonly done: Promise<void>;
  /** Ends it, also before it is done. */
  readonly end: () => void;
}

/**
 * Begins to read the large files that the cache in a folder does not have. Nothing when there are none, or when this is no
 * published program, whose threads have no loader for it.
 */
export function fillCache(folder: string, all: readonly LoadedSource[]): FillingCache | undefined {
  const cache = openCache(folder);
  const sources = all.filter((one) => one.text.length >= large && !cache.has(one));
  if (sources.length === 0 || !import.meta.url.endsWith('.js')) return undefined;
  const workerData: Filling = { folder, sources };
  const thread = new Worker(new URL('./cache-fill-thread.js', import.meta.url), { workerData });
  thread.on('error', () => {});
  return {
    done: new Promise((resolve) => thread.once('exit', () => resolve())),
    end: () => void thread.terminate(),
  };
}
