import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { percentFormat } from '../../src/tags/format.js';
import { JsonError, parsePythonJson } from '../../src/tags/parse-json.js';
import {
  alwaysMerge,
  isEqual,
  isTrue,
  keyIn,
  PythonError,
  pythonRepr,
  pythonStr,
  strip,
} from '../../src/tags/python.js';
import { type TagValue, Uuid, YamlSet } from '../../src/tags/values.js';
import { YamlBytes, YamlDate, YamlFloat } from '../../src/yaml/node.js';
import { resolveScalar, ScalarProblem } from '../../src/yaml/scalars.js';

/** What `python-vectors.py` wrote: the results of a real Python. */
interface Outcome {
  value?: unknown;
  error?: string;
  message?: string;
}
const vectors = JSON.parse(readFileSync(new URL('./python-vectors.json', import.meta.url), 'utf8')) as {
  formats: (Outcome & { format: string; values: unknown[] })[];
  reprs: { value: unknown; repr: string; str: string; truth: boolean }[];
  plain: (Outcome & { text: string })[];
  tagged: (Outcome & { tag: string; text: string })[];
  json: (Outcome & { text: string })[];
  strip: { text: string; value: string }[];
};

function unmark(marked: unknown): TagValue {
  if (Array.isArray(marked)) return marked.map(unmark);
  if (marked === null || typeof marked !== 'object') return marked as TagValue;
  const [name, content] = Object.entries(marked)[0] as [string, never];
  switch (name) {
    case '$int':
      return BigInt(content);
    case '$float':
      return new YamlFloat(Number(String(content).replace('inf', 'Infinity')));
    case '$bytes':
      return new YamlBytes(Buffer.from(content, 'hex').toString('base64'));
    case '$date':
      return new YamlDate('date', content);
    case '$datetime':
      return new YamlDate('datetime', content);
    case '$uuid':
      return new Uuid(content);
    case '$set':
      return new YamlSet((content as unknown[]).map(unmark));
    default:
      return new Map((content as [unknown, unknown][]).map(([key, value]) => [unmark(key), unmark(value)]));
  }
}

const noTags = () => '';

/** Equal values have equal reprs, and `nan` too, which does not equal itself. */
function expectSame(actual: TagValue, expected: unknown, what: string): void {
  expect(pythonRepr(actual, noTags), what).toBe(pythonRepr(unmark(expected), noTags));
}

function attempt(work: () => TagValue): Outcome {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof PythonError) return { error: error.exception, message: error.message };
    if (error instanceof JsonError) return { error: 'JSONDecodeError', message: error.message };
    throw error;
  }
}

describe('as a real Python does', () => {
  test('a format with arguments gives the same text or the same exception', () => {
    for (const { format, values, value, error, message } of vectors.formats) {
      const actual = attempt(() => percentFormat(format, values.map(unmark), noTags));
      expect(actual, JSON.stringify({ format, values })).toEqual(error ? { error, message } : { value });
    }
  });

  test('str, repr and truth are the same', () => {
    for (const { value, repr, str, truth } of vectors.reprs) {
      expect(pythonRepr(unmark(value), noTags)).toBe(repr);
      expect(pythonStr(unmark(value), noTags)).toBe(str);
      expect(isTrue(unmark(value)), repr).toBe(truth);
    }
  });

  test('JSON texts are read the same, with the same messages where they are none', () => {
    for (const { text, value, error, message } of vectors.json) {
      const actual = attempt(() => parsePythonJson(text));
      if (error) expect(actual, text).toEqual({ error, message });
      else expectSame(actual.value as TagValue, value, text);
    }
  });

  test('strip takes away the same characters', () => {
    for (const { text, value } of vectors.strip) expect(strip(text), JSON.stringify(text)).toBe(value);
  });

  test('plain scalars get the values that PyYAML gives them', () => {
    for (const { text, value, error } of vectors.plain) {
      const actual = resolveScalar(text, true);
      if (error) expect(actual, text).toBeInstanceOf(ScalarProblem);
      else expectSame(actual as TagValue, value, text);
    }
  });

  test('scalars with a tag of YAML get the values that PyYAML gives them', () => {
    for (const { tag, text, value, error } of vectors.tagged) {
      const actual = resolveScalar(text, false, `tag:yaml.org,2002:${tag}`);
      if (error) expect(actual, `!!${tag} ${text}`).toBeInstanceOf(ScalarProblem);
      else expectSame(actual as TagValue, value, `!!${tag} ${text}`);
    }
  });
});

describe('equality and merging', () => {
  test('numbers and booleans are equal by value, text never equals a number', () => {
    expect(isEqual(1, true)).toBe(true);
    expect(isEqual(1, new YamlFloat(1))).toBe(true);
    expect(isEqual(2n ** 60n, 2 ** 60)).toBe(true);
    expect(isEqual(1, '1')).toBe(false);
    expect(isEqual([1, new Map([['a', 0]])], [true, new Map([['a', false]])])).toBe(true);
    expect(isEqual(new Uuid('a'), 'a')).toBe(false);
  });

  test('a map is looked up with any key that is equal', () => {
    const map = new Map<TagValue, TagValue>([
      [true, 'yes'],
      ['1', 'text'],
    ]);
    expect(keyIn(map, 1)).toBe(true);
    expect(keyIn(map, new YamlFloat(1))).toBe(true);
    expect(keyIn(map, '1')).toBe('1');
    expect(keyIn(map, 2)).toBeUndefined();
  });

  test('merging concatenates lists, merges maps and otherwise takes the later, changing neither side', () => {
    const inner = new Map<TagValue, TagValue>([
      ['list', [1]],
      ['kept', 1],
    ]);
    const base = new Map<TagValue, TagValue>([
      ['a', inner],
      ['b', [1]],
    ]);
    const next = new Map<TagValue, TagValue>([
      ['a', new Map<TagValue, TagValue>([['list', [2]]])],
      ['b', null],
      ['c', 3],
    ]);
    const merged = alwaysMerge(base, next);
    expect(pythonRepr(merged, noTags)).toBe("{'a': {'list': [1, 2], 'kept': 1}, 'b': None, 'c': 3}");
    expect(pythonRepr(base, noTags)).toBe("{'a': {'list': [1], 'kept': 1}, 'b': [1]}");
  });
});
