/**
 * Keeps what a configuration or a link names inside the repository: asbuilt.yaml and links come with a pull request, and
 * messages show lines of the files that are read.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';

/** Real paths of the folders and files that may be named. */
export type Border = readonly string[];

/**
 * What a configuration in `folder` may name: the git repository that the folder lies in, or without one the folder; and
 * what the variable ASBUILT_FILES lists, which no pull request can set.
 */
export function borderAround(folder: string, env: Readonly<Record<string, string | undefined>> = {}): Border {
  const outside = (env.ASBUILT_FILES ?? '').split(delimiter).filter((path) => path !== '');
  return [realPath(repositoryAround(folder) ?? folder), ...outside.map((path) => realPath(resolve(path)))];
}

/** Does a path, with its links followed, lie within the border? What git keeps for itself, credentials among it, does not. */
export function staysWithin(border: Border, path: string): boolean {
  const real = realPath(path);
  return !real.split(sep).includes('.git') && border.some((one) => isWithin(one, real));
}

/**
 * May a path be read that was named on the command line? Whoever runs the command may name any path, but where a part of a
 * repository, or the path's own name, is a link, it must not lead out: that link may have come with a pull request.
 */
export function leadsAstray(path: string): boolean {
  return !staysWithin(borderAround(dirname(path)), path);
}

/** The nearest folder above that holds `.git`, without following links. */
function repositoryAround(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Is `path` the folder or below it? Both absolute, without links. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}

/** The path with its links followed, as far as it exists. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}
