/** Requests for tests: a temporary folder, a database in it, and everything else quiet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import type { Request } from '../../src/reconcile/request.js';

/** A folder that goes away when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A request over `paths`, with the given parts changed. */
export function request(over: Partial<Request> & Pick<Request, 'paths'>): Request {
  return {
    cwd: process.cwd(),
    project: 'default',
    contexts: [],
    env: {},
    strict: false,
    targets: [],
    signal: new AbortController().signal,
    progress: () => {},
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    ...over,
  };
}

/** The URL of a database file in a folder. */
export function databaseIn(folder: string, name = 'directory.db'): string {
  return `sqlite:${join(folder, name)}`;
}

/** The rows that a statement gives in a database file. */
export function rowsIn(file: string, sql: string): unknown[][] {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(sql).raw().all() as unknown[][];
  } finally {
    database.close();
  }
}
