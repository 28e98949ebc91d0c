/** What is remembered of every run: when, from which commit, by whom, what changed, and how it ended. */
import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';
import type { Address } from './model.js';
import type { Verb } from './plan/change.js';

const execute = promisify(execFile);

/** The revision of the blueprints. */
export interface Revision {
  readonly commit: string;
  /** Files were changed since that commit. */
  readonly dirty: boolean;
}

export type RunOutcome = 'running' | 'applied' | 'nothing' | 'failed' | 'refused' | 'declined' | 'invalid';

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
  readonly changes: readonly { readonly verb: Verb; readonly address: Address; readonly fields: readonly string[] }[];
  readonly failures: readonly { readonly address: Address; readonly message: string }[];
}

/** Keeps runs, in the ledger's store but outside the transaction of an apply, so that failures are there too. */
export interface History {
  /** Begins a run and gives its number. */
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
export async function revisionOf(folder: string): Promise<Revision | undefined> {
  try {
    const git = (...args: string[]) => execute('git', args, { cwd: folder, timeout: 10_000 });
    const { stdout: commit } = await git('rev-parse', 'HEAD');
    const { stdout: status } = await git('status', '--porcelain', '--untracked-files=normal', '--', '.');
    return { commit: commit.trim(), dirty: status.trim() !== '' };
  } catch {
    return undefined;
  }
}
