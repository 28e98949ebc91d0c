/** Decides which variables and files blueprints may read through `!Env` and `!File`. */

import { relative, resolve, sep } from 'node:path';
import { isWithin, realPath, staysWithin } from '../diagnostic/border.js';
import { isFileProblem, readRegularFile } from '../diagnostic/regular-file.js';
import type { Environment } from '../resolve/resolution.js';
import type { Config } from './config.js';
import { isOwnVariable, matchesVariable } from './variables.js';

/** An environment that remembers which files were asked for. */
export interface ReadEnvironment extends Environment {
  /** Absolute paths of the files that blueprints asked for and may read, whether they are there or not. */
  readonly filesRead: ReadonlySet<string>;
}

/**
 * With a configuration: the variables and folders it names, and the files in its own folder. Without: every
 * variable, and the files below `cwd`. Credentials of directories and the program's own variables are never
 * read. Links are followed before a path is judged.
 */
export function environmentOf(request: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config?: Pick<Config, 'folder' | 'border' | 'env' | 'files' | 'directories'>;
}): ReadEnvironment {
  const { config, env } = request;
  const folder = config?.folder ?? request.cwd;
  const folders = [folder, ...(config?.files ?? []).map((path) => resolve(folder, path))]
    // A link that was put there since the configuration was read leads nowhere.
    .filter((path) => config === undefined || staysWithin(config.border, path))
    .map(realPath);
  const tokens = [...(config?.directories.values() ?? [])].flatMap(({ token }) => token ?? []);
  const secretVariables = new Set(tokens.flatMap((one) => ('env' in one ? one.env : [])));
  const secretFiles = [
    ...tokens.flatMap((one) => ('file' in one ? realPath(resolve(folder, one.file)) : [])),
    ...Object.entries(env).flatMap(([name, path]) =>
      isOwnVariable(name) && name.endsWith('_FILE') && path ? realPath(resolve(request.cwd, path)) : [],
    ),
  ];

  const allowsVariable = (name: string): boolean =>
    !isOwnVariable(name) &&
    !secretVariables.has(name) &&
    (config === undefined || config.env.some((pattern) => matchesVariable(pattern, name)));
  // What is hidden (`.git` with a token, `.env`) is only read where it is listed.
  const allowsFile = (real: string): boolean =>
    !secretFiles.includes(real) &&
    folders.some((one) => isWithin(one, real) && !hasHiddenPart(relative(one, real)));

  const filesRead = new Set<string>();
  const contents = new Map<string, Buffer | undefined>();
  const verdicts = new Map<string, { readonly real: string; readonly allowed: boolean }>();
  // What was judged is what is read, now and whenever it is asked for again: a link that changes must not lead elsewhere.
  const judged = (absolute: string): { readonly real: string; readonly allowed: boolean } => {
    let verdict = verdicts.get(absolute);
    if (!verdict) {
      const real = realPath(absolute);
      verdict = { real, allowed: allowsFile(real) };
      verdicts.set(absolute, verdict);
    }
    return verdict;
  };
  return {
    filesRead,
    env: (name) => (allowsVariable(name) && Object.hasOwn(env, name) ? env[name] : undefined),
    file: (path) => {
      const absolute = resolve(folder, path);
      if (!contents.has(absolute)) {
        const { real, allowed } = judged(absolute);
        if (allowed) filesRead.add(absolute);
        contents.set(absolute, allowed ? readQuietly(real) : undefined);
      }
      return contents.get(absolute);
    },
    allows: (type, name) => (type === 'env' ? allowsVariable(name) : judged(resolve(folder, name)).allowed),
  };
}

/** `..data` and `..2026_11_21` are where Kubernetes keeps what it mounts, and not hidden by anybody. */
function hasHiddenPart(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith('.') && part !== '.' && !part.startsWith('..'));
}

function readQuietly(path: string): Buffer | undefined {
  const bytes = readRegularFile(path);
  return isFileProblem(bytes) ? undefined : bytes;
}
