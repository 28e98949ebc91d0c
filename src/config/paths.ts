/** Finds the files and folders that `blueprints` in a configuration means. */
import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Found, isBlueprint, mayBeBlueprint, yamlName } from '../blueprint/load.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Config } from './config.js';

/**
 * Finds what each path and pattern stands for, as absolute paths. In a pattern `*` is any part of a name and
 * `**` any number of folders; a pattern means the `.yaml` files that match and those below folders that match,
 * configurations left out, and those that only lack the suffix, which `load` warns of. Hidden names and `node_modules` match no star, and `**` follows no links, so that it ends.
 */
export function blueprintPaths(config: Pick<Config, 'folder' | 'blueprints'>): {
  paths: Found[];
  diagnostics: Diagnostic[];
} {
  const paths = new Map<string, Found>();
  const diagnostics: Diagnostic[] = [];
  for (const { path, place } of config.blueprints) {
    const isPattern = path.includes('*');
    const found = isPattern ? filesLike(config.folder, path) : existing(resolve(config.folder, path));
    if (isPattern ? !found.some(isBlueprint) : found.length === 0) {
      const message = isPattern
        ? `the pattern \`${path}\` matches no .yaml file`
        : `there is no file or folder \`${path}\``;
      const help =
        'Paths are relative to the folder of asbuilt.yaml; in patterns there are only `*` and `**`.';
      diagnostics.push(diagnose('no-such-path', message, place, { help }));
    }
    for (const one of found) {
      if (!isPattern || !paths.has(one)) paths.set(one, { path: one, named: !isPattern });
    }
  }
  return { paths: [...paths.values()], diagnostics };
}

function existing(path: string): string[] {
  return sortOf(path) === undefined ? [] : [path];
}

/** The files that a pattern matches, sorted. */
function filesLike(folder: string, pattern: string): string[] {
  const steps = pattern.split('/').filter((step) => step !== '' && step !== '.');
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = (at: string, index: number): void => {
    const key = `${index} ${at}`;
    // Two `**` reach the same folder on many ways.
    if (seen.has(key)) return;
    seen.add(key);
    const step = steps[index];
    const isLast = index === steps.length - 1;
    if (step === undefined) {
      for (const file of below(at)) found.add(file);
    } else if (step === '**') {
      follow(at, index + 1);
      for (const item of itemsOf(at)) if (item.isDirectory()) follow(join(at, item.name), index);
    } else if (step.includes('*')) {
      const matches = matcherOf(step);
      for (const { name } of itemsOf(at, step.startsWith('.')))
        if (matches.test(name) || matches.test(yamlName(name))) reach(join(at, name), isLast, index);
    } else {
      reach(join(at, step), isLast, index);
    }
  };
  const reach = (path: string, isLast: boolean, index: number): void => {
    const sort = sortOf(path);
    if (sort === 'folder') follow(path, index + 1);
    else if (sort === 'file' && isLast && mayBeBlueprint(path)) found.add(path);
  };
  follow(resolve(folder, pattern.startsWith('/') ? '/' : '.'), 0);
  return [...found].sort();
}

function below(folder: string): string[] {
  return itemsOf(folder).flatMap((item) => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return below(path);
    return mayBeBlueprint(path) && sortOf(path) === 'file' ? [path] : [];
  });
}

function matcherOf(step: string): RegExp {
  const parts = step.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*?')}$`, 'u');
}

function itemsOf(folder: string, hidden = false): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(
      ({ name }) => (hidden || !name.startsWith('.')) && name !== 'node_modules',
    );
  } catch {
    return [];
  }
}

/** What a path leads to. A link that leads nowhere counts as a file, so that reading it is an error. */
function sortOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return isLink(path) ? 'file' : undefined;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
