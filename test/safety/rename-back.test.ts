/** `git revert` of a rename: the old name comes back, and the object with it; nothing is made anew or dropped. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { rowsIn, temporaryFolder } from '../support/request.js';
import { watching } from '../support/watching.js';
import { run } from './command-line.js';

const configuration = 'project: staff\nblueprints: [blueprints]\n';
const group = (name: string, rest = '{attributes: {floor: 1}}'): string => `  ${name}: ${rest}\n`;
const file = (...groups: string[]): string => `version: 1\ngroups:\n${groups.join('')}`;

function workplace(config: string | undefined = configuration) {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'blueprints'));
  if (config) writeFileSync(join(cwd, 'asbuilt.yaml'), config);
  const write = (text: string, name = 'staff.yaml'): void =>
    writeFileSync(join(cwd, 'blueprints', name), text);
  const words = (more: readonly string[]) => ['-d', 'sqlite:d.db', '-p', 'staff', ...more];
  const apply = (...more: string[]) =>
    run(['apply', ...words(['--prune', '--auto-approve', ...more])], { cwd });
  const query = (sql: string): unknown[][] => rowsIn(join(cwd, 'd.db'), sql);
  const execute = (sql: string): void => {
    const database = new Database(join(cwd, 'd.db'));
    database.exec(sql);
    database.close();
  };
  /** Names of the groups with their ids. */
  const groups = (): Record<string, unknown> =>
    Object.fromEntries(
      query("SELECT attributes ->> '$.name', id FROM object WHERE kind = 'authentik_core.group'") as [
        string,
        unknown,
      ][],
    );
  const states = async (...texts: string[]): Promise<void> => {
    for (const text of texts) {
      write(text);
      expect(await apply()).toMatchObject({ code: 0 });
    }
  };
  return { cwd, write, apply, query, execute, groups, states, words };
}

const renamed = file(group('engineers', '{was: engineering, attributes: {floor: 1}}'));

test('the reverted rename of a group is a rename back', async () => {
  const { apply, groups, write, states } = workplace();
  await states(file(group('engineering')));
  const first = groups();
  await states(renamed, file(group('engineers')));
  expect(groups()).toEqual({ engineers: first.engineering });
  write(file(group('engineering')));
  const { out } = await apply();
  expect(out).toContain('renamed from group/engineers');
  expect(out).toContain('1 to update');
  expect(groups()).toEqual(first);
  expect((await apply()).out).toContain('Nothing to do');
  // And forth again, which was reverted in its turn.
  await states(file(group('engineers')));
  expect(groups()).toEqual({ engineers: first.engineering });
});

test('the reverted rename of a user keeps the account, its password and its memberships', async () => {
  const { query, apply, write, states } = workplace();
  const people = (name: string, was = '') =>
    `version: 1\ngroups:\n  staff: {}\nusers:\n  ${name}: {${was}name: Ada, password: Sup3r-secret!, groups: [staff]}\n`;
  await states(people('ada'));
  const all = () =>
    query(
      "SELECT id, attributes ->> '$.username', secrets FROM object WHERE kind = 'authentik_core.user' AND NOT hidden",
    );
  const first = all();
  await states(people('countess', 'was: ada, '));
  write(people('ada'));
  const { out } = await apply();
  expect(out).toContain('1 to update');
  expect(out).not.toContain('password');
  expect(all()).toEqual(first);
  expect(query('SELECT username FROM memberships')).toEqual([['ada']]);
});

test('two renames may be reverted one after the other or both at once', async () => {
  for (const way of [['b', 'a'], ['a']]) {
    const { groups, states } = workplace();
    await states(file(group('a')));
    const first = groups();
    await states(file(group('b', '{was: a}')), file(group('c', '{was: b}')));
    await states(...way.map((name) => file(group(name))));
    expect(groups()).toEqual(first);
  }
});

test('of two entries with former names the newer name has the object', async () => {
  const { groups, states } = workplace();
  await states(file(group('a')));
  const { a } = groups();
  await states(file(group('b', '{was: a}')), file(group('c', '{was: b}')));
  await states(file(group('a'), group('b')));
  expect(groups()).toEqual({ a: expect.anything(), b: a });
});

test('a `was` may name any of the former names', async () => {
  const { groups, states } = workplace();
  await states(file(group('a')));
  const { a } = groups();
  await states(file(group('b', '{was: a}')), file(group('c', '{was: a}')));
  expect(groups()).toEqual({ c: a });
});

test('an object that is still described, or asked to go, keeps its name', async () => {
  for (const other of [group('b'), group('b', '{state: absent}'), group('c', '{was: b}')]) {
    const { groups, states } = workplace();
    await states(file(group('a')));
    const { a } = groups();
    await states(file(group('b', '{was: a}')), file(group('a'), other));
    expect(groups().a).toBeDefined();
    expect(groups().a).not.toBe(a);
  }
});

test('a name that somebody took meanwhile is not taken back', async () => {
  const { execute, groups, states, write, apply } = workplace();
  await states(file(group('a')));
  const { a } = groups();
  await states(file(group('b', '{was: a}')));
  execute(
    `INSERT INTO object (kind, id, attributes) VALUES ('authentik_core.group', '00000000-0000-4000-8000-000000000001', '{"name": "a"}')`,
  );
  write(file(group('a')));
  const { out } = await apply();
  expect(out).not.toContain('renamed');
  expect(groups().a).toBe('00000000-0000-4000-8000-000000000001');
  expect(Object.values(groups())).not.toContain(a);
});

test('two objects that had the name are an error that says what to write', async () => {
  const { apply, states, groups, write } = workplace();
  await states(file(group('a')));
  await states(file(group('b', '{was: a}')));
  await states(file(group('b'), group('a')));
  await states(file(group('b'), group('c', '{was: a}')));
  const before = groups();
  write(file(group('a')));
  const { code, err } = await apply();
  expect(code).toBe(1);
  expect(err).toContain('blueprints/staff.yaml:3:3: error[ambiguous-match]');
  expect(err).toContain('group/a is a former name of group/b and group/c');
  expect(err).toContain('Write `was:` with the current name of the object you mean.');
  expect(groups()).toEqual(before);
  await states(file(group('a', '{was: c}')));
  expect(groups()).toEqual({ a: before.c });
});

test('a user who was switched off does not come back under a former name', async () => {
  const { query, states } = workplace();
  const people = (line: string) => `version: 1\nusers: {${line}}\ngroups:\n  staff: {}\n`;
  await states(people('ada: {}'), people('countess: {was: ada}'), people(''), people('ada: {}'));
  expect(query('SELECT username, is_active FROM users ORDER BY username')).toEqual([
    ['ada', 1],
    ['countess', 0],
  ]);
});

test('where not all files are read, the other file may describe the object', async () => {
  for (const config of [configuration, undefined]) {
    const { cwd, groups, states, write, words } = workplace(config);
    const apply = (...paths: string[]) => run(['apply', ...paths, ...words(['--auto-approve'])], { cwd });
    const both = ['blueprints/staff.yaml', 'blueprints/more.yaml'];
    if (config) await states(file(group('a')));
    else {
      write(file(group('a')));
      await apply(both[0]!);
    }
    const { a } = groups();
    write('version: 1\nentries: []\n');
    write(file(group('b', '{was: a}')), 'more.yaml');
    expect((await apply(...both)).code).toBe(0);
    expect(groups()).toEqual({ b: a });
    write(file(group('a')));
    expect((await apply(both[0]!)).code).toBe(0);
    expect(groups()).toEqual({ a: expect.anything(), b: a });
  }
});

test('the names are another project’s business', async () => {
  const { cwd, groups, states, apply, write } = workplace();
  await states(file(group('a')), file(group('b', '{was: a}')));
  const { b } = groups();
  writeFileSync(join(cwd, 'asbuilt.yaml'), configuration.replace('staff', 'sales'));
  write(file(group('a')));
  expect((await apply('-p', 'sales')).code).toBe(0);
  expect(groups()).toEqual({ a: expect.anything(), b });
});

test('the names go with an exported ledger, and an export without them is taken', async () => {
  const { cwd, groups, states, words } = workplace();
  await states(file(group('a')), file(group('b', '{was: a}')));
  const { b } = groups();
  const ledger = (...more: string[]) => run(['ledger', ...more, ...words([])], { cwd });
  expect((await ledger('export', 'ledger.json')).code).toBe(0);
  const text = readFileSync(join(cwd, 'ledger.json'), 'utf8');
  expect(JSON.parse(text).records).toMatchObject([{ address: 'group/b', formerly: ['group/a'] }]);
  const old = JSON.parse(text);
  delete old.records[0].formerly;
  writeFileSync(join(cwd, 'old.json'), JSON.stringify(old));
  old.records[0].formerly = 'group/a';
  writeFileSync(join(cwd, 'bad.json'), JSON.stringify(old));
  expect((await ledger('import', 'bad.json', '--replace')).err).toContain('record 1 is incomplete');
  expect((await ledger('import', 'old.json', '--replace')).code).toBe(0);
  expect((await ledger('import', 'ledger.json', '--replace')).code).toBe(0);
  await states(file(group('a')));
  expect(groups()).toEqual({ a: b });
});

test('a ledger of the version before knows no former names, and learns them', async () => {
  const { groups, states, execute, query, apply, write } = workplace();
  await states(file(group('a')));
  const { a } = groups();
  execute(
    "ALTER TABLE ledger DROP COLUMN formerly; UPDATE meta SET value = '1' WHERE name = 'version'; DELETE FROM meta WHERE name = 'ledger_version'",
  );
  write(file(group('a')));
  expect((await apply()).out).toContain('Nothing to do');
  expect(query("SELECT value FROM meta WHERE name = 'version'")).toEqual([['2']]);
  await states(file(group('b', '{was: a}')), file(group('a')));
  expect(groups()).toEqual({ a });
});

test('a running watch takes a rename back', async () => {
  const one = watching({ shared: { prune: true }, files: { 'blueprints/staff.yaml': file(group('a')) } });
  const rows = () =>
    one.query("SELECT id, attributes ->> '$.name' FROM object WHERE kind = 'authentik_core.group'");
  const first = await one.until((run) => run.outcome === 'applied');
  const before = rows();
  one.save('blueprints/staff.yaml', file(group('b', '{was: a}')));
  const second = await one.until((run) => run.outcome === 'applied', first.number);
  one.save('blueprints/staff.yaml', file(group('a')));
  const third = await one.until((run) => run.outcome === 'applied', second.number);
  expect(third.changes).toMatchObject([{ verb: 'update', address: 'group/a' }]);
  expect(rows()).toEqual(before);
});
