/** Of two that want the lock at the same moment one gets it; and a run that was killed does not stay running. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import { run, start, startScript } from './command-line.js';
import type { Attempt } from './race-lock.js';

const blueprint = 'version: 1\ngroups: {staff: {}, guests: {}}\n';
const at = ['--directory', 'sqlite:a.db'];

test('of two at once never both are refused', { timeout: 60_000 }, async () => {
  const cwd = temporaryFolder();
  const rounds = 120;
  const words = [join(cwd, 'a.db'), String(Date.now() + 3_000), String(rounds)];
  const script = join(import.meta.dirname, 'race-lock.ts');
  const racers = [await startScript(script, words, { cwd }), await startScript(script, words, { cwd })];
  const results = await Promise.all(racers.map(({ ended }) => ended));
  expect(results.map(({ code, err }) => [code, err])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  const [one, other] = results.map(({ out }) => JSON.parse(out) as Attempt[]);
  // Whoever is refused is refused because the other has the lock, or is just getting it.
  const inVain = (refused: readonly Attempt[], others: readonly Attempt[]): Attempt[] =>
    refused.filter(
      (mine) =>
        !mine.got && !others.some((theirs) => theirs.got && theirs.from <= mine.to && mine.from <= theirs.to),
    );
  expect([...inVain(one!, other!), ...inVain(other!, one!)]).toEqual([]);
  expect([...one!, ...other!].filter((attempt) => !attempt.got).length).toBeGreaterThan(rounds / 10);
});

test('two first applies at once do not take the file that the other makes for a damaged one', async () => {
  for (let round = 0; round < 4; round++) {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.yaml'), blueprint);
    const words = ['apply', 'a.yaml', ...at, '--auto-approve', '--lock-timeout', '30s'];
    const results = await Promise.all([start(words, { cwd }).ended, start(words, { cwd }).ended]);
    expect(results.map(({ code, err }) => [code, err.includes('error')])).toEqual([
      [0, false],
      [0, false],
    ]);
  }
});

test('a run that was killed has died as soon as another begins', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.yaml'), blueprint);
  await run(['apply', 'a.yaml', ...at, '--auto-approve'], { cwd });
  const { default: Database } = await import('libsql');
  const database = new Database(join(cwd, 'a.db'));
  database.exec("UPDATE run SET outcome = 'running', finished = NULL");
  database.close();
  expect((await run(['history', ...at], { cwd })).out).toContain('running');
  writeFileSync(join(cwd, 'a.yaml'), 'version: 1\ngroups: {staff: {}, guests: {}, more: {}}\n');
  await run(['apply', 'a.yaml', ...at, '--auto-approve'], { cwd });
  const { out } = await run(['history', ...at], { cwd });
  expect(out).toMatch(/^ +2 .*applied.*\n +1 .*died/);
  expect((await run(['history', 'show', '1', ...at], { cwd })).out).toContain('ended without a word');
});

describe('a database file that is not what it was', () => {
  async function used(): Promise<{ cwd: string; file: string }> {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.yaml'), blueprint);
    expect((await start(['apply', 'a.yaml', ...at, '--auto-approve'], { cwd }).ended).code).toBe(0);
    return { cwd, file: join(cwd, 'a.db') };
  }

  test.each([
    ['empty', 0, /is empty.*delete it to start over/],
    ['cut off in its header', 60, /not an SQLite database|was cut off/],
    ['cut off after a page', 4_096, /was cut off after 4096 of \d+ bytes/],
    ['cut off in the middle', 50_000, /was cut off after 50000 of \d+ bytes/],
  ])('%s', async (_, size, message) => {
    const { cwd, file } = await used();
    truncateSync(file, size);
    for (const words of [
      ['plan', 'a.yaml'],
      ['apply', 'a.yaml', '--auto-approve'],
      ['export'],
      ['doctor', 'a.yaml'],
    ]) {
      const { code, err } = await run([...words, ...at], { cwd });
      expect([words, code, err]).toEqual([words, 1, expect.stringMatching(message)]);
    }
    expect(statSync(file).size).toBe(size);
  });

  test('an empty file that never was one is said to be empty', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.yaml'), blueprint);
    writeFileSync(join(cwd, 'a.db'), '');
    const { code, err } = await run(['plan', 'a.yaml', ...at], { cwd });
    expect([code, err]).toEqual([0, expect.stringContaining('is an empty file, so it counts as empty')]);
  });
});

test('a folder .asbuilt that is made is no part of the repository', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.yaml'), blueprint);
  expect(await run(['apply', 'a.yaml', '--auto-approve'], { cwd })).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, '.asbuilt/.gitignore'), 'utf8')).toBe('*\n');
  expect(existsSync(join(cwd, '.gitignore'))).toBe(false);
  const git = spawn('git', ['init', '-q'], { cwd });
  await new Promise((resolve) => git.once('close', resolve));
  const status = spawn('git', ['status', '--porcelain', '--untracked-files=all'], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  status.stdout.on('data', (text) => (out += text));
  await new Promise((resolve) => status.once('close', resolve));
  expect(out).toBe('?? a.yaml\n');
});
