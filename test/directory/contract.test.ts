/** The contract of every directory, on the drivers that need no server. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/reconcile/open-store.js';
import { directoryContract } from '../contract/directory.js';
import { memoryStore } from '../contract/memory.js';

directoryContract('sqlite in memory', () => openStore('sqlite::memory:'));
directoryContract('sqlite in a file', () =>
  openStore(`sqlite:${join(mkdtempSync(join(tmpdir(), 'asbuilt-')), 'directory.db')}`),
);
directoryContract('in memory, not atomic', () => memoryStore());
