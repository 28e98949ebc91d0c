/** The law of runs that had nothing to do: a plan that is known from a run before is the plan that would be made. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { pick, randomFrom } from '../scripts/generate.js';
import { apply, type Planned, plan } from '../src/reconcile.js';
import { planJson } from '../src/report/json.js';
import type { Request } from '../src/request.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

const staff = `version: 1
entries:
  - {model: authentik_core.group, id: g, identifiers: {name: staff}, attrs: {attributes: {cost: 1}}}
  - {model: authentik_core.user, identifiers: {username: ada}, attrs: {name: Ada, email: ada@example.org, groups: [!KeyOf g]}}
  - {model: authentik_core.user, identifiers: {username: bob}, attrs: {name: Bob, email: bob@example.org}}
`;

/** Makes a file large enough that it pays to know its plan. */
const filler = `# ${'x'.repeat(98)}\n`.repeat(700);

/** A set of blueprints whose plans are noted. */
function noting(over: Partial<Request> = {}, text = staff) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'blueprints'));
  const cacheFolder = join(folder, 'cache');
  const write = (content: string, name = 'staff.yaml'): void =>
    writeFileSync(join(folder, 'blueprints', name), content + filler);
  write(text);
  let known = 0;
  const base = request({
    cwd: folder,
    paths: ['blueprints'],
    directory: databaseIn(folder),
    unattended: true,
    log: {
      debug: () => {},
      warn: () => {},
      info: (_, message) => void (message.startsWith('nothing changed') && known++),
    },
    ...over,
  });
  const json = ({ plan: made, diagnostics }: Planned): unknown => planJson(made, diagnostics);
  return {
    folder,
    cacheFolder,
    write,
    apply: (more: Partial<Request> = {}) => apply({ ...base, ...more }, async () => true),
    /** Plans, and compares with the plan of a run that knows nothing; was it known? */
    async isKnown(more: Partial<Request> = {}): Promise<boolean> {
      const made = await plan({ ...base, ...more });
      known = 0;
      const noted = await plan({ ...base, ...more, cacheFolder });
      expect(json(noted)).toEqual(json(made));
      return known > 0;
    },
    execute(sql: string): void {
      const other = new Database(join(folder, 'directory.db'));
      other.exec(sql);
      other.close();
    },
  };
}

/** The same, in sync, and known to be. */
async function settled(over: Partial<Request> = {}, text?: string) {
  const set = noting(over, text);
  expect((await set.apply()).outcome).toBe('applied');
  expect(await set.isKnown()).toBe(false);
  expect(await set.isKnown()).toBe(false);
  expect(await set.isKnown()).toBe(true);
  return set;
}

describe('a plan is known', () => {
  test('from the third time on, to plan and to apply', async () => {
    const set = await settled();
    const { cacheFolder } = set;
    const applied = await set.apply({ cacheFolder });
    expect(applied).toMatchObject({ outcome: 'nothing', ok: true, plan: { counts: { unchanged: 3 } } });
    const asked = await set.apply({ cacheFolder, unattended: false });
    expect(asked).toMatchObject({ outcome: 'nothing', ok: true, plan: { counts: { unchanged: 3 } } });
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(set.folder, 'blueprints/staff.yaml'), past, past);
    expect(await set.isKnown()).toBe(true);
  });

  const changes: readonly [what: string, sql: string][] = [
    [
      'an attribute',
      `UPDATE object SET attributes = json_set(attributes, '$.name', 'Eve') WHERE kind LIKE '%user' AND attributes LIKE '%Ada%'`,
    ],
    ['a membership', `DELETE FROM reference`],
    ['an object', `DELETE FROM object WHERE attributes LIKE '%Bob%'`],
    ['a record', `DELETE FROM ledger WHERE address = 'user/bob'`],
    ['the place of a record', `UPDATE ledger SET place = 'other.yaml:1' WHERE address = 'user/bob'`],
    ['what was applied', `UPDATE ledger SET paths = '{}', whole = 'x' WHERE address = 'user/bob'`],
    ['labels', `UPDATE ledger SET labels = '{"asbuilt.io/protect":"true"}' WHERE address = 'user/bob'`],
    [
      'the paths alone',
      `UPDATE ledger SET paths = json_set(paths, '$."/title"', 'x') WHERE address = 'user/bob'`,
    ],
    ['former names', `UPDATE ledger SET formerly = '["user/rob"]' WHERE address = 'user/bob'`],
    ['the project of a record', `UPDATE ledger SET project = 'other' WHERE address = 'user/bob'`],
    [
      'what is being made',
      `INSERT INTO ledger_intent (project, address, kind, since) VALUES ('default', 'user/eve', 'authentik_core.user', '2026-01-01T00:00:00Z')`,
    ],
  ];
  test.each(changes)('unless %s is another', async (_, sql) => {
    const set = await settled();
    set.execute(sql);
    expect(await set.isKnown()).toBe(false);
  });

  test('unless the request is another', async () => {
    const set = await settled();
    const others: Partial<Request>[] = [
      { project: 'other' },
      { prune: true },
      { strict: true },
      { contexts: [{ size: 1 }] },
      { targets: ['user/ada'] },
      { stances: { deletes: 'refuse' } },
      { pruneBlocked: 'not now' },
    ];
    for (const other of others) expect(await set.isKnown(other), JSON.stringify(other)).toBe(false);
    expect(await set.isKnown()).toBe(true);
  });

  test('unless a file is another, is new, or has another name', async () => {
    const set = await settled();
    appendFileSync(join(set.folder, 'blueprints/staff.yaml'), '# by hand\n');
    expect(await set.isKnown()).toBe(false);
    set.write(staff);
    expect(await set.isKnown()).toBe(true);
    set.write('version: 1\nentries: []\n', 'more.yaml');
    expect(await set.isKnown()).toBe(false);
    set.write(staff.replace('bob@', 'rob@'));
    expect(await set.isKnown()).toBe(false);
  });

  test('unless its note was written by somebody else, or is broken', async () => {
    const set = await settled();
    set.execute(`DELETE FROM object WHERE attributes LIKE '%Bob%'`);
    const [name] = readdirSync(set.cacheFolder).filter((one) => one.endsWith('.settled'));
    const path = join(set.cacheFolder, name!);
    const [signature, text] = readFileSync(path, 'utf8').split('\n');
    expect(await set.isKnown()).toBe(false);
    for (const forged of [text!.replace('"unchanged":3', '"unchanged":2'), '{}', '']) {
      writeFileSync(path, `${signature}\n${forged}`);
      expect(await set.isKnown()).toBe(false);
    }
    writeFileSync(path, '');
    expect(await set.isKnown()).toBe(false);
  });
});

test('a directory that changes all the time is not digested for ever', async () => {
  const set = await settled();
  const touch = (name: string): void =>
    set.execute(`UPDATE object SET computed = json_set(computed, '$.last_login', '${name}')`);
  for (const name of ['a', 'b', 'c']) {
    touch(name);
    expect(await set.isKnown()).toBe(false);
    if (name !== 'c') expect(await set.isKnown()).toBe(true);
  }
  for (let time = 0; time < 3; time++) expect(await set.isKnown()).toBe(false);
  set.write(`${staff}# another file\n`);
  expect(await set.isKnown()).toBe(false);
  expect(await set.isKnown()).toBe(false);
  expect(await set.isKnown()).toBe(true);
});

describe('a plan is never known', () => {
  const never = async (text: string, over: Partial<Request> = {}): Promise<void> => {
    const set = noting(over, text);
    expect((await set.apply()).ok).toBe(true);
    for (let time = 0; time < 4; time++) expect(await set.isKnown()).toBe(false);
  };

  test('when blueprints read what is around them', async () => {
    await never(staff.replace('name: Ada', 'name: !Env WHO'), { env: { WHO: 'Ada' } });
  });

  test('when there is something to say', async () => {
    await never(staff.replace('email: bob@example.org', 'email: ADA@example.org'));
  });

  test('when time decides', async () => {
    const invitation =
      '  - {model: authentik_stages_invitation.invitation, identifiers: {name: welcome}, attrs: {expires: 2199-01-01T00:00:00Z}}\n';
    await never(staff + invitation);
  });

  test('when the set is small', async () => {
    const set = noting();
    writeFileSync(join(set.folder, 'blueprints/staff.yaml'), staff);
    expect((await set.apply()).ok).toBe(true);
    for (let time = 0; time < 4; time++) expect(await set.isKnown()).toBe(false);
    expect(existsSync(set.cacheFolder)).toBe(false);
  });

  test('when there is something to do', async () => {
    const set = noting();
    for (let time = 0; time < 4; time++) expect(await set.isKnown()).toBe(false);
  });
});

test('whatever happens, what is known is what would be planned', async () => {
  const random = randomFrom(Number(process.env.SEED ?? 11));
  const set = noting();
  await set.apply();
  const texts = [staff, staff.replace('name: Bob', 'name: Rob'), staff.replace(/.*bob.*\n/, '')];
  const sql = [
    `UPDATE object SET attributes = json_set(attributes, '$.name', 'Eve') WHERE attributes LIKE '%bob@%'`,
    `UPDATE object SET attributes = json_set(attributes, '$.path', 'x') WHERE attributes LIKE '%bob@%'`,
    `DELETE FROM reference`,
    `DELETE FROM ledger WHERE address = 'group/staff'`,
  ];
  let known = 0;
  for (let step = 0; step < 80; step++) {
    const what = random();
    if (what < 0.1) set.write(pick(random, texts));
    else if (what < 0.2) set.execute(pick(random, sql));
    else if (what < 0.35) await set.apply({ prune: true });
    if (await set.isKnown({ prune: random() < 0.2 })) known++;
  }
  expect(known).toBeGreaterThan(5);
});
