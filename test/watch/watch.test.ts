/** The watch on a real folder and a real SQLite file: what makes it run, what it does, and what it leaves alone. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watching } from '../support/watching.js';

const staff = (users: string, groups = '  engineering: {}\n'): string =>
  `version: 1\ngroups:\n${groups}users:\n${users}`;
const ada = '  ada: {name: Ada Lovelace, email: ada@example.org, groups: [engineering]}\n';
const bob = '  bob: {name: Bob Hopper, email: bob@example.org}\n';

const nameOf = (user: string): string => `SELECT name FROM users WHERE username = '${user}'`;
const isActive = (user: string): string => `SELECT is_active FROM users WHERE username = '${user}'`;

test('applies at the start, and what is saved after it', async () => {
  const one = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'applied');
  expect(first).toMatchObject({ trigger: 'start', changed: 2, done: { create: 2 } });
  expect(one.state()).toMatchObject({
    ready: true,
    readyReason: 'in sync',
    role: 'active',
    project: 'staff',
  });
  one.save('blueprints/staff.yaml', staff(ada.replace('Ada Lovelace', 'Ada King')));
  const second = await one.until((run) => run.outcome === 'applied', first.number);
  expect(second).toMatchObject({ trigger: 'files', drifted: 0, done: { update: 1 } });
  expect(second.changes).toEqual([
    {
      verb: 'update',
      address: 'user/ada',
      fields: ['name'],
      reasons: ['edited'],
      place: 'blueprints/staff.yaml:5',
    },
  ]);
  expect(one.query(nameOf('ada'))).toEqual([['Ada King']]);
  expect(one.state().blueprints).toEqual([
    { path: 'blueprints/staff.yaml', status: 'in-sync', entries: 2, problems: [] },
  ]);
});

test('heals at once what another process changes in the directory', async () => {
  const one = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'applied');
  one.execute("UPDATE users SET name = 'Mallory' WHERE username = 'ada'");
  const healed = await one.until((run) => run.outcome === 'applied', first.number);
  expect(healed).toMatchObject({ drifted: 1, changed: 1 });
  // Files that are new may give a run of their own right after the start, but not this late.
  one.execute("UPDATE users SET email = 'mallory@example.org' WHERE username = 'ada'");
  const again = await one.until((run) => run.outcome === 'applied', healed.number);
  expect(again).toMatchObject({ trigger: 'directory', drifted: 1, changed: 1 });
  expect(one.query("SELECT name, email FROM users WHERE username = 'ada'")).toEqual([
    ['Ada Lovelace', 'ada@example.org'],
  ]);
});

test('looks for drift at its interval, where the directory does not tell', async () => {
  const one = watching({ interval: 100, files: { 'blueprints/staff.yaml': staff(ada) } });
  await one.until((run) => run.trigger === 'interval' && run.outcome === 'nothing');
});

test('keeps the last good blueprints in force while the newest are broken, and says where', async () => {
  const one = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'applied');
  one.save('blueprints/staff.yaml', staff(ada.replace('email', 'emial').replace('Lovelace', 'King')));
  const broken = await one.until((run) => run.outcome === 'invalid', first.number);
  expect(broken.problems[0]).toMatchObject({
    code: 'unknown-attribute',
    place: 'blueprints/staff.yaml:5:25',
    help: 'Did you mean `email`?',
  });
  expect(one.state()).toMatchObject({ ready: true });
  expect(one.state().readyReason).toContain('the last good ones stay in force');
  expect(one.state().retryAt).toBeDefined();
  expect(one.state().blueprints[0]).toMatchObject({ path: 'blueprints/staff.yaml', status: 'failed' });

  one.execute("UPDATE users SET name = 'Mallory' WHERE username = 'ada'");
  const healed = await one.until((run) => run.outcome === 'applied', broken.number);
  expect(healed).toMatchObject({ fallback: true, drifted: 1 });
  expect(one.query(nameOf('ada'))).toEqual([['Ada Lovelace']]);

  one.save('blueprints/staff.yaml', staff(ada.replace('Lovelace', 'King')));
  const mended = await one.until((run) => run.outcome === 'applied' && !run.fallback, healed.number);
  expect(mended.trigger).toBe('files');
  expect(one.query(nameOf('ada'))).toEqual([['Ada King']]);
  expect(one.state()).toMatchObject({ ready: true, readyReason: 'in sync' });
  expect(one.state().retryAt).toBeUndefined();
});

test('corrects nothing after a start with broken blueprints, and is not ready', async () => {
  const before = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  await before.until((run) => run.outcome === 'applied');
  await before.stop();
  before.write('blueprints/staff.yaml', 'users: [');
  const one = watching({ folder: before.folder });
  const broken = await one.until((run) => run.outcome === 'invalid');
  expect(one.state()).toMatchObject({ ready: false });
  expect(one.state().readyReason).toContain('nothing is corrected');
  one.execute("UPDATE users SET name = 'Mallory' WHERE username = 'ada'");
  await one.until((run) => run.trigger === 'retry' && run.outcome === 'invalid', broken.number);
  expect(one.query(nameOf('ada'))).toEqual([['Mallory']]);
  one.save('blueprints/staff.yaml', staff(ada));
  await one.until((run) => run.outcome === 'applied', broken.number);
  expect(one.query(nameOf('ada'))).toEqual([['Ada Lovelace']]);
  expect(one.state()).toMatchObject({ ready: true });
});

test('waits while a configuration is broken, and takes it up when it is mended', async () => {
  const config = (project: string): string =>
    `project: ${project}\ndirectories: {local: {url: "sqlite:.asbuilt/directory.db"}}\n`;
  const files = { 'blueprints/staff.yaml': staff(ada), 'asbuilt.yaml': 'projekt: staff\n' };
  const one = watching({ files, shared: { project: undefined } });
  const broken = await one.until((run) => run.outcome === 'invalid');
  expect(broken.problems[0]).toMatchObject({ code: 'unknown-key', place: 'asbuilt.yaml:1:1' });
  one.save('asbuilt.yaml', config('staff'));
  await one.until((run) => run.outcome === 'applied', broken.number);
  expect(one.state()).toMatchObject({ ready: true, project: 'staff' });
});

test('prunes a vanished file only after a second look five seconds later', async () => {
  const files = { 'blueprints/staff.yaml': staff(ada), 'blueprints/more.yaml': `version: 1\nusers:\n${bob}` };
  const one = watching({ files, shared: { prune: true } });
  const first = await one.until((run) => run.outcome === 'applied');
  const gone = performance.now();
  one.remove('blueprints/more.yaml');
  const looked = await one.until((run) => run.trigger === 'files', first.number);
  expect(looked.outcome).toBe('nothing');
  expect(one.query(isActive('bob'))).toEqual([[1]]);
  const pruned = await one.until((run) => run.outcome === 'applied', looked.number);
  expect(performance.now() - gone).toBeGreaterThanOrEqual(5_000);
  expect(pruned.changes).toMatchObject([{ address: 'user/bob', reasons: ['pruned'] }]);
  expect(one.query(isActive('bob'))).toEqual([[0]]);
});

test('a run that takes longer than the time between the two looks is followed by the second look all the same', async () => {
  const files = { 'blueprints/staff.yaml': staff(ada), 'blueprints/more.yaml': `version: 1\nusers:\n${bob}` };
  const one = watching({ files, shared: { prune: true }, believedAfter: 1 });
  const first = await one.until((run) => run.outcome === 'applied');
  one.remove('blueprints/more.yaml');
  const pruned = await one.until((run) => run.outcome === 'applied', first.number);
  expect(pruned.changes).toMatchObject([{ address: 'user/bob', reasons: ['pruned'] }]);
});

test('the last good blueprints are no second look: a file that is back is not pruned because others are broken', async () => {
  const more = `version: 1\nusers:\n${bob}`;
  const files = { 'blueprints/staff.yaml': staff(ada), 'blueprints/more.yaml': more };
  const one = watching({ files, shared: { prune: true }, believedAfter: 2_000 });
  const first = await one.until((run) => run.outcome === 'applied');
  one.remove('blueprints/more.yaml');
  const looked = await one.until((run) => run.trigger === 'files', first.number);
  one.write('blueprints/new.yaml', 'users: [');
  one.write('blueprints/more.yaml', more);
  const broken = await one.until((run) => run.outcome === 'invalid', looked.number);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  one.execute("UPDATE users SET name = 'Mallory' WHERE username = 'ada'");
  await one.until((run) => run.fallback && run.outcome === 'applied', broken.number);
  expect(one.query(isActive('bob'))).toEqual([[1]]);
});

test('what a configuration names is noticed when it comes into being, before the next try', async () => {
  const config = (paths: string): string =>
    `project: staff\nblueprints: [${paths}]\ndirectories: {local: {url: "sqlite:.asbuilt/directory.db"}}\n`;
  const one = watching({ files: { 'asbuilt.yaml': config('"company/*/people.yaml"') } });
  // So late the next try is two seconds away at least.
  const broken = await one.until((run) => run.number >= 3 && run.outcome === 'invalid');
  expect(broken.problems[0]).toMatchObject({ code: 'no-such-path' });
  one.write('company/sales/people.yaml', staff(ada));
  const applied = await one.until((run) => run.outcome === 'applied', broken.number);
  expect(applied.trigger).toBe('files');

  one.save('asbuilt.yaml', config('"company/*/people.yaml", more/deeper'));
  const again = await one.until((run) => run.outcome === 'invalid', applied.number);
  const late = await one.until((run) => run.number >= again.number + 2 && run.outcome === 'invalid');
  one.write('more/deeper/people.yaml', `version: 1\nusers:\n${bob}`);
  const both = await one.until((run) => run.outcome === 'applied', late.number);
  expect(both.trigger).toBe('files');
  expect(one.query(nameOf('bob'))).toEqual([['Bob Hopper']]);
});

test('prunes nothing for a file that comes back', async () => {
  const more = `version: 1\nusers:\n${bob}`;
  const files = { 'blueprints/staff.yaml': staff(ada), 'blueprints/more.yaml': more };
  const one = watching({ files, shared: { prune: true }, believedAfter: 1_000 });
  const first = await one.until((run) => run.outcome === 'applied');
  one.remove('blueprints/more.yaml');
  const looked = await one.until((run) => run.trigger === 'files', first.number);
  one.write('blueprints/more.yaml', more);
  const back = await one.until((run) => run.trigger === 'files', looked.number);
  await one.until((run) => run.trigger === 'files', back.number).catch(() => undefined);
  expect(one.runs.slice(1).every((run) => run.outcome === 'nothing')).toBe(true);
  expect(one.query(isActive('bob'))).toEqual([[1]]);
});

test('reads a file that was caught half-written again before it is called broken', async () => {
  const one = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'applied');
  const whole = staff(ada + bob);
  // The quiet window ends, and the file stops in the middle of a word.
  one.write('blueprints/staff.yaml', whole.slice(0, whole.length - 20));
  setTimeout(() => one.write('blueprints/staff.yaml', whole), 150);
  await one.until((run) => run.outcome === 'applied', first.number);
  expect(one.runs.some((run) => run.outcome === 'invalid')).toBe(false);
  expect(one.query(nameOf('bob'))).toEqual([['Bob Hopper']]);
});

test('holds back what is dangerous, does the rest, and says so', async () => {
  const admins = '  admins: {is_superuser: true}\n';
  const root = '  root: {name: Root, email: root@example.org, groups: [admins]}\n';
  const one = watching({
    files: { 'blueprints/staff.yaml': staff(root + ada, `  engineering: {}\n${admins}`) },
  });
  const first = await one.until((run) => run.outcome === 'applied');
  one.save(
    'blueprints/staff.yaml',
    staff(root.replace('[admins]', '[]') + ada.replace('Lovelace', 'King'), `  engineering: {}\n${admins}`),
  );
  const second = await one.until((run) => run.outcome === 'applied', first.number);
  expect(second.held).toMatchObject([
    {
      address: 'user/root',
      hazards: ['locks-out'],
      why: [expect.stringMatching(/^locks-out: leaves no active superuser/)],
      todo: 'change blueprints/staff.yaml:6, or watch with --allow locks-out',
    },
  ]);
  expect(one.state()).toMatchObject({
    ready: true,
    standing: 'held',
    readyReason:
      'held: 1 change is held back (locks-out): change the blueprint, or watch with --allow locks-out',
    held: second.held,
    blueprints: [{ status: 'held' }],
  });
  expect(second.changes.map((change) => change.address)).toEqual(['user/ada']);
  expect(one.query(nameOf('ada'))).toEqual([['Ada King']]);
  expect(one.query('SELECT group_name FROM memberships ORDER BY 1')).toEqual([['admins'], ['engineering']]);
  // Nothing is left to do, and still it is not in sync.
  await one.watch.reconcile('request');
  expect(one.runs.at(-1)).toMatchObject({ outcome: 'held', changed: 0 });
  expect(one.state()).toMatchObject({ standing: 'held' });
  one.save('blueprints/staff.yaml', staff(root + ada, `  engineering: {}\n${admins}`));
  await one.until((run) => run.held.length === 0, second.number);
  expect(one.state()).toMatchObject({ standing: 'in-sync', readyReason: 'in sync', held: [] });
});

test('with --all-or-nothing a refused hazard stops everything, and the last good set stays in force', async () => {
  const admins = '  engineering: {}\n  admins: {is_superuser: true}\n';
  const root = '  root: {name: Root, email: root@example.org, groups: [admins]}\n';
  const one = watching({
    allOrNothing: true,
    files: { 'blueprints/staff.yaml': staff(root + ada, admins) },
  });
  const first = await one.until((run) => run.outcome === 'applied');
  one.save(
    'blueprints/staff.yaml',
    staff(root.replace('[admins]', '[]') + ada.replace('Lovelace', 'King'), admins),
  );
  const refused = await one.until((run) => run.outcome === 'refused', first.number);
  expect(refused.held).toMatchObject([{ address: 'user/root', hazards: ['locks-out'] }]);
  expect(one.state()).toMatchObject({ standing: 'broken', held: refused.held });
  expect(one.state().readyReason).toContain('refused, 1 change is refused (locks-out)');
  expect(one.query(nameOf('ada'))).toEqual([['Ada Lovelace']]);
});

test('with --mode plan it reports and writes nothing', async () => {
  const one = watching({ mode: 'plan', files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'pending');
  expect(first).toMatchObject({ changed: 2, done: {} });
  expect(existsSync(join(one.folder, '.asbuilt/directory.db'))).toBe(false);
  expect(one.state()).toMatchObject({ ready: true, readyReason: 'changes are pending' });
  expect(one.state().blueprints[0]).toMatchObject({ status: 'pending' });
});

test('an edited target of !File is a reason to run, and a vanished one changes nothing', async () => {
  const files = {
    'blueprints/staff.yaml': staff('  ada: {name: !File ada.txt, email: ada@example.org}\n'),
    'ada.txt': 'Ada Lovelace',
  };
  const one = watching({ files });
  const first = await one.until((run) => run.outcome === 'applied');
  one.save('ada.txt', 'Ada King');
  const second = await one.until((run) => run.outcome === 'applied', first.number);
  expect(one.query(nameOf('ada'))).toEqual([['Ada King']]);
  one.remove('ada.txt');
  const broken = await one.until((run) => run.outcome === 'invalid', second.number);
  expect(broken.problems[0]).toMatchObject({ code: 'env-unset' });
  one.execute("UPDATE users SET name = 'Mallory' WHERE username = 'ada'");
  await one.until((run) => run.outcome === 'applied' && run.fallback, broken.number);
  expect(one.query(nameOf('ada'))).toEqual([['Ada King']]);
});

test('a target of !File that changes while the blueprints are broken is read when they are mended', async () => {
  const text =
    'version: 1\nusers:\n  ada: {name: Ada, email: ada@example.org, attributes: {x: !File motto.txt}}\n';
  const one = watching({ files: { 'blueprints/staff.yaml': text, 'motto.txt': 'one' } });
  await one.until((run) => run.outcome === 'applied');
  one.save('blueprints/staff.yaml', `${text}bad`);
  await one.until((run) => run.outcome === 'invalid');
  const before = one.runs.length;
  one.save('motto.txt', 'two');
  await one.until((run) => run.outcome === 'invalid', before);
  one.save('blueprints/staff.yaml', text);
  await one.until((run) => run.outcome === 'applied', before);
  expect(JSON.stringify(one.query('SELECT attributes FROM users'))).toContain('two');
});

test('an edit elsewhere forgets no target of !File', async () => {
  const files = {
    'blueprints/staff.yaml': staff(`  ada: {name: !File ada.txt, email: ada@example.org}\n${bob}`),
    'ada.txt': 'Ada Lovelace',
  };
  const one = watching({ files });
  const first = await one.until((run) => run.outcome === 'applied');
  await one.watch.reconcile('request');
  one.save('blueprints/staff.yaml', files['blueprints/staff.yaml'].replace('Bob Hopper', 'Bob Dobbs'));
  const second = await one.until((run) => run.outcome === 'applied', first.number);
  expect(second.changes.map((change) => change.address)).toEqual(['user/bob']);
  one.save('ada.txt', 'Ada King');
  await one.until((run) => run.outcome === 'applied', second.number);
  expect(one.query(nameOf('ada'))).toEqual([['Ada King']]);
});

test('a directory that is taken away is noticed without any other reason to run', async () => {
  const one = watching({
    files: { 'blueprints/staff.yaml': 'version: 1\nusers:\n  ada: {name: Ada, email: ada@example.org}\n' },
    interval: 0,
  });
  await one.until((run) => run.outcome === 'applied');
  const before = one.runs.length;
  for (const suffix of ['', '-wal', '-shm']) one.remove(`.asbuilt/directory.db${suffix}`);
  await one.until((run) => run.outcome === 'applied', before);
  expect(one.query('SELECT name FROM users')).toEqual([['Ada']]);
});

test('a directory that is taken away is opened anew', async () => {
  const one = watching({ interval: 200, files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'applied');
  one.remove('.asbuilt');
  const again = await one.until((run) => run.outcome === 'applied', first.number);
  expect(again.done).toEqual({ create: 2 });
  expect(one.query(nameOf('ada'))).toEqual([['Ada Lovelace']]);
});

test('a directory that is damaged is told, tried again, and healed when it is whole', async () => {
  const folder = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  await folder.until((run) => run.outcome === 'applied');
  await folder.stop();
  mkdirSync(join(folder.folder, 'kept'));
  folder.remove('.asbuilt');
  mkdirSync(join(folder.folder, '.asbuilt'));
  writeFileSync(
    join(folder.folder, '.asbuilt/directory.db'),
    'this is not a database, and long enough to tell',
  );
  const one = watching({ folder: folder.folder });
  const failed = await one.until((run) => run.outcome === 'failed');
  expect(failed.message).toContain('not an SQLite database');
  expect(one.state()).toMatchObject({ ready: false, role: 'starting' });
  expect(one.state().readyReason).toContain('the directory cannot be used');
  one.remove('.asbuilt');
  await one.until((run) => run.outcome === 'applied' && run.trigger === 'retry', failed.number);
  expect(one.state()).toMatchObject({ ready: true });
});

test('a second watch stands by, and takes over when the first ends', async () => {
  const first = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  await first.until((run) => run.outcome === 'applied');
  const second = watching({ folder: first.folder });
  await expect.poll(() => second.state().role, { timeout: 60_000 }).toBe('standby');
  expect(second.told[0]).toMatch(/^standing by: the directory is locked by .* \(watch, process \d+\)/);
  expect(second.state().ready).toBe(false);
  first.save('blueprints/staff.yaml', staff(ada.replace('Lovelace', 'King')));
  await first.until((run) => run.trigger === 'files' && run.outcome === 'applied');
  expect(second.runs).toEqual([]);
  const ended = Date.now();
  await first.stop();
  const taken = await second.until(() => true);
  expect(taken.outcome).toBe('nothing');
  // Neither the run nor the lock is as old as the waiting.
  expect(Date.parse(taken.started)).toBeGreaterThanOrEqual(ended);
  const { since } = JSON.parse(
    readFileSync(join(first.folder, '.asbuilt/directory.db.lock.json'), 'utf8'),
  ) as { since: string };
  expect(Date.parse(since)).toBeGreaterThanOrEqual(ended);
  expect(second.state()).toMatchObject({ role: 'active', ready: true });
  second.save('blueprints/staff.yaml', staff(ada.replace('Lovelace', 'Byron')));
  await second.until((run) => run.outcome === 'applied');
  expect(second.query(nameOf('ada'))).toEqual([['Ada Byron']]);
});

test('files that change during a run give one more, and asking for a run gives its report', async () => {
  const one = watching({ files: { 'blueprints/staff.yaml': staff(ada) } });
  const first = await one.until((run) => run.outcome === 'applied');
  const [asked, hung] = await Promise.all([one.watch.reconcile('request'), one.watch.reconcile('signal')]);
  expect(asked).toMatchObject({ outcome: 'nothing' });
  expect(hung?.number).toBe(asked?.number);
  expect(one.runs.filter((run) => run.number > first.number)).toHaveLength(1);
});
