/** `asbuilt doctor` on real files and a real directory: blueprints, what is live, both, and blueprints that are broken. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../src/commands/apply.js';
import { type DoctorOptions, doctor } from '../src/commands/doctor.js';
import { examine } from '../src/reconcile/examine.js';
import { commandIn } from './support/command.js';
import { temporaryFolder } from './support/request.js';

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly place?: { readonly file: string; readonly line: number };
}

/** A folder with one blueprint; `said` lists what the doctor finds there. */
function setUp(text: string, folder = 'blueprints') {
  const cwd = temporaryFolder();
  const write = (path: string, content: string): void => {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), content);
  };
  write(`${folder}/staff.yaml`, text);
  const run = async (paths: readonly string[] = [], options: DoctorOptions = {}) => {
    const { surroundings, out, err } = commandIn(cwd);
    return { code: await doctor(surroundings, paths, options, examine), out: out(), err: err() };
  };
  const said = async (paths: readonly string[] = [], options: DoctorOptions = {}) => {
    const { code, out } = await run(paths, { ...options, json: true });
    const { diagnostics, ...rest } = JSON.parse(out) as { diagnostics: Found[]; blueprints?: number };
    const where = ({ place }: Found) => (place ? ` ${place.file}:${place.line}` : '');
    return { code, rest, found: diagnostics.map((one) => `${one.code}${where(one)}`) };
  };
  const applied = async (paths: readonly string[] = []): Promise<void> => {
    const { surroundings, err } = commandIn(cwd);
    expect(await apply(surroundings, paths, { autoApprove: true }), err()).toBe(0);
  };
  return { cwd, write, run, said, applied };
}

const staff = `version: 1
users:
  ada: {name: Ada, email: ada@example.org}
  bob: {name: Bob}
applications:
  wiki: {name: Wiki, access: [user/ada]}
`;

describe('the doctor', () => {
  test('finds in blueprints what would not work, before anything is applied', async () => {
    const { said } = setUp(staff);
    expect(await said()).toEqual({
      code: 1,
      rest: { version: 1, ok: false, directory: 'sqlite:.asbuilt/directory.db', objects: 1, blueprints: 1 },
      found: ['no-directory', 'user-no-email blueprints/staff.yaml:4'],
    });
  });

  test('tells once what blueprints and directory both show, and what only the directory shows', async () => {
    const { said, write, applied } = setUp(staff);
    await applied();
    const once = ['user-no-email blueprints/staff.yaml:4', 'nobody-recovers'];
    expect((await said()).found).toEqual(once);
    write('blueprints/staff.yaml', 'version: 1\nusers:\n  eve: {name: Eve, email: ada@example.org}\n');
    expect((await said()).found).toEqual([
      'user-same-email blueprints/staff.yaml:3',
      'user-no-email',
      'nobody-recovers',
    ]);
  });

  test('looks at the directory alone with --live, and where there are no blueprints', async () => {
    const { said, applied } = setUp(staff, 'elsewhere');
    await applied(['elsewhere']);
    const alone = await said();
    expect(alone.found).toEqual(['user-no-email', 'nobody-recovers']);
    expect(alone.rest).not.toHaveProperty('blueprints');
    expect((await said([], { live: true })).found).toEqual(alone.found);
    expect((await said(['elsewhere'])).found[0]).toBe('user-no-email elsewhere/staff.yaml:4');
  });

  test('examines the directory although blueprints are broken, missing or unreadable', async () => {
    const { said, write, applied } = setUp(staff);
    await applied();
    write('blueprints/staff.yaml', staff.replace('name: Bob', 'nmae: Bob'));
    expect(await said()).toMatchObject({
      code: 1,
      found: ['unknown-attribute blueprints/staff.yaml:4', 'user-no-email', 'nobody-recovers'],
    });
    write('blueprints/staff.yaml', staff);
    expect(await said(['nowhere.yaml'])).toMatchObject({ code: 1 });
    expect((await said(['nowhere.yaml'])).found.slice(1)).toEqual(['user-no-email', 'nobody-recovers']);
    write('asbuilt.yaml', 'blueprints: [blueprints, more/*.yaml]\n');
    expect(await said()).toMatchObject({
      code: 1,
      found: ['no-such-path asbuilt.yaml:1', 'user-no-email blueprints/staff.yaml:4', 'nobody-recovers'],
    });
  });

  test('needs no blueprints where the configuration names none and the usual folder is not there', async () => {
    const { said, write } = setUp(staff, 'elsewhere');
    write('asbuilt.yaml', 'directories: {prod: {url: "sqlite:prod.db"}}\n');
    expect(await said()).toMatchObject({ code: 1, found: ['no-directory'] });
  });

  test('takes contexts as a plan does, and --strict makes warnings errors', async () => {
    const { said, write, applied } = setUp('version: 1\ngroups: {staff: {}}\n');
    await applied();
    write('blueprints/staff.yaml', 'version: 1\nusers:\n  ada: {name: Ada, email: !Context mail}\n');
    expect(await said()).toMatchObject({ code: 1 });
    expect(await said([], { context: ['mail=ada@example.org'] })).toMatchObject({ code: 0, found: [] });
    expect(await said([], { context: ['mail='], strict: true })).toMatchObject({ code: 1 });
  });

  test('says what is healthy, in which directory', async () => {
    const { run, applied } = setUp('version: 1\ngroups:\n  admins: {}\n');
    await applied();
    expect(await run()).toEqual({
      code: 0,
      out: 'healthy: 2 objects and 1 blueprint examined\n',
      err: 'directory: sqlite:.asbuilt/directory.db (the default)\n',
    });
  });

  test('calls nothing healthy that is not there', async () => {
    const { run } = setUp('version: 1\ngroups:\n  admins: {}\n');
    for (const options of [{}, { live: true }]) {
      const { code, out, err } = await run([], options);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('error[no-directory]: there is no directory sqlite:.asbuilt/directory.db');
      expect(err).toContain('run `asbuilt apply` first');
    }
  });

  test('refuses paths beside --live', async () => {
    const { run } = setUp(staff);
    const { code, err } = await run(['blueprints'], { live: true });
    expect(code).toBe(1);
    expect(err).toContain('--live examines the directory alone');
  });
});
