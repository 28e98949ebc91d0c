/** Who may import whom, and how long a file may be: the shape of the tree, held by a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((one) => one.endsWith('.ts') && !one.startsWith('generated'))
  .map((one) => one.split('\\').join('/'));

/** The files and packages that a file imports. Of files: their path below `src`; types only are marked. */
function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: { target: string; typeOnly: boolean }[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+'([^']+)'/gm)) {
    found.push({ target: targetOf(file, match[2]!), typeOnly: match[1] !== undefined });
  }
  for (const match of text.matchAll(/import\('([^']+)'\)/g)) {
    found.push({ target: targetOf(file, match[1]!), typeOnly: false });
  }
  return found;
}

function targetOf(file: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return relative(root, resolve(root, dirname(file), name)).replace(/\.js$/, '.ts');
}

/** Imports of the files in `from` that `wrong` forbids, as lines. */
function broken(
  from: (file: string) => boolean,
  wrong: (target: string, typeOnly: boolean, file: string) => boolean,
): string[] {
  return files.filter(from).flatMap((file) =>
    importsOf(file)
      .filter(({ target, typeOnly }) => wrong(target, typeOnly, file))
      .map(({ target }) => `${file} imports ${target}`),
  );
}

const inside =
  (folder: string) =>
  (file: string): boolean =>
    file.startsWith(`${folder}/`);

describe('the borders of the tree', () => {
  test('source, diagnostic and model import nothing outside themselves', () => {
    const core = ['source.ts', 'diagnostic.ts', 'diagnostic-codes.ts', 'near.ts', 'model.ts'];
    expect(
      broken(
        (file) => core.includes(file),
        (target) => !core.includes(target),
      ),
    ).toEqual([]);
  });

  test('blueprints and plans know no drivers, no ledger and no reports', () => {
    const forbidden = (target: string): boolean =>
      inside('directory')(target) ||
      inside('ledger')(target) ||
      inside('report')(target) ||
      inside('commands')(target);
    expect(broken(inside('blueprint'), forbidden)).toEqual([]);
    expect(broken(inside('plan'), forbidden)).toEqual([]);
  });

  test('planning does no I/O, and of blueprints only loading and the environment do', () => {
    const io = (target: string): boolean =>
      /^(node:(fs|net|http|https|child_process)|undici|libsql)/.test(target);
    expect(broken(inside('plan'), io)).toEqual([]);
    const allowed = ['blueprint/load.ts', 'blueprint/environment.ts', 'blueprint/cache.ts'];
    expect(broken((file) => inside('blueprint')(file) && !allowed.includes(file), io)).toEqual([]);
  });

  test('a driver knows neither plans nor blueprints nor another driver', () => {
    const driver = (file: string): boolean => /^directory\/[^/]+\//.test(file);
    const wrong = (target: string, typeOnly: boolean, file: string): boolean =>
      inside('plan')(target) ||
      (inside('blueprint')(target) && !typeOnly) ||
      (driver(target) && dirname(target).split('/')[1] !== dirname(file).split('/')[1]);
    expect(broken(driver, wrong)).toEqual([]);
  });

  test('only the index of directories names drivers', () => {
    const wrong = (target: string, typeOnly: boolean, file: string): boolean =>
      /^directory\/[^/]+\//.test(target) &&
      !typeOnly &&
      !inside('directory')(file) &&
      !inside('ledger')(file);
    expect(broken(() => true, wrong)).toEqual([]);
  });

  test('only the command line touches the process', () => {
    const users = files.filter((file) =>
      /\bprocess\.(argv|exit|stdout|stderr|stdin|exitCode|on)\b/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(users.filter((file) => file !== 'cli.ts')).toEqual([]);
  });
});

test('every file says in its first line what it is for', () => {
  const silent = files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(root, file), 'utf8')));
  expect(silent).toEqual([]);
});
