/** One project over one store for the tests of the border, with a list of what was asked of the directory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Directory } from '../../src/directory/directory.js';
import type { Fields, Kind } from '../../src/model/model.js';
import type { Store } from '../../src/reconcile/open-store.js';
import { type Approve, apply, plan } from '../../src/reconcile/reconcile.js';
import { type Request, withStore } from '../../src/reconcile/request.js';
import type { Applied, Planned } from '../../src/reconcile/results.js';
import { request, temporaryFolder } from '../support/request.js';
import { listAll } from './directory.js';
import type { Trouble, TroubledSubject } from './trouble.js';

const group = 'authentik_core.group';

/** One project with one file over a store, and what was called of the directory. */
export function teamOver({ trouble, open }: TroubledSubject) {
  const cwd = temporaryFolder();
  const lists: Kind[] = [];
  const updates: Fields[] = [];
  const creates: Fields[] = [];
  let made = (): void => {};
  const listened = (directory: Directory): Directory => ({
    ...directory,
    list: (kind, ...rest) => {
      lists.push(kind);
      return directory.list(kind, ...rest);
    },
    create: async (kind, fields, ...rest) => {
      const created = await directory.create(kind, fields, ...rest);
      const left = new Set(created.unfinished?.fields);
      creates.push(Object.fromEntries(Object.entries(fields).filter(([name]) => !left.has(name))));
      made();
      return created;
    },
    update: async (kind, id, before, after, ...rest) => {
      await directory.update(kind, id, before, after, ...rest);
      updates.push(after);
    },
  });
  let prune = true;
  const asked = (over: Partial<Request> = {}): Request => ({ ...base, prune, ...over });
  const base: Request = request({
    paths: ['blueprint.yaml'],
    cwd,
    unattended: true,
    open: async () => {
      const store = await open();
      return {
        ...store,
        directory: listened(store.directory),
        transaction: (work) =>
          store.transaction((within) => work({ ...within, directory: listened(within.directory) })),
      };
    },
  });
  const yes = async (): Promise<boolean> => true;
  const within = <T>(work: (opened: Store) => Promise<T>): Promise<T> => withStore(asked(), work);
  const names = (kind: Kind): Promise<unknown[]> =>
    within(async ({ directory }) =>
      (await listAll(directory, kind))
        .map(({ attributes }) => attributes.name && (attributes.username ?? attributes.name))
        .sort(),
    );
  const applies = (over: Partial<Request> = {}): Promise<Applied> => apply(asked(over), yes);
  const plans = (): Promise<Planned> => {
    lists.length = 0;
    return plan(asked());
  };
  const pending = async (): Promise<string[]> =>
    (await plan(asked())).plan!.changes.map(
      ({ verb, ref, fields }) => `${verb} ${ref.address} ${fields.map((one) => one.field)}`,
    );
  const owned = (): Promise<Record<string, string>> =>
    within(async ({ ledger }) =>
      Object.fromEntries(
        [...(await ledger.read('default'))].map(([address, one]) => [address, one.ownership]),
      ),
    );
  return {
    trouble: trouble as Trouble,
    lists,
    updates,
    within,
    names,
    applies,
    plans,
    pending,
    owned,
    writes: (text: string) => writeFileSync(join(cwd, 'blueprint.yaml'), `version: 1\n${text}`),
    neverPrunes: () => void (prune = false),
    isAtomic: () => within(async ({ directory, separate }) => directory.atomic && !separate),
    /** Applies as somebody at a terminal does. */
    asks: (approve: Approve): Promise<Applied> => {
      lists.length = 0;
      return apply(asked({ unattended: false }), approve);
    },
    /** Applies, and the signal comes when so many objects were made. */
    stoppedAfter: async (count: number): Promise<Applied> => {
      const controller = new AbortController();
      let left = count;
      made = () => void (--left === 0 && controller.abort());
      try {
        return await applies({ signal: controller.signal });
      } finally {
        made = () => {};
      }
    },
    /** The next run does what is left, and then there are these groups, all of them ours. */
    finishes: async (groups: readonly string[]): Promise<void> => {
      expect(['applied', 'nothing']).toContain((await applies()).outcome);
      expect(await names(group)).toEqual(groups);
      expect(await owned()).toEqual(Object.fromEntries(groups.map((one) => [`group/${one}`, 'created'])));
      expect(await pending()).toEqual([]);
    },
    lastRun: () => within(async ({ ledger }) => (await ledger.history.list(1))[0]),
    intents: () => within(async ({ ledger }) => (await ledger.intents('default')).map((one) => one.address)),
    floor: () =>
      within(async ({ directory }) => {
        const [staff] = await listAll(directory, group);
        return (staff!.attributes.attributes as Fields).floor;
      }),
    /** In the order in which the directory took them. */
    passwordsWritten: () =>
      [...creates, ...updates].flatMap(({ password }) => (password === undefined ? [] : [password])),
  };
}
