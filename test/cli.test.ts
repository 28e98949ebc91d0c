import { execFile, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { failureOf } from '../src/commands/failure.js';
import { contextValue } from '../src/commands/request.js';
import { DirectoryError } from '../src/directory/errors.js';
import { createLog } from '../src/report/log.js';

const program = join(inject('dist'), 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'asbuilt-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function asbuilt(words: readonly string[], env: Record<string, string> = {}, cwd = folder): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env.PATH, ...env } };
    const child = execFile(process.execPath, [program, ...words], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
    child.stdin?.end();
  });
}

describe('the command line', () => {
  test('prints the version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await asbuilt(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('says plainly that Node is too old, before anything else is loaded', async () => {
    const old = join(folder, 'old-node.cjs');
    const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const started = (version: string) => {
      writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
      // Alone in a folder: it could not load the rest.
      const alone = join(mkdtempSync(join(folder, 'alone-')), 'cli.js');
      copyFileSync(program, alone);
      return spawnSync(process.execPath, ['--require', old, alone, 'validate'], { encoding: 'utf8' });
    };
    expect(started('20.11.1')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'asbuilt needs Node 20.12 or newer, and this is Node 20.11.1: install a newer one.\n',
    });
    expect(started('8.17.0').stderr).toMatch(/^asbuilt needs Node .*\n$/);
    expect(engines.node).toBe('>=20.12');
    for (const enough of ['20.12.0', '22.1.0', '100.0.0'])
      expect(started(enough).stderr).not.toContain('asbuilt needs');
  });

  test('prints help, on standard error when it was not asked for', async () => {
    const [asked, bare] = await Promise.all([asbuilt(['plan', '--help']), asbuilt([])]);
    expect(asked).toMatchObject({ code: 0, err: '' });
    expect(asked.out).toContain('--detailed-exitcode');
    expect(bare).toMatchObject({ code: 1, out: '' });
    expect(bare.err).toContain('validate');
  });

  test('suggests a command or an option that is near', async () => {
    const [command, option] = await Promise.all([asbuilt(['plna']), asbuilt(['plan', '--projet', 'x'])]);
    expect(command).toEqual({
      code: 1,
      out: '',
      err: 'error[unknown-command]: unknown command `asbuilt plna`\n  help: Did you mean `plan`?\n',
    });
    expect(option).toEqual({
      code: 1,
      out: '',
      err: 'error[unknown-option]: unknown option `--projet` for `asbuilt plan`\n  help: Did you mean `--project`?\n',
    });
  });

  test.skipIf(!existsSync('/dev/full'))('tells of a full disk in one line', async () => {
    const cwd = mkdtempSync(join(folder, 'full-'));
    writeFileSync(join(cwd, 'staff.yaml'), 'version: 1\ngroups: {staff: {}}\n');
    const full = openSync('/dev/full', 'w');
    const words = ['plan', 'staff.yaml', '--directory', 'sqlite:live.db'];
    const { status, stderr } = spawnSync(process.execPath, [program, ...words], {
      cwd,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nerror: standard output cannot be written: ENOSPC.*\n$/);
    expect(stderr).not.toContain('    at ');
  });

  test('explains', async () => {
    const ran = await asbuilt(['explain', 'unknown-id', '--json']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(ran.out)).toMatchObject({ version: 1, code: 'unknown-id', severity: 'error' });
  });
});

describe('a context value', () => {
  test.each([
    ['eu', 'eu'],
    ['10', 10],
    ['yes', true],
    ['null', null],
    ['', ''],
    ['"10"', '10'],
    ['[a, 1]', ['a', 1]],
    ['{"a": {"b": []}}', { a: { b: [] } }],
    ['a: b', 'a: b'],
    ['- a', '- a'],
    ['[a', '[a'],
    ['2027-01-31', '2027-01-31'],
    ['.inf', '.inf'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s is read as YAML where that gives plain data', (text, value) => {
    expect(contextValue(text)).toEqual(value);
  });
});

describe('a failure', () => {
  const cause = new Error('ECONNREFUSED', { cause: new Error('no route\u001b[2J') });
  const unreachable = new DirectoryError('unreachable', 'the directory cannot be reached', { cause });

  test('of the directory is one message, with its causes when more is asked for', () => {
    expect(failureOf(unreachable, false, false)).toMatchObject({
      exitCode: 1,
      text: 'error: the directory cannot be reached\n',
    });
    expect(failureOf(unreachable, false, true).text).toBe(
      'error: the directory cannot be reached\n  because: ECONNREFUSED\n  because: no route\\x1b[2J\n',
    );
  });

  test('because somebody else holds the lock is a refusal', () => {
    expect(failureOf(new DirectoryError('busy', 'held'), false, false).exitCode).toBe(3);
  });

  test('of the program itself is called a bug, with a stack only when more is asked for', () => {
    const short = failureOf(new Error('oops'), false, false).text;
    expect(short).toMatch(/^error: oops\nThis is a bug in asbuilt\./);
    expect(short).not.toContain('    at ');
    expect(failureOf(new Error('oops'), false, true).text).toContain('    at ');
  });

  test('after an interruption is no bug', () => {
    expect(failureOf(new Error('aborted'), true, false).text).toBe('interrupted\n');
  });
});

describe('the log', () => {
  const linesOf = (verbosity: number, forPeople: boolean): string[] => {
    const lines: string[] = [];
    const log = createLog({ verbosity, forPeople, write: (text) => lines.push(text) });
    log.debug({ kind: 'user' }, 'listed');
    log.info({ password: 'hunter2', of: { token: 'hunter2' } }, 'wrote\u001b[2J');
    log.warn({ count: 3 }, 'slow');
    return lines;
  };

  test('shows people short lines, warnings only unless more is asked for', () => {
    expect(linesOf(0, true)).toEqual(['warn: slow  count=3\n']);
    expect(linesOf(2, true)).toEqual([
      'debug: listed  kind=user\n',
      'info: wrote\\x1b[2J  password=(secret)  of={"token":"(secret)"}\n',
      'warn: slow  count=3\n',
    ]);
  });

  test('gives machines JSON', () => {
    expect(linesOf(1, false).map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', time: expect.stringMatching(/^2\d{3}-.*Z$/), password: '(secret)' },
      { level: 'warn', msg: 'slow', count: 3 },
    ]);
  });
});

describe('commands', () => {
  const work = join(folder, 'work');
  mkdirSync(join(work, 'blueprints'), { recursive: true });
  writeFileSync(
    join(work, 'blueprints', 'staff.yaml'),
    [
      'version: 1',
      'metadata: {name: staff}',
      'users:',
      '  ada: {name: Ada Lovelace, email: ada@example.org}',
      'flows:',
      '  contractors:',
      '    name: contractors',
      '    title: Welcome',
      '    designation: enrollment',
      '    stages:',
      '      - invitation: {}',
      '        evaluate_on_plan: true',
      'invitations:',
      '  summer: {flow: contractors, single_use: false, expires: 2999-01-31T00:00:00Z}',
      '',
    ].join('\n'),
  );

  test('say what they lack', async () => {
    const [paths, directory, context, base] = await Promise.all([
      asbuilt(['validate']),
      asbuilt(['plan'], { CI: 'true' }, work),
      asbuilt(['plan', '--context', 'eu'], {}, work),
      asbuilt(['invitation', 'link', 'summer'], {}, work),
    ]);
    expect([paths.code, directory.code, context.code, base.code]).toEqual([1, 1, 1, 1]);
    expect(paths.err).toContain('there is no folder `blueprints` here');
    expect(directory.err).toContain('Add --directory');
    expect(context.err).toContain('`eu` must have the form key=value');
    expect(base.err).toContain('ASBUILT_BASE_URL');
  });

  test('validate shows mistakes on standard error, or as JSON on standard output', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'version: 1\nusers:\n  ada: {emial: x}\n');
    const [text, json] = await Promise.all([
      asbuilt(['validate', 'wrong.yaml']),
      asbuilt(['validate', 'wrong.yaml', '--json']),
    ]);
    expect(text).toMatchObject({ code: 1, out: '' });
    expect(text.err).toContain('wrong.yaml:3:9: error[unknown-attribute]');
    expect(text.err).toContain('1 error in 1 file');
    expect(json).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(json.out).diagnostics).toMatchObject([
      { code: 'unknown-attribute', place: { file: 'wrong.yaml', line: 3, column: 9 } },
    ]);
  });

  test('plan, refuse without approval, apply, and are in sync', async () => {
    const pending = await asbuilt(['plan', '--detailed-exitcode'], {}, work);
    expect(pending).toMatchObject({ code: 2 });
    expect(pending.out).toContain('+ user/ada');

    const refused = await asbuilt(['apply'], {}, work);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.err).toContain('--auto-approve');

    const applied = await asbuilt(['apply', '--auto-approve'], {}, work);
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.out).toMatch(/^applied \d+ changes to sqlite:.* in \d+\.\d s$/m);
    expect(applied.out).toContain('  asbuilt invitation link summer --base https://id.example.org\n');

    const [again, json, link] = await Promise.all([
      asbuilt(['plan', '--detailed-exitcode'], {}, work),
      asbuilt(['plan', '--json'], {}, work),
      asbuilt(['invitation', 'link', 'summer', '--base', 'https://id.example.org/'], {}, work),
    ]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain('no changes');
    expect(JSON.parse(json.out)).toMatchObject({ version: 1, ok: true, changes: [] });
    expect(link).toMatchObject({ code: 0, err: 'directory: sqlite:.asbuilt/directory.db (the default)\n' });
    expect(link.out).toMatch(/^https:\/\/id\.example\.org\/if\/flow\/contractors\/\?itoken=[0-9a-f-]{36}\n$/);
  });
});
