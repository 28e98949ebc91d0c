/** What a command asks for, and what every run does with it first: read its blueprints, open its directory. */

import { type Found, type Loaded, load } from '../blueprint/load.js';
import { type ReadBlueprints, readBlueprints } from '../blueprint/read.js';
import type { ReadMemory } from '../blueprint/read-memory.js';
import type { Config } from '../config/config.js';
import { type Diagnostic, strictly, withoutRepeats } from '../diagnostic/diagnostic.js';
import { withSeverities } from '../diagnostic/severities.js';
import type { Directory } from '../directory/directory.js';
import type { Address, Json } from '../model/model.js';
import type { HazardName, Stance } from '../plan/change.js';
import type { Environment } from '../resolve/resolution.js';
import { type Credentials, type OpenOptions, openDirectory, openStore, type Store } from './open-store.js';
import type { SavedPlan } from './saved-plan-form.js';

/** What a command asks for. */
export interface Request {
  readonly cwd: string;
  /** Files and folders, as the user wrote them, and files that patterns of the configuration found. */
  readonly paths: readonly (string | Found)[];
  /** URL of the directory; absent for `validate`. */
  readonly directory?: string;
  /** The folder that a relative path in the URL starts from; `cwd` when absent. */
  readonly directoryFolder?: string;
  /** URL of a ledger kept apart from the directory. */
  readonly ledger?: string;
  readonly project: string;
  /** Contexts over the files' own, later over earlier: the configuration's, the directory's, the command line's. */
  readonly contexts: readonly Readonly<Record<string, Json>>[];
  readonly config?: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly strict: boolean;
  readonly targets: readonly Address[];
  /** Prune what we created and is no longer in any blueprint. */
  readonly prune?: boolean;
  /** Why nothing may be pruned or reverted, whatever `prune` says. */
  readonly pruneBlocked?: string;
  /**
   * Gets the files that described objects before and are missing now; says why nothing may be pruned or reverted for
   * them yet, if so.
   */
  readonly distrust?: (missing: ReadonlySet<string>) => string | undefined;
  /** Parsed blueprints to reuse from one reading to the next. */
  readonly readMemory?: ReadMemory;
  /** What `!Env` and `!File` read, where it was read before this run. */
  readonly environment?: Environment;
  /** Stances that are not the default. */
  readonly stances?: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Hazards whose stance a flag of this run chose, against the configuration or the default. */
  readonly flagged?: readonly HazardName[];
  /** Hazards that the configuration locks: no flag and no approval allows them. */
  readonly locked?: readonly HazardName[];
  /** Adopted objects whose secrets are written, not just recorded. */
  readonly writeSecrets?: readonly Address[];
  /** Issue missing invitations although the ledger is empty and objects exist already. */
  readonly issue?: boolean;
  /** How many calls to the directory may be under way; the driver's own choice when absent. */
  readonly concurrency?: number;
  /** How long to wait for another run, in milliseconds. */
  readonly lockTimeout?: number;
  /** Nobody is asked, so the lock is taken before planning. */
  readonly unattended?: boolean;
  /** The plan that people approved; anything else is refused. */
  readonly approved?: SavedPlan;
  /** For the history: the command that runs. */
  readonly command?: string;
  /** Opens another store than the one that `directory` names. */
  readonly open?: () => Promise<Store>;
  /** The credentials for the directory. */
  readonly credentials?: Credentials;
  readonly signal: AbortSignal;
  readonly progress: (step: string, done?: number, total?: number) => void;
  readonly log: Record<'debug' | 'info' | 'warn', (fields: object, message: string) => void>;
}

/** Finds and loads the files that a request names. */
export function loadFiles({ paths, cwd, readMemory }: Request): Promise<Loaded> {
  return load(paths, cwd, readMemory);
}

/** Reads the blueprints that a request names, from files that were loaded already or are now. */
export async function read(request: Request, loaded?: Loaded): Promise<ReadBlueprints> {
  const { signal, progress, readMemory } = request;
  const report = (done: number, total: number) => progress('reading blueprints', done, total);
  return readBlueprints(loaded ?? (await loadFiles(request)), signal, report, readMemory);
}

/**
 * The diagnostics of a run as they are reported: each once, with the severities of the configuration, and with `--strict`
 * warnings as errors.
 */
export function judged(request: Request, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const once = withoutRepeats(withSeverities(diagnostics, request.config?.severities));
  return request.strict ? strictly(once) : once;
}

/** Opens the directory and the ledger of a request. With `readOnly` nothing is made or changed on disk. */
export function openRequested(request: Request, readOnly: boolean): Promise<Store> {
  const { open, ledger } = request;
  return open ? open() : openStore(...opening(request, readOnly, ledger));
}

/** What opening the directory of a request takes. */
function opening(
  { directory, directoryFolder, cwd, credentials, concurrency, log }: Request,
  readOnly: boolean,
  ledger?: string,
): [url: string, options: OpenOptions] {
  if (directory === undefined) throw new Error('a directory is needed');
  const sent = (line: object): void => log.debug(line, 'request');
  const told = (message: string): void => log.warn({}, message);
  return [
    directory,
    { cwd: directoryFolder ?? cwd, ledger, credentials, concurrency, readOnly, log: sent, told },
  ];
}

/** Opens the directory of a request without its ledger, to look at it, for as long as `work` takes. */
export async function withDirectory<T>(
  request: Request,
  work: (directory: Directory) => Promise<T>,
): Promise<T> {
  const { open } = request;
  if (open) return withStore(request, ({ directory }) => work(directory), { readOnly: true });
  const directory = await openDirectory(...opening(request, true));
  try {
    return await work(directory);
  } finally {
    await directory.close();
  }
}

/** Runs `work` as the only run that writes. Throws DirectoryError `locked` where another one holds the lock for too long. */
export async function withLock<T>(
  request: Request,
  { ledger }: Store,
  command: string,
  work: (held: Request) => Promise<T>,
): Promise<T> {
  const { lockTimeout = 0, signal } = request;
  const lock = await ledger.lock?.(command, lockTimeout, signal);
  const held = lock?.lost ? { ...request, signal: AbortSignal.any([signal, lock.lost]) } : request;
  try {
    return await work(held);
  } finally {
    await lock?.release();
  }
}

/** Opens the directory of a request for as long as `work` takes. */
export async function withStore<T>(
  request: Request,
  work: (store: Store) => Promise<T>,
  { readOnly = false } = {},
): Promise<T> {
  const store = await openRequested(request, readOnly);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
