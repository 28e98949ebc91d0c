/** Files in, their trees in the cache of a folder out: the thread of `cache-fill.ts`. */
import { workerData } from 'node:worker_threads';
import { openCache } from './cache.js';
import type { Filling } from './cache-fill.js';
import { readOnce } from './read.js';

const { folder, sources } = workerData as Filling;
const cache = openCache(folder);
for (const source of sources) readOnce(source, cache);
