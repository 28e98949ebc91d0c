/** Plans that people approve in a file: what is applied is what they saw, or nothing. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/change.js';
import { openStore } from '../../src/reconcile/open-store.js';
import { apply } from '../../src/reconcile/reconcile.js';
import { databaseIn, request, temporaryFolder } from '../support/request.js';
import { type Ran, run } from './command-line.js';

const people = (...names: string[]): string =>
  `version: 1\nusers:\n${names.map((one) => `  ${one}: {name: ${one}}\n`).join('')}`;

/** A folder with a blueprint and a database, and short ways to work with them. */
function workspace(blueprint: string) {
  const cwd = temporaryFolder();
  const write = (text: string): void => writeFileSync(join(cwd, 'blueprint.yaml'), text);
  write(blueprint);
  const call = (command: string, words: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
    run([command, 'blueprint.yaml', '-d', 'sqlite:directory.db', '-p', 'staff', ...words], { cwd, env });
  return {
    cwd,
    write,
    plan: (env?: Record<string, string>, ...words: string[]) =>
      call('plan', ['--out', 'plan.json', ...words], env),
    approved: (env?: Record<string, string>, ...words: string[]) =>
      call('apply', ['--approved', 'plan.json', ...words], env),
    apply: (env?: Record<string, string>, ...words: string[]) =>
      call('apply', ['--auto-approve', ...words], env),
    sql: <T>(statement: string): T[] => {
      const database = new Database(join(cwd, 'directory.db'));
      try {
        const prepared = database.prepare(statement);
        if (prepared.reader) return prepared.all() as T[];
        prepared.run();
        return [];
      } finally {
        database.close();
      }
    },
  };
}

/** Makes the directory, with nothing in it: a plan does not. */
async function makeDirectory({ cwd }: ReturnType<typeof workspace>): Promise<void> {
  await (await openStore('sqlite:directory.db', { cwd })).close();
}

/** Refused: exit code 3, the differences on standard error, and nothing written. */
async function refused(
  space: ReturnType<typeof workspace>,
  difference: string | RegExp,
  env = {},
): Promise<void> {
  const before = space.sql('SELECT kind, id, attributes, secrets, revision FROM object ORDER BY row');
  const ran = await space.approved(env);
  expect(ran.code, ran.err + ran.out).toBe(3);
  expect(ran.err).toMatch(difference);
  expect(space.sql('SELECT kind, id, attributes, secrets, revision FROM object ORDER BY row')).toEqual(
    before,
  );
}

describe('an approved plan', () => {
  test('is applied, once', async () => {
    const space = workspace(people('ada', 'bob'));
    expect((await space.plan()).code).toBe(0);
    expect(await space.approved()).toMatchObject({ code: 0 });
    expect((await space.plan({}, '--detailed-exitcode')).out).toContain('no changes');
    // Saved anew and empty by now: nothing to do is what was approved.
    expect(await space.approved()).toMatchObject({ code: 0 });
  });

  test('is not applied a second time', async () => {
    const space = workspace(people('ada'));
    await space.plan();
    await space.approved();
    await refused(space, 'only in the approved plan: create user/ada');
  });

  test('is refused after the directory drifted', async () => {
    const space = workspace(people('ada'));
    await space.apply();
    space.write('version: 1\nusers:\n  ada: {name: Ada, email: ada@example.org}\n');
    await space.plan();
    space.sql(
      `UPDATE object SET attributes = json_set(attributes, '$.email', 'mallory@example.org') WHERE kind = 'authentik_core.user' AND hidden = 0`,
    );
    await refused(space, 'mallory@example.org');
    // What was approved before holds again once the drift is gone.
    space.sql(
      `UPDATE object SET attributes = json_set(attributes, '$.email', '') WHERE kind = 'authentik_core.user' AND hidden = 0`,
    );
    expect(await space.approved()).toMatchObject({ code: 0 });
  });

  test('is refused after the blueprint changed, however little', async () => {
    const space = workspace(people('ada'));
    await makeDirectory(space);
    await space.plan();
    space.write(people('ada', 'mallory'));
    await refused(space, 'now also: create user/mallory');
    space.write('version: 1\nusers:\n  ada: {name: Ada}\n');
    await refused(space, 'ada was approved, now Ada');
    space.write(
      'version: 1\nusers:\n  # A comment, and other quotes, are no change.\n  "ada": {"name": ada}\n',
    );
    expect(await space.approved()).toMatchObject({ code: 0 });
  });

  test('is refused after a secret came or went, and not for another value of it', async () => {
    const secret = 'version: 1\nusers:\n  ada: {name: ada, password: !Env ADA_PASSWORD}\n';
    const space = workspace(people('ada'));
    await makeDirectory(space);
    await space.plan();
    space.write(secret);
    await refused(space, 'password', { ADA_PASSWORD: 'first' });
    await space.plan({ ADA_PASSWORD: 'first' });
    space.write(people('ada'));
    await refused(space, 'password');
    space.write(secret);
    expect(await space.approved({ ADA_PASSWORD: 'second' })).toMatchObject({ code: 0 });
  });

  test('is refused for another project or directory', async () => {
    const space = workspace(people('ada'));
    await space.plan();
    const ran = await run(
      ['apply', 'blueprint.yaml', '-d', 'sqlite:directory.db', '-p', 'other', '--approved', 'plan.json'],
      space,
    );
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.err).toContain('approved for project staff, and this is other');
    const elsewhere = await run(
      ['apply', 'blueprint.yaml', '-d', 'sqlite:elsewhere.db', '-p', 'staff', '--approved', 'plan.json'],
      space,
    );
    expect(elsewhere).toMatchObject({ code: 3 });
  });

  test('is never saved while a variable is not set', async () => {
    const space = workspace('version: 1\nusers:\n  ada: {name: ada, email: !Env ADA_EMAIL}\n');
    const ran = await space.plan();
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('ADA_EMAIL');
    expect(() => readFileSync(join(space.cwd, 'plan.json'))).toThrow();
  });

  test('is refused when its file was edited', async () => {
    const space = workspace(people('ada'));
    await makeDirectory(space);
    await space.plan();
    const file = join(space.cwd, 'plan.json');
    const text = readFileSync(file, 'utf8');
    for (const edited of [text.replace('user/ada', 'user/eve'), text.slice(0, -20), '', '{}']) {
      writeFileSync(file, edited);
      const ran = await space.approved();
      expect(ran.code).toBe(1);
      expect(ran.err).toContain('not-a-plan');
    }
    expect(space.sql(`SELECT id FROM object WHERE kind = 'authentik_core.user' AND hidden = 0`)).toEqual([]);
  });

  test('holds no change that was held back', async () => {
    const space = workspace('version: 1\nusers:\n  ada: {name: ada, is_active: true}\n');
    await space.apply();
    space.sql(
      `UPDATE object SET attributes = json_set(attributes, '$.is_active', json('false')) WHERE kind = 'authentik_core.user' AND hidden = 0`,
    );
    await space.plan();
    expect(JSON.parse(readFileSync(join(space.cwd, 'plan.json'), 'utf8')).changes).toEqual([]);
    expect(await space.approved()).toMatchObject({ code: 0 });
    expect(
      space.sql(`SELECT id FROM object WHERE attributes LIKE '%"is_active":false%' AND hidden = 0`),
    ).toHaveLength(1);
  });
});

describe('a plan that is shown before it is approved', () => {
  test.each([
    ['another value', `UPDATE object SET attributes = json_set(attributes, '$.email', 'new@example.org')`],
    ['another object', `UPDATE object SET attributes = json_set(attributes, '$.path', 'elsewhere')`],
  ])('is shown again when the directory got %s meanwhile', async (_, drift) => {
    const folder = temporaryFolder();
    const file = join(folder, 'blueprint.yaml');
    writeFileSync(file, 'version: 1\nusers:\n  ada: {name: Ada, email: a@example.org, path: users}\n');
    const asked = request({ paths: [file], directory: databaseIn(folder) });
    await apply(asked, async () => true);
    writeFileSync(file, 'version: 1\nusers:\n  ada: {name: Ada, email: b@example.org, path: users}\n');
    const shown: Plan[] = [];
    const result = await apply(asked, async (plan, again) => {
      shown.push(plan);
      if (again) return false;
      const database = new Database(join(folder, 'directory.db'));
      database.exec(`${drift} WHERE kind = 'authentik_core.user' AND hidden = 0`);
      database.close();
      return true;
    });
    expect(shown).toHaveLength(2);
    expect(result.outcome).toBe('stale');
  });
});
