/** Completion scripts, run by the shells they are for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
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
    const list = words.map((one) => `'${one}'`).join(' ');
    const ask = `source ${file}; COMP_WORDS=(asbuilt ${list}); COMP_CWORD=${words.length}; _asbuilt; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).trim().split('\n');
  }

  test('commands, their options, kinds and hazards are offered', () => {
    expect(offered('pl')).toEqual(['plan']);
    expect(offered('plan', '--det')).toEqual(['--detailed-exitcode']);
    expect(offered('history', 'sh')).toEqual(['show']);
    expect(offered('explain', 'flow-stage')).toEqual(['flow-stage-binding']);
    expect(offered('apply', '--allow', 'locks')).toEqual(['locks-out']);
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
