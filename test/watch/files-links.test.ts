/** Links and mounted volumes: what is behind them changes, and where they lead. */
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aWhile, mountVolume, type Observed, observe, temporaryFolder, write } from './files-support.js';

/** Gives a mounted volume other contents, as the kubelet does: one rename puts all of it in place. */
function swapVolume(
  folder: string,
  from: string | undefined,
  to: string,
  files: Record<string, string>,
): void {
  for (const [name, text] of Object.entries(files)) write(join(folder, to, name), text);
  symlinkSync(to, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  if (from !== undefined) rmSync(join(folder, from), { recursive: true });
}

/** Swaps twice, because after the first time other folders have to be watched; each time one call has to come. */
async function swapTwice(seen: Observed, folder: string, name: string): Promise<void> {
  const contents = { [name]: 'users: {}\n' };
  swapVolume(folder, '..2024_1', '..2024_2', contents);
  await seen.called(1);
  await aWhile();
  expect(seen.calls).toHaveLength(1);
  swapVolume(folder, '..2024_2', '..2024_3', contents);
  await seen.called(2);
  await aWhile();
  expect(seen.calls).toHaveLength(2);
  // The link alone tells, too.
  swapVolume(folder, undefined, '..2024_4', contents);
  await seen.called(3);
}

describe.each([
  ['events of the system', undefined],
  ['polling', 60],
])('by %s', (_, poll) => {
  test('new contents of a mounted volume that is the folder of blueprints are one trigger', async () => {
    const volume = join(temporaryFolder(), 'volume');
    mountVolume(volume, '..2024_1', { 'staff.yaml': 'version: 1\n' });
    const seen = await observe({ blueprints: [volume] }, { poll });
    await swapTwice(seen, volume, 'staff.yaml');
    expect(seen.paths()).toEqual([join(volume, 'staff.yaml')]);
  });

  test('and so are those of one inside the folder of blueprints', async () => {
    const blueprints = temporaryFolder();
    write(join(blueprints, 'other.yaml'));
    mountVolume(join(blueprints, 'volume'), '..2024_1', { 'staff.yaml': 'version: 1\n' });
    const seen = await observe({ blueprints: [blueprints] }, { poll });
    await swapTwice(seen, join(blueprints, 'volume'), 'staff.yaml');
    expect(seen.paths()).toEqual([join(blueprints, 'volume', 'staff.yaml')]);
  });

  test('and those of a mounted Secret that holds a target of !File', async () => {
    const folder = temporaryFolder();
    const secret = join(folder, 'secret');
    const token = join(secret, 'token');
    mountVolume(secret, '..2024_1', { token: 'first', other: 'x' });
    const seen = await observe({ blueprints: [join(folder, 'none')], files: [token] }, { poll });
    await swapTwice(seen, secret, 'token');
    expect(seen.paths()).toEqual([token]);
  });

  test('a folder of blueprints that is itself a link into a mounted volume', async () => {
    const volume = temporaryFolder();
    write(join(volume, '..2024_1', 'blueprints', 'staff.yaml'));
    symlinkSync('..2024_1', join(volume, '..data'));
    symlinkSync('..data/blueprints', join(volume, 'blueprints'));
    const seen = await observe({ blueprints: [join(volume, 'blueprints')] }, { poll });
    await swapTwice(seen, volume, 'blueprints/staff.yaml');
    expect(seen.paths()).toContain(join(volume, 'blueprints'));
  });

  test('a link to a folder: changes below it, and another target', async () => {
    const folder = temporaryFolder();
    const blueprints = join(folder, 'blueprints');
    write(join(folder, 'one', 'staff.yaml'));
    write(join(folder, 'two', 'staff.yaml'));
    symlinkSync('one', blueprints);
    const seen = await observe({ blueprints: [blueprints] }, { poll });
    appendFileSync(join(folder, 'one', 'staff.yaml'), '# more\n');
    await seen.called(1);
    expect(seen.calls[0]).toEqual(new Set([join(blueprints, 'staff.yaml')]));
    unlinkSync(blueprints);
    symlinkSync(join(folder, 'two'), blueprints);
    await seen.called(2);
    await aWhile();
    const before = seen.calls.length;
    appendFileSync(join(folder, 'one', 'staff.yaml'), '# nobody reads this now\n');
    await aWhile();
    expect(seen.calls).toHaveLength(before);
    appendFileSync(join(folder, 'two', 'staff.yaml'), '# more\n');
    await seen.called(before + 1);
    expect(seen.calls.at(-1)).toEqual(new Set([join(blueprints, 'staff.yaml')]));
  });

  test('a link to a file: the file changes, it is replaced, the link leads nowhere, in a circle, and back', async () => {
    const folder = temporaryFolder();
    const blueprints = join(folder, 'blueprints');
    const target = join(folder, 'shared', 'staff.yaml');
    const link = join(blueprints, 'staff.yaml');
    write(target);
    mkdirSync(blueprints);
    symlinkSync('../shared/staff.yaml', link);
    const seen = await observe({ blueprints: [blueprints] }, { poll });
    const steps = [
      () => writeFileSync(target, 'users: {}\n'),
      () => {
        write(join(folder, 'next.yaml'), 'groups: {}\n');
        renameSync(join(folder, 'next.yaml'), target);
      },
      () => rmSync(join(folder, 'shared'), { recursive: true }),
      () => write(target),
      () => {
        unlinkSync(link);
        symlinkSync('staff.yaml', link);
      },
      () => {
        unlinkSync(link);
        symlinkSync(target, link);
      },
      () => writeFileSync(target, 'roles: {}\n'),
    ];
    for (const step of steps) {
      const before = seen.calls.length;
      step();
      await seen.called(before + 1);
      expect(seen.calls[before]).toContain(link);
      await aWhile();
    }
  });
});

test('paths that are ignored stay so when they are reached through a link', async () => {
  const folder = temporaryFolder();
  const shown = join(folder, 'shown');
  write(join(folder, 'real', 'mine', 'a.yaml'));
  symlinkSync('real', shown);
  const seen = await observe({ blueprints: [shown], ignored: [join(shown, 'mine'), join(shown, 'b.yaml')] });
  appendFileSync(join(folder, 'real', 'mine', 'a.yaml'), '# more\n');
  write(join(folder, 'real', 'b.yaml'));
  await aWhile();
  expect(seen.calls).toEqual([]);
  write(join(folder, 'real', 'c.yaml'));
  await seen.called(1);
  expect(seen.paths()).toEqual([join(shown, 'c.yaml')]);
});
