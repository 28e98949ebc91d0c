/** What every ledger must do, wherever it is kept; run by the tests of each. */
import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerRecord } from '../../src/ledger/ledger.js';
import type { Run } from '../../src/ledger/run-history.js';
import { objectKey } from '../../src/model/model.js';

export const userKind = 'authentik_core.user';

/** A record of a user. */
export function record(name: string, id: number | string, more: Partial<LedgerRecord> = {}): LedgerRecord {
  return {
    address: `user/${name}`,
    kind: userKind,
    id,
    ownership: 'created',
    place: 'staff.yaml:3',
    labels: { team: 'a' },
    whole: 'whole',
    paths: { '/email': 'one', '/attributes/a~1b': 'two' },
    ...more,
  };
}

/** A run that has just begun. */
export function begun(more: Partial<Omit<Run, 'id'>> = {}): Omit<Run, 'id'> {
  return {
    project: 'one',
    command: 'apply',
    started: '2026-11-21T00:00:00.000Z',
    who: 'ada@host',
    revision: { commit: 'abc', dirty: true },
    outcome: 'running',
    changes: [],
    failures: [],
    ...more,
  };
}

/** Runs the suite on the ledgers that `open` gives, each of them empty. */
export function ledgerContract(name: string, open: () => Promise<Ledger>): void {
  describe(name, () => {
    test('gives back what was put, per project', async () => {
      const ledger = await open();
      const [ada, bob] = [record('ada', 1), record('bob', 'b0b', { ownership: 'adopted' })];
      await ledger.put('one', [ada, bob]);
      await ledger.put('two', [record('eve', 3)]);
      expect([...(await ledger.read('one'))]).toEqual([
        ['user/ada', ada],
        ['user/bob', bob],
      ]);
      await ledger.put('one', [record('ada', 1, { whole: 'other', paths: {} })]);
      expect((await ledger.read('one')).get('user/ada')).toMatchObject({ whole: 'other', paths: {} });
      await ledger.remove('one', ['user/ada', 'user/nobody']);
      expect([...(await ledger.read('one')).keys()]).toEqual(['user/bob']);
      expect([...(await ledger.read('two')).keys()]).toEqual(['user/eve']);
    });

    test('keeps former addresses', async () => {
      const ledger = await open();
      await ledger.put('one', [record('ada', 1, { formerly: ['user/a', 'user/b'] }), record('bob', 2)]);
      const records = await ledger.read('one');
      expect(records.get('user/ada')!.formerly).toEqual(['user/a', 'user/b']);
      expect(records.get('user/bob')!.formerly).toBeUndefined();
    });

    test('a record confirms the intent', async () => {
      const ledger = await open();
      const since = '2026-11-21T00:00:00Z';
      await ledger.intend('one', [
        { address: 'user/ada', kind: userKind, since },
        { address: 'user/bob', kind: userKind, since },
      ]);
      await ledger.put('one', [record('ada', 1)]);
      expect(await ledger.intents('one')).toEqual([{ address: 'user/bob', kind: userKind, since }]);
      await ledger.remove('one', ['user/bob']);
      expect(await ledger.intents('one')).toEqual([]);
    });

    test('tells who else owns an object', async () => {
      const ledger = await open();
      await ledger.put('one', [record('ada', 1)]);
      await ledger.put('two', [record('eve', 3), record('bob', 'b0b')]);
      const owners = [...(await ledger.owners('one'))].map(([key, records]) => [
        key,
        records.map(({ project, paths }) => ({ project, paths })),
      ]);
      const theirs = [{ project: 'two', paths: record('', 0).paths }];
      expect(Object.fromEntries(owners)).toEqual({
        [objectKey(userKind, 3)]: theirs,
        [objectKey(userKind, 'b0b')]: theirs,
      });
    });

    test('projects with strange and like names do not mix', async () => {
      const ledger = await open();
      const projects = ['a', 'A', 'a:b', 'a b, "c"', '', 'ä/~61', 'asbuilt-ledger:a:'];
      for (const [index, project] of projects.entries()) await ledger.put(project, [record('x', index)]);
      for (const [index, project] of projects.entries())
        expect([...(await ledger.read(project)).values()].map(({ id }) => id)).toEqual([index]);
      const owners = await ledger.owners('a');
      expect(owners.get(objectKey(userKind, 0))).toBeUndefined();
      expect(owners.get(objectKey(userKind, 5))![0]!.project).toBe('ä/~61');
    });

    test('has a key of 32 bytes', async () => {
      expect((await open()).key).toHaveLength(32);
    });

    test('remembers runs, the newest first', async () => {
      const { history } = await open();
      const first = await history.begin(begun());
      const second = await history.begin(begun({ command: 'watch', project: 'two', revision: undefined }));
      expect([first, second]).toEqual([1, 2]);
      const ended = {
        finished: '2026-11-21T00:01:00.000Z',
        outcome: 'failed' as const,
        changes: [{ verb: 'create' as const, address: 'user/ada', fields: ['email'] }],
        failures: [{ address: 'user/bob', message: 'no' }],
      };
      await history.end(first, ended);
      const runs = await history.list(10);
      expect(runs.map(({ id, outcome }) => [id, outcome])).toEqual([
        [2, 'running'],
        [1, 'failed'],
      ]);
      expect(await history.get(1)).toEqual({ ...begun(), ...ended, id: 1 });
      expect(await history.get(3)).toBeUndefined();
      expect(await history.list(1)).toHaveLength(1);
    });
  });
}
