/** A new repository works at once, and nothing that is there is changed. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openStore } from '../src/reconcile/open-store.js';
import { tagNames } from '../src/yaml/blueprint-tags.js';
import { run } from './safety/command-line.js';
import { temporaryFolder } from './support/request.js';

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

test('a new repository is valid, has a plan without warnings, and can be applied', async () => {
  const cwd = temporaryFolder();
  const made = await run(['init', 'identity'], { cwd });
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain('\n  asbuilt.yaml\n');
  expect(made.out).toContain('  cd identity\n  asbuilt validate\n');
  const folder = join(cwd, 'identity');
  expect(await run(['validate', '--strict'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
  expect(await run(['plan', '--strict', '--detailed-exitcode'], { cwd: folder })).toMatchObject({
    code: 2,
    err: 'directory: sqlite:.asbuilt/directory.db (local in asbuilt.yaml), does not exist yet, so it counts as empty\n',
  });
  expect(await run(['apply', '--auto-approve'], { cwd: folder })).toMatchObject({ code: 0 });
  expect(await run(['plan', '--detailed-exitcode'], { cwd: folder })).toMatchObject({ code: 0 });
  expect(read(folder, 'asbuilt.yaml')).toContain('project: identity\n');
  expect(parse(read(folder, 'asbuilt.yaml'))).toMatchObject({ prune: true });
});

test('editors know every tag, and the workflow is YAML that plans and applies', async () => {
  const cwd = temporaryFolder();
  await run(['init'], { cwd });
  const settings = JSON.parse(read(cwd, '.vscode/settings.json'));
  const tags = new Set(settings['yaml.customTags'].map((one: string) => one.split(' ')[0]));
  expect([...tags].sort()).toEqual(tagNames.map((one) => `!${one}`).sort());
  const workflow = parse(read(cwd, '.github/workflows/asbuilt.yaml'));
  expect(Object.keys(workflow.jobs)).toEqual(['plan', 'apply']);
});

test('files that are there stay as they are', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'blueprints'));
  writeFileSync(join(cwd, 'blueprints/mine.yaml'), 'version: 1\nentries: []\n');
  writeFileSync(join(cwd, 'README.md'), 'mine\n');
  const first = await run(['init'], { cwd });
  expect(first.out).toContain('left alone, as they were there:\n  README.md\nblueprints has files already');
  expect(read(cwd, 'README.md')).toBe('mine\n');
  expect(readdirSync(join(cwd, 'blueprints'))).toEqual(['mine.yaml']);
  const again = await run(['init'], { cwd });
  expect(again).toMatchObject({ code: 0 });
  expect(again.out).toContain('wrote nothing');
  expect(await run(['validate'], { cwd })).toMatchObject({ code: 0 });
});

const live = `version: 1
groups:
  staff: {}
users:
  ada: {name: Ada, email: ada@example.org, groups: [staff]}
entries:
- {model: authentik_flows.flow, id: flow, identifiers: {slug: consent}, attrs: {name: Consent, title: x, designation: authorization}}
- model: authentik_providers_oauth2.oauth2provider
  identifiers: {name: wiki}
  attrs: {client_id: wiki, client_secret: hunter2, authorization_flow: !KeyOf flow, invalidation_flow: !KeyOf flow, redirect_uris: []}
`;

/** A directory that holds something, and is nobody's. */
async function liveIn(cwd: string): Promise<string> {
  writeFileSync(join(cwd, 'live.yaml'), live);
  await run(['apply', 'live.yaml', '-d', 'sqlite:live.db', '--auto-approve'], { cwd });
  const { ledger, close } = await openStore(`sqlite:${join(cwd, 'live.db')}`);
  await ledger.remove('default', [...(await ledger.read('default')).keys()]);
  await close();
  rmSync(join(cwd, 'live.yaml'));
  return 'sqlite:live.db';
}

test('a repository from what is live describes it and owns it', async () => {
  const cwd = temporaryFolder();
  const from = await liveIn(cwd);
  const made = await run(['init', 'identity', '--from', from], { cwd });
  expect(made.code).toBe(0);
  expect(made.err).toContain('4 objects adopted\n');
  const folder = join(cwd, 'identity');
  expect(read(folder, 'asbuilt.yaml')).toContain('url: "sqlite:../live.db"');
  expect(read(folder, 'asbuilt.yaml')).toContain('env:\n  - OAUTH2_PROVIDER_WIKI_CLIENT_SECRET\n');
  expect(made.out + made.err + read(folder, 'blueprints/applications.yaml')).not.toContain('hunter2');
  const around = { cwd: folder, env: { OAUTH2_PROVIDER_WIKI_CLIENT_SECRET: 'hunter2' } };
  expect(await run(['validate'], around)).toMatchObject({ code: 0 });
  const planned = await run(['plan', '--detailed-exitcode'], around);
  expect(planned.code).toBe(0);
  expect(planned.out).toContain('no changes, 4 unchanged');
});

test('a directory that is not there is told, and nothing is written', async () => {
  const cwd = temporaryFolder();
  const made = await run(['init', '--from', 'sqlite:nowhere.db'], { cwd });
  expect(made.code).toBe(1);
  expect(made.err).toContain('error[no-such-path]');
  expect(readdirSync(cwd)).toEqual([]);
});

test('the command exports to standard output or to a folder, and overwrites nothing', async () => {
  const cwd = temporaryFolder();
  const directory = ['-d', await liveIn(cwd)];
  const printed = await run(['export', '--kind', 'group', ...directory], { cwd });
  expect(printed).toEqual({
    code: 0,
    out: 'version: 1\nmetadata:\n  name: directory\n\ngroups:\n  staff: {}\n',
    err: 'directory: sqlite:live.db\n1 object exported\n',
  });
  const wrong = [['--kind', 'gruop'], ['--format', 'section'], ['--adopt']];
  for (const words of wrong) {
    const ran = await run(['export', ...words, ...directory], { cwd });
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('error[usage]');
  }
  const saved = await run(['export', '--output', 'out', '--adopt', '-p', 'mine', ...directory], { cwd });
  expect(saved.code).toBe(0);
  expect(saved.err).toContain('4 objects exported to 4 files in out\n4 objects adopted\n');
  expect((await run(['export', '--output', 'out', ...directory], { cwd })).code).toBe(0);
  writeFileSync(join(cwd, 'out/users.yaml'), 'version: 1\n');
  const refused = await run(['export', '--output', 'out', '--json', ...directory], { cwd });
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({ ok: false, diagnostics: [{ code: 'file-exists' }] });
  expect(read(cwd, 'out/users.yaml')).toBe('version: 1\n');
});

test('what is live in a folder with spaces makes a configuration that works', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'für alle'));
  await liveIn(join(cwd, 'für alle'));
  const made = await run(['init', 'new one', '--from', 'sqlite:für alle/live.db'], { cwd });
  expect(made).toMatchObject({ code: 0 });
  expect(made.out).toContain("\n  cd 'new one'\n");
  const folder = join(cwd, 'new one');
  expect(read(folder, 'asbuilt.yaml')).toContain('url: "sqlite:../für alle/live.db"\n');
  expect(await run(['plan', '--detailed-exitcode'], { cwd: folder })).toMatchObject({ code: 0 });
});

test('from a directory that holds nothing comes a repository that is valid', async () => {
  const cwd = temporaryFolder();
  await (await openStore(`sqlite:${join(cwd, 'empty.db')}`)).close();
  expect(await run(['init', 'new', '--from', 'sqlite:empty.db'], { cwd })).toMatchObject({ code: 0 });
  const folder = join(cwd, 'new');
  expect(await run(['validate', '--strict'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
  expect(await run(['plan', '--detailed-exitcode'], { cwd: folder })).toMatchObject({ code: 0, err: '' });
});

test('only examples are called examples', async () => {
  const cwd = temporaryFolder();
  expect((await run(['init'], { cwd })).out).toContain('The blueprints are examples');
  const again = await run(['init'], { cwd });
  expect(again.out).not.toContain('The blueprints are examples');
  expect(again.out).toContain('The plan shows what the blueprints that were there would change.');
});

test('a file where a folder is to be is an error, and nothing is written', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'blueprints'), '');
  for (const [words, folder] of [
    [['init'], 'blueprints'],
    [['init', 'blueprints'], 'blueprints'],
    [['init', 'blueprints/deeper'], 'blueprints/deeper'],
  ] as const) {
    const refused = await run(words, { cwd });
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain(`error[file-exists]: a file stands where the folder ${folder} is to be`);
  }
  expect(readdirSync(cwd)).toEqual(['blueprints']);
});

test('in a folder whose blueprints write what authentik ignores, that is made a warning', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'blueprints'));
  const text =
    'version: 1\nnote: ours\nentries:\n- model: authentik_core.group\n  id: g\n  identifiers: {name: g}\n  attrs: {descripton: x, num_pk: 7}\n- model: authentik_core.group\n  identifiers: {name: h}\n  attrs: {parents: [!KeyOf g]}\n';
  writeFileSync(join(cwd, 'blueprints/own.yaml'), text);
  expect((await run(['validate'], { cwd })).code).toBe(1);
  await run(['init'], { cwd });
  const lowered = {
    'read-only-attribute': 'warning',
    'unknown-attribute': 'warning',
    'unknown-key': 'warning',
  };
  expect(parse(read(cwd, 'asbuilt.yaml')).diagnostics).toEqual(lowered);
  const validated = await run(['validate'], { cwd });
  expect(validated.code).toBe(0);
  expect(validated.err.match(/warning\[[a-z-]+\]/g)?.sort()).toEqual(
    Object.keys(lowered).map((code) => `warning[${code}]`),
  );
  expect((await run(['validate', '--strict'], { cwd })).code).toBe(1);
  expect((await run(['apply', '--auto-approve'], { cwd })).code).toBe(0);
  const again = await run(['plan', '--detailed-exitcode'], { cwd });
  expect([again.code, again.err.includes('error[')]).toEqual([0, false]);
});
