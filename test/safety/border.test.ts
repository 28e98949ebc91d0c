/** What comes with a pull request reads nothing outside of its repository, and nobody waits for what is no file. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import { run } from './command-line.js';

const canary = 'CANARY-7f3a';

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A folder that holds a secret beside a project, which may be a repository. */
function place(repository: boolean): { outer: string; cwd: string } {
  const outer = temporaryFolder();
  const cwd = join(outer, 'project');
  write(outer, {
    'secret.yaml': `users: ${canary}\n${canary}: [\n`,
    'folder/secret.yaml': `users: ${canary}\n`,
    token: canary,
  });
  write(cwd, { 'blueprints/a.yaml': 'version: 1\ngroups: {staff: {}}\n' });
  if (repository) mkdirSync(join(cwd, '.git'));
  return { outer, cwd };
}

const commands = [['validate'], ['plan'], ['validate', '--json'], ['validate', '--format', 'github']];

describe.each([true, false])('in a repository: %s', (repository) => {
  test.each([
    '../secret.yaml',
    '../folder',
    '../folder/*.yaml',
    '../**/secret.yaml',
    'blueprints/../../secret.yaml',
    '*/../../secret.yaml',
    '*/../../folder/*',
    'out.yaml',
    'away',
    'away/secret.yaml',
    'away/*.yaml',
    '*/secret.yaml',
    'o*.yaml',
    '/proc/self/environ',
    '.git/config',
    '/proc/self/cwd/../secret.yaml',
    '/dev/zero',
    'ABSOLUTE/secret.yaml',
  ])('the configuration cannot name %s', async (path) => {
    const { outer, cwd } = place(repository);
    symlinkSync('../secret.yaml', join(cwd, 'out.yaml'));
    symlinkSync('../folder', join(cwd, 'away'));
    const written = path.replace('ABSOLUTE', outer);
    write(cwd, { 'asbuilt.yaml': `project: p\nblueprints: [blueprints, "${written}"]\n` });
    for (const words of commands) {
      const { code, out, err } = await run(words, { cwd, env: { SECRET: canary } });
      expect([words, code]).toEqual([words, 1]);
      expect(out + err).toContain('leads-out');
      expect(out + err).not.toContain(canary);
    }
  });

  test.each([
    ['files', `files: ["../folder"]`],
    ['files by a link', 'files: [away]'],
    ['the file of a token', 'directories: {a: {url: "sqlite:a.db", token: {file: ../token}}}'],
    ['the file of a token by a link', 'directories: {a: {url: "sqlite:a.db", token: {file: token}}}'],
    [
      'a file of the kernel for a token',
      'directories: {a: {url: "sqlite:a.db", token: {file: /proc/self/environ}}}',
    ],
  ])('nor %s', async (_, text) => {
    const { cwd } = place(repository);
    symlinkSync('../folder', join(cwd, 'away'));
    symlinkSync('../token', join(cwd, 'token'));
    write(cwd, { 'asbuilt.yaml': `project: p\n${text}\n` });
    const { code, err } = await run(['validate'], { cwd });
    expect([code, err]).toEqual([1, expect.stringContaining('leads-out')]);
    expect(err).not.toContain(canary);
  });

  test('a link in the place of the configuration shows no line', async () => {
    const { cwd } = place(repository);
    symlinkSync('../secret.yaml', join(cwd, 'asbuilt.yaml'));
    for (const words of [['validate'], ['validate', '--config', 'asbuilt.yaml']]) {
      const { code, out, err } = await run(words, { cwd });
      expect([code, err]).toEqual([1, expect.stringContaining('leads-out')]);
      expect(out + err).not.toContain(canary);
    }
  });

  test('a link that is named on the command line shows no line', async () => {
    const { cwd } = place(repository);
    symlinkSync('../secret.yaml', join(cwd, 'out.yaml'));
    symlinkSync('../folder', join(cwd, 'away'));
    for (const path of ['out.yaml', 'away']) {
      const { code, out, err } = await run(['validate', path], { cwd });
      expect([code, err]).toEqual([1, expect.stringContaining('leads-out')]);
      expect(out + err).not.toContain(canary);
    }
  });
});

test('whoever runs a command may name folders that a configuration may name', async () => {
  const { outer, cwd } = place(true);
  write(cwd, {
    'asbuilt.yaml': 'project: p\nfiles: [../given]\n',
    'blueprints/a.yaml': 'version: 1\ngroups: {staff: {attributes: {motto: !File ../given/motto}}}\n',
  });
  write(outer, { 'given/motto': 'hello' });
  expect((await run(['validate'], { cwd })).code).toBe(1);
  expect(await run(['validate'], { cwd, env: { ASBUILT_FILES: join(outer, 'given') } })).toMatchObject({
    code: 0,
  });
});

test('a configuration of CI names the checkout that it is for', async () => {
  const { outer, cwd } = place(true);
  write(outer, { 'ci/asbuilt.yaml': 'project: p\nblueprints: [../project/blueprints]\n' });
  const words = ['validate', '--config', '../ci/asbuilt.yaml'];
  expect(await run(words, { cwd })).toMatchObject({ code: 1, err: expect.stringContaining('leads-out') });
  expect(await run(words, { cwd, env: { ASBUILT_FILES: cwd } })).toMatchObject({ code: 0 });
  // A checkout that somebody else runs the command about may not name what lies beside it.
  mkdirSync(join(outer, '.git'));
  write(cwd, { 'asbuilt.yaml': 'project: p\nblueprints: [../folder]\n' });
  expect(await run(['validate', '--config', 'project/asbuilt.yaml'], { cwd: outer })).toMatchObject({
    code: 1,
  });
});

test('links within the repository are followed', async () => {
  const { cwd } = place(true);
  write(cwd, {
    'shared/b.yaml': 'version: 1\ngroups: {guests: {}}\n',
    'deep/asbuilt.yaml': 'blueprints: [../shared, "l*.yaml"]\n',
  });
  symlinkSync('../shared/b.yaml', join(cwd, 'deep/link.yaml'));
  const { code, out } = await run(['validate'], { cwd: join(cwd, 'deep') });
  expect([code, out]).toEqual([0, expect.stringContaining('2 blueprints')]);
});

describe.skipIf(process.platform === 'win32')('no file that is named is waited for', () => {
  const named: readonly (readonly [string, (path: string) => string[]])[] = [
    ['a blueprint', (path) => ['validate', path]],
    ['the configuration', (path) => ['validate', '--config', path]],
    ['the approved plan', (path) => ['apply', '--approved', path]],
    ['the ledger to import', (path) => ['ledger', 'import', path]],
    ['what is converted', (path) => ['convert', path]],
    ['the directory', (path) => ['plan', '--directory', `sqlite:${path}`]],
    ['the ledger', (path) => ['plan', '--ledger', `sqlite:${path}`]],
  ];

  test.each(
    named.flatMap(([name, words]) =>
      ['pipe.yaml', '/dev/zero', '/dev/tty'].map((path) => [name, path, words] as const),
    ),
  )('%s %s', async (_, path, words) => {
    const { cwd } = place(false);
    execFileSync('mkfifo', [join(cwd, 'pipe.yaml')]);
    const { code, err } = await run(words(path), { cwd });
    expect([code, err]).toEqual([1, expect.stringMatching(/pipe|device|no terminal|not exist|no such/i)]);
  });

  test('a target of !File and the pipe in a folder', async () => {
    const { cwd } = place(false);
    execFileSync('mkfifo', [join(cwd, 'pipe.yaml'), join(cwd, 'blueprints/pipe.yaml')]);
    write(cwd, { 'blueprints/a.yaml': 'version: 1\ngroups: {staff: {attributes: {a: !File pipe.yaml}}}\n' });
    expect(await run(['validate'], { cwd })).toMatchObject({
      code: 0,
      err: expect.stringContaining('env-unset'),
    });
  });
});

test('what is no export of a ledger is not shown', async () => {
  const { outer, cwd } = place(false);
  const { code, out, err } = await run(['ledger', 'import', join(outer, 'token')], { cwd });
  expect(code).toBe(1);
  expect(out + err).not.toContain(canary.slice(0, 6));
  expect(existsSync(join(outer, 'token')) && readFileSync(join(outer, 'token'), 'utf8')).toBe(canary);
});

test('a link that leads nowhere in the place of the configuration lifts no limits', async () => {
  const { cwd } = place(true);
  symlinkSync('nowhere', join(cwd, 'asbuilt.yaml'));
  expect(await run(['validate'], { cwd })).toMatchObject({
    code: 1,
    err: expect.stringContaining('unreadable-file'),
  });
});
