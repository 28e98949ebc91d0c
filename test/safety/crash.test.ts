/** A run that dies at any moment: what it left is all or nothing, or is finished by the next run. */

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verify } from '@node-rs/argon2';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/reconcile/open-store.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import type { Planned } from '../../src/reconcile/results.js';
import { request, temporaryFolder } from '../support/request.js';
import { startScript } from './command-line.js';
import { dyingStore } from './dying-store.js';
import { type World, worldOf } from './world.js';

const dying = fileURLToPath(new URL('apply-and-die.ts', import.meta.url));
const signal = new AbortController().signal;

function errorsOf({ diagnostics }: Planned): string[] {
  return diagnostics.filter((one) => one.severity === 'error').map((one) => one.message);
}

/** Has nothing left to do, and has nothing left to remember. */
async function inSync(asked: Request): Promise<void> {
  const planned = await plan(asked);
  expect(errorsOf(planned)).toEqual([]);
  const made = planned.plan;
  expect(made!.changes.map((one) => `${one.verb} ${one.ref.address}`)).toEqual([]);
  expect([made!.records.map((one) => one.ref.address), made!.stale, made!.held]).toEqual([[], [], []]);
}

describe('an apply of 2,000 objects in one transaction', () => {
  const count = 2_000;
  const groups = (size: number): string =>
    `version: 1\ngroups:\n${Array.from({ length: size }, (_, at) => `  group-${at}: {attributes: {number: ${at}}}\n`).join('')}`;

  test('leaves all or nothing when it is killed, and the next run ends in sync', async () => {
    const folder = temporaryFolder();
    const blueprint = join(folder, 'blueprint.yaml');
    writeFileSync(blueprint, groups(count));
    const directory = `sqlite:${join(folder, 'directory.db')}`;
    const asked = request({ paths: [blueprint], directory, project: 'staff', prune: true });
    // Anywhere in the middle, and when everything is written but nothing committed.
    const steps = [1, 1 + Math.floor(Math.random() * 2 * count), 2 * count + 1];
    for (const step of steps) {
      const { child, ended } = await startScript(dying, [blueprint, directory, '', String(step)], {
        cwd: folder,
      });
      const { out, err } = await ended;
      expect([child.signalCode, out, err], `step ${step}`).toEqual(['SIGKILL', '', '']);
      const { objects, owned } = await worldOf(directory, 'staff');
      expect(Object.keys(objects).filter((one) => one.startsWith('group/'))).toEqual([]);
      expect(owned).toEqual({});
    }
    const result = await apply(asked, async () => true);
    expect([result.outcome, result.done]).toEqual(['applied', count]);
    await inSync(asked);
  });
});

/** What a project has before: things to keep, change, rename, delete and prune. */
const before = `version: 1
groups:
  staff: {attributes: {floor: 1, team: {lead: ada, size: 3}}}
  board: {}
  going: {}
  old-name: {attributes: {kept: true}}
users:
  ada: {name: Ada, email: ada@example.org, groups: [staff, board], attributes: {desk: 1, phone: 2}}
  bob: {name: Bob, groups: [staff], password: first}
  leaving: {name: Leaving}
flows:
  join: {name: Join, title: Join, designation: enrollment, stages: [{invitation: {}, evaluate_on_plan: true}, {user_login: {name: join-login}}]}
invitations:
  spring: {flow: join, single_use: false, expires: 2999-01-31T00:00:00Z}
`;

/** What it asks for afterwards: forty changes of every sort. */
const after = `version: 1
groups:
  staff: {attributes: {floor: 2, team: {lead: bob}}}
  board: {users: [bob]}
  new-name: {was: old-name, attributes: {kept: true}}
${Array.from({ length: 13 }, (_, at) => `  team-${at}: {attributes: {number: ${at}}${at > 0 ? `, parents: [team-${at - 1}]` : ''}}\n`).join('')}users:
  ada: {name: Ada Lovelace, attributes: {desk: 1}, groups: [staff]}
  bob: {name: Bob, password: second, groups: [staff, board]}
${Array.from({ length: 13 }, (_, at) => `  person-${at}: {name: Person ${at}, groups: [team-${at}]${at === 0 ? ', password: first' : ''}}\n`).join('')}flows:
  join:
    name: Join
    title: Join us
    designation: enrollment
    stages:
      - invitation: {}
        evaluate_on_plan: true
      - user_login: {name: join-login}
      - {stage: join-login, order: 50}
invitations:
  summer: {flow: join, single_use: false, expires: 2999-01-31T00:00:00Z}
  autumn: {flow: join, single_use: true, expires: 2999-01-31T00:00:00Z}
  winter: {flow: join, expires: 2999-01-31T00:00:00Z, fixed_data: {name: Winter}}
entries:
- {model: authentik_core.group, state: absent, identifiers: {name: going}}
- {model: authentik_core.group, state: created, identifiers: {name: made-once}, attrs: {attributes: {a: 1}}}
- {model: authentik_core.group, state: must_created, identifiers: {name: made-by-us}, attrs: {attributes: {a: 1}}}
`;

describe('an apply that is recorded one by one, in a ledger of its own', () => {
  let start: string;
  let expected: World;
  let strangers: World['objects'];
  let steps: string[];

  const urls = (folder: string) => ({
    directory: `sqlite:${join(folder, 'directory.db')}`,
    ledger: `sqlite:${join(folder, 'ledger.db')}`,
  });
  const asking = (folder: string, over: Partial<Request> = {}): Request =>
    request({
      paths: [join(folder, 'blueprint.yaml')],
      ...urls(folder),
      project: 'staff',
      prune: true,
      ...over,
    });

  /** A folder in which the project has applied what it has before, with strangers around. */
  async function makeStart(folder: string): Promise<void> {
    const blueprint = join(folder, 'blueprint.yaml');
    writeFileSync(blueprint, before);
    const first = await apply(asking(folder), async () => true);
    expect([first.outcome, first.failed]).toEqual(['applied', []]);
    const { directory, close } = await openStore(urls(folder).directory);
    const make = async (kind: string, fields: Parameters<typeof directory.create>[1]) =>
      (await directory.create(kind, fields, signal)).object;
    const flow = (await make('authentik_flows.flow', strangeFlow)).id;
    const group = await make('authentik_core.group', { name: 'strangers', attributes: { a: 1 } });
    await make('authentik_core.user', { username: 'eve', name: 'Eve', groups: [group.id] });
    await make('authentik_stages_invitation.invitation', { name: 'foreign', flow });
    await close();
    writeFileSync(blueprint, after);
  }
  const strangeFlow = { name: 'Strange', slug: 'strange', title: 'Strange', designation: 'enrollment' };

  function copyOfStart(folder = temporaryFolder()): string {
    mkdirSync(folder, { recursive: true });
    for (const name of ['blueprint.yaml', 'directory.db', 'ledger.db']) {
      for (const suffix of ['', '-wal']) {
        const from = join(start, name + suffix);
        if (existsSync(from)) copyFileSync(from, join(folder, name + suffix));
      }
    }
    return folder;
  }

  const strange = ({ objects }: World): World['objects'] =>
    Object.fromEntries(
      Object.entries(objects).filter(([address]) => /\/(?:strange|strangers|eve|foreign)$/.test(address)),
    );

  /** Running again ends as if nothing had happened. */
  async function recovers(folder: string, when: string): Promise<void> {
    const { directory, ledger } = urls(folder);
    expect(strange(await worldOf(directory, 'staff', ledger)), when).toEqual(strangers);
    const asked = asking(folder);
    const again = await apply(asked, async () => true);
    expect([again.ok, again.failed, errorsOf(again)], when).toEqual([true, [], []]);
    expect(await worldOf(directory, 'staff', ledger), when).toEqual(expected);
    expect(await passwords(folder), when).toEqual({ bob: 'second', 'person-0': 'first' });
    await inSync(asked);
  }

  /** Which of the two passwords each user really has. */
  async function passwords(folder: string): Promise<Record<string, string | undefined>> {
    const database = new Database(join(folder, 'directory.db'));
    const rows = database
      .prepare(
        `SELECT json_extract(attributes, '$.username') AS name, json_extract(secrets, '$.password') AS hash
          FROM object WHERE json_extract(secrets, '$.password') IS NOT NULL`,
      )
      .all() as { name: string; hash: string }[];
    database.close();
    const found = rows.map(async ({ name, hash }) => {
      for (const one of ['first', 'second']) if (await verify(hash, one)) return [name, one];
      return [name, undefined];
    });
    return Object.fromEntries(await Promise.all(found));
  }

  beforeAll(async () => {
    start = mkdtempSync(join(tmpdir(), 'asbuilt-'));
    await makeStart(start);
    const folder = copyOfStart(join(start, 'whole'));
    steps = [];
    const { directory, ledger } = urls(folder);
    const result = await apply(
      asking(folder, {
        open: async () =>
          dyingStore(await openStore(directory, { ledger }), (_, name) => void steps.push(name)),
      }),
      async () => true,
    );
    expect(errorsOf(result)).toEqual([]);
    expect([result.outcome, result.failed]).toEqual(['applied', []]);
    expect(result.done).toBeGreaterThanOrEqual(40);
    expected = await worldOf(directory, 'staff', ledger);
    strangers = strange(expected);
    expect(Object.keys(strangers)).toHaveLength(4);
    const owned = Object.values(expected.owned) as { ownership: string }[];
    expect(new Set(owned.map((one) => one.ownership))).toEqual(new Set(['created']));
    expect(expected.intents).toEqual([]);
    await inSync(asking(folder));
  });

  afterAll(() => rmSync(start, { recursive: true, force: true }));

  test('is finished by the next run when it is killed in the middle', async () => {
    const invitation = 'create authentik_stages_invitation.invitation';
    const at = (name: string, which = 0): number =>
      steps.map((one, index) => (one === name ? index : -1)).filter((index) => index !== -1)[which]!;
    const points = [
      at(`after ${invitation}`, 1),
      at('after create authentik_core.user'),
      // Between the two records of a rename.
      at('before remove'),
      at('after delete authentik_core.group'),
      Math.floor(Math.random() * steps.length),
    ];
    for (const step of points) {
      const folder = copyOfStart();
      const { directory, ledger } = urls(folder);
      const { child, ended } = await startScript(
        dying,
        [join(folder, 'blueprint.yaml'), directory, ledger, String(step)],
        { cwd: folder },
      );
      expect((await ended).out).toBe('');
      expect(child.signalCode).toBe('SIGKILL');
      await recovers(folder, `killed at step ${step}, ${steps[step]}`);
    }
  });
});
