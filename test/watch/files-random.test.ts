/** Changes a folder of blueprints at random: a call has to come after the last change. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBlueprintName, isHidden } from '../../src/watch/files-names.js';
import { observe, temporaryFolder, until } from './files-support.js';

const folders = ['', 'a', 'b', 'a/c', 'b/c', 'a/c/d'];
const names = ['x.yaml', 'y.yaml', 'link.yaml', 'notes.txt'];
const step = fc.record({
  what: fc.constantFrom('new', 'write', 'save', 'remove', 'move', 'link', 'target', 'replace'),
  folder: fc.constantFrom(...folders),
  to: fc.constantFrom(...folders.slice(1)),
  name: fc.constantFrom(...names),
  text: fc.string(),
  pause: fc.constantFrom(0, 0, 0, 10, 30, 60, 90),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Does one step; many cannot be done where they fall, which is no matter. */
function change(root: string, { what, folder, to, name, text }: Step): void {
  const blueprints = join(root, 'project', 'blueprints');
  const at = join(blueprints, folder);
  const file = join(at, name);
  try {
    if (what === 'new') mkdirSync(at, { recursive: true });
    if (what === 'new' || what === 'write') writeFileSync(file, text);
    if (what === 'save') writeFileSync(join(at, '.saved'), text);
    if (what === 'save') renameSync(join(at, '.saved'), file);
    if (what === 'remove') rmSync(folder === '' ? file : at, { recursive: true });
    if (what === 'move') renameSync(at, join(blueprints, to));
    if (what === 'link') rmSync(join(at, 'link.yaml'), { force: true });
    if (what === 'link') symlinkSync(join(root, 'target'), join(at, 'link.yaml'));
    if (what === 'target') unlinkSync(join(root, 'target'));
    if (what === 'target') writeFileSync(join(root, 'target'), text);
    if (what === 'replace') renameSync(join(root, 'project'), join(root, `before-${performance.now()}`));
    if (what === 'replace') mkdirSync(blueprints, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** All blueprints below a folder, with their text. */
function contents(folder: string): string {
  const lines: string[] = [];
  const walk = (at: string): void => {
    for (const item of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, item.name);
      if (item.isDirectory() && !isHidden(item.name)) walk(path);
      else if (isBlueprintName(item.name)) lines.push(`${path}: ${textOf(path)}`);
    }
  };
  walk(folder);
  return lines.sort().join('\n');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'unreadable';
  }
}

test('no change is lost', async () => {
  const root = temporaryFolder();
  const blueprints = join(root, 'project', 'blueprints');
  mkdirSync(blueprints, { recursive: true });
  let read = contents(blueprints);
  const changed = () => {
    read = contents(blueprints);
  };
  const seen = await observe({ blueprints: [blueprints] }, { changed });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      for (const one of steps) {
        change(root, one);
        if (one.pause > 0) await sleep(one.pause);
      }
      await until(() => read === contents(blueprints));
    }),
    { numRuns: 25, endOnFailure: true },
  );
  expect(seen.problems).toEqual([]);
});
