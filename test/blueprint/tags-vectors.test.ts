import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.js';
import type { Json } from '../../src/model/model.js';
import { evaluate, mergeContext, tagDiagnostic } from '../../src/tags/evaluate.js';
import { checkTags } from '../../src/tags/forms.js';
import { isEqual, pythonRepr, typeName } from '../../src/tags/python.js';
import { rawValue } from '../../src/tags/raw.js';
import { toValue } from '../../src/tags/results.js';
import type { FindPair, TagScope } from '../../src/tags/scope.js';
import {
  inside,
  TagError,
  type TagValue,
  UnresolvedTag,
  Uuid,
  untraced,
  YamlSet,
} from '../../src/tags/values.js';
import { YamlBytes, YamlDate, YamlFloat } from '../../src/yaml/node.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

/** Tags and what authentik makes of them, in a file that does not belong to the repository. */
interface Vectors {
  context_yaml: string;
  env: Record<string, string | null>;
  files: Record<string, string>;
  store: Record<string, Record<string, Json>[] | string>;
  entries: Record<string, unknown>;
  vectors: Vector[];
}
interface Vector {
  group: string;
  yaml: string;
  inst?: Record<string, unknown>;
  entry_model?: string;
  result: { value?: unknown; entry_invalid?: string; uncaught?: string; parse_error?: string };
}

const path = process.env.TAG_VECTORS ?? new URL('../../../shared/facts/tag-vectors.json', import.meta.url);
const vectors =
  process.env.TAG_VECTORS || existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Vectors)
    : undefined;

describe('as authentik evaluates them', () => {
  test.skipIf(!vectors)(
    'there are vectors (in TAG_VECTORS or ../shared/facts/tag-vectors.json; skipped without)',
    () => {
      expect(vectors!.vectors.length).toBeGreaterThan(0);
    },
  );
  for (const vector of vectors?.vectors ?? []) {
    const { group, yaml, inst, entry_model, result } = vector;
    const notes = [inst && `with ${JSON.stringify(inst)}`, entry_model && `in ${entry_model}`].filter(
      Boolean,
    );
    const outcome = 'value' in result ? JSON.stringify(result.value) : Object.keys(result)[0];
    test(`${group}: ${yaml} ${notes.join(' ')} → ${outcome}`, () => check(vector, vectors!));
  }
});

function check(vector: Vector, all: Vectors): void {
  const source = { path: 'vector.yaml', text: vector.yaml };
  const { tree, diagnostics } = readYaml(source);
  const problems: Diagnostic[] = [...diagnostics, ...checkTags(tree.root, source)];
  let value: TagValue | undefined;
  if (tree.root) {
    try {
      value = evaluate(tree.root, scopeOf(vector, all));
      toValue(value, tree.root, { source, json: true, report: (one) => problems.push(one) });
    } catch (error) {
      if (!(error instanceof TagError)) throw error;
      problems.push(tagDiagnostic(error, source));
    }
  }
  const refused = problems.some(({ severity, place }) => severity === 'error' && place);
  const expected = vector.result.value;
  // Tuples come from `!!omap` and `!!pairs`, which blueprints may not use.
  if (!('value' in vector.result) || JSON.stringify(expected).includes('"$tuple"')) {
    expect(refused).toBe(true);
    return;
  }
  expect(value, problems.map(({ message }) => message).join('; ')).toBeDefined();
  expectValue(value!, expected);
  if (JSON.stringify(expected).includes('"$unresolved_tag"')) {
    expect(problems.some(({ code }) => code === 'tag-unresolved')).toBe(true);
  }
}

function scopeOf(vector: Vector, all: Vectors): TagScope {
  const contextSource = { path: 'context.yaml', text: all.context_yaml };
  const context = readYaml(contextSource);
  const instance = readYaml({ path: 'instance.json', text: JSON.stringify(vector.inst ?? {}) });
  const find = (model: string, pairs: readonly FindPair[], node: TagError['node']) => {
    const rows = Object.entries(all.store).find(([name]) => name.toLowerCase() === model.toLowerCase())?.[1];
    if (rows === undefined) throw new TagError('entry_invalid', 'unknown-kind', `no model ${model}`, node);
    if (typeof rows === 'string') return rows;
    for (const [field] of pairs) {
      if (rows.some((row) => Object.hasOwn(row, field))) continue;
      throw new TagError('uncaught', 'unknown-attribute', `${model} has no ${field}`, node, {
        exception: 'FieldError',
      });
    }
    return rows.find((row) =>
      pairs.every(([field, value]) => isEqual(row[field] as TagValue, untraced(value))),
    );
  };
  return {
    source: { path: 'vector.yaml', text: vector.yaml },
    context: mergeContext([rawValue(context.tree.root!), rawValue(instance.tree.root!)]),
    env: (name) => all.env[name] ?? undefined,
    file(name) {
      const content = Object.hasOwn(all.files, name) ? all.files[name]! : undefined;
      return content === 'invalid utf-8 bytes' ? Uint8Array.of(0xff, 0xfe, 0x41) : content;
    },
    keyOf(id, node) {
      const entry = all.entries[id];
      if (typeof entry === 'object' && entry !== null && 'pk' in entry) {
        const binding = vector.entry_model?.toLowerCase() === 'authentik_policies.policybinding';
        return idValue(binding && 'pbm_uuid' in entry ? entry.pbm_uuid : entry.pk);
      }
      const named = typeof entry === 'string' ? /^(\w+) (\w+)$/.exec(entry) : null;
      const row =
        named &&
        Object.entries(all.store).flatMap(([kind, rows]) =>
          kind.endsWith(`.${named[1]}`) && Array.isArray(rows)
            ? rows.filter(({ name }) => name === named[2])
            : [],
        )[0];
      if (!row) throw new TagError('entry_invalid', 'unknown-id', `no entry ${id} has an object`, node);
      return idValue(row.pk);
    },
    find(model, pairs, node) {
      const row = find(model, pairs, node);
      return typeof row === 'object' ? idValue(row.pk) : null;
    },
    findObject(model, pairs, node) {
      const row = find(model, pairs, node);
      if (typeof row === 'string')
        throw new TagError('entry_invalid', 'tag-value', `${model} has no API form`, node);
      return row
        ? new Map<TagValue, TagValue>(Object.entries(row).map(([key, value]) => [key, value as string]))
        : null;
    },
  };
}

function idValue(id: unknown): TagValue {
  return typeof id === 'string' && id.length === 36 ? new Uuid(id) : (id as TagValue);
}

function expectValue(actual: TagValue, expected: unknown): void {
  const plain = untraced(actual);
  if (Array.isArray(expected)) {
    expect(Array.isArray(plain)).toBe(true);
    const items = plain as TagValue[];
    expect(items).toHaveLength(expected.length);
    for (const [at, item] of expected.entries()) expectValue(items[at]!, item);
  } else if (expected === null || typeof expected !== 'object') {
    if (plain instanceof YamlFloat) expect(plain.value).toBe(expected);
    else if (typeof plain === 'bigint') expect(Number(plain)).toBe(expected);
    else expect(plain).toBe(expected);
  } else {
    expectMarked(plain, expected as Record<string, unknown>);
  }
}

function expectMarked(plain: TagValue, expected: Record<string, unknown>): void {
  if ('$unresolved_tag' in expected) {
    expect(plain).toBeInstanceOf(UnresolvedTag);
    expect((plain as UnresolvedTag).node.tag).toBe(expected.$unresolved_tag);
  } else if ('$uuid' in expected) {
    expect(plain).toEqual(new Uuid(expected.$uuid as string));
  } else if ('$float' in expected) {
    expect(plain).toBeInstanceOf(YamlFloat);
    expect(pythonRepr(plain, String)).toBe(expected.$float);
  } else if ('$py' in expected) {
    expect([YamlDate, YamlBytes, YamlSet].some((type) => plain instanceof type)).toBe(true);
    expect(typeName(plain).replace('datetime.', '')).toBe(expected.$py);
    // The order of a set is Python's own affair.
    const letters = (text: string) => [...text].sort().join('');
    expect(letters(pythonRepr(plain, String))).toBe(letters(expected.repr as string));
  } else {
    expect(plain).toBeInstanceOf(Map);
    const map = new Map([...(plain as Map<TagValue, TagValue>)].map(([key, value]) => [jsonKey(key), value]));
    expect([...map.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [key, value] of Object.entries(expected)) expectValue(map.get(key)!, value);
  }
}

/** A key as Python's `json.dumps` writes it. */
function jsonKey(key: TagValue): string {
  if (typeof key === 'string') return key;
  return typeof key === 'boolean' || key === null ? String(key) : pythonRepr(key, String);
}

test('the reader of vectors sees values below values', () => {
  expect([...inside([1, new Map([['a', [2]]])])]).toHaveLength(6);
});
