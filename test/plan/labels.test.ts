/** Labels change nothing in the directory, so a plan says in words what becomes of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';

test('a label that is added, changed or removed is told once', async () => {
  const folder = temporaryFolder();
  const asked = request({ paths: ['a.yaml'], cwd: folder, directory: databaseIn(folder) });
  const write = (labels: string, name = 'Ada'): void =>
    writeFileSync(
      join(folder, 'a.yaml'),
      `version: 1\nusers:\n  ada: {name: ${name}, email: a@example.org${labels}}\n`,
    );
  const told = async (): Promise<string[]> => {
    const { diagnostics } = await plan(asked);
    await apply(asked, async () => true);
    return diagnostics.map((one) => one.message);
  };
  write('');
  expect(await told()).toEqual([]);
  write(', labels: {asbuilt.io/protect: "true"}');
  expect(await told()).toEqual(['user/ada: the label asbuilt.io/protect becomes `true`']);
  expect(await told()).toEqual([]);
  write(', labels: {asbuilt.io/protect: "false", asbuilt.io/prune: forget}', 'Ada Byron');
  expect(await told()).toEqual([
    'user/ada: the label asbuilt.io/protect becomes `false`',
    'user/ada: the label asbuilt.io/prune becomes `forget`',
  ]);
  write(', labels: {asbuilt.io/prune: forget}');
  expect(await told()).toEqual(['user/ada: the label asbuilt.io/protect is no longer `false`']);
});
