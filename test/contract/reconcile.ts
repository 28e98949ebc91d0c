/**
 * A way to make a store in; the suite that the whole reconcile must pass over every sort of store out: the second
 * plan is empty, what is not ours stays byte for byte, and whatever was done of a plan, the next run ends it.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DirectoryError } from '../../src/directory/errors.js';
import { buildLiveModel } from '../../src/model/live-model.js';
import { type Address, type Fields, type Kind, type LiveObject, Ref } from '../../src/model/model.js';
import type { Store } from '../../src/reconcile/open-store.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import type { Applied } from '../../src/reconcile/results.js';
import { dyingStore } from '../safety/dying-store.js';
import { request, temporaryFolder } from '../support/request.js';
import { sorted } from '../support/snapshot.js';
import { edits, strangers } from './reconcile-scenarios.js';

/** A store that can be opened again and again. */
export interface Subject {
  open(): Promise<Store>;
}

const signal = new AbortController().signal;
const [first, then] = edits.map(([, text]) => text) as [string, string];

/** Registers the suite. Of all moments at which a run may stop, every `each`-th is tried. */
export function reconcileContract(name: string, make: () => Promise<Subject>, each: number): void {
  describe(name, () => {
    test('has nothing left to do after each of a series of edits', async () => {
      const team = teamOver(await make());
      for (const [title, text] of edits) {
        await team.applies(text);
        expect(await team.pending(), title).toEqual(nothing);
      }
    });

    test('comes to the same end whatever the way there was', async () => {
      const [, last] = edits.at(-1)!;
      const slow = teamOver(await make());
      for (const [, text] of edits) await slow.applies(text);
      const fast = teamOver(await make());
      await fast.applies(last);
      const [way, direct] = [await slow.world(), await fast.world()];
      expect(way.objects).toEqual(direct.objects);
      expect(way.owned).toEqual(direct.owned);
    });

    test('leaves objects, fields, keys and edges of others as they are, byte for byte', async () => {
      const team = teamOver(await make());
      await team.applies(strangers.before);
      const theirs = await team.within((opened) => strangers.arrive(opened, signal));
      const before = await team.within((opened) => readBack(opened, theirs));
      await team.applies(strangers.after);
      expect(await team.within((opened) => readBack(opened, theirs))).toEqual(before);
      const { objects } = await team.world();
      for (const [address, fields] of Object.entries(strangers.kept)) {
        expect(JSON.parse(objects[address]!), address).toMatchObject(fields);
      }
      expect(await team.pending()).toEqual(nothing);
    });

    test('ends what was begun, wherever it stopped, and makes nothing twice', async () => {
      const whole = teamOver(await make());
      await whole.applies(first);
      let moments = 0;
      await whole.applies(then, () => void moments++);
      const end = await whole.world();
      expect(moments).toBeGreaterThan(20);
      for (let stop = 0; stop < moments; stop += each) {
        const team = teamOver(await make());
        await team.applies(first);
        let met = 0;
        // What is dead writes nothing more.
        const dies = (): void => {
          if (met++ >= stop) throw new Error('the machine stopped');
        };
        await expect(team.applies(then, dies), `stopped at ${stop}`).rejects.toThrow('the machine stopped');
        await team.applies(then);
        expect(await team.world(), `stopped at ${stop}`).toEqual(end);
        expect(await team.pending(), `stopped at ${stop}`).toEqual(nothing);
      }
    });

    test('says what failed, undoes or skips what depends on it, and does it the next time', async () => {
      const whole = teamOver(await make());
      await whole.applies(first);
      let moments = 0;
      await whole.applies(then, () => void moments++);
      const end = await whole.world();
      for (let bad = 1; bad < moments; bad += 2 * each + 1) {
        const team = teamOver(await make());
        await team.applies(first);
        const before = await team.world();
        let met = 0;
        const fails = (): void => {
          if (met++ === bad) throw new DirectoryError('unreachable', 'the line is down');
        };
        const atomic = await team.within(async ({ directory }) => directory.atomic);
        if (atomic) {
          await expect(team.applies(then, fails)).rejects.toThrow('the line is down');
          expect(await team.world(), `failed at ${bad}`).toEqual(before);
        } else {
          const result = await team.tries(then, fails).catch((error: unknown) => error);
          if (!(result instanceof Error)) {
            expect((result as Applied).outcome).toBe('failed');
            expect((result as Applied).failed.map((one) => one.message)).toEqual(['the line is down']);
          }
        }
        await team.applies(then);
        expect(await team.world(), `failed at ${bad}`).toEqual(end);
        expect(await team.pending(), `failed at ${bad}`).toEqual(nothing);
      }
    });
  });
}

const nothing = { changes: [], records: [], stale: [] };

interface World {
  /** Attributes by address, references as addresses. */
  readonly objects: Readonly<Record<Address, string>>;
  /** What the ledger says of whose they are. */
  readonly owned: Readonly<Record<Address, string>>;
}

interface Team {
  /** Applies whatever the outcome. */
  tries(text: string, moment?: () => void): Promise<Applied>;
  applies(text: string, moment?: () => void): Promise<void>;
  pending(): Promise<typeof nothing>;
  world(): Promise<World>;
  within<T>(work: (opened: Store) => Promise<T>): Promise<T>;
}

/** One project with one file over a store. */
function teamOver(subject: Subject): Team {
  const cwd = temporaryFolder();
  const file = join(cwd, 'blueprint.yaml');
  const asked: Request = request({
    paths: ['blueprint.yaml'],
    cwd,
    prune: true,
    stances: { bulk: 'show', 'breaks-login': 'show', opens: 'show' },
    open: () => subject.open(),
  });
  const within = async <T>(work: (opened: Store) => Promise<T>): Promise<T> => {
    const opened = await subject.open();
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  };
  const tries: Team['tries'] = (text, moment) => {
    writeFileSync(file, text);
    const open = moment ? async () => dyingStore(await subject.open(), moment) : asked.open;
    return apply({ ...asked, open }, async () => true);
  };
  return {
    within,
    tries,
    applies: async (text, moment) => {
      const result = await tries(text, moment);
      expect(result.diagnostics.filter((one) => one.severity === 'error').map((one) => one.message)).toEqual(
        [],
      );
      expect(result.failed).toEqual([]);
      expect(result.plan?.refused).toEqual([]);
      expect(['applied', 'nothing']).toContain(result.outcome);
    },
    pending: async () => {
      const { plan: made } = await plan(asked);
      return {
        changes: made!.changes.map(
          (one) => `${one.verb} ${one.ref.address} ${one.fields.map((field) => field.field)}`,
        ),
        records: made!.records.map((one) => one.ref.address),
        stale: [...made!.stale],
      } as typeof nothing;
    },
    world: () => within(worldOf),
  };
}

async function worldOf({ directory, ledger }: Store): Promise<World> {
  const listed = new Map<Kind, LiveObject[]>();
  for (const kind of directory.kinds) {
    const list: LiveObject[] = [];
    for await (const one of directory.list(kind, {}, signal)) list.push(one);
    listed.set(kind, list);
  }
  const live = buildLiveModel(listed);
  const names = new Map<string, Address>();
  for (const kind of live.kinds) for (const { id, ref } of live.all(kind)) names.set(String(id), ref.address);
  const objects: Record<Address, string> = {};
  for (const kind of live.kinds) {
    for (const { ref, attributes } of live.all(kind)) {
      expect(objects[ref.address], `${ref.address} is there once`).toBeUndefined();
      objects[ref.address] = withoutIds(sorted(withAddresses(attributes)), names);
    }
  }
  const owned: Record<Address, string> = {};
  for (const [address, record] of await ledger.read('default')) {
    const paths = Object.keys(record.paths).map((path) => path.split('/')[1]);
    owned[address] = `${record.ownership} ${[...new Set(paths)].sort()}`;
  }
  return { objects, owned };
}

/** A text that holds ids, which other runs give other ones. */
function withoutIds(text: string, names: ReadonlyMap<string, Address>): string {
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => names.get(id) ?? id);
}

/** Values without ids: what other runs give other ids. Lists whose order means nothing are sorted. */
function withAddresses(value: unknown): unknown {
  if (value instanceof Ref) return value.address;
  if (Array.isArray(value)) {
    const list = value.map(withAddresses);
    return value.some((one) => one instanceof Ref) ? list.sort() : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withAddresses(inner)]));
}

async function readBack({ directory }: Store, objects: readonly LiveObject[]): Promise<string[]> {
  const found: string[] = [];
  for (const { kind, id } of objects) {
    for await (const one of directory.list(kind, { only: { field: 'id', values: [id] } }, signal)) {
      found.push(sorted({ id: one.id, attributes: one.attributes as Fields, computed: one.computed }));
    }
  }
  expect(found.length).toBe(objects.length);
  return found;
}
