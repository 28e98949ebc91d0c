import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import { openCache } from '../../src/blueprint/cache.js';
import type { KeptTree } from '../../src/blueprint/cache-form.js';
import { treeOf } from '../../src/blueprint/cache-read.js';
import { keptTree } from '../../src/blueprint/cache-write.js';
import { load } from '../../src/blueprint/load.js';
import { readBlueprints } from '../../src/blueprint/read.js';
import { ReadMemory } from '../../src/blueprint/read-memory.js';
import { readWhole, readYaml } from '../../src/blueprint/yaml.js';
import { hostileInputs, validTexts } from '../hostile.js';
import { blueprintFile } from './chunk-documents.js';
import { damaged, document } from './yaml-documents.js';

/** Whether a text's tree can be kept; then it must come back as it was. */
function comesBack(text: string): boolean {
  const source = { path: 'test.yaml', text };
  const read = readYaml(source);
  const kept = keptTree(read);
  if (!kept) return false;
  const { words, ...rest } = kept;
  const again = treeOf({ words, ...(JSON.parse(JSON.stringify(rest)) as Omit<KeptTree, 'words'>) }, source);
  expect(again.tree.root).toStrictEqual(read.tree.root);
  expect(again.diagnostics).toEqual(read.diagnostics);
  expect(again.inChunks).toBe(read.inChunks);
  expect(again.tree.source).toBe(source);
  return true;
}

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));

describe('a tree that was kept comes back as it was', () => {
  test.skipIf(!existsSync(corpus))('for the blueprints that authentik ships (../shared/corpus)', () => {
    for (const name of readdirSync(corpus, { recursive: true, encoding: 'utf8' })) {
      if (/\.ya?ml$/.test(name)) expect(comesBack(readFileSync(join(corpus, name), 'utf8'))).toBe(true);
    }
  });

  test('for blueprints of this repository and generated ones', () => {
    for (const text of validTexts()) expect(comesBack(text)).toBe(true);
    for (const { text } of generate({ users: 1000 })) expect(comesBack(text)).toBe(true);
  });

  test('for hostile texts', () => {
    for (const { bytes } of hostileInputs(100)) if (bytes.length < 50_000) comesBack(bytes.toString());
  });

  test('for files and documents in every style', () => {
    let kept = 0;
    fc.assert(
      fc.property(fc.oneof(blueprintFile, document, damaged(blueprintFile)), (text) => {
        if (comesBack(text)) kept++;
      }),
      { numRuns: 1500 },
    );
    expect(kept).toBeGreaterThan(700);
  });

  test.each([
    [
      'long and distant things',
      `a: ${'x'.repeat(9000)}\n${'#'.repeat(5000)}\n\nb: ["${'y'.repeat(5000)}"]\n`,
    ],
    [
      'more keys than are counted',
      `a: {${Array.from({ length: 6000 }, (_, at) => `k${at}: ${at}`).join(', ')}}\n`,
    ],
    [
      'values of every kind',
      'a: [1, 1.0, 1e3, .nan, 0x1f, 12345678901234567890, yes, ~, 2024-01-01, "1", 010]\n',
    ],
    ['tags and problems', 'a: !Env [x, 1]\nb: !Fnd x\nb: 2\nc: !Find [m, [n, !KeyOf o]]\n'],
  ])('with %s', (_, text) => expect(comesBack(text)).toBe(true));

  test('with one object for what is aliased', () => {
    const source = { path: 'test.yaml', text: 'a: &x {k: [1]}\nb: *x\nc: {<<: *x, l: *x}\n' };
    const { root } = treeOf(keptTree(readWhole(source))!, source).tree;
    if (root?.type !== 'map') throw new Error('a map was written');
    const [a, b, c] = root.pairs.map((pair) => pair.value);
    expect(b).toBe(a);
    if (c?.type !== 'map' || a?.type !== 'map') throw new Error('maps were written');
    expect(c.pairs.map((pair) => pair.value)).toEqual([a.pairs[0]!.value, a]);
    expect(c.pairs[0]!.value).toBe(a.pairs[0]!.value);
  });

  test('but not for a file that cannot be read', () => {
    expect(comesBack('a: [')).toBe(false);
    expect(comesBack('a: !!int "5"')).toBe(false);
  });
});

describe('the cache', () => {
  let folder: string;
  let cached: string;
  const [{ text } = { text: '' }] = generate({ users: 400 });
  const source = { path: 'people.yaml', text };
  const trees = () => readdirSync(cached).filter((name) => name.endsWith('.tree'));
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asbuilt-cache-'));
    cached = join(folder, 'inner', 'cache');
  });
  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true, force: true });
  });

  test('gives another process what one has read, in files for their owner alone', () => {
    const read = readYaml(source);
    expect(openCache(cached).get(source)).toBeUndefined();
    expect(existsSync(cached)).toBe(false);
    openCache(cached).put(source, read, true);
    expect(openCache(cached).get({ ...source })).toEqual({ ...read, isFine: true });
    expect(modeOf(cached)).toBe(0o700);
    expect(readdirSync(cached).length).toBe(2);
    for (const name of readdirSync(cached)) expect(modeOf(join(cached, name))).toBe(0o600);
    expect(readFileSync(join(cached, '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('narrows a folder that others may look into', async () => {
    await mkdir(cached, { recursive: true });
    await chmod(cached, 0o755);
    openCache(cached).put(source, readYaml(source), true);
    expect(modeOf(cached)).toBe(0o700);
  });

  test('knows nothing of another text, and keeps no small file', () => {
    const cache = openCache(cached);
    cache.put(source, readYaml(source), true);
    expect(cache.get({ ...source, text: text.replace('Engineer', 'Director') })).toBeUndefined();
    const small = { path: 'small.yaml', text: 'version: 1\nentries: []\n' };
    cache.put(small, readYaml(small), true);
    expect(cache.get(small)).toBeUndefined();
    expect(trees().length).toBe(1);
  });

  test('ignores what is damaged, and writes it anew', () => {
    const cache = openCache(cached);
    const read = readYaml(source);
    cache.put(source, read, true);
    const path = join(cached, trees()[0]!);
    const whole = readFileSync(path);
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1]! ^= 1;
    for (const bad of [
      Buffer.alloc(0),
      whole.subarray(0, 39),
      whole.subarray(0, -1),
      flipped,
      Buffer.from(text),
    ]) {
      writeFileSync(path, bad);
      expect(cache.get(source)).toBeUndefined();
    }
    cache.put(source, read, true);
    expect(readFileSync(path)).toEqual(whole);
    expect(cache.get(source)).toEqual({ ...read, isFine: true });
  });

  test('does not take one file for another', () => {
    const cache = openCache(cached);
    const other = { path: 'other.yaml', text: `${text}# c\n` };
    cache.put(source, readYaml(source), true);
    const [first] = trees();
    cache.put(other, readYaml(other), true);
    const second = trees().find((name) => name !== first)!;
    writeFileSync(join(cached, second), readFileSync(join(cached, first!)));
    expect(cache.get(other)).toBeUndefined();
    expect(cache.get(source)).toBeDefined();
  });

  test('keeps what was used last when it holds too much, and cleans up after the dead', () => {
    const versions = Array.from({ length: 6 }, (_, at) => ({ path: 'p.yaml', text: `${text}# ${at}\n` }));
    const yaml = versions.map((one) => readYaml(one));
    openCache(cached).put(versions[0]!, yaml[0]!, true);
    const { size } = statSync(join(cached, trees()[0]!));
    const cache = openCache(cached, size * 3.5);
    const age = (name: string, hours: number) =>
      utimesSync(join(cached, name), Date.now() / 1000 - hours * 3600, Date.now() / 1000 - hours * 3600);
    writeFileSync(join(cached, 'a.tree.0123.tmp'), 'half');
    writeFileSync(join(cached, 'b.tree.0123.tmp'), 'half');
    age('a.tree.0123.tmp', 2);
    for (const [at, one] of versions.entries()) {
      const before = new Set(existsSync(cached) ? trees() : []);
      cache.put(one, yaml[at]!, true);
      for (const name of trees()) if (!before.has(name)) age(name, 10 - at);
      if (at > 0) expect(cache.get(versions[0]!)).toBeDefined();
    }
    expect(trees().length).toBe(3);
    expect(versions.map((one) => cache.get(one) !== undefined)).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(readdirSync(cached).filter((name) => name.endsWith('.tmp'))).toEqual(['b.tree.0123.tmp']);
  });

  test('does no harm where it cannot be', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const cache = openCache(join(file, 'cache'));
    cache.put(source, readYaml(source), true);
    expect(cache.get(source)).toBeUndefined();
  });

  test('spares both kinds of reading the parsing, with the same outcome', async () => {
    await writeFile(join(folder, 'people.yaml'), text);
    const cache = openCache(cached);
    let found = 0;
    const counting = {
      ...cache,
      get: (one: typeof source) => {
        const tree = cache.get(one);
        if (tree) found++;
        return tree;
      },
    };
    const read = (memory?: ReadMemory) =>
      load(['people.yaml'], folder).then((loaded) =>
        readBlueprints(loaded, new AbortController().signal, () => {}, { memory, cache: counting }),
      );
    const first = await read();
    expect(found).toBe(0);
    expect(await read()).toEqual(first);
    expect(found).toBe(1);
    const watched = await read(new ReadMemory());
    expect(found).toBe(2);
    expect(watched.blueprints[0]!.entries.map((one) => one.node)).toEqual(
      first.blueprints[0]!.entries.map((one) => one.node),
    );
  });

  test('lets a later run say all that the first one said', async () => {
    const odd = [
      '  - {model: authentik_core.user, identifiers: {usernam: ada}, attrs: {nme: Ada}}',
      '  - {model: authentik_core.user, identifiers: {username: bob}, attrs: {name: !Format x}}',
      '  - {model: authentik_core.group, identifiers: {name: g}, stat: absent}',
      '  - {model: authentik_core.group, identifiers: {name: h}, state: gone}',
      '  - {model: authentik_core.group, id: g1, identifiers: {name: i}}',
    ];
    const files = odd.map((entry, at): [string, string] => [`odd-${at}.yaml`, `${text}${entry}\n`]);
    for (const [name, content] of files) await writeFile(join(folder, name), content);
    const cache = openCache(cached);
    const read = () =>
      load([folder], folder).then((loaded) =>
        readBlueprints(loaded, new AbortController().signal, () => {}, { cache }),
      );
    const first = await read();
    expect(trees().length).toBe(odd.length);
    expect(new Set(first.diagnostics.map(({ place }) => place?.source.path)).size).toBe(odd.length);
    expect((await read()).diagnostics).toEqual(first.diagnostics);
  });

  test('is used by several processes at once', async () => {
    const script = `
      import { openCache } from ${JSON.stringify(new URL('../../src/blueprint/cache.ts', import.meta.url).href)};
      import { readYaml } from ${JSON.stringify(new URL('../../src/blueprint/yaml.ts', import.meta.url).href)};
      import { readFileSync } from 'node:fs';
      const text = readFileSync(${JSON.stringify(join(folder, 'people.yaml'))}, 'utf8');
      for (let round = 0; round < 30; round++) {
        const source = { path: 'p.yaml', text: text + '# ' + (round % 5) };
        const cache = openCache(${JSON.stringify(cached)}, 400_000);
        const known = cache.get(source);
        if (known && known.tree.root.pairs[2].value.items.length !== 418) throw new Error('not what was kept');
        cache.put(source, known ?? readYaml(source), true);
      }`;
    await writeFile(join(folder, 'people.yaml'), text);
    const results = await Promise.all(
      [1, 2].map(
        () =>
          new Promise((done, fail) => {
            const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
              cwd: fileURLToPath(new URL('../..', import.meta.url)),
              stdio: ['ignore', 'ignore', 'pipe'],
            });
            let errors = '';
            child.stderr.on('data', (chunk) => {
              errors += chunk;
            });
            child.on('error', fail);
            child.on('close', (code) => done([code, errors]));
          }),
      ),
    );
    expect(results).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(readdirSync(cached).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(trees().length).toBeGreaterThan(0);
  });
});
