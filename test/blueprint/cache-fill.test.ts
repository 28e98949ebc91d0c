/** Large files in; the same plan out, whether a thread read them or not. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import { temporaryFolder } from '../support/request.js';

const filler = `# ${'x'.repeat(98)}\n`.repeat(45_000);
const [{ text } = { text: '' }] = generate({ users: 40 });

test('a large file is read by a thread, with the same outcome', async () => {
  const dist = inject('dist');
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'blueprints'));
  const path = join(folder, 'blueprints/people.yaml');
  const run = async (words: readonly string[]): Promise<string> => {
    const options = { cwd: folder, env: { PATH: process.env.PATH } };
    return (await promisify(execFile)(process.execPath, words, options)).stdout;
  };
  const asbuilt = (...words: string[]): Promise<string> =>
    run([join(dist, 'cli.js'), ...words, '-d', 'sqlite:directory.db']);
  writeFileSync(path, text + filler);
  const trees = () => readdirSync(join(folder, '.asbuilt/cache')).filter((name) => name.endsWith('.tree'));

  const first = await asbuilt('plan');
  expect(first).toContain('50 to create');
  expect(trees().length).toBe(1);
  expect(await asbuilt('plan')).toBe(first);
  await asbuilt('apply', '--auto-approve');
  writeFileSync(path, `${text}${filler}# once more\n`);
  expect(await asbuilt('plan')).toContain('no changes, 50 unchanged');
  expect(trees().length).toBe(2);
  writeFileSync(path, `${text}  - {model: authentik_core.user, identifiers: {usernam: eve}}\n${filler}`);
  await expect(asbuilt('plan')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('unknown-identifier'),
  });

  // The thread alone.
  const script = `
    import { fillCache } from ${JSON.stringify(pathToFileURL(join(dist, 'blueprint/cache-fill.js')))};
    import { openCache } from ${JSON.stringify(pathToFileURL(join(dist, 'blueprint/cache.js')))};
    import { readFileSync } from 'node:fs';
    const source = { path: 'people.yaml', text: readFileSync('blueprints/people.yaml', 'utf8') + '# other', named: false };
    const before = openCache('cache').has(source);
    await fillCache('cache', [source]).done;
    console.log(before, openCache('cache').has(source), openCache('cache').get(source).tree.root.type, fillCache('cache', [source]));
    fillCache('cache', [{ ...source, text: source.text + ' and another' }]).end();
    const nowhere = fillCache('/dev/null/cache', [source]);
    await nowhere.done;
  `;
  writeFileSync(join(folder, 'thread.mjs'), script);
  expect(await run([join(folder, 'thread.mjs')])).toBe('false true map undefined\n');
});
