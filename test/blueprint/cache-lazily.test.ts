/** Trees that were kept in, the same nodes out when they are made on demand, in whatever order somebody looks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import { openCache } from '../../src/blueprint/cache.js';
import { treeOf } from '../../src/blueprint/cache-read.js';
import { keptTree } from '../../src/blueprint/cache-write.js';
import { readingOf } from '../../src/blueprint/chunk-reading.js';
import { MapNode, type Node, SequenceNode } from '../../src/blueprint/node.js';
import { ReadMemory } from '../../src/blueprint/read-memory.js';
import { resolve } from '../../src/blueprint/resolve.js';
import { readYaml } from '../../src/blueprint/yaml.js';
import { nothingLive } from '../../src/live.js';
import { Ref } from '../../src/model.js';
import { validTexts } from '../hostile.js';
import { blueprintFile } from './chunk-documents.js';

/** A tree with nothing lazy in it. `turn` says from which end to look into a map of so many pairs. */
function whole(node: Node, turn: (size: number) => boolean = () => false): Node {
  const { start, end, tag, dynamic } = node;
  if (node.type === 'scalar') return node;
  if (node.type === 'sequence')
    return new SequenceNode(
      start,
      end,
      tag,
      dynamic,
      node.items.map((one) => whole(one, turn)),
    );
  const numbers = node.pairs.map((_, at) => at);
  if (turn(numbers.length)) numbers.reverse();
  const pairs = new Array(numbers.length);
  for (const at of numbers) {
    // Asked for anew each time, as the pairs may have been forgotten below.
    const { key, value } = node.pairs[at]!;
    pairs[at] = { key, value: whole(value, turn) };
  }
  return new MapNode(start, end, tag, dynamic, pairs, node.set);
}

/** How many maps of a file's tree are lazy; they must hold what those of the usual tree hold. */
function lazyMaps(text: string): number {
  const source = { path: 'test.yaml', text, named: true };
  const memory = new ReadMemory();
  let count = 0;
  memory.read(source, {
    has: () => false,
    get: () => undefined,
    put: (_, yaml) => {
      const kept = keptTree(yaml);
      if (!kept) return;
      const usual = treeOf(kept, source).tree.root!;
      const { root } = treeOf(kept, source, true).tree;
      expect(whole(root!)).toStrictEqual(usual);
      expect(whole(root!, (size) => size % 2 === 0)).toStrictEqual(usual);
      expect(whole(root!, () => true)).toStrictEqual(usual);
      const visit = (node: Node): void => {
        if (node.type === 'map' && !(node instanceof MapNode)) count++;
        if (node.type === 'sequence') node.items.forEach(visit);
        if (node.type === 'map') for (const pair of node.pairs) visit(pair.value);
      };
      visit(root!);
    },
  });
  return count;
}

describe('a tree that is made on demand is the tree that was kept', () => {
  test('for blueprints of this repository and generated ones', () => {
    let lazy = 0;
    for (const text of validTexts()) lazy += lazyMaps(text);
    for (const { text } of generate({ users: 300 })) lazy += lazyMaps(text);
    expect(lazy).toBeGreaterThan(300);
  });

  test('for files in every style', () => {
    let lazy = 0;
    fc.assert(
      fc.property(blueprintFile, (text) => {
        lazy += lazyMaps(text);
      }),
      { numRuns: 300 },
    );
    expect(lazy).toBeGreaterThan(300);
  });

  test('but a map with another tag than !KeyOf is made at once, as what is found out of it is remembered by its nodes', () => {
    const entry = (value: string): string =>
      `  - model: authentik_core.user\n    identifiers: {username: ada}\n    attrs: {name: ${value}}\n`;
    expect(lazyMaps(`version: 1\nentries:\n${entry('Ada')}`)).toBe(4);
    expect(lazyMaps(`version: 1\nentries:\n${entry('!KeyOf x')}`)).toBe(4);
    // The identifiers may wait; the map with the tag and what is around it may not.
    expect(lazyMaps(`version: 1\nentries:\n${entry('!Env X')}`)).toBe(1);
  });
});

test('a long file that comes from the cache means what it means when it is read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'asbuilt-lazily-'));
  try {
    const text = generate({ users: 6000 })
      .map((one) => one.text)
      .find((one) => one.length > 1024 * 1024)!;
    const source = { path: 'people.yaml', text, named: true };
    const cache = openCache(folder);
    const read = readYaml(source);
    cache.put(source, read, true);
    const [usual, kept] = [read, cache.get(source)!].map((yaml) => {
      const { blueprint, diagnostics } = readingOf(source, yaml);
      const resolved = resolve({
        blueprints: [blueprint!],
        live: nothingLive,
        owned: new Map(),
        contexts: [],
        environment: { env: () => undefined, file: () => undefined, allows: () => true },
        offline: true,
      });
      const found = [...diagnostics, ...resolved.diagnostics].map(({ code, message }) => [code, message]);
      const named = (_: string, value: unknown) => (value instanceof Ref ? value.address : value);
      const desired = resolved.desired.map(({ ref, attributes, place, places }) =>
        JSON.stringify(
          [
            ref.address,
            attributes,
            place.offset,
            Object.entries(places).map(([name, at]) => [name, at.offset]),
          ],
          named,
        ),
      );
      return { found, desired, nodes: blueprint!.entries.map(({ node }) => whole(node)) };
    });
    expect(kept!.desired.length).toBeGreaterThan(6000);
    expect(kept!.desired).toEqual(usual!.desired);
    expect(kept!.found).toEqual(usual!.found);
    expect(kept!.nodes).toStrictEqual(usual!.nodes.map((node) => whole(node)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
