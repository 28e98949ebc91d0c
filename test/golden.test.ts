/**
 * Golden cases: each folder below `test/golden/` holds blueprints as a user writes them and the exact output.
 * `before/` is applied first by the same project, `live.yaml` by another, then `drift.sql` is run on the database.
 * `options.json` (and `before/options.json`) has parts of the request; `"offline": true` runs `validate` instead.
 * `UPDATE=1 npm test` rewrites the outputs.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { codes } from '../src/diagnostic/codes.js';
import { apply, plan, validate } from '../src/reconcile/reconcile.js';
import type { Request } from '../src/reconcile/request.js';
import type { Planned } from '../src/reconcile/results.js';
import { diagnosticsText } from '../src/report/diagnostics.js';
import { planText } from '../src/report/text.js';
import { hiddenValues } from '../src/yaml/hidden-values.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';
import { snapshotOf } from './support/snapshot.js';

const root = fileURLToPath(new URL('golden/', import.meta.url));
const style = { hidden: hiddenValues, colour: false, width: 100 };

/** Codes that other tests show. */
const elsewhere = new Set<string>([
  // of what is still referred to: test/safety/referred.test.ts
  'still-referred',
  // of what a directory may not show or cannot hold: test/contract/border.ts
  'not-checked',
  'not-held',
  // of an account that lacks permissions: test/commands/ping.test.ts
  'not-permitted',
  // of a plan that is refused, and of a directory that is not there: test/safety
  'refused',
  'no-directory',
  // of files and the command line
  'unreadable-file',
  'leads-out',
  'unwritable-file',
  'file-too-large',
  'unknown-directory',
  'written-credential',
  'no-credential',
  'not-a-plan',
  'unknown-command',
  'unknown-option',
  'unknown-topic',
  'usage',
  // of queries: test/query, test/commands/find.test.ts
  'invalid-query',
  'odd-query',
  'not-exported',
  'not-adopted',
  'file-exists',
  // of what would not work: test/semantic
  'invitation-ends-with-creator',
  'invitation-spent',
  'application-closed',
  'path-empty-segment',
  'flow-rebound',
  'brand-no-recovery',
  'nobody-recovers',
]);

type Options = Partial<Request> & { readonly offline?: boolean };

describe.each(readdirSync(root))('golden case %s', (name) => {
  const folder = join(root, name);
  const has = (file: string): boolean => existsSync(join(folder, file));
  const optionsIn = (file: string): Options =>
    has(file) ? JSON.parse(readFileSync(join(folder, file), 'utf8')) : {};

  test('gives exactly the recorded output, and does what it says', async () => {
    const directory = databaseIn(temporaryFolder());
    const base = request({ paths: [], directory, cwd: folder });
    if (has('live.yaml')) await applied({ ...base, paths: ['live.yaml'], project: 'others' });
    if (has('before')) await applied({ ...base, paths: ['before'], ...optionsIn('before/options.json') });
    if (has('drift.sql')) await snapshotOf(directory);
    if (has('drift.sql')) runSql(directory, readFileSync(join(folder, 'drift.sql'), 'utf8'));
    const { offline, ...options } = optionsIn('options.json');
    const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file) && file !== 'live.yaml');
    const asked: Request = { ...base, paths: files, ...options };
    const planned: Planned = offline ? await validate(asked) : await plan(asked);
    record(folder, planned);
    if (!offline) await holds(asked, planned);
  });
});

/** Writes down or compares what people would read. */
function record(folder: string, planned: Planned): void {
  const { diagnostics } = planned;
  const told = diagnostics.length > 0 ? diagnosticsText(diagnostics, style) : undefined;
  golden(join(folder, 'diagnostics.txt'), told && withoutIds(told, folder));
  const shown = planned.plan && planned.ok ? { ...planned.plan, directory: 'directory' } : undefined;
  golden(join(folder, 'plan.txt'), shown && withoutIds(planText(shown, style), folder));
}

/** Ids that the directory made up are other ones every time. */
function withoutIds(text: string, folder: string): string {
  const written = inputsOf(folder);
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) =>
    written.includes(id) ? id : '(some id)',
  );
}

function inputsOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.(ya?ml|sql)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

function golden(file: string, actual: string | undefined): void {
  if (process.env.UPDATE) {
    if (actual === undefined) rmSync(file, { force: true });
    else writeFileSync(file, actual);
    return;
  }
  const recorded = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  expect(actual, 'UPDATE=1 npm test records new output').toBe(recorded);
}

/** What is refused changes nothing; what is applied needs no second plan; planning again tells the same. */
async function holds(asked: Request, planned: Planned): Promise<void> {
  const before = await snapshotOf(asked.directory!);
  const result = await apply(asked, async () => true);
  const waits = planned.diagnostics.some((one) => one.code === 'env-unset');
  const refused = planned.plan !== undefined && planned.plan.refused.length > 0;
  if (!planned.ok || waits || refused) {
    expect(result.outcome).toBe(!planned.ok || waits ? 'invalid' : 'refused');
    expect(await snapshotOf(asked.directory!), 'nothing is written').toEqual(before);
    return;
  }
  expect(result.ok, JSON.stringify(result.failed)).toBe(true);
  expect(described(result.plan?.changes), 'apply executes what plan shows').toEqual(
    described(planned.plan?.changes),
  );
  const second = await plan(asked);
  expect(described(second.plan?.changes), 'nothing is left to do').toEqual([]);
  expect(described(second.plan?.held), 'what is held stays held').toEqual(described(planned.plan?.held));
  expect(second.plan?.records.map((one) => one.ref.address)).toEqual([]);
  expect(second.plan?.stale).toEqual([]);
}

function described(changes: NonNullable<Planned['plan']>['changes'] = []): string[] {
  return changes.map((one) => `${one.verb} ${one.ref.address}`).sort();
}

async function applied(asked: Request): Promise<void> {
  const result = await apply(asked, async () => true);
  expect(result.ok, diagnosticsText(result.diagnostics, style) + JSON.stringify(result.plan?.refused)).toBe(
    true,
  );
}

function runSql(directory: string, statements: string): void {
  const database = new Database(directory.slice('sqlite:'.length));
  try {
    database.exec(statements);
  } finally {
    database.close();
  }
}

test('every problem that a blueprint or a plan can have stands in a golden case', () => {
  const told = new Set<string>();
  for (const name of readdirSync(root)) {
    const file = join(root, name, 'diagnostics.txt');
    if (!existsSync(file)) continue;
    for (const [, code] of readFileSync(file, 'utf8').matchAll(/(?:error|warning|note)\[([a-z0-9-]+)\]/g))
      told.add(code!);
  }
  const missing = Object.keys(codes).filter((code) => !told.has(code) && !elsewhere.has(code));
  expect(missing, 'make a golden case, or say in `elsewhere` that another test shows it').toEqual([]);
});
