/** What people do about ownership by hand: passwords of adopted users, and moving the ledger. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { understand } from '../../src/commands/program.js';
import { apply, plan } from '../../src/reconcile/reconcile.js';
import { commandIn } from '../support/command.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';

const blueprint = (password: string): string => `version: 1
entries:
- {model: authentik_core.user, identifiers: {username: ada}, attrs: {name: Ada, email: ada@example.org${password}}}
`;

test('the password of an adopted user is written only when it is asked for by name', async () => {
  const cwd = temporaryFolder();
  const file = join(cwd, 'main.yaml');
  const directory = databaseIn(cwd);
  writeFileSync(file, blueprint(''));
  await apply(request({ paths: ['main.yaml'], cwd, directory, project: 'first' }), async () => true);
  writeFileSync(file, blueprint(', password: correct-horse'));
  const stances = { 'takes-over': 'show' } as const;
  const asked = request({ paths: ['main.yaml'], cwd, directory, project: 'second', stances });
  const adopting = await apply(asked, async () => true);
  expect(adopting.plan!.changes.flatMap((one) => Object.keys(one.write))).not.toContain('password');
  const writing = await plan({ ...asked, writeSecrets: ['user/ada'] });
  expect(writing.plan!.changes.map((one) => [one.ref.address, Object.keys(one.write)])).toEqual([
    ['user/ada', ['password']],
  ]);
  expect((await plan(asked)).plan!.changes).toEqual([]);
});

test('an exported ledger can be imported again, and then everything is owned as before', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'main.yaml'), blueprint(''));
  const directory = databaseIn(cwd);
  const asked = request({ paths: ['main.yaml'], cwd, directory, project: 'team' });
  await apply(asked, async () => true);
  const run = async (...words: string[]): Promise<number> => {
    const call = await understand([...words, '--directory', directory, '--project', 'team'], 100);
    if (call.type !== 'run') throw new Error('not a call');
    return call.run(commandIn(cwd).surroundings);
  };
  expect(await run('ledger', 'export', 'ledger.json')).toBe(0);
  expect(await run('ledger', 'import', 'ledger.json')).toBe(1);
  expect(await run('forget', 'user/ada')).toBe(0);
  expect((await plan(asked)).plan!.records).toHaveLength(1);
  expect(await run('ledger', 'import', 'ledger.json')).toBe(0);
  const again = await plan(asked);
  expect([again.plan!.changes, again.plan!.records]).toEqual([[], []]);
  writeFileSync(join(cwd, 'broken.json'), '{"records": []}');
  expect(await run('ledger', 'import', 'broken.json', '--replace')).toBe(1);
  expect((await plan(asked)).plan!.records).toEqual([]);
});
