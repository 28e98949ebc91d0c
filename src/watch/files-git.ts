/** Detects git at work in a repository of the watched paths, so that a run waits for it to finish. */
import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** The locks of the repositories that the watched paths lie in. */
export interface GitLocks {
  /** Finds the repositories of these paths (absolute, with and without links) again. */
  update(paths: Iterable<string>): Promise<void>;
  /** Whether one of the locks exists. One that has stayed for too long no longer counts. */
  busy(): boolean;
}

/**
 * Looks for `index.lock`. A lock that has been there for `patience` milliseconds is reported to `problem`, once, and
 * ignored from then on: a git that was killed leaves it behind.
 */
export function gitLocks(patience: number, problem: (message: string) => void): GitLocks {
  let locks: readonly string[] = [];
  const seen = new Map<string, { id: string; since: number; told: boolean }>();
  return {
    update: async (paths) => {
      locks = await locksOf(paths);
    },
    busy: () => {
      let busy = false;
      for (const lock of locks) {
        const facts = factsOf(lock);
        if (!facts) {
          seen.delete(lock);
          continue;
        }
        const id = `${facts.ino}:${facts.birthtimeNs}`;
        let one = seen.get(lock);
        if (one?.id !== id) {
          one = { id, since: performance.now(), told: false };
          seen.set(lock, one);
        }
        if (performance.now() - one.since < patience) {
          busy = true;
        } else if (!one.told) {
          one.told = true;
          const seconds = Math.round(patience / 100) / 10;
          problem(
            `${lock} has been there for ${seconds} s: going on without waiting for git. ` +
              'If no git command is running, delete it.',
          );
        }
      }
      return busy;
    },
  };
}

function factsOf(lock: string): { ino: bigint; birthtimeNs: bigint } | undefined {
  try {
    return statSync(lock, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The lock of the nearest repository around each path. */
async function locksOf(paths: Iterable<string>): Promise<string[]> {
  const around = new Map<string, Promise<string | undefined>>();
  const repositoryOf = (folder: string): Promise<string | undefined> => {
    let found = around.get(folder);
    if (!found) {
      found = gitFolderIn(folder).then(
        (here) => here ?? (dirname(folder) === folder ? undefined : repositoryOf(dirname(folder))),
      );
      around.set(folder, found);
    }
    return found;
  };
  const repositories = await Promise.all([...paths].map((path) => repositoryOf(path)));
  const known = repositories.filter((one) => one !== undefined);
  return [...new Set(known)].map((folder) => join(folder, 'index.lock'));
}

/** The repository's own folder. In a worktree or a submodule `.git` is a file that names it. */
async function gitFolderIn(folder: string): Promise<string | undefined> {
  const path = join(folder, '.git');
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) return path;
  if (!facts?.isFile() || facts.size > 4096) return undefined;
  const target = /^gitdir: (.+?)\r?\n?$/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
  return target && resolve(folder, target);
}
