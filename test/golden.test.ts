/**
 * Golden cases: each folder below `test/golden/` holds blueprints as a user writes them and the exact output.
 * `before/` is applied first by the same project, `live.yaml` by another; `drift.sql` is run on the database;
 * `options.json` has parts of the request. `UPDATE=1 npm test` rewrites the outputs.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { apply, plan, type Request } from '../src/reconcile.js';
import { diagnosticsText } from '../src/report/diagnostics.js';
import { planText } from '../src/report/text.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const root = fileURLToPath(new URL('golden/', import.meta.url));
const style = { colour: false, width: 100 };

describe.each(readdirSync(root))('golden case %s', (name) => {
  test('gives exactly the recorded output', async () => {
    const folder = join(root, name);
    const has = (file: string): boolean => existsSync(join(folder, file));
    const directory = databaseIn(temporaryFolder());
    const base = request({ paths: [], directory, cwd: folder });
    if (has('live.yaml')) await applied({ ...base, paths: ['live.yaml'], project: 'others' });
    if (has('before')) await applied({ ...base, paths: ['before'] });
    if (has('drift.sql')) {
      const database = new Database(directory.slice('sqlite:'.length));
      database.exec(readFileSync(join(folder, 'drift.sql'), 'utf8'));
      database.close();
    }
    const options = has('options.json') ? JSON.parse(readFileSync(join(folder, 'options.json'), 'utf8')) : {};
    const paths = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file) && file !== 'live.yaml');
    const asked = { ...base, paths, ...options };
    const planned = await plan(asked);

    const diagnostics =
      planned.diagnostics.length > 0 ? diagnosticsText(planned.diagnostics, style) : undefined;
    const text =
      planned.plan && planned.ok ? planText({ ...planned.plan, directory: 'directory' }, style) : undefined;
    golden(join(folder, 'diagnostics.txt'), diagnostics);
    golden(join(folder, 'plan.txt'), text);
    if (!planned.ok) return;
    const first = await apply(asked, async () => true);
    if (first.diagnostics.some((one) => one.code === 'env-unset')) return;
    expect(first.ok, JSON.stringify(first.failed)).toBe(true);
    const second = await plan(asked);
    expect(second.plan?.changes.map((one) => `${one.verb} ${one.ref.address}`)).toEqual([]);
  });
});

async function applied(asked: Request): Promise<void> {
  const result = await apply(asked, async () => true);
  expect(result.ok, diagnosticsText(result.diagnostics, style)).toBe(true);
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
