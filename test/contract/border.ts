/**
 * The suite of the border: what a server does that a local file never does, seen by the whole reconcile. A store
 * gets through it when nothing is lost, doubled or forgotten, and people are told what was done and what was not.
 */
import { describe, expect } from 'vitest';
import { positionOf } from '../../src/diagnostic/source.js';
import type { Directory } from '../../src/directory/directory.js';
import type { Fields, Kind, LiveObject } from '../../src/model/model.js';
import { teamOver } from './border-team.js';
import { listAll } from './directory.js';
import { type Marks, markedTests } from './marks.js';
import type { TroubledSubject } from './trouble.js';

const user = 'authentik_core.user';
const group = 'authentik_core.group';
const brand = 'authentik_brands.brand';
const role = 'authentik_rbac.role';
const flow = 'authentik_flows.flow';

/** Registers the suite; marks say what a driver cannot do. */
export function borderContract(name: string, make: () => Promise<TroubledSubject>, cannot: Marks = {}): void {
  describe(name, () => {
    const { test, end } = markedTests(cannot);
    test('a create whose second call fails is recorded as unfinished, and the next run finishes it', async () => {
      const team = teamOver(await make());
      team.writes('groups:\n  staff: {users: [ada]}\nusers:\n  ada: {name: Ada, password: correct-horse}\n');
      team.trouble.passwordFails = true;
      if (await team.isAtomic()) {
        await expect(team.applies()).rejects.toThrow('password');
        expect(await team.names(user)).toEqual([]);
        expect(await team.owned()).toEqual({});
      } else {
        const first = await team.applies();
        expect(first).toMatchObject({ outcome: 'failed', done: 1, skipped: [] });
        expect(first.failed.map((one) => one.address)).toEqual(['user/ada']);
        expect(await team.owned()).toMatchObject({ 'user/ada': 'created', 'group/staff': 'created' });
        const last = await team.lastRun();
        expect(last).toMatchObject({ outcome: 'failed', failures: first.failed });
        expect(last!.changes.map((one) => one.address)).toEqual(['group/staff']);
        expect(await team.pending()).toEqual(['update user/ada password']);
      }
      team.trouble.passwordFails = false;
      expect((await team.applies()).outcome).toBe('applied');
      expect(team.passwordsWritten()).toEqual(['correct-horse']);
      expect(await team.pending()).toEqual([]);
      expect(await team.names(user)).toEqual(['ada']);

      team.writes('groups:\n  staff: {}\n');
      expect((await team.applies()).plan!.changes.map((one) => `${one.verb} ${one.ref.address}`)).toEqual([
        'update group/staff',
        'update user/ada',
      ]);
      const [ada] = await team.within(({ directory }) => listAll(directory, user));
      expect(ada!.attributes.is_active).toBe(false);
    });

    test('a run that is stopped says what it did and what it did not, and the next run does the rest', async () => {
      const team = teamOver(await make());
      team.writes('groups:\n  a: {}\n  b: {parents: [a]}\n  c: {parents: [b]}\n');
      const atomic = await team.isAtomic();
      const result = await team.stoppedAfter(2);
      const skipped = atomic ? ['group/a', 'group/b', 'group/c'] : ['group/c'];
      expect(result).toMatchObject({ ok: false, outcome: 'interrupted', failed: [], skipped });
      expect(result.done).toBe(atomic ? 0 : 2);
      expect(await team.names(group)).toEqual(atomic ? [] : ['a', 'b']);
      const last = await team.lastRun();
      expect(last!.outcome).toBe('interrupted');
      expect(last!.changes.map((one) => one.address)).toEqual(atomic ? [] : ['group/a', 'group/b']);
      expect(last!.failures).toEqual(
        skipped.map((address) => ({ address, message: 'not done: interrupted' })),
      );
      await team.finishes(['a', 'b', 'c']);
    });

    test('a run that is stopped while it writes side by side loses and doubles nothing', async () => {
      const team = teamOver(await make());
      team.writes('groups:\n  a: {}\n  b: {}\n  c: {}\n  d: {}\n  e: {}\n  f: {}\n');
      const result = await team.stoppedAfter(2);
      expect(result.outcome).toBe('interrupted');
      expect(result.done + result.skipped.length).toBe(6);
      expect(result.done).toBeLessThan(6);
      await team.finishes(['a', 'b', 'c', 'd', 'e', 'f']);
    });

    test('a kind that only a check wanted may be unreadable', async () => {
      const team = teamOver(await make());
      team.writes('users:\n  ada: {name: Ada}\n');
      team.trouble.denied.add(brand);
      // A deletion is judged by what it would take along, so prune may need the kind.
      team.neverPrunes();
      const planned = await team.plans();
      expect(planned.ok).toBe(true);
      const notes = planned.diagnostics.filter((one) => one.code === 'not-checked');
      expect(notes).toEqual([
        expect.objectContaining({ severity: 'note', message: expect.stringContaining(brand) }),
      ]);
      expect((await team.applies()).outcome).toBe('applied');
      expect(await team.pending()).toEqual([]);
    });

    test('a kind that is needed may not', async () => {
      const team = teamOver(await make());
      team.writes('users:\n  ada: {name: Ada, groups: [staff]}\ngroups:\n  staff: {}\n');
      team.trouble.denied.add(group);
      await expect(team.plans()).rejects.toMatchObject({ name: 'DirectoryError', code: 'denied' });
      await expect(team.applies()).rejects.toMatchObject({ code: 'denied' });
      team.trouble.denied.clear();
      expect(await team.names(user)).toEqual([]);
    });

    test('a kind that is learned while resolving is listed, and no other kind again', async () => {
      const team = teamOver(await make());
      const join = await team.within(({ directory }) =>
        create(directory, flow, { slug: 'join', name: 'Join', title: 'Join', designation: 'enrollment' }),
      );
      team.writes(`context: {model: ${flow}}
entries:
- model: ${group}
  identifiers: {name: staff}
  attrs: {attributes: {flow: !Format ["%s", !Find [!Context model, [slug, join]]]}}
`);
      const planned = await team.plans();
      expect(planned.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
      expect(team.lists).toContain(flow);
      expect(new Set(team.lists).size).toBe(team.lists.length);
      await team.applies();
      const [staff] = await team.within(({ directory }) => listAll(directory, group));
      expect(staff!.attributes.attributes).toEqual({ flow: join.id });
    });

    test('after an answer only what the plan touches is read again', async () => {
      const team = teamOver(await make());
      team.writes('groups:\n  staff: {attributes: {floor: 1}}\nusers:\n  ada: {name: Ada}\n');
      await team.applies();
      team.writes('groups:\n  staff: {attributes: {floor: 2}}\nusers:\n  ada: {name: Ada}\n');
      await team.plans();
      const once = team.lists.length;
      let asked = 0;
      let before = 0;
      const result = await team.asks(async () => {
        asked++;
        before = team.lists.length;
        return true;
      });
      expect(result).toMatchObject({ outcome: 'applied', done: 1 });
      expect(asked).toBe(1);
      expect(before).toBe(once);
      expect(team.lists.slice(before)).toEqual([group]);
    });

    test('who approved is asked again when somebody else changed what the plan touches', async () => {
      const team = teamOver(await make());
      team.writes('groups:\n  staff: {attributes: {floor: 1}}\n');
      await team.applies();
      team.writes('groups:\n  staff: {attributes: {floor: 2}}\n');
      const meddled = (answer: boolean, floor: number) => {
        const asked: boolean[] = [];
        const result = team.asks(async (_plan, again) => {
          asked.push(again);
          if (!again)
            await team.within(async ({ directory }) => {
              const [staff] = await listAll(directory, group);
              const after = { attributes: { floor } };
              const { attributes } = staff!.attributes;
              await directory.update(group, staff!.id, { attributes: attributes! }, after, signal);
            });
          return again ? answer : true;
        });
        return result.then((applied) => ({ applied, asked }));
      };
      const refused = await meddled(false, 7);
      expect(refused).toMatchObject({ applied: { outcome: 'stale', done: 0 }, asked: [false, true] });
      expect(await team.floor()).toBe(7);
      const allowed = await meddled(true, 8);
      expect(allowed).toMatchObject({ applied: { outcome: 'applied', done: 1 }, asked: [false, true] });
      expect(await team.floor()).toBe(2);
    });

    test('what the other side of a relation keeps is read again too', async () => {
      const team = teamOver(await make());
      team.writes('groups:\n  staff: {}\nusers:\n  ada: {name: Ada}\n');
      await team.applies();
      team.writes('groups:\n  staff: {users: [ada]}\nusers:\n  ada: {name: Ada}\n');
      const updated = team.updates.length;
      const result = await team.asks(async () => {
        await team.within(async ({ directory }) => {
          const [staff] = await listAll(directory, group);
          const [ada] = await listAll(directory, user);
          await directory.update(user, ada!.id, { groups: [] }, { groups: [staff!.id] }, signal);
        });
        return true;
      });
      expect(result.plan!.changes.map((one) => one.ref.address)).toEqual([]);
      // The one of whoever was faster.
      expect(team.updates.length - updated).toBe(1);
    });

    test('what the directory cannot hold is a mistake at its line, and nothing is written', async () => {
      const team = teamOver(await make());
      const text = `groups:
  staff: {}
users:
  ada:
    name: Ada
    path: staff
roles:
  desk: {}
`;
      team.writes(text);
      team.trouble.lacks.set(`${user}.path`, 'it has no paths');
      team.trouble.lacks.set(role, 'it knows no roles');
      for (const result of [await team.plans(), await team.applies()]) {
        expect(result.ok).toBe(false);
        expect(result.diagnostics.filter((one) => one.severity === 'error')).toHaveLength(2);
        const found = result.diagnostics
          .filter((one) => one.code === 'not-held')
          .sort((one, other) => one.place!.offset - other.place!.offset);
        expect(found.map(({ message, place }) => [message, positionOf(place!)])).toEqual([
          [expect.stringMatching(/`path` of user\/ada: it has no paths$/), { line: 7, column: 11 }],
          [expect.stringMatching(/role\/desk: it knows no roles$/), { line: 9, column: 3 }],
        ]);
      }
      expect(await team.names(group)).toEqual([]);
      team.writes(text.slice(0, text.indexOf('    path')));
      expect((await team.applies()).outcome).toBe('applied');
      expect(await team.pending()).toEqual([]);
    });

    for (const landed of [true, false]) {
      test(`a create whose ${landed ? 'answer' : 'request'} is lost is done once in the end`, async () => {
        const team = teamOver(await make());
        team.writes(
          'groups:\n  staff: {attributes: {floor: 1}}\nusers:\n  ada: {name: Ada, groups: [staff]}\n',
        );
        team.trouble.lost = { kind: group, landed };
        if (await team.isAtomic()) await expect(team.applies()).rejects.toMatchObject({ uncertain: true });
        else {
          const first = await team.applies();
          expect(first).toMatchObject({ outcome: 'failed', done: 0, skipped: ['user/ada'] });
          expect(first.failed.map((one) => one.address)).toEqual(['group/staff']);
          expect(await team.names(group)).toEqual(landed ? ['staff'] : []);
          expect(await team.intents()).toEqual(['group/staff']);
        }
        team.trouble.lost = undefined;
        expect((await team.applies()).outcome).toBe('applied');
        expect(await team.names(group)).toEqual(['staff']);
        expect(await team.owned()).toEqual({ 'group/staff': 'created', 'user/ada': 'created' });
        expect(await team.intents()).toEqual([]);
        expect(await team.pending()).toEqual([]);
      });
    }
    end();
  });
}

const signal = new AbortController().signal;

async function create(directory: Directory, kind: Kind, fields: Fields): Promise<LiveObject> {
  return (await directory.create(kind, fields, signal)).object;
}
