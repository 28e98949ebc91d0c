/** With `--json` every command prints data, also when it fails; without, nothing that a terminal would act on. */
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../safety/command-line.js';
import { temporaryFolder } from '../support/request.js';

const directory = ['--directory', 'sqlite:live.db'];

/** A folder with a directory that holds the groups, owned by the project `default`. */
async function folderWith(...groups: string[]): Promise<string> {
  const cwd = temporaryFolder();
  const names = Object.fromEntries(groups.map((name) => [name, {}]));
  writeFileSync(join(cwd, 'groups.yaml'), JSON.stringify({ version: 1, groups: names }));
  expect(await run(['apply', 'groups.yaml', ...directory, '--auto-approve'], { cwd })).toMatchObject({
    code: 0,
  });
  return cwd;
}

test('a command that fails prints what is wrong as data too', async () => {
  const cwd = await folderWith('staff');
  for (const [words, code] of [
    [['forget', 'group/nobody', ...directory], 'unknown-address'],
    [['history', 'show', 'latest', ...directory], 'usage'],
    [['history', 'show', '99', ...directory], 'usage'],
    [['history', '--limit', 'all', ...directory], 'usage'],
    [['history', '--limit', '0', ...directory], 'usage'],
    [['ledger', 'export', 'no/such/folder', ...directory], 'unwritable-file'],
    [['ledger', 'import', 'nothing.json', ...directory], 'usage'],
    [['invitation', 'link', 'x', ...directory], 'usage'],
    [['export', '--kind', 'nothing', ...directory], 'usage'],
    [['unlock', '--directory', 'nowhere'], 'unknown-directory'],
    [['doctor', '--directory', 'nowhere'], 'unknown-directory'],
    [['explain', 'nothing'], 'unknown-topic'],
    [['convert', 'nothing.yaml'], 'no-such-path'],
    [['init', 'groups.yaml'], 'file-exists'],
    [['init', 'new', '--from', 'sqlite:nothing.db'], 'no-such-path'],
  ] as const) {
    const plain = await run(words, { cwd });
    expect(plain).toMatchObject({ code: 1, out: '' });
    expect(plain.err).toContain(`error[${code}]`);
    const failed = await run([...words, '--json'], { cwd });
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toMatchObject({ version: 1, ok: false, diagnostics: [{ code }] });
  }
});

test('what is done about ownership is told as data', async () => {
  const cwd = await folderWith('staff', 'guests');
  const data = async (...words: string[]) =>
    JSON.parse((await run([...words, ...directory, '--json'], { cwd })).out);
  expect(await data('unlock')).toMatchObject({ version: 1, ok: true });
  expect(await data('ledger', 'export', 'ledger.json')).toEqual({ version: 1, ok: true, records: 2 });
  expect(await data('forget', 'group/staff')).toEqual({ version: 1, ok: true, forgotten: ['group/staff'] });
  expect(await data('ledger', 'import', 'ledger.json', '--replace')).toEqual({
    version: 1,
    ok: true,
    records: 2,
  });
});

test('an exported ledger is for its owner alone, also in a file that others could read', async () => {
  const cwd = await folderWith('staff');
  writeFileSync(join(cwd, 'ledger.json'), '');
  chmodSync(join(cwd, 'ledger.json'), 0o644);
  expect(await run(['ledger', 'export', 'ledger.json', ...directory], { cwd })).toMatchObject({
    code: 0,
    out: 'wrote 1 record to ledger.json\n',
  });
  expect(statSync(join(cwd, 'ledger.json')).mode & 0o777).toBe(0o600);
});

test('names that a terminal would act on are escaped in what export says', async () => {
  const cwd = await folderWith('\u001b[31mred\nforged');
  const exported = await run(['export', ...directory, '--output', 'out', '--adopt', '--project', 'other'], {
    cwd,
  });
  expect(exported).toMatchObject({ code: 0 });
  expect(exported.err).toContain('  group/\\x1b[31mred\\nforged belongs to the project default\n');
});
