/** The law of narrow runs: what is planned for the entries that changed is what a run over all of them would plan. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { pick, randomFrom } from '../scripts/generate.js';
import { isSamePlan } from '../src/approved.js';
import { ReadMemory } from '../src/blueprint/read-memory.js';
import type { Diagnostic } from '../src/diagnostic.js';
import { openDirectory } from '../src/directory/index.js';
import type { Memory } from '../src/narrow.js';
import type { Plan } from '../src/plan/change.js';
import { applyOpened, planOpened } from '../src/reconcile.js';
import { planText } from '../src/report/text.js';
import { type Request, read } from '../src/request.js';
import { type Place, positionOf } from '../src/source.js';
import { request, temporaryFolder } from './support/request.js';

/** Diagnostics as people see them, in an order of their own. */
function said(diagnostics: readonly Diagnostic[]): string[] {
  const at = (place: Place | undefined): string => {
    if (!place) return '';
    const { line, column } = positionOf(place);
    return `${place.source.path}:${line}:${column}+${place.length}`;
  };
  return diagnostics
    .map(({ place, severity, code, message, help, related = [] }) =>
      [
        at(place),
        severity,
        code,
        message,
        help,
        ...related.map((one) => `${at(one.place)} ${one.message}`),
      ].join(' | '),
    )
    .sort();
}

/** A set of blueprints whose runs remember each other. */
async function standingSet(files: Readonly<Record<string, string>>, over: Partial<Request> = {}) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'blueprints'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, 'blueprints', name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  const opened = await openDirectory('sqlite:directory.db', { cwd: folder });
  const memory: Memory = {};
  const readMemory = new ReadMemory();
  let narrow = 0;
  const base = request({
    cwd: folder,
    paths: ['blueprints'],
    project: 'staff',
    prune: true,
    log: {
      debug: () => {},
      warn: () => {},
      info: (_, message) => void (message === 'planned what changed' && narrow++),
    },
    ...over,
  });
  return {
    folder,
    write,
    /** Runs, and compares with the plan of a run that knows nothing. */
    async run(): Promise<{ narrow: boolean; plan: Plan; said: readonly string[] }> {
      const whole = await planOpened(base, await read(base), opened);
      const before = narrow;
      let shown: Plan | undefined;
      const approve = async (plan: Plan): Promise<boolean> => {
        shown = plan;
        return true;
      };
      const remembering = { ...base, readMemory };
      const files = await read(remembering);
      const applied = await applyOpened(remembering, files, opened, approve, undefined, 0, memory);
      expect(said(applied.diagnostics.filter((one) => one.severity === 'error'))).toEqual([]);
      const plan = (shown ?? applied.plan)!;
      const look = { width: 100, colour: false };
      const text = (one: Plan): string => planText(one, look).split('\n').slice(1).join('\n');
      expect(isSamePlan(whole.plan!, plan), `${text(whole.plan!)}\n--- narrow:\n${text(plan)}`).toBe(true);
      expect(plan.changes.map((one) => one.reasons)).toEqual(whole.plan!.changes.map((one) => one.reasons));
      expect(said(applied.diagnostics)).toEqual(said(whole.diagnostics));
      const after = await planOpened(base, await read(base), opened);
      expect(after.plan!.changes).toEqual([]);
      return { narrow: narrow > before, plan, said: said(applied.diagnostics) };
    },
    execute(sql: string): void {
      const other = new Database(join(folder, 'directory.db'));
      other.exec(sql);
      other.close();
    },
    close: () => opened.close(),
  };
}

const company = {
  'groups.yaml':
    'version: 1\ngroups:\n  engineering: {attributes: {floor: 1}}\n  sales: {attributes: {floor: 2}}\n',
  'people.yaml': `version: 1
users:
  ada: {name: Ada Lovelace, email: ada@example.org, groups: [engineering]}
  bob: {name: Bob Hopper, email: bob@example.org, attributes: {desk: {room: 7, window: true}}}
  eve: {name: Eve Turing, email: eve@example.org, groups: [sales, engineering], path: staff/sales}
`,
};

test('an edited attribute, membership, map and a dropped line are narrow, and give what a whole run gives', async () => {
  const set = await standingSet(company);
  await set.run();
  expect((await set.run()).plan.changes).toEqual([]);
  let text = company['people.yaml'];
  const edits: [string, string][] = [
    ['Ada Lovelace', 'Ada King'],
    ['groups: [engineering]}', 'groups: [engineering, sales]}'],
    ['room: 7, window: true', 'room: 8'],
    [', path: staff/sales', ''],
    ['email: bob@example.org', 'email: bob@example.com, password: correct-horse-battery'],
    ['groups: [sales, engineering]', 'groups: []'],
  ];
  for (const [before, after] of edits) {
    expect(text).toContain(before);
    text = text.replace(before, after);
    set.write('people.yaml', text);
    const { narrow, plan } = await set.run();
    expect({ before, narrow, changes: plan.changes.length }).toEqual({ before, narrow: true, changes: 1 });
  }
  set.write('people.yaml', `# A comment, and\n\n${text}`);
  expect(await set.run()).toMatchObject({ narrow: true, plan: { changes: [] } });
  await set.close();
});

test('a list that the other side writes too is left to a whole run when it changes', async () => {
  const groups =
    'version: 1\ngroups:\n  engineering: {attributes: {floor: 1}, users: [ada, eve]}\n  sales: {}\n';
  const people = company['people.yaml'];
  const set = await standingSet({ 'groups.yaml': groups, 'people.yaml': people });
  await set.run();
  await set.run();
  set.write('people.yaml', people.replace('Bob Hopper', 'Bob King'));
  expect((await set.run()).narrow).toBe(true);
  set.write(
    'people.yaml',
    people.replace('Bob Hopper', 'Bob King').replace('email: bob@', 'groups: [sales], email: bob@'),
  );
  expect((await set.run()).narrow).toBe(false);
  await set.close();
});

test('what others have a say in is left to a whole run', async () => {
  const set = await standingSet(company);
  await set.run();
  await set.run();
  const text = company['people.yaml'];
  const narrowAfter = async (name: string, changed: string): Promise<boolean> => {
    await set.run();
    set.write(name, changed);
    return (await set.run()).narrow;
  };
  expect(await narrowAfter('people.yaml', text.replace('  bob:', '  robert: {was: bob}\n  bobby:'))).toBe(
    false,
  );
  expect(await narrowAfter('people.yaml', text)).toBe(false);
  expect(await narrowAfter('people.yaml', text.replace(/ {2}bob.*\n/, ''))).toBe(false);
  expect(
    await narrowAfter('groups.yaml', company['groups.yaml'].replace('sales: {', 'sales: {users: [eve], ')),
  ).toBe(false);
  expect(
    await narrowAfter(
      'groups.yaml',
      company['groups.yaml'].replace('sales: {', 'sales: {parents: [engineering], '),
    ),
  ).toBe(false);
  await set.close();
});

test('warnings of an edited entry come, move and go, and those of the others stay, narrow or not', async () => {
  const set = await standingSet({
    ...company,
    'brands.yaml': 'version: 1\nsettings:\n  brands:\n    example.org: {branding_title: Example}\n',
  });
  await set.run();
  await set.run();
  let text = company['people.yaml'];
  const codes = (lines: readonly string[]): string[] => lines.map((one) => one.split(' | ')[2]!);
  const edits: [before: string, after: string, narrow: boolean, warnings: string[]][] = [
    ['Ada Lovelace', 'Ada King', true, []],
    ['email: ada@example.org', "email: ''", false, ['user-no-email']],
    // What is found of others stays where it is, and moves with its line.
    ['Bob Hopper', 'Bob Dobbs', true, ['user-no-email']],
    ['users:\n', '# All of them:\nusers:\n', true, ['user-no-email']],
    ['Ada King', 'Ada Byron', false, ['user-no-email']],
    ["email: ''", 'email: ada@example.com', false, []],
    ['bob@example.org', 'bob@example.net', true, []],
    ['bob@example.net', 'EVE@example.org', false, ['user-same-email']],
    ['Ada Byron', 'Ada Noel', true, ['user-same-email']],
    ['eve@example.org', 'eve@example.net', false, []],
    ['staff/sales', 'staff/ /sales', false, ['path-empty-segment']],
    ['staff/ /sales', 'staff/support', false, []],
    ['staff/support', 'staff/sales', true, []],
    ['name: Ada Noel', 'type: external, name: Ada Noel', false, ['external-nowhere']],
    // What is no longer written is as it was until the run has ended, and so the next one is whole too.
    ['type: external, ', '', false, ['external-nowhere']],
    ['name: Ada Noel', "labels: {asbuilt.io/protect: 'true'}, name: Ada Noel", false, ['label-changed']],
  ];
  for (const [before, after, narrow, warnings] of edits) {
    expect(text).toContain(before);
    text = text.replace(before, after);
    set.write('people.yaml', text);
    const run = await set.run();
    expect({ after, narrow: run.narrow, warnings: codes(run.said) }).toEqual({ after, narrow, warnings });
    // A run that had something to say beside its changes is not gone on from.
    if (warnings.includes('label-changed')) await set.run();
  }
  await set.close();
});

test('two edits at once that give one address to two users are left to a whole run, swapped addresses are not', async () => {
  const set = await standingSet(company);
  await set.run();
  await set.run();
  const text = company['people.yaml'];
  const swapped = text.replace('ada@', 'tmp@').replace('bob@', 'ada@').replace('tmp@', 'bob@');
  set.write('people.yaml', swapped);
  expect(await set.run()).toMatchObject({ narrow: true, said: [] });
  set.write('people.yaml', swapped.replace('ada@', 'both@').replace('bob@', 'both@'));
  const both = await set.run();
  expect(both.narrow).toBe(false);
  expect(both.said).toHaveLength(1);
  await set.close();
});

test('what others write to the directory is seen', async () => {
  const set = await standingSet(company);
  await set.run();
  await set.run();
  set.execute("UPDATE users SET name = 'Mallory' WHERE username = 'ada'");
  set.write('people.yaml', company['people.yaml'].replace('Bob Hopper', 'Bob Dobbs'));
  const { narrow, plan } = await set.run();
  expect(narrow).toBe(false);
  expect(plan.changes.map((one) => one.ref.address)).toEqual(['user/ada', 'user/bob']);
  await set.close();
});

test('random edits, narrow or not, always give the plan of a whole run', async () => {
  const random = randomFrom(Number(process.env.SEED ?? 7));
  const names = Array.from({ length: 12 }, (_, at) => `user${at}`);
  const groups = ['engineering', 'sales', 'support'];
  const people = new Map<string, Record<string, string>>();
  const draw = (): Record<string, string> => ({
    name: `Name ${Math.floor(random() * 5)}`,
    email: random() < 0.02 ? "''" : `mail${Math.floor(random() * 300)}@example.org`,
    ...(random() < 0.5
      ? { path: pick(random, ['staff', 'staff/a', 'users', ...(random() < 0.2 ? ['staff/ /b'] : [])]) }
      : {}),
    ...(random() < 0.05 ? { type: pick(random, ['internal', 'external', 'service_account']) } : {}),
    ...(random() < 0.6
      ? { groups: `[${groups.filter(() => random() < 0.5).map((one) => `!KeyOf ${one}`)}]` }
      : {}),
    ...(random() < 0.5
      ? { attributes: `{floor: ${Math.floor(random() * 3)}, deep: {a: ${random() < 0.5}}}` }
      : {}),
    ...(random() < 0.2 ? { is_active: String(random() < 0.5) } : {}),
  });
  for (const name of names) people.set(name, draw());
  const text = (): string => {
    const lines = ['version: 1', 'entries:'];
    for (const group of groups)
      lines.push(`  - {model: authentik_core.group, id: ${group}, identifiers: {name: ${group}}, attrs: {}}`);
    for (const [name, attributes] of people) {
      lines.push('  - model: authentik_core.user', `    identifiers: {username: ${name}}`, '    attrs:');
      for (const [key, value] of Object.entries(attributes)) lines.push(`      ${key}: ${value}`);
    }
    return `${lines.join('\n')}\n`;
  };
  const set = await standingSet(
    { 'people.yaml': text() },
    { stances: { reactivates: 'show', bulk: 'show' } },
  );
  await set.run();
  await set.run();
  let narrow = 0;
  for (let round = 0; round < 60; round++) {
    const act = random();
    if (act < 0.8) {
      for (let edit = 0; edit <= random() * 2; edit++) {
        const user = pick(random, [...people.keys()]);
        // What warnings hang on changes half of the time.
        const { name, attributes = '{}' } = draw();
        people.set(user, random() < 0.5 ? draw() : { ...people.get(user)!, name: name!, attributes });
      }
    } else if (act < 0.87) people.delete(pick(random, [...people.keys()]));
    else if (act < 0.94) people.set(`new${round}`, draw());
    else
      set.execute(
        `UPDATE users SET name = 'Drift ${round}' WHERE username = '${pick(random, [...people.keys()])}'`,
      );
    set.write('people.yaml', text());
    if ((await set.run()).narrow) narrow++;
  }
  expect(narrow).toBeGreaterThan(10);
  await set.close();
});
