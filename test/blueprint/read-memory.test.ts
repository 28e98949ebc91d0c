import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generate } from '../../scripts/generate.js';
import type { Blueprint, Entry } from '../../src/blueprint/blueprint.js';
import { inFile } from '../../src/blueprint/chunk.js';
import { type FileReading, readingOf } from '../../src/blueprint/chunk-reading.js';
import { load } from '../../src/blueprint/load.js';
import type { Node } from '../../src/blueprint/node.js';
import { readBlueprints } from '../../src/blueprint/read.js';
import { ReadMemory } from '../../src/blueprint/read-memory.js';
import { readYaml } from '../../src/blueprint/yaml.js';
import { placeInFile, positionOf, type Source } from '../../src/source.js';
import { validTexts } from '../hostile.js';
import { blueprintFile } from './chunk-documents.js';
import { damaged } from './yaml-documents.js';

const sourceOf = (text: string) => ({ path: 'test.yaml', text, named: true });

/** Reads a text as the next version of the same file. */
function next(memory: ReadMemory, text: string): FileReading {
  const reading = memory.read(sourceOf(text));
  memory.forgetOthers();
  return reading;
}

/** A node with its places in the file. */
function placed(node: Node, source: Source): unknown {
  const at = (offset: number) => placeInFile({ source, offset }).offset;
  const { start, end, tag, dynamic } = node;
  const common = { type: node.type, start: at(start), end: at(end), tag, dynamic };
  if (node.type === 'scalar') return { ...common, value: node.value, text: node.text, plain: node.plain };
  if (node.type === 'sequence') return { ...common, items: node.items.map((one) => placed(one, source)) };
  const pairs = node.pairs.map(({ key, value }) => [placed(key, source), placed(value, source)]);
  return { ...common, pairs, set: node.set };
}

function placedEntry(entry: Entry): unknown {
  const { source } = entry;
  const of = (node: Node | undefined) => node && placed(node, source);
  return {
    ...entry,
    source: source.path,
    line: positionOf({ source, offset: entry.node.start }).line,
    node: of(entry.node),
    model: of(entry.model),
    state: typeof entry.state === 'string' ? entry.state : of(entry.state),
    identifiers: of(entry.identifiers),
    attributes: of(entry.attributes),
    was: of(entry.was),
    conditions: entry.conditions.map(of),
    permissions: entry.permissions.map((one) => [
      of(one.node),
      of(one.permission),
      of(one.user),
      of(one.role),
    ]),
    facts: entry.facts?.kind,
  };
}

/** All that a reading says, with places in the file. */
function told({ blueprint, diagnostics, silent }: FileReading): unknown {
  const file = blueprint && {
    ...blueprint,
    source: blueprint.source.text,
    context: blueprint.context && placed(blueprint.context, blueprint.source),
    entries: blueprint.entries.map(placedEntry),
  };
  return { file, diagnostics: diagnostics.map(inFile), silent };
}

const fresh = (text: string): FileReading => readingOf(sourceOf(text), readYaml(sourceOf(text)));
const blueprintOf = ({ blueprint }: FileReading): Blueprint => blueprint!;
const people = (users: number): string => generate({ users })[0]!.text;

describe('reading a file again gives what reading it for the first time gives', () => {
  test('for files that change in every way', () => {
    let kept = 0;
    const edit = fc.record({
      what: fc.constantFrom('line', 'gone', 'twice', 'swap', 'head', 'other'),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      other: fc.double({ min: 0, max: 1, noNaN: true }),
      line: fc.constantFrom(
        '',
        '# c',
        '  - model: authentik_core.group',
        '    id: g1',
        '    state: gone',
        'x: 1',
      ),
    });
    const start = fc.oneof(
      blueprintFile,
      fc.constantFrom(...validTexts().filter((text) => text.length < 20_000)),
      fc.constant(people(12)),
    );
    fc.assert(
      fc.property(
        start,
        fc.array(edit, { minLength: 1, maxLength: 5 }),
        damaged(blueprintFile),
        (text, edits, other) => {
          const memory = new ReadMemory();
          let now = text;
          let before = next(memory, now);
          for (const { what, at, other: to, line } of edits) {
            const lines = now.split('\n');
            const from = Math.floor(at * lines.length);
            if (what === 'line') lines.splice(from, 0, line);
            else if (what === 'gone') lines.splice(from, 1 + Math.floor(to * 4));
            else if (what === 'twice') lines.splice(from, 0, ...lines.slice(from, from + 4));
            else if (what === 'swap') lines.push(...lines.splice(from, 1 + Math.floor(to * 4)));
            else if (what === 'head') lines.unshift(line.startsWith(' ') ? '# c' : line);
            now = what === 'other' ? other : lines.join('\n');
            const reading = next(memory, now);
            expect(told(reading)).toStrictEqual(told(fresh(now)));
            const was = new Set(before.blueprint?.entries);
            if (reading !== before)
              for (const entry of reading.blueprint?.entries ?? []) if (was.has(entry)) kept++;
            before = reading;
          }
        },
      ),
      { numRuns: 200 },
    );
    // Were everything read anew each time, nothing would have been compared.
    expect(kept).toBeGreaterThan(200);
  });
});

describe('reading a file again', () => {
  test('gives the same blueprint when nothing changed', () => {
    const memory = new ReadMemory();
    const first = next(memory, people(20));
    expect(next(memory, people(20))).toBe(first);
    expect(blueprintOf(next(memory, `${people(20)}# c\n`))).not.toBe(first.blueprint);
  });

  test('gives the same entries but the one that changed, at their new lines', () => {
    const memory = new ReadMemory();
    const text = people(50);
    const first = blueprintOf(next(memory, text)).entries;
    const edited = text.replace(/(username: \S+\.25\}[\s\S]*?title: )\w+/, '$1Director');
    expect(edited).not.toBe(text);
    const second = blueprintOf(next(memory, edited.replace('entries:', '# one line more\nentries:'))).entries;
    expect(second.length).toBe(first.length);
    const changed = second.filter((entry, at) => entry !== first[at]);
    expect(changed.length).toBe(1);
    const last = second[second.length - 1]!;
    const { line } = positionOf({ source: last.source, offset: last.node.start });
    expect(edited.split('\n')[line - 2]).toContain('- model');
  });

  test('gives the same entries when they change places', () => {
    const memory = new ReadMemory();
    const entry = (id: string) => `  - model: authentik_core.group\n    identifiers: {name: ${id}}\n`;
    const first = blueprintOf(next(memory, `entries:\n${['a', 'b', 'c', 'd'].map(entry).join('')}`)).entries;
    const second = blueprintOf(next(memory, `entries:\n${['d', 'x', 'b', 'a'].map(entry).join('')}`)).entries;
    expect(second.map((one) => first.indexOf(one))).toEqual([3, -1, 1, 0]);
  });

  test('keeps sections and settings that did not change', () => {
    const memory = new ReadMemory();
    const text = 'settings:\n  system: {impersonation: true}\nusers:\n  ada: {name: A}\n  bob: {name: B}\n';
    const first = blueprintOf(next(memory, text)).entries;
    const second = blueprintOf(next(memory, text.replace('name: A', 'name: C'))).entries;
    expect(second.map((one) => first.includes(one))).toEqual([true, false, true]);
  });

  test('goes on from what could be read last when the file was broken or an id stood there twice', () => {
    const memory = new ReadMemory();
    const text = people(50);
    const first = blueprintOf(next(memory, text)).entries;
    expect(next(memory, text.replace('groups: [', 'groups: [[')).blueprint).toBeUndefined();
    const twice = next(memory, text.replace('id: g1\n', 'id: g0\n'));
    expect(twice.diagnostics.map((one) => one.code)).toContain('duplicate-id');
    const again = blueprintOf(next(memory, `${text}# c\n`)).entries;
    expect(again.filter((entry, at) => entry === first[at]).length).toBeGreaterThan(50);
  });

  test('leaves what is gone where it was', () => {
    const memory = new ReadMemory();
    const entry = (name: string) => `  - model: authentik_core.group\n    identifiers: {name: ${name}}\n`;
    const first = blueprintOf(next(memory, `entries:\n${entry('a')}${entry('b')}`)).entries;
    next(memory, `# c\n# c\nentries:\n${entry('x')}${entry('b')}`);
    const lines = first.map(({ source, node }) => positionOf({ source, offset: node.start }).line);
    expect(lines).toEqual([2, 6]);
  });

  test('keeps as much after two thousand edits as after one', () => {
    const memory = new ReadMemory();
    const text = people(100);
    next(memory, text);
    const { size } = memory;
    for (let edit = 0; edit < 2000; edit++) {
      next(
        memory,
        text
          .replace('title: ', `title: Number ${edit} `)
          .replace('entries:', `${'#\n'.repeat(edit % 7)}entries:`),
      );
      expect(memory.size).toBe(size);
    }
    memory.forgetOthers();
    expect(memory.size).toBe(0);
  });
});

describe('a folder read again', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asbuilt-memory-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gives the same blueprints but that of the file that changed, and forgets files that are gone', async () => {
    const memory = new ReadMemory();
    const read = async () =>
      readBlueprints(await load(['.'], folder), new AbortController().signal, () => {}, { memory });
    for (const { name, text } of generate({ users: 60, files: 3 })) await writeFile(join(folder, name), text);
    const first = await read();
    const { size } = memory;
    await writeFile(join(folder, 'people-2.yaml'), 'version: 1\nusers:\n  ada: {}\n');
    await rm(join(folder, 'people-3.yaml'));
    const second = await read();
    expect(second.blueprints.length).toBe(2);
    expect(second.blueprints[0]).toBe(first.blueprints[0]);
    expect(second.blueprints[1]!.entries.length).toBe(1);
    expect(memory.size).toBeLessThan(size / 2);
  });
});
