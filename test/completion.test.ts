/** Completion scripts, run by the shells they are for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { openStore } from '../src/reconcile/open-store.js';
import { run } from './safety/command-line.js';
import { temporaryFolder } from './support/request.js';

const cli = join(inject('dist'), 'cli.js');

function script(shell: string): string {
  return execFileSync(process.execPath, [cli, 'completion', shell], { encoding: 'utf8' });
}

function has(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

describe.skipIf(!has('bash'))('in bash', () => {
  /** What bash offers after these words, the last one being written. */
  function offered(...words: string[]): string[] {
    const file = join(temporaryFolder(), 'completion.bash');
    writeFileSync(file, script('bash'));
    const list = words.map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(' ');
    const ask = `asbuilt() { '${process.execPath}' '${cli}' "$@"; }; source ${file}; COMP_WORDS=(asbuilt ${list}); COMP_CWORD=${words.length}; _asbuilt; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).trim().split('\n');
  }

  test('commands, their options, kinds and hazards are offered', () => {
    expect(offered('pl')).toEqual(['plan']);
    expect(offered('plan', '--det')).toEqual(['--detailed-exitcode']);
    expect(offered('history', 'sh')).toEqual(['show']);
    expect(offered('explain', 'flow-stage')).toEqual(['flow-stage-binding']);
    expect(offered('apply', '--allow', 'locks')).toEqual(['locks-out']);
    expect(offered('users', '--order', 'last_l')).toEqual(['last_login']);
  });

  test('a query goes on inside of its quotes, and is begun with one', () => {
    expect(offered('users', "'username sta")).toEqual(['username startswith']);
    expect(offered('users', '"type = \\"ext')).toEqual(['type = \\"external\\"']);
    expect(offered('users', 'tr')).toEqual(['tree']);
    expect(offered('groups', 'is_s')).toEqual(["'is_superuser"]);
    expect(offered('export', 'events', '--query', '\'action = "login_f')).toEqual([
      'action = "login_failed"',
    ]);
  });
});

test.each(['zsh', 'fish'])('%s reads its script without complaint, where it is installed', (shell) => {
  const text = script(shell);
  expect(text).toContain('asbuilt');
  if (!has(shell)) return;
  const file = join(temporaryFolder(), 'completion');
  writeFileSync(file, text);
  expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('keys and values come from a directory on this machine, and what a terminal would act on is left out', async () => {
  const cwd = temporaryFolder();
  const store = await openStore('sqlite:directory.db', { cwd });
  await store.transaction(async ({ directory }) => {
    const made = {
      username: 'ada',
      name: 'A\u001b[2Jda',
      attributes: { dept: 'eng', manager: { site: 'Oslo' } },
    };
    await directory.create('authentik_core.user', made, new AbortController().signal);
  });
  await store.close();
  const offered = async (text: string): Promise<string[]> => {
    const { out } = await run(['complete', 'users', text, '-d', 'sqlite:directory.db'], { cwd });
    return out.split('\n').map((line) => line.split('\t')[0]!);
  };
  expect(await offered('attributes.m')).toEqual(['attributes.manager', 'attributes.manager.site', '']);
  expect(await offered('attributes.manager.site = "')).toEqual(['attributes.manager.site = "Oslo"', '']);
  expect(await offered('name = ')).toEqual(['']);
  expect((await run(['complete', 'people', 'a', '-d', 'sqlite:directory.db'], { cwd })).code).toBe(1);
  // Without a directory there are still fields.
  expect((await run(['complete', 'users', 'usern', '-d', 'sqlite:nowhere.db'], { cwd })).out).toMatch(
    /^username\t/,
  );
});

test.skipIf(!has('fish'))('fish offers commands, kinds and hazards', () => {
  const file = join(temporaryFolder(), 'completion.fish');
  writeFileSync(file, script('fish'));
  const offered = (line: string): string =>
    execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], {
      encoding: 'utf8',
    });
  expect(offered('asbuilt pl')).toMatch(/^plan\t/);
  expect(offered('asbuilt apply --allow locks')).toMatch(/^locks-out\b/);
  expect(offered('asbuilt explain flow-stage')).toMatch(/^flow-stage-binding\b/);
});
