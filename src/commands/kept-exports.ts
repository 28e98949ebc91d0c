/**
 * Keeps the exports of people that were made here, below `.asbuilt/exports`: each file beside a note of what was asked, when
 * and by whom. They hold personal data, so nobody else may read them, git does not see them, and they go after a while.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import { isMap } from '../model/model.js';

/** What was asked and what came of it. */
export interface ExportNote {
  /** `20260130T102030Z-users`. */
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly type: string;
  readonly directory: string;
  readonly query?: string;
  readonly search?: string;
  readonly order?: string;
  readonly path?: string;
  readonly columns?: readonly string[];
  /** Unknown for a file that a server made. */
  readonly rows?: number;
  readonly who: string;
  /** The file that was asked for, absolute. */
  readonly file: string;
  /** Made by the server itself. */
  readonly server?: boolean;
}

const usuallyKeptFor = 30 * 86_400_000;

/** How long exports are kept, in milliseconds: 30 days unless the configuration says otherwise; undefined for ever. */
export function keptForOf(config: Pick<Config, 'exportsKeptFor'> | undefined): number | undefined {
  const written = config?.exportsKeptFor ?? usuallyKeptFor;
  return written === 'forever' ? undefined : written;
}

/** Where exports are kept for a project in this folder. */
export function exportsFolder(root: string): string {
  return join(root, '.asbuilt', 'exports');
}

/**
 * Writes a file in one piece, readable for its owner alone: whoever looks sees the old file or the whole new one. Throws
 * what the file system throws, and leaves nothing behind then.
 */
export function writeWhole(path: string, parts: Iterable<string | Uint8Array>): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = openSync(draft, 'wx', 0o600);
  try {
    for (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, path);
  } catch (error) {
    try {
      closeSync(file);
    } catch {
      // It was closed before the failure.
    }
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Keeps a copy of a file that was exported. */
export function keepExport(folder: string, note: Omit<ExportNote, 'id'>): ExportNote {
  makeFolder(folder);
  const moment = note.time.replace(/[-:]|\.\d+/g, '');
  let id = `${moment}-${note.type}`;
  for (let at = 2; existsSync(join(folder, `${id}.json`)); at++) id = `${moment}-${note.type}-${at}`;
  const kept: ExportNote = { id, ...note };
  const copy = join(folder, `${id}.csv`);
  copyFileSync(note.file, copy);
  chmodSync(copy, 0o600);
  writeWhole(join(folder, `${id}.json`), [`${JSON.stringify(kept, null, 2)}\n`]);
  return kept;
}

/** `.asbuilt` holds nothing that belongs into git. */
function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const ignored = join(dirname(folder), '.gitignore');
  if (!existsSync(ignored)) writeFileSync(ignored, '*\n');
}

/** The exports that are kept, newest first. Notes that cannot be read any more are passed over. */
export function listExports(folder: string): ExportNote[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .flatMap((name) => readNote(join(folder, name)) ?? [])
    .sort((one, other) => (one.time < other.time || (one.time === other.time && one.id < other.id) ? 1 : -1));
}

function readNote(path: string): ExportNote | undefined {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<ExportNote>;
    const isWhole = isMap(note) && typeof note.time === 'string' && note.id === basename(path, '.json');
    return isWhole ? (note as unknown as ExportNote) : undefined;
  } catch {
    return undefined;
  }
}

/** The file of an export; undefined when it is not there any more. */
export function exportFile(folder: string, { id }: ExportNote): string | undefined {
  const path = join(folder, `${id}.csv`);
  return existsSync(path) ? path : undefined;
}

export function deleteExport(folder: string, { id }: ExportNote): void {
  rmSync(join(folder, `${id}.csv`), { force: true });
  rmSync(join(folder, `${id}.json`), { force: true });
}

/** Deletes what was kept for longer than it is to be kept, and says how many. */
export function dropExpired(folder: string, keptFor: number | undefined, now: Date): number {
  if (keptFor === undefined) return 0;
  const old = listExports(folder).filter(({ time }) => Date.parse(time) + keptFor <= now.getTime());
  for (const one of old) deleteExport(folder, one);
  return old.length;
}
