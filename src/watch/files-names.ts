/** Decides by a file's name whether a change of it can matter to a watch. */
import { dirname, extname } from 'node:path';
import { configFile } from '../blueprint/load.js';

/**
 * Whether `load` reads, or warns about, a file of this name in a folder of blueprints. Swap files, backups and locks of
 * editors are hidden or have another suffix.
 */
export function isBlueprintName(name: string): boolean {
  if (isHidden(name) || name === configFile) return false;
  const suffix = extname(name);
  return suffix === '.yaml' || suffix === '.yml';
}

/** Whether `load` skips the name and everything below it, such as the `..data` of a mounted volume. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** Whether the path is one of `ignored` or lies below one. */
export function isIgnored(path: string, ignored: ReadonlySet<string>): boolean {
  if (ignored.size === 0) return false;
  for (let at = path; ; at = dirname(at)) {
    if (ignored.has(at)) return true;
    if (at === dirname(at)) return false;
  }
}
