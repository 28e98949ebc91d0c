/** Names, events and surveys in, what they mean for the watched paths out. */
import { describe, expect, test } from 'vitest';
import { isNetworkType } from '../../src/watch/files-native.js';
import {
  differences,
  type Folder,
  isBlueprintName,
  isIgnored,
  meaningOf,
  type Survey,
} from '../../src/watch/files-rules.js';

function place(id: string, trees: string[], names: Record<string, string[]> = {}): Folder {
  const entries = Object.entries(names).map(([name, labels]) => [name, new Set(labels)] as const);
  return { id, trees: new Set(trees), names: new Map(entries) };
}

function surveyOf(folders: Record<string, Folder>, rest: Partial<Survey> = {}): Survey {
  return {
    folders: new Map(Object.entries(folders)),
    ways: new Map(),
    special: new Set(),
    ignored: new Set(),
    ...rest,
  };
}

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

describe('an event', () => {
  const survey = surveyOf(
    {
      '/data/v1': place('1', ['/bp']),
      '/srv': place('2', [], { 'asbuilt.yaml': ['/srv/asbuilt.yaml'], '..data': ['/srv/a', '/srv/b'] }),
    },
    { special: new Set(['/data/v1/teams']), ignored: new Set(['/bp/mine']) },
  );
  const meaning = (folder: string, name: string | null, type = 'rename') =>
    meaningOf({ folder, name, type }, survey);

  test('of a blueprint names it as the user does', () => {
    expect(meaning('/data/v1', 'staff.yaml', 'change').changed).toEqual(['/bp/staff.yaml']);
    expect(meaning('/data/v1', 'staff.yaml', 'change').doubtful).toBeUndefined();
    expect(meaning('/data/v1', 'staff.yaml').doubtful?.path).toBe('/data/v1/staff.yaml');
  });

  test('of another name is none, but it may be a folder', () => {
    const unknown = meaning('/data/v1', 'unknown');
    expect(unknown.changed).toEqual([]);
    expect(unknown.doubtful).toEqual({ path: '/data/v1/unknown', shown: ['/bp/unknown'] });
    expect(meaning('/data/v1', 'notes.txt', 'change')).toEqual({ changed: [], gone: false });
    expect(meaning('/data/v1', 'teams', 'change').doubtful?.shown).toEqual(['/bp/teams']);
    expect(meaning('/data/v1', '.git')).toEqual({ changed: [], gone: false });
    expect(meaning('/data/v1', 'mine').doubtful).toBeUndefined();
  });

  test('of a link names all that hangs on it; of its neighbours nothing', () => {
    expect(meaning('/srv', '..data').changed).toEqual(['/srv/a', '/srv/b']);
    expect(meaning('/srv', '..data_tmp')).toEqual({ changed: [], gone: false });
    expect(meaning('/srv', 'staff.yaml')).toEqual({ changed: [], gone: false });
    expect(meaning('/elsewhere', 'staff.yaml')).toEqual({ changed: [], gone: false });
  });

  test('of the folder itself, or without a name, casts doubt on all of it', () => {
    expect(meaning('/data/v1', 'v1')).toEqual({
      changed: [],
      doubtful: { path: '/data/v1', shown: ['/bp'] },
      gone: true,
    });
    expect(meaning('/srv', null).changed).toEqual(['/srv/asbuilt.yaml', '/srv/a', '/srv/b']);
  });
});

test('two surveys differ in the folders and files that came, went or changed', () => {
  const before = surveyOf(
    { '/a': place('1', ['/a']), '/b': place('2', ['/b']), '/c': place('3', [], { x: ['/c/x'] }) },
    {
      states: new Map([
        ['/a/1.yaml', 's1'],
        ['/a/2.yaml', 's2'],
        ['/a/3.yaml', 's3'],
      ]),
    },
  );
  const after = surveyOf(
    { '/a': place('1', ['/a']), '/c': place('4', [], { x: ['/c/x'] }), '/d': place('5', ['/d']) },
    {
      states: new Map([
        ['/a/1.yaml', 's1'],
        ['/a/2.yaml', 'other'],
        ['/a/4.yaml', 's4'],
      ]),
    },
  );
  expect([...differences(before, after)].sort()).toEqual([
    '/a/2.yaml',
    '/a/3.yaml',
    '/a/4.yaml',
    '/b',
    '/c/x',
    '/d',
  ]);
  expect(differences(after, after).size).toBe(0);
});

test('network mounts are known by their number, also where it comes signed', () => {
  expect([0x6969, 0xff534d42, 0xff534d42 | 0].map(isNetworkType)).toEqual([true, true, true]);
  expect([0xef53, 0x01021994, 0x794c7630].map(isNetworkType)).toEqual([false, false, false]);
});
