/** Every kind is exported so that the plan is empty, and the same object is made elsewhere. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeNew } from '../src/commands/write-files.js';
import { isExported } from '../src/export/choose.js';
import { catalogue } from '../src/model/kinds.js';
import { exportFrom } from '../src/reconcile/export.js';
import { openStore } from '../src/reconcile/open-store.js';
import { apply, plan } from '../src/reconcile/reconcile.js';
import { minimalFields } from './contract/samples.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const asked = { all: true, passwords: false, oneFile: false, ownOnly: false };
const kinds = [...catalogue().kinds.values()].filter(
  (facts) => isExported(facts, undefined) && !facts.singleton,
);

test.each(kinds.map((facts) => [facts.name, facts] as const))('%s', async (_, facts) => {
  const cwd = temporaryFolder();
  const directory = databaseIn(cwd, 'a.db');
  const opened = await openStore(directory);
  const { signal } = request({ paths: [] });
  await opened.directory.create(facts.kind, await minimalFields(opened.directory, facts), signal);
  await opened.close();
  for (const format of ['entries', 'sections'] as const) {
    const source = request({ paths: [join(cwd, format)], cwd, directory });
    const first = await exportFrom(source, { ...asked, format });
    expect(writeNew(cwd, format, first.files).problems).toEqual([]);
    const env = Object.fromEntries(
      first.variables.map(({ name }) => [name, first.known.get(name) ?? 'secret']),
    );
    const known = Object.fromEntries(first.known);
    const planned = await plan({ ...source, env: known });
    expect(planned.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    expect(planned.plan?.changes.flatMap((one) => one.fields)).toEqual([]);
    expect(first.diagnostics).toEqual([]);
    const other = { ...source, env, directory: databaseIn(cwd, `${format}.db`) };
    const made = await apply(other, async () => true);
    expect(made.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    expect(made.failed).toEqual([]);
    expect((await exportFrom(other, { ...asked, format })).files).toEqual(first.files);
  }
});

test('only devices, which their users make, and licenses are no kinds to describe', () => {
  const others = [...catalogue().kinds.values()].filter(
    (facts) => !isExported(facts, undefined) && !facts.meta && facts.prune !== 'forget',
  );
  const names = others.map((facts) => facts.name).filter((name) => !name.endsWith('-device'));
  expect(names).toEqual(['license']);
});
