/** A leaver's account: what nothing describes any more is told last, and a warning until somebody has decided about prune. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/request.js';
import { run } from './command-line.js';

const before = `version: 1
groups: {crew: {}}
users:
  ada: {name: Ada, email: ada@example.org}
  bob: {name: Bob, email: bob@example.org, groups: [crew]}
`;
const after = `version: 1
users:
  ada: {name: Ada, email: ada@example.org}
`;

async function left(config = '') {
  const cwd = temporaryFolder();
  const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
  write(
    'asbuilt.yaml',
    `project: staff\nblueprints: [main.yaml]\ndirectories: {a: {url: "sqlite:directory.db"}}\n${config}`,
  );
  write('main.yaml', before);
  const asbuilt = (...words: string[]) => run(words, { cwd });
  expect(await asbuilt('apply', '--auto-approve')).toMatchObject({ code: 0 });
  write('main.yaml', after);
  return { asbuilt };
}

const warned = expect.stringContaining(
  'warning[orphaned]: user/bob, group/crew are in no blueprint any more, and the account stays active',
);

describe('an account that nothing describes any more', () => {
  test('stands in the last lines of the plan, before other objects, with what prune would do', async () => {
    const { asbuilt } = await left();
    const { code, out, err } = await asbuilt('plan');
    expect([code, err]).toEqual([0, warned]);
    expect(out).not.toContain('Nothing to do');
    expect(out.split('\n').slice(-4)).toEqual([
      'Orphaned and kept: no longer in any blueprint (created or adopted by this project).',
      '  user/bob                        was main.yaml:5             still active; --prune would switch it off',
      '  group/crew                      was main.yaml:2             --prune would delete it',
      '',
    ]);
    const json = JSON.parse((await asbuilt('plan', '--json')).out);
    expect(json.orphans).toEqual([
      { address: 'user/bob', place: 'main.yaml:5', active: true, prune: 'deactivate' },
      { address: 'group/crew', place: 'main.yaml:2', prune: 'delete' },
    ]);
    expect((await asbuilt('plan', '--format', 'markdown')).out).toMatch(
      /#### Orphaned and kept\n\n.*\n\n- `user\/bob` .*still active; `--prune` would switch it off\n- `group\/crew` .*\n$/,
    );
  });

  test('is an error with --strict, and nothing is applied', async () => {
    const { asbuilt } = await left();
    for (const command of [['plan'], ['apply', '--auto-approve']])
      expect(await asbuilt(...command, '--strict')).toMatchObject({
        code: 1,
        err: expect.stringContaining('error[orphaned]'),
      });
  });

  test.each([
    ['prune: false in the configuration', 'prune: false\n', []],
    ['--no-prune', '', ['--no-prune']],
    ['--prune', '', ['--prune']],
    ['prune: true', 'prune: true\n', []],
  ])('is no warning where somebody decided: %s', async (_, config, flags) => {
    const { asbuilt } = await left(config);
    expect(await asbuilt('plan', '--strict', ...flags)).toMatchObject({ code: 0, err: '' });
  });

  test('is switched off by prune, and afterwards told as such, without a warning', async () => {
    const { asbuilt } = await left();
    expect(await asbuilt('apply', '--prune', '--auto-approve')).toMatchObject({ code: 0 });
    const { out, err } = await asbuilt('plan');
    expect(err).toBe('');
    expect(out).toMatch(/user\/bob .* not active\n$/);
  });

  test('is no warning while not all blueprints were read', async () => {
    const { asbuilt } = await left();
    expect((await asbuilt('plan', 'main.yaml')).err).not.toContain('orphaned');
  });
});
