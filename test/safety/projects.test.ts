/** Several teams, each with a project of its own, in one directory: none of them harms another. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/reconcile/open-store.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import { type Request, withStore } from '../../src/reconcile/request.js';
import type { Applied } from '../../src/reconcile/results.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';
import { snapshotOf } from '../support/snapshot.js';
import { run } from './command-line.js';

/** Two projects with a file each over one directory. */
function teams() {
  const cwd = temporaryFolder();
  const directory = databaseIn(cwd);
  const team = (project: string) => {
    const file = join(cwd, `${project}.yaml`);
    const asked: Request = request({ paths: [file], cwd, directory, project, prune: true });
    return {
      asked,
      writes: (text: string) => writeFileSync(file, `version: 1\n${text}`),
      applies: (over: Partial<Request> = {}): Promise<Applied> =>
        apply({ ...asked, ...over }, async () => true),
      pending: async (): Promise<string[]> =>
        (await plan(asked)).plan!.changes.map((one) => `${one.verb} ${one.ref.address}`),
    };
  };
  return { cwd, directory, a: team('a'), b: team('b') };
}

const ownersIn = (asked: Request): Promise<Map<string, string>> =>
  withStore(asked, async ({ ledger }) => {
    const owned = await ledger.read(asked.project);
    return new Map([...owned].map(([address, { ownership }]) => [address, ownership]));
  });

test('a project neither prunes nor reverts what another owns', async () => {
  const { directory, a, b } = teams();
  a.writes(
    'groups:\n  staff: {attributes: {team: a, floor: 1}}\nusers:\n  ada: {name: Ada, groups: [staff]}\n',
  );
  await a.applies();
  const before = await snapshotOf(directory);
  b.writes('users:\n  bob: {name: Bob}\n');
  await b.applies();
  b.writes('entries: []\n');
  expect((await b.applies()).plan!.changes.map((one) => `${one.verb} ${one.ref.address}`)).toEqual([
    'update user/bob',
  ]);
  const after = await snapshotOf(directory);
  for (const [key, object] of before) expect(after.get(key)).toBe(object);
  expect(await a.pending()).toEqual([]);
});

test('an object of another project is not taken over, whatever is allowed', async () => {
  const { directory, a, b } = teams();
  a.writes('groups:\n  staff: {attributes: {team: a}}\n');
  await a.applies();
  const before = await snapshotOf(directory);
  for (const text of [
    'groups:\n  staff: {attributes: {team: b}}\n',
    'groups:\n  staff: {is_superuser: true}\n',
    'entries:\n- {model: authentik_core.group, state: absent, identifiers: {name: staff}}\n',
  ]) {
    b.writes(text);
    const result = await b.applies();
    expect(result.outcome).toBe('refused');
    expect(result.plan!.refused.map(({ hazard }) => hazard.name)).toContain('takes-over');
  }
  expect(await snapshotOf(directory)).toEqual(before);
  expect((await ownersIn(b.asked)).size).toBe(0);
});

test('an object that already is as two projects want it stays the first one’s', async () => {
  const { a, b } = teams();
  a.writes('groups:\n  staff: {attributes: {team: a}}\n');
  await a.applies();
  b.writes('groups:\n  staff: {attributes: {team: a}}\n');
  await b.applies();
  // Were it the second one's as well, dropping the field there would revert it.
  b.writes('groups:\n  staff: {}\n');
  await b.applies();
  b.writes('entries: []\n');
  await b.applies();
  expect(await a.pending()).toEqual([]);
});

test('what one project forgets another may adopt, and then owns without having made it', async () => {
  const { cwd, directory, a, b } = teams();
  a.writes('groups:\n  staff: {attributes: {team: a}}\n');
  await a.applies();
  expect(await run(['forget', 'group/staff', '-d', directory, '-p', 'a'], { cwd })).toMatchObject({
    code: 0,
  });
  b.writes('groups:\n  staff: {attributes: {team: b}}\n');
  expect((await b.applies()).outcome).toBe('applied');
  expect(await ownersIn(b.asked)).toEqual(new Map([['group/staff', 'adopted']]));
  expect(await ownersIn(a.asked)).toEqual(new Map());
  // Now it is the first that may not touch it.
  expect((await a.applies()).plan!.refused.map(({ hazard }) => hazard.name)).toEqual(['takes-over']);
  // Adopted, so dropping it forgets it and deletes nothing.
  b.writes('entries: []\n');
  expect((await b.applies()).plan!.changes.map((one) => one.verb)).toEqual(['forget']);
  expect([...(await snapshotOf(directory)).values()].some((one) => one.includes('"staff"'))).toBe(true);
});

test('edges and map keys that two projects put on one object are each their own', async () => {
  const { a, b } = teams();
  a.writes('groups:\n  staff: {}\n  board: {}\nusers:\n  ada: {name: Ada, groups: {only_add: [staff]}}\n');
  await a.applies();
  b.writes('groups:\n  club: {users: {only_add: [ada]}}\n');
  expect((await b.applies()).outcome).toBe('applied');
  expect(await a.pending()).toEqual([]);
  b.writes('groups:\n  club: {}\n');
  await b.applies();
  expect(await a.pending()).toEqual([]);
  expect(await b.pending()).toEqual([]);
});

test('a broken file of one team stops that team only', async () => {
  const { directory, a, b } = teams();
  a.writes('groups:\n  staff: {}\n');
  b.writes('groups:\n  club: {}\n');
  await a.applies();
  await b.applies();
  const before = await snapshotOf(directory);
  for (const broken of [
    'groups: [',
    'groups:\n  staff: {nmae: x}\n',
    'entries:\n- {model: nothing.here}\n',
  ]) {
    a.writes(broken);
    expect((await a.applies()).outcome).toBe('invalid');
    expect(await snapshotOf(directory)).toEqual(before);
    expect((await b.applies()).outcome).toBe('nothing');
  }
  b.writes('groups:\n  club: {attributes: {floor: 2}}\n');
  expect((await b.applies()).outcome).toBe('applied');
  expect((await ownersIn(a.asked)).get('group/staff')).toBe('created');
});

test('what somebody else made anew under the name of what we made is adopted, not ours', async () => {
  const { directory, a } = teams();
  a.writes('groups:\n  staff: {attributes: {team: a}}\n');
  await a.applies();
  const opened = await openStore(directory);
  const { signal } = new AbortController();
  for await (const { kind, id } of opened.directory.list('authentik_core.group', {}, signal))
    await opened.directory.delete(kind, id, signal);
  await opened.directory.create(
    'authentik_core.group',
    { name: 'staff', attributes: { by: 'hand' } },
    signal,
  );
  await opened.close();
  expect(await a.pending()).toEqual(['adopt group/staff']);
  await a.applies();
  expect(await ownersIn(a.asked)).toEqual(new Map([['group/staff', 'adopted']]));
  a.writes('entries: []\n');
  expect((await a.applies()).plan!.changes.map((one) => one.verb)).toEqual(['forget']);
});

test.each([
  ['from the member', 'users:\n  bob: {name: Bob, groups: [oncall]}\n', 'user/bob'],
  [
    'from the member, who claims no more',
    'users:\n  bob: {name: Bob, groups: {only_add: [oncall]}}\n',
    'user/bob',
  ],
  [
    'from the group',
    'users:\n  bob: {name: Bob}\ngroups:\n  oncall: {users: {only_add: [bob]}}\n',
    'user/bob',
  ],
])('a membership that another project applied %s is not taken away', async (_, theirs, member) => {
  const { directory, a, b } = teams();
  a.writes('groups:\n  oncall: {users: []}\n');
  await a.applies();
  b.writes(theirs);
  await b.applies({ stances: { 'takes-over': 'show' } });
  const before = await snapshotOf(directory);
  const result = await a.applies();
  expect(result.outcome).toBe('refused');
  expect(result.plan!.refused.map(({ hazard }) => `${hazard.name}: ${hazard.message}`)).toEqual([
    `takes-over: undoes what project b applied (users: ${member}); describe it in one project alone`,
  ]);
  expect(await snapshotOf(directory)).toEqual(before);
});

test('an attribute that another project applied to a shared object is not overwritten', async () => {
  const { a, b } = teams();
  a.writes('groups:\n  staff: {attributes: {floor: 1, team: a}}\n');
  await a.applies();
  b.writes('groups:\n  staff: {attributes: {floor: 2}}\n');
  await b.applies({ stances: { 'takes-over': 'show' } });
  const result = await a.applies();
  expect(result.plan!.refused.map(({ hazard }) => hazard.message)).toEqual([
    'undoes what project b applied (attributes.floor); describe it in one project alone',
  ]);
});
