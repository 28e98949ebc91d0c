/** authentik's own default blueprints, applied and exported. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeNew } from '../src/commands/write-files.js';
import { exportFrom } from '../src/reconcile/export.js';
import { apply, plan } from '../src/reconcile/reconcile.js';
import { corpus, withoutCorpus } from './support/corpus.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const asked = { all: true, passwords: false, oneFile: false, ownOnly: false };

describe.skipIf(!corpus)(`authentik's default blueprints${corpus ? '' : ` (${withoutCorpus})`}`, () => {
  test.each(['entries', 'sections'] as const)(
    'are exported as %s, and the same elsewhere',
    async (format) => {
      const cwd = temporaryFolder();
      const paths = ['default'].map((one) => join(corpus!, one));
      expect(readdirSync(paths[0]!).length).toBeGreaterThan(0);
      const source = request({ paths, cwd, directory: databaseIn(cwd, 'a.db') });
      const made = await apply(source, async () => true);
      expect(made.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
      expect(made.outcome).toBe('applied');
      const first = await exportFrom(source, { ...asked, format });
      expect(first.diagnostics).toEqual([]);
      expect(writeNew(cwd, 'out', first.files).problems).toEqual([]);
      const planned = await plan({ ...source, paths: [join(cwd, 'out')], project: 'fresh' });
      expect(
        planned.diagnostics.filter((one) => one.severity === 'error' && one.code !== 'env-unset'),
      ).toEqual([]);
      expect(
        planned.plan?.changes.flatMap((one) => one.fields.map((field) => [one.ref.address, field])),
      ).toEqual([]);
      const other = { ...source, paths: [join(cwd, 'out')], directory: databaseIn(cwd, 'b.db') };
      const again = await apply({ ...other, env: Object.fromEntries(first.known) }, async () => true);
      expect([again.outcome, again.failed]).toEqual(['applied', []]);
      expect((await exportFrom(other, { ...asked, format })).files).toEqual(first.files);
    },
  );
});
