/** A set that is read while one of its files is being written must not be taken for what is on disk. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isUnchanged, readSet } from '../../src/watch/blueprint-set.js';
import { request, temporaryFolder } from '../support/request.js';

const half = '\uFEFFversion: 1\ngroups:\n  staff: {}\n';

function workspace(): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'blueprints/staff.yaml');
  mkdirSync(join(folder, 'blueprints'));
  writeFileSync(path, half);
  return { folder, path };
}

test('a file that grew between its reading and the end of the reading counts as changed', async () => {
  const { folder, path } = workspace();
  // Progress is told when all files are in memory and none is parsed.
  const progress = (): void => writeFileSync(path, `${half}  admins: {}\n`);
  const set = await readSet(request({ cwd: folder, paths: ['blueprints'], progress }));
  expect(set.files.blueprints[0]!.entries).toHaveLength(1);
  expect(isUnchanged(set)).toBe(false);
});

test('a file that was saved just before it was read does not', async () => {
  const { folder } = workspace();
  const set = await readSet(request({ cwd: folder, paths: ['blueprints'] }));
  expect(isUnchanged(set)).toBe(true);
});
