/** A blueprint that cannot be read is never one that is no longer wanted. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../safety/command-line.js';
import { temporaryFolder } from '../support/request.js';

test('a link that leads nowhere is an error, in a folder and behind a pattern', async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'blueprints'));
  writeFileSync(join(cwd, 'blueprints/staff.yaml'), 'version: 1\ngroups: {staff: {}}\n');
  symlinkSync('gone.yaml', join(cwd, 'blueprints/guests.yaml'));
  // No blueprints: nobody is told of these.
  symlinkSync('gone.txt', join(cwd, 'blueprints/notes.txt'));
  symlinkSync('gone.yaml', join(cwd, 'blueprints/.#staff.yaml'));
  for (const written of ['blueprints', '"blueprints/*.yaml"', '"**/*.yaml"', '"*"', '"*/guests.yaml"']) {
    writeFileSync(join(cwd, 'asbuilt.yaml'), `project: staff\nblueprints: [${written}]\n`);
    const validated = await run(['validate', '--json'], { cwd });
    expect(validated.code).toBe(1);
    const { diagnostics } = JSON.parse(validated.out);
    expect(diagnostics).toEqual([
      expect.objectContaining({
        code: 'unreadable-file',
        message: expect.stringMatching(/^blueprints\/guests\.yaml/),
      }),
    ]);
  }
});
