/** What came from a variable or a file leaves an export as it came. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rowsIn, temporaryFolder } from '../support/request.js';
import { run } from './command-line.js';

const env = { ROBOT: 'hunter2-robot', OTHER: 'hunter2-other', LIST: 'hunter2-list' };
const secrets = [...Object.values(env), 'hunter2-file'];

const blueprint = `version: 1
context: {copied: !Env OTHER}
entries:
  - model: authentik_core.group
    identifiers: {name: g}
    attrs:
      attributes:
        token: !Env ROBOT
        plain: hello
        deep: {inner: !Env OTHER, near: by}
        file: !File motto
        made: !Format ["%s-x", !Env ROBOT]
        again: !Context copied
        list: [one, !Env LIST]
  - model: authentik_flows.flow
    identifiers: {slug: f}
    attrs: {name: !Env ROBOT, title: Welcome, designation: authentication}
  - model: authentik_policies_expression.expressionpolicy
    identifiers: {name: p}
    attrs: {expression: !Format ["return '%s' == '%s'", !Env ROBOT, !File motto]}
`;

function project(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.yaml'), blueprint);
  writeFileSync(join(cwd, 'motto'), 'hunter2-file');
  return cwd;
}

const at = ['--directory', 'sqlite:a.db'];

test.each([
  ['with the same environment', env, [], []],
  ['without it', {}, [], []],
  ['as entries', env, [], ['--format', 'entries']],
  ['for another project', env, ['--project', 'p'], []],
] as const)('%s', async (_, environment, projectOf, more) => {
  const cwd = project();
  const applied = await run(['apply', 'a.yaml', ...at, '--auto-approve', ...projectOf], { cwd, env });
  expect(applied).toMatchObject({ code: 0 });
  const { code, out, err } = await run(['export', ...at, ...more], { cwd, env: environment });
  expect([code, err]).toEqual([0, expect.stringContaining('ROBOT')]);
  expect(secrets.filter((one) => out.includes(one) || err.includes(one))).toEqual([]);
  expect(out).toMatch(/token: !Env ROBOT/);
  expect(out).toMatch(/inner: !Env OTHER/);
  expect(out).toMatch(/file: !File motto/);
  expect(out).toMatch(/again: !Env OTHER/);
  expect(out).toMatch(/plain: hello/);
  expect(out).toMatch(/#.* ROBOT +name of flow\/f/);
});

test('what was exported and adopted by a project is what there is', async () => {
  const cwd = project();
  await run(['apply', 'a.yaml', ...at, '--auto-approve'], { cwd, env });
  mkdirSync(join(cwd, 'out'));
  const adopted = await run(['export', ...at, '--output', 'out', '--adopt'], { cwd, env });
  expect(adopted).toMatchObject({ code: 0 });
  // Variables that were made up for values in parts hold what is live.
  expect(readFileSync(join(cwd, 'out/groups.yaml'), 'utf8')).not.toContain('hunter2');
  expect(JSON.stringify(rowsIn(join(cwd, 'a.db'), 'SELECT attributes FROM object'))).toContain(
    'hunter2-robot',
  );
});

test('a value that somebody changed by hand is still not shown, nor taken for what the variable holds', async () => {
  const cwd = project();
  await run(['apply', 'a.yaml', ...at, '--auto-approve'], { cwd, env });
  const { out } = await run(['export', ...at], { cwd, env: { ...env, ROBOT: 'another' } });
  expect(out).not.toContain('hunter2');
  expect(out).toMatch(/token: !Env GROUP_G_ATTRIBUTES_TOKEN/);
});
