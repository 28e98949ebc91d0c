/** What may not be pruned or reverted now is not forgotten: it is done as soon as it may be. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rowsIn, temporaryFolder } from '../support/request.js';
import { watching } from '../support/watching.js';
import { run } from './command-line.js';

const people = (line: string): string => `version: 1\ngroups:\n  staff: {}\nusers:\n  ada: ${line}\n`;
const other = 'version: 1\ngroups:\n  others: {}\n';

function workplace() {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'blueprints'));
  const write = (name: string, text: string): void => writeFileSync(join(cwd, 'blueprints', name), text);
  const apply = () =>
    run(['apply', 'blueprints', '-d', 'sqlite:d.db', '-p', 'staff', '--auto-approve'], { cwd });
  const query = (sql: string): unknown[][] => rowsIn(join(cwd, 'd.db'), sql);
  return { cwd, write, apply, query };
}

test('a key that was dropped while another file was silent goes when that file speaks again', async () => {
  const { write, apply, query } = workplace();
  const rank = () => query("SELECT attributes FROM users WHERE username = 'ada'");
  write('people.yaml', people('{name: Ada, attributes: {rank: 1}}'));
  write('other.yaml', other);
  expect((await apply()).code).toBe(0);
  write('people.yaml', people('{name: Ada, attributes: {}}'));
  write('other.yaml', 'version: 1\n');
  await apply();
  expect(rank()).toEqual([['{"rank":1}']]);
  // Again and again, without forgetting it.
  await apply();
  write('other.yaml', other);
  expect((await apply()).out).toContain('reverted');
  expect(rank()).toEqual([['{}']]);
  expect((await apply()).out).toContain('Nothing to do');
});

test('a membership that went while another file was silent may be given again', async () => {
  const { write, apply, query } = workplace();
  const memberships = () => query('SELECT username FROM memberships');
  write('people.yaml', people('{name: Ada, groups: [staff]}'));
  write('other.yaml', other);
  await apply();
  write('people.yaml', people('{name: Ada, groups: []}'));
  write('other.yaml', 'version: 1\n');
  await apply();
  expect(memberships()).toEqual([]);
  write('other.yaml', other);
  write('people.yaml', people('{name: Ada, groups: [staff]}'));
  const { out } = await apply();
  expect(out).not.toContain('reactivates');
  expect(memberships()).toEqual([['ada']]);
});

test('a file that was renamed before it vanished is looked for twice as well', async () => {
  const one = watching({
    believedAfter: 1_000,
    shared: { prune: true },
    files: { 'blueprints/people.yaml': people('{name: Ada}'), 'blueprints/other.yaml': other },
  });
  const first = await one.until((run) => run.outcome === 'applied');
  const path = (name: string): string => join(one.folder, 'blueprints', name);
  renameSync(path('other.yaml'), path('renamed.yaml'));
  // The old name is given up after two looks, and nothing else happens.
  const renamed = await one.until((run) => run.trigger === 'files', first.number);
  await one.until((run) => run.trigger === 'files', renamed.number);
  const gone = performance.now();
  rmSync(path('renamed.yaml'));
  const pruned = await one.until((run) => run.outcome === 'applied', renamed.number);
  expect(performance.now() - gone).toBeGreaterThanOrEqual(1_000);
  expect(pruned.changes).toMatchObject([{ address: 'group/others', verb: 'delete' }]);
});

test.each([
  ['a folder', '[blueprints]', 'other.yml'],
  ['a pattern', "['blueprints/*.yaml']", 'other.yml'],
  ['a pattern for any depth', "['blueprints/**']", 'other.YAML'],
])('a file whose name lost its suffix takes nothing along: %s', async (_, blueprints, name) => {
  const { cwd, write, query } = workplace();
  const groups = () => query('SELECT name FROM groups ORDER BY name');
  const prune = () =>
    run(['apply', '-d', 'sqlite:d.db', '--prune', '--auto-approve', '--allow', 'bulk'], { cwd });
  const path = (file: string): string => join(cwd, 'blueprints', file);
  writeFileSync(join(cwd, 'asbuilt.yaml'), `project: staff\nblueprints: ${blueprints}\n`);
  write('people.yaml', people('{name: Ada, attributes: {rank: 1}}'));
  write('other.yaml', other);
  await prune();
  expect(groups()).toEqual([['others'], ['staff']]);
  renameSync(path('other.yaml'), path(name));
  write('people.yaml', people('{name: Ada, attributes: {}}'));
  const { code, out, err } = await prune();
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('warning[yml-suffix]') });
  expect(out.replace(/\s+/g, ' ')).toContain(
    `Nothing is pruned or reverted: blueprints/other.yaml described objects before and is now called blueprints/${name}, ` +
      'which is not read; rename it to .yaml, or delete or move it if that is intended.',
  );
  expect(groups()).toEqual([['others'], ['staff']]);
  expect(query("SELECT attributes FROM users WHERE username = 'ada'")).toEqual([['{"rank":1}']]);
  // A file that never gave anything is nobody's, so it holds nothing back.
  renameSync(path(name), path('unknown.yml'));
  expect((await prune()).out).toContain('1 to delete');
  expect(groups()).toEqual([['staff']]);
  expect(query("SELECT attributes FROM users WHERE username = 'ada'")).toEqual([['{}']]);
});

test('a running watch prunes nothing for a file whose name lost its suffix', async () => {
  const one = watching({
    believedAfter: 0,
    shared: { prune: true },
    files: { 'blueprints/people.yaml': people('{name: Ada}'), 'blueprints/other.yaml': other },
  });
  const first = await one.until((run) => run.outcome === 'applied');
  const path = (name: string): string => join(one.folder, 'blueprints', name);
  renameSync(path('other.yaml'), path('other.yml'));
  const second = await one.until((run) => run.trigger === 'files', first.number);
  expect(second.outcome).toBe('nothing');
  one.write('blueprints/people.yaml', people('{name: Countess}'));
  const edited = await one.until((run) => run.outcome === 'applied', second.number);
  expect(edited.changes).toMatchObject([{ address: 'user/ada', verb: 'update' }]);
  expect(one.query('SELECT name FROM groups ORDER BY name')).toEqual([['others'], ['staff']]);
  await one.stop();
});
