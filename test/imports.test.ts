/** The shape of the tree: which folder may import which, that no imports run in a circle, and how long a file may be. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((one) => one.endsWith('.ts') && !one.startsWith('generated'))
  .map((one) => one.split('\\').join('/'));

/** The folders of `src`, bottom up: each may import only those before it. */
const order = [
  'diagnostic',
  'query',
  'model',
  'access',
  'directory',
  'access',
  'plan',
  'secrets',
  'semantic',
  'ledger',
  'about',
  'report',
  'yaml',
  'tags',
  'blueprint',
  'resolve',
  'config',
  'convert',
  'export',
  'reconcile',
  'watch',
  'commands',
  'cli.ts',
];

/** Files and packages that a file imports; files as their path below `src`. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const names = [
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'/gm),
    ...text.matchAll(/import\('([^']+)'\)/g),
  ].map((match) => match[1]!);
  return names.map((name) =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)).replace(/\.js$/, '.ts') : name,
  );
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** Imports of the files in `from` that `wrong` forbids, as lines. */
function broken(from: (file: string) => boolean, wrong: (target: string, file: string) => boolean): string[] {
  return files.filter(from).flatMap((file) =>
    imports
      .get(file)!
      .filter((target) => wrong(target, file))
      .map((target) => `${file} imports ${target}`),
  );
}

const folderOf = (file: string): string => file.split('/')[0]!;
/** `sql`, `authentik`, …: the driver that a file belongs to. */
const driverOf = (file: string): string | undefined => /^directory\/([^/]+)\//.exec(file)?.[1];

describe('the borders of the tree', () => {
  test('every file lies in a known folder, and only cli.ts lies loose', () => {
    expect(files.filter((file) => !order.includes(folderOf(file)))).toEqual([]);
  });

  test('a folder imports only from the folders before it', () => {
    const isAbove = (target: string, file: string): boolean =>
      imports.has(target) && order.indexOf(folderOf(target)) > order.indexOf(folderOf(file));
    expect(broken(() => true, isAbove)).toEqual([]);
  });

  test('no imports run in a circle', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      const from = way.indexOf(file);
      if (from >= 0) circles.push([...way.slice(from), file].join(' → '));
      if (from >= 0 || done.has(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...way, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('a driver knows no other driver, and only the place that opens stores names drivers', () => {
    const isForeign = (target: string, file: string): boolean => {
      const driver = driverOf(target);
      // A ledger is kept where the objects are: it runs on the SQL driver's connection, or on authentik's client.
      const shared = folderOf(file) === 'ledger' && (driver === 'sql' || driver === 'authentik');
      return (
        driver !== undefined && driver !== driverOf(file) && file !== 'reconcile/open-store.ts' && !shared
      );
    };
    expect(broken(() => true, isForeign)).toEqual([]);
  });

  test('planning does no I/O, and of reading blueprints only loading and the environment do', () => {
    const io = (target: string): boolean =>
      /^(node:(fs|net|http|https|child_process)|undici|libsql|pg$)/.test(target);
    const pure = [
      'query',
      'model',
      'access',
      'plan',
      'semantic',
      'about',
      'report',
      'yaml',
      'tags',
      'blueprint',
      'resolve',
    ];
    const allowed = ['model/kinds.ts', 'model/version.ts', 'blueprint/load.ts'];
    expect(broken((file) => pure.includes(folderOf(file)) && !allowed.includes(file), io)).toEqual([]);
  });

  test('only the command line touches the process', () => {
    const users = files.filter((file) =>
      /\bprocess\.(argv|exit|stdout|stderr|stdin|exitCode|on)\b/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(users.filter((file) => file !== 'cli.ts' && file !== 'commands/main.ts')).toEqual([]);
  });
});

test('every file says first what it is for', () => {
  const silent = files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(root, file), 'utf8')));
  expect(silent).toEqual([]);
});

test('no file but a table is longer than 400 lines', () => {
  const tables = ['diagnostic/codes.ts'];
  const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401);
  expect(long.filter((file) => !tables.includes(file))).toEqual([]);
});
