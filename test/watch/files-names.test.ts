/** Which names matter to a watch of files, and which mounts give no events. */
import { describe, expect, test } from 'vitest';
import { isBlueprintName, isIgnored } from '../../src/watch/files-names.js';
import { isNetworkType } from '../../src/watch/files-network.js';

describe('a name in a folder of blueprints', () => {
  test.each(['staff.yaml', 'wrong.yml', 'a b.yaml', 'backup~.yaml', '4913.yaml'])('%s is one', (name) => {
    expect(isBlueprintName(name)).toBe(true);
  });

  test.each([
    'asbuilt.yaml',
    '.staff.yaml',
    '.staff.yaml.swp',
    '.#staff.yaml',
    '#staff.yaml#',
    'staff.yaml~',
    'staff.yaml.tmp.1234',
    'staff.yaml___jb_tmp___',
    '4913',
    '..data',
    'yaml',
    '.yaml',
  ])('%s is none', (name) => {
    expect(isBlueprintName(name)).toBe(false);
  });
});

test('what is ignored is ignored with everything below, and nothing beside', () => {
  const ignored = new Set(['/srv/.asbuilt', '/srv/directory.db']);
  const is = (path: string): boolean => isIgnored(path, ignored);
  expect(['/srv/.asbuilt', '/srv/.asbuilt/a/b', '/srv/directory.db'].map(is)).toEqual([true, true, true]);
  expect(['/srv', '/srv/.asbuilt2', '/srv/directory.db-wal', '/'].map(is)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('network mounts are known by their number, also where it comes signed', () => {
  expect([0x6969, 0xff534d42, 0xff534d42 | 0].map(isNetworkType)).toEqual([true, true, true]);
  expect([0xef53, 0x01021994, 0x794c7630].map(isNetworkType)).toEqual([false, false, false]);
});
