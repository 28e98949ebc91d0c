/** The law of the way back: applying what was applied before brings back what was there, and harms nobody else. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Directory } from '../../src/directory/directory.js';
import { catalogue } from '../../src/model/kinds.js';
import type { Fields, Id, Kind } from '../../src/model/model.js';
import { hazardNames } from '../../src/plan/change.js';
import { openStore } from '../../src/reconcile/open-store.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import { entries, fileOf, type Names, type PlainEntry, twoSets } from '../support/arbitrary.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';
import { snapshotOf } from '../support/snapshot.js';
import { type World, worldOf } from './world.js';

const runs = Number(process.env.LAW_RUNS ?? 12);
const signal = new AbortController().signal;
const user = 'authentik_core.user';
const group = 'authentik_core.group';

/** Runs work on the directory itself, as somebody else would. */
async function asStranger<T>(asked: Request, work: (directory: Directory) => Promise<T>): Promise<T> {
  const { directory, close } = await openStore(asked.directory!);
  try {
    return await work(directory);
  } finally {
    await close();
  }
}

async function applies(asked: Request, list: readonly PlainEntry[]): Promise<World> {
  writeFileSync(join(asked.paths[0] as string, 'blueprint.yaml'), fileOf(list));
  const result = await apply(asked, async () => true);
  const errors = result.diagnostics.filter((one) => one.severity === 'error').map((one) => one.message);
  expect([errors, result.failed, result.ok]).toEqual([[], [], true]);
  const again = (await plan(asked)).plan!;
  expect(again.changes.map((one) => [one.verb, one.ref.address, one.fields])).toEqual([]);
  expect([again.records, again.stale]).toEqual([[], []]);
  return worldOf(asked.directory!, asked.project);
}

/** Objects of strangers, of which nothing may change: everything about them, and their ids. */
async function makeStrangers(directory: Directory): Promise<void> {
  const make = async (kind: Kind, fields: Fields): Promise<Id> =>
    (await directory.create(kind, fields, signal)).object.id;
  const strangers = await make(group, {
    name: 'strangers',
    attributes: { a: { b: 1 } },
    is_superuser: false,
  });
  await make(user, { username: 'eve', name: 'Eve', groups: [strangers], attributes: { c: [1, 2] } });
  const flow = await make('authentik_flows.flow', {
    name: 's',
    slug: 's',
    title: 's',
    designation: 'recovery',
  });
  const stage = await make('authentik_stages_deny.denystage', { name: 'strange' });
  await make('authentik_flows.flowstagebinding', { target: flow, stage, order: 5 });
  await make('authentik_core.application', { name: 's', slug: 's', group: 's' });
  await make('authentik_stages_invitation.invitation', { name: 's', flow });
}

/** Attributes that the way back must bring back: those that are always written, or can go back to something. */
function comparable(address: string, object: unknown, before: World): Record<string, unknown> {
  const { fields, key } = catalogue().byName.get(address.slice(0, address.indexOf('/')))!;
  return Object.fromEntries(
    Object.entries(withoutOthers(object, before)).filter(([name]) => {
      const field = fields[name];
      const isWritten = key.includes(name) || field?.required === true;
      // Lists and maps have nothing of ours in them when nothing is written.
      return isWritten || field?.default !== undefined || field?.set !== undefined || field?.map;
    }),
  );
}

test('the way back brings back what was there', async () => {
  const folder = temporaryFolder();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(twoSets, fc.boolean(), async ({ names, first, second }, crowded) => {
      const work = join(folder, String(run++));
      mkdirSync(work);
      const asked = request({
        paths: [work],
        directory: databaseIn(folder, `${run}.db`),
        project: 'staff',
        prune: true,
        stances: Object.fromEntries(hazardNames.map((one) => [one, 'show'])),
      });
      await asStranger(asked, makeStrangers);
      const theirs = await snapshotOf(asked.directory!);
      const untouched = async (): Promise<void> => {
        const now = await snapshotOf(asked.directory!);
        for (const [key, object] of theirs) {
          if (!key.startsWith('asbuilt.settings')) expect(now.get(key), key).toBe(object);
        }
      };
      if (crowded) await foundBefore(asked, names);
      const before = await applies(asked, first);
      await untouched();
      const marks = await leaveTraces(asked, first, second);
      await applies(asked, second);
      await untouched();
      await marks();
      const after = await applies(asked, first);
      await untouched();
      await marks();

      const created = (world: World, address: string): boolean =>
        (world.owned[address] as { ownership?: string } | undefined)?.ownership === 'created';
      for (const [address, object] of Object.entries(before.objects)) {
        if (!created(before, address)) continue;
        expect(after.objects[address], `${address} is there`).toBeDefined();
        const now = comparable(address, after.objects[address], before);
        expect(now, address).toEqual(comparable(address, object, before));
      }
      for (const [address, object] of Object.entries(after.objects)) {
        if (before.objects[address] || address === `user/${visitor}`) continue;
        // A user is switched off, not deleted.
        expect(address).toMatch(/^user\//);
        expect(object).toMatchObject({ is_active: false });
      }
      rmSync(join(folder, `${run}.db`), { force: true });
    }),
    { numRuns: runs },
  );
});

/** The entry under another name, where its name is a key that nobody else can have. */
function renamed(one: PlainEntry): PlainEntry | undefined {
  const facts = catalogue().kinds.get(one.model);
  const [key, ...others] = Object.entries(one.identifiers);
  if (!facts?.keyUnique || facts.singleton || !key || others.length > 0) return undefined;
  const [name, value] = key;
  if (facts.key.join() !== name || typeof value !== 'string') return undefined;
  return { ...one, identifiers: { [name]: `${value}-renamed` }, was: one.identifiers };
}

test('the way back from renames brings the same objects back', async () => {
  const folder = temporaryFolder();
  let run = 0;
  let renames = 0;
  const choices = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(entries, choices, fc.boolean(), async (first, choice, cleansUp) => {
      const work = join(folder, String(run++));
      mkdirSync(work);
      const asked = request({
        paths: [work],
        directory: databaseIn(folder, `${run}.db`),
        project: 'staff',
        prune: true,
        stances: Object.fromEntries(hazardNames.map((one) => [one, 'show'])),
      });
      const ids = () =>
        asStranger(asked, async (directory) => {
          const all: string[] = [];
          for (const kind of directory.kinds)
            for await (const { id } of directory.list(kind, {}, signal)) all.push(`${kind} ${id}`);
          return all.sort();
        });
      const before = await applies(asked, first);
      const made = await ids();
      const second = first.map((one, at) => (choice[at % choice.length] && renamed(one)) || one);
      renames += second.filter((one) => one.was).length;
      await applies(asked, second);
      if (cleansUp)
        await applies(
          asked,
          second.map(({ was: _, ...one }) => one),
        );
      expect(await ids()).toEqual(made);
      expect(await applies(asked, first)).toEqual(before);
      expect(await ids()).toEqual(made);
      rmSync(join(folder, `${run}.db`), { force: true });
    }),
    { numRuns: runs },
  );
  expect(renames).toBeGreaterThan(0);
});

const trace = 'left-by-others';
const visitor = 'visitor';

/** Somebody made some of the objects before the first run; what they say beyond the blueprints stays. */
async function foundBefore(asked: Request, names: Names): Promise<void> {
  await asStranger(asked, async (directory) => {
    for (const name of names.groups.slice(0, 2))
      await directory.create(group, { name, attributes: { [trace]: 1 } }, signal);
    for (const username of names.users.slice(0, 2))
      await directory.create(user, { username, name: 'found', attributes: { [trace]: { deep: 1 } } }, signal);
  });
}

/**
 * Somebody adds keys to maps and a member to groups that both sets describe, by hand. Gives back a check that all of
 * it is still there.
 */
async function leaveTraces(
  asked: Request,
  first: readonly PlainEntry[],
  second: readonly PlainEntry[],
): Promise<() => Promise<void>> {
  const inBoth = (model: string, key: string): Set<unknown> => {
    const of = (list: readonly PlainEntry[]) =>
      list.filter((one) => one.model === model).map((one) => one.identifiers[key]);
    const others = new Set(of(second));
    return new Set(of(first).filter((one) => others.has(one)));
  };
  const groups = inBoth(group, 'name');
  const users = inBoth(user, 'username');
  const all = async (directory: Directory, kind: Kind) => {
    const list = [];
    for await (const one of directory.list(kind, {}, signal)) list.push(one);
    return list;
  };
  const marked = async (directory: Directory) => [
    ...(await all(directory, group)).filter((one) => groups.has(one.attributes.name)),
    ...(await all(directory, user)).filter((one) => users.has(one.attributes.username)),
  ];
  await asStranger(asked, async (directory) => {
    for (const { kind, id, attributes } of await marked(directory)) {
      const before = attributes.attributes as Fields;
      await directory.update(
        kind,
        id,
        { attributes: before },
        { attributes: { ...before, [trace]: { by: 'hand' } } },
        signal,
      );
    }
  });
  const joined = await asStranger(asked, async (directory) => {
    const list = (await marked(directory)).filter((one) => one.kind === group).map((one) => one.id);
    await directory.create(user, { username: visitor, name: 'Visitor', groups: list }, signal);
    return list;
  });
  return () =>
    asStranger(asked, async (directory) => {
      const found = (await all(directory, user)).find((one) => one.attributes.username === visitor)!;
      expect(new Set(found.attributes.groups as Id[])).toEqual(new Set(joined));
      for (const { attributes } of await marked(directory))
        expect(attributes.attributes, JSON.stringify(attributes)).toMatchObject({ [trace]: { by: 'hand' } });
    });
}

/**
 * An object without the traces of others, and without members that the first set does not describe: an entry that is
 * gone again leaves its user switched off or forgotten, with what it was a member of.
 */
function withoutOthers(object: unknown, before: World): Record<string, unknown> {
  const all = { ...(object as Record<string, unknown>) };
  if (Array.isArray(all.users)) {
    all.users = all.users.filter((one) => Object.hasOwn(before.owned, JSON.parse(one).slice(1)));
  }
  if (typeof all.attributes === 'object') {
    const { [trace]: _, ...kept } = all.attributes as Record<string, unknown>;
    all.attributes = kept;
  }
  return all;
}
