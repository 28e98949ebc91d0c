/** What no two objects may share, where a plan and an apply look at it at different times or over different parts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import { apply, plan } from '../src/reconcile/reconcile.js';
import type { Request } from '../src/reconcile/request.js';
import { databaseIn, request, temporaryFolder } from './support/request.js';

function project(text: string): { asked: Request; write: (text: string) => void; database: string } {
  const cwd = temporaryFolder();
  const write = (content: string): void => writeFileSync(join(cwd, 'main.yaml'), content);
  write(text);
  const asked = request({ paths: ['main.yaml'], cwd, directory: databaseIn(cwd) });
  return { asked, write, database: join(cwd, 'directory.db') };
}

const applications = (...entries: string[]): string => ['version: 1', 'entries:', ...entries, ''].join('\n');
const rule = (name: string, about: string): string =>
  `- {model: authentik_lifecycle.lifecyclerule, identifiers: {name: ${name}}, attrs: {content_type: authentik_core.group, object_id: "${about}", reviewers: []}}`;

describe('a value that only one object may have', () => {
  test('and that somebody else takes between the plan and the apply is an error with the place of the entry', async () => {
    const { asked, database } = project(applications(rule('one', '1')));
    const failure = apply(asked, async () => {
      const store = new Database(database);
      const scope = 'authentik_lifecycle.lifecyclerule content_type,object_id';
      const value = '["authentik_core.group","1"]';
      store.prepare('INSERT INTO unique_key VALUES (?, ?, -1, 0)').run(scope, value);
      store.close();
      return true;
    });
    await expect(failure).rejects.toThrow(
      /^main\.yaml:3: lifecycle-rule one: another object already has the same `content_type` and `object_id`$/,
    );
  });

  test('and whose parts two entries write together is found with both places', async () => {
    const { asked } = project(applications(rule('one', '1'), rule('two', '2'), rule('three', '1')));
    const { diagnostics } = await plan(asked);
    expect(diagnostics.map(({ code, message, related }) => [code, message, related?.length])).toEqual([
      [
        'not-unique',
        expect.stringContaining('would have the same content_type and object_id as lifecycle-rule/'),
        1,
      ],
    ]);
  });
});
