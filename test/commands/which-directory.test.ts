/** What people are told of the directory that a command works on. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/commands/apply.js';
import { exportDirectory } from '../../src/commands/export.js';
import { forget } from '../../src/commands/forget.js';
import { historyList } from '../../src/commands/history.js';
import { invitationLink } from '../../src/commands/invitation.js';
import { ledgerExport, ledgerImport } from '../../src/commands/ledger.js';
import { plan } from '../../src/commands/plan.js';
import type { SharedOptions } from '../../src/commands/request.js';
import type { Surroundings } from '../../src/commands/surroundings.js';
import { unlock } from '../../src/commands/unlock.js';
import { directoryName } from '../../src/commands/which-directory.js';
import { commandIn } from '../support/command.js';
import { temporaryFolder } from '../support/request.js';

const configuration = `project: staff
blueprints: [staff.yaml]
default_directory: prod
directories:
  prod: {url: "sqlite:prod.db"}
  test: {url: "sqlite:test.db"}
`;

async function setUp() {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'asbuilt.yaml'), configuration);
  writeFileSync(join(cwd, 'staff.yaml'), 'version: 1\ngroups:\n  admins: {}\n');
  const run = async (call: (world: Surroundings) => Promise<number>) => {
    const { surroundings, out, err } = commandIn(cwd);
    return { code: await call(surroundings), out: out(), err: err() };
  };
  return { cwd, run };
}

const commands: readonly [string, (world: Surroundings, options: SharedOptions) => Promise<number>][] = [
  ['export', exportDirectory],
  ['history', historyList],
  ['forget', (world, options) => forget(world, ['group/admins'], options)],
  ['ledger export', (world, options) => ledgerExport(world, 'ledger.json', options)],
  ['ledger import', (world, options) => ledgerImport(world, 'ledger.json', options)],
  ['unlock', unlock],
  [
    'invitation link',
    (world, options) => invitationLink(world, 'guests', { ...options, base: 'https://id.example.org' }),
  ],
];

describe('a command that needs the directory', () => {
  test.each(commands)('says which it used: %s', async (_, command) => {
    const { run } = await setUp();
    expect((await run((world) => apply(world, [], { autoApprove: true }))).code).toBe(0);
    await run((world) => ledgerExport(world, 'ledger.json', {}));
    const { out, err } = await run((world) => command(world, {}));
    expect(err.split('\n')[0]).toBe('directory: sqlite:prod.db (prod in asbuilt.yaml)');
    expect(`${out}${err}`.match(/^directory: /gm)).toHaveLength(1);
    const named = await run((world) =>
      command(world, { directory: 'sqlite:prod.db', ledger: 'sqlite:l.db' }),
    );
    expect(named.err.split('\n')[0]).toBe('directory: sqlite:prod.db, ledger in sqlite:l.db');
  });

  test('keeps standard output for JSON, in which the directory is named where the form has room', async () => {
    const { run } = await setUp();
    await run((world) => apply(world, [], { autoApprove: true }));
    for (const command of [exportDirectory, historyList]) {
      const { out, err } = await run((world) => command(world, { json: true }));
      expect(JSON.parse(out)).toMatchObject({ version: 1, directory: 'sqlite:prod.db' });
      expect(err).toBe('');
    }
  });

  test.each(commands.filter(([name]) => name !== 'ledger import'))(
    'does not speak of one that is not there as if it were empty, nor make it: %s',
    async (_, command) => {
      const { cwd, run } = await setUp();
      const { code, err } = await run((world) => command(world, { directory: 'test' }));
      expect(code).toBe(1);
      expect(err).toContain('error[no-directory]: there is no directory sqlite:test.db');
      expect(existsSync(join(cwd, 'test.db'))).toBe(false);
    },
  );

  test('says that it is new, until it is made', async () => {
    const { run } = await setUp();
    const first = await run((world) => plan(world, [], { directory: 'test' }));
    expect(first.err).toBe(
      'directory: sqlite:test.db (test in asbuilt.yaml), does not exist yet, so it counts as empty\n',
    );
    expect(first.out).toMatch(/^sqlite:test\.db {2}1 to create/);
    // A plan does not make it.
    expect((await run((world) => plan(world, [], { directory: 'test' }))).err).toBe(first.err);
    await run((world) => apply(world, [], { directory: 'test', autoApprove: true }));
    expect((await run((world) => plan(world, [], { directory: 'test' }))).err).toBe('');
    const memory = await run((world) => plan(world, [], { directory: 'sqlite::memory:' }));
    expect(memory).toMatchObject({ code: 0, err: '' });
  });
});

describe('the name of a directory', () => {
  test.each([
    ['sqlite:.asbuilt/directory.db', 'sqlite:.asbuilt/directory.db'],
    ['sqlite:/srv/a@b.db', 'sqlite:/srv/a@b.db'],
    [
      'postgres://ada:hunter2@db.example.org:5432/identity?sslpassword=x',
      'postgres://db.example.org:5432/identity',
    ],
    ['postgres://ada:hunt/er2@db.example.org/identity', 'postgres://db.example.org/identity'],
    ['postgres://ada:hunt@er2?#@db.example.org/identity', 'postgres://db.example.org/identity'],
    ['authentik+https://key@id.example.org/#token', 'authentik+https://id.example.org/'],
    ['okta+https://org.example.com', 'okta+https://org.example.com'],
  ])('holds no credential: %s', (url, name) => {
    expect(directoryName(url)).toBe(name);
  });
});
