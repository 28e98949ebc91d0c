/** What is remembered of every run: when, from which commit, by whom, what changed, and how it ended. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Address } from '../model/model.js';
import type { Plan, Verb } from '../plan/change.js';

const execute = promisify(execFile);

/** The revision of the blueprints. */
export interface Revision {
  readonly commit: string;
  /** Files were changed since that commit. */
  readonly dirty: boolean;
}

export type RunOutcome =
  | 'running'
  /** It never said how it ended, and holds the lock no more: killed, or the machine stopped. */
  | 'died'
  | 'applied'
  | 'nothing'
  | 'failed'
  | 'interrupted'
  | 'refused'
  | 'declined'
  | 'invalid';

/** One run. Names of attributes, never their values. */
export interface Run {
  readonly id: number;
  readonly project: string;
  readonly command: string;
  /** ISO 8601. */
  readonly started: string;
  readonly finished?: string;
  readonly who: string;
  readonly revision?: Revision;
  readonly outcome: RunOutcome;
  readonly changes: readonly {
    readonly verb: Verb;
    readonly address: Address;
    readonly fields: readonly string[];
  }[];
  readonly failures: readonly { readonly address: Address; readonly message: string }[];
}

/** Keeps runs, in the ledger's store but outside the transaction of an apply, so that failures are there too. */
export interface History {
  /** Begins a run and gives its number. Whoever begins one holds the lock, so that those still running have died. */
  begin(run: Omit<Run, 'id'>): Promise<number>;
  end(id: number, run: Pick<Run, 'finished' | 'outcome' | 'changes' | 'failures'>): Promise<void>;
  /** The latest runs, newest first. */
  list(limit: number): Promise<readonly Run[]>;
  get(id: number): Promise<Run | undefined>;
}

/** Who runs this, as CI names them or the system does. */
export function whoRuns(env: Readonly<Record<string, string | undefined>>): string {
  const actor = env.GITHUB_ACTOR ?? env.GITLAB_USER_LOGIN;
  let user = actor;
  try {
    user ??= userInfo().username;
  } catch {
    // A container may have a user id without a name.
  }
  return `${user ?? 'unknown'}@${hostname()}`;
}

/** The git revision of a folder, or undefined where there is none (or no git). */
export async function revisionOf(folder: string, env: Recorded['env']): Promise<Revision | undefined> {
  // Looking for a repository is faster than starting git to find none.
  if (env.GIT_DIR === undefined && !isInRepository(folder)) return undefined;
  try {
    const git = (...args: string[]) =>
      execute('git', ['--no-optional-locks', ...args], { cwd: folder, timeout: 10_000 });
    const { stdout } = await git(
      'status',
      '--porcelain=v2',
      '--branch',
      '--untracked-files=normal',
      '--',
      '.',
    );
    const lines = stdout.split('\n').filter((line) => line !== '');
    const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout)?.[1];
    return commit === undefined ? undefined : { commit, dirty: lines.some((line) => !line.startsWith('# ')) };
  } catch {
    return undefined;
  }
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

interface Recorded {
  readonly project: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly command?: string;
}

interface Ended {
  readonly outcome: string;
  readonly failed: readonly { readonly address: Address; readonly message: string }[];
  /** What was not done. */
  readonly skipped: readonly Address[];
}

/**
 * Runs `work`, which executes a plan, and remembers it, also when it throws: what was done, what failed, and what was
 * left. A history that cannot be written stops nothing.
 */
export async function recordedRun<T extends Ended>(
  history: History,
  { project, cwd, env, command = 'apply' }: Recorded,
  plan: Plan,
  work: () => Promise<T>,
): Promise<T> {
  const started = new Date().toISOString();
  const revision = await revisionOf(cwd, env);
  const begun: Omit<Run, 'id'> = {
    project,
    command,
    started,
    who: whoRuns(env),
    revision,
    outcome: 'running',
    changes: [],
    failures: [],
  };
  const id = await history.begin(begun).catch(() => undefined);
  const end = async (rest: Pick<Run, 'outcome' | 'changes' | 'failures'>): Promise<void> => {
    if (id !== undefined)
      await history.end(id, { ...rest, finished: new Date().toISOString() }).catch(() => undefined);
  };
  try {
    const result = await work();
    const undone = new Set([...result.failed.map((one) => one.address), ...result.skipped]);
    const changes = plan.changes
      .filter((one) => !one.partOf && !undone.has(one.ref.address))
      .map(({ verb, ref, fields }) => ({
        verb,
        address: ref.address,
        fields: fields.map((one) => one.field),
      }));
    const why = result.outcome === 'interrupted' ? 'interrupted' : 'what it depends on failed';
    const left = result.skipped.map((address) => ({ address, message: `not done: ${why}` }));
    await end({ outcome: result.outcome as RunOutcome, changes, failures: [...result.failed, ...left] });
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await end({ outcome: 'failed', changes: [], failures: [{ address: '', message }] });
    throw error;
  }
}
