/** A watch keeps what it read of a file for as long as the file's text stays the same. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import { load } from '../../src/blueprint/load.js';
import { readBlueprints } from '../../src/blueprint/read.js';
import { readMemory } from '../../src/blueprint/read-memory.js';

describe('a folder read again', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asbuilt-memory-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gives the same blueprints but that of the file that changed, and forgets files that are gone', async () => {
    const memory = readMemory();
    const read = async () =>
      readBlueprints(await load(['.'], folder, memory), new AbortController().signal, () => {}, memory);
    const files = generate({ users: 60, files: 3 });
    for (const { name, text } of files) await writeFile(join(folder, name), text);
    const first = await read();
    await writeFile(join(folder, 'people-2.yaml'), 'version: 1\nusers:\n  ada: {}\n');
    await rm(join(folder, 'people-3.yaml'));
    const second = await read();
    expect(second.blueprints.length).toBe(2);
    expect(second.blueprints[0]).toBe(first.blueprints[0]);
    expect(second.blueprints[1]!.entries.length).toBe(1);
    await writeFile(join(folder, 'people-3.yaml'), files[2]!.text);
    const third = await read();
    expect(third.blueprints[2]).toStrictEqual(first.blueprints[2]);
    expect(third.blueprints[2]).not.toBe(first.blueprints[2]);
  });
});
