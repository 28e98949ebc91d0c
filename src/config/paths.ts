/** Finds the files and folders that `blueprints` in a configuration means. */
import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Found, isBlueprint, mayBeBlueprint, yamlName } from '../blueprint/load.js';
import { type Border, staysWithin } from '../diagnostic/border.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Config } from './config.js';
import { boundOf, fixedPart, matcherOf } from './patterns.js';

/**
 * Finds what each path and pattern stands for, as absolute paths. In a pattern `*` is any part of a name and
 * `**` any number of folders; a pattern means the `.yaml` files that match and those below folders that match,
 * configurations left out, and those that only lack the suffix, which `load` warns of. Hidden names and `node_modules` match no star, and `**` follows no links, so that it ends. What leads out of the
 * configuration's border is an error, so that nobody else's file is read.
 */
export function blueprintPaths(config: Pick<Config, 'folder' | 'border' | 'blueprints'>): {
  paths: Found[];
  diagnostics: Diagnostic[];
} {
  const paths = new Map<string, Found>();
  const diagnostics: Diagnostic[] = [];
  for (const { path, place } of config.blueprints) {
    const isPattern = path.includes('*');
    const tooMuch = isPattern ? boundOf(path) : undefined;
    if (tooMuch !== undefined) {
      diagnostics.push(
        diagnose('invalid-value', `the pattern ${tooMuch}`, place, { help: 'Write a simpler one.' }),
      );
      continue;
    }
    const found = isPattern
      ? filesLike(config.folder, path, config.border)
      : existing(resolve(config.folder, path));
    if (isPattern ? !found.some(isBlueprint) : found.length === 0) {
      const message = isPattern
        ? `the pattern \`${path}\` matches no .yaml file`
        : `there is no file or folder \`${path}\``;
      const help =
        'Paths are relative to the folder of asbuilt.yaml; in patterns there are only `*` and `**`.';
      diagnostics.push(diagnose('no-such-path', message, place, { help }));
    }
    const { inside, outside } = isPattern ? divided(config.border, found) : whole(config.border, found);
    if (outside !== undefined) {
      const message = `\`${path}\` leads out of the repository${isPattern ? ' by a link' : ''}`;
      diagnostics.push(diagnose('leads-out', message, place));
    }
    for (const one of inside) {
      if (!isPattern || !paths.has(one)) paths.set(one, { path: one, named: !isPattern });
    }
  }
  return { paths: [...paths.values()], diagnostics };
}

/** What a path names, where it stays within the border. */
function whole(border: Border, paths: readonly string[]): { inside: readonly string[]; outside?: string } {
  const outside = paths.find((path) => !staysWithin(border, path));
  return outside === undefined ? { inside: paths } : { inside: [], outside };
}

/** The paths that stay within the border; and the first that does not. */
function divided(border: Border, paths: readonly string[]): { inside: string[]; outside?: string } {
  const folders = new Map<string, boolean>();
  const stays = (path: string): boolean => {
    const folder = dirname(path);
    let known = folders.get(folder);
    if (known === undefined) folders.set(folder, (known = staysWithin(border, folder)));
    return isLink(path) ? staysWithin(border, path) : known;
  };
  return { inside: paths.filter(stays), outside: paths.find((path) => !stays(path)) };
}

function existing(path: string): string[] {
  return sortOf(path) === undefined ? [] : [path];
}

/** The files that a pattern matches, sorted. */
function filesLike(folder: string, pattern: string, border: Border): string[] {
  const fixed = fixedPart(pattern);
  const rest = fixed === '.' ? pattern : pattern.slice(fixed.length);
  const steps = rest.split('/').filter((step) => step !== '' && step !== '.');
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
        if (matches(name) || matches(yamlName(name))) reach(join(at, name), isLast, index);
    } else {
      reach(join(at, step), isLast, index);
    }
  };
  const reach = (path: string, isLast: boolean, index: number): void => {
    const sort = sortOf(path);
    // Nothing is looked for outside, where there may be no end to it.
    const isStrange = (steps[index] === '..' || isLink(path)) && !staysWithin(border, path);
    if (sort === 'folder' && !isStrange) follow(path, index + 1);
    else if (sort === 'folder' || (sort === 'file' && isLast && mayBeBlueprint(path))) found.add(path);
  };
  follow(resolve(folder, fixed), 0);
  return [...found].sort();
}

function below(folder: string): string[] {
  return itemsOf(folder).flatMap((item) => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return below(path);
    return mayBeBlueprint(path) && sortOf(path) === 'file' ? [path] : [];
  });
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
