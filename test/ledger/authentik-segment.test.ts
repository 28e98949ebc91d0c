/** The log's form: any changes read back, however they are cut, merged, overlapped or half written. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Changes,
  chainOf,
  commitAfter,
  decodedName,
  encodedName,
  headName,
  instancesOf,
  mergeable,
  merged,
  overlaid,
  pack,
  partSize,
  type Segment,
  type StoredInstance,
  type StoredSegment,
  segmentsIn,
  unpack,
} from '../../src/ledger/authentik-segment.js';
import type { Json } from '../../src/model/model.js';

const prefix = 'asbuilt-ledger:p:';
const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const changes: fc.Arbitrary<Changes> = fc
  .array(fc.tuple(keys, fc.oneof(fc.constant(null), fc.nat(), fc.string())), { minLength: 1, maxLength: 4 })
  .map((list) => new Map<string, Json>(list));
const history = fc.array(changes, { minLength: 1, maxLength: 14 });

function commitsOf(all: readonly Changes[]): StoredSegment[] {
  const commits: StoredSegment[] = [];
  for (const [index, one] of all.entries()) {
    const id = `c${index + 1}`;
    commits.push({ ...commitAfter(commits.at(-1), id, one, index + 1), pks: [id] });
  }
  return commits;
}

function stored(segments: readonly Segment[], saved = 0): StoredInstance[] {
  return segments.flatMap((segment) =>
    instancesOf(prefix, segment).map(({ name, context }) => ({ pk: name, name, context, saved })),
  );
}

const valuesOf = (segments: readonly Segment[]) => overlaid(segments.map(({ data }) => unpack(data)));

test('what was packed is unpacked', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue())), (list) => {
      const all = new Map(list as [string, Json][]);
      // JSON itself has no -0.
      expect(unpack(pack(all))).toEqual(new Map(JSON.parse(JSON.stringify([...all]))));
    }),
  );
});

test('commits read back as their changes in order, whatever order a list gives them in', () => {
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.nat()), (all, random) => {
      const shuffled = stored(commitsOf(all))
        .map((one): [number, StoredInstance] => [random.next().value as number, one])
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one);
      const { segments, broken, strays } = segmentsIn(prefix, shuffled);
      const { chain, gap } = chainOf(segments);
      expect([broken, strays, gap]).toEqual([[], [], undefined]);
      expect(valuesOf(chain)).toEqual(overlaid(all));
      expect(chain.at(-1)!.note).toBe(all.length);
    }),
  );
});

test('merging any ranges, overlapping ones too, and deleting what they cover changes nothing', () => {
  const ranges = fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 5 });
  fc.assert(
    fc.property(history, ranges, fc.infiniteStream(fc.boolean()), (all, wanted, coin) => {
      const commits = commitsOf(all);
      let there: StoredSegment[] = [...commits];
      for (const [index, [from, to]] of wanted.entries()) {
        const [low, high] = [Math.min(from, to), Math.max(from, to)];
        const sources = commits.slice(low, high + 1);
        if (sources.length < 2) continue;
        const one = { ...merged(sources, `m${index}`), pks: [`m${index}`] };
        // Each writer deletes what it has merged, or dies before it has deleted all.
        there = there.filter((other) => !sources.includes(other) || coin.next().value === true);
        there.push(one);
      }
      const { chain, gap, covered } = chainOf(segmentsIn(prefix, stored(there)).segments);
      expect(gap).toBeUndefined();
      expect(valuesOf(chain)).toEqual(overlaid(all));
      expect(chain.at(-1)!.head).toBe(commits.at(-1)!.head);
      // What is covered may go.
      const left = there.filter((one) => !covered.some(({ id }) => id === one.id));
      expect(valuesOf(chainOf(left).chain)).toEqual(overlaid(all));
    }),
  );
});

test('a missing generation, and one that does not follow its predecessor, is noticed', () => {
  fc.assert(
    fc.property(fc.array(changes, { minLength: 3, maxLength: 9 }), fc.nat(), (all, pick) => {
      const commits = commitsOf(all);
      const lost = pick % (commits.length - 1);
      expect(chainOf(commits.filter((_, index) => index !== lost)).gap).toBe(lost + 1);
      const forged = commits.map((one, index) => (index === lost + 1 ? { ...one, after: 'other' } : one));
      expect(chainOf(forged).gap).toBe(lost + 2);
    }),
  );
});

test('a segment of several parts counts with its head and not before; a lost part is noticed', () => {
  const big = new Map<string, Json>(
    Array.from({ length: 60_000 }, (_, index) => [`k${index}`, (Math.sin(index) * 1e9).toString(36)]),
  );
  const [first] = commitsOf([new Map([['a', 1]])]);
  const second = commitAfter(first, 'big', big, 2);
  const instances = stored([first!, second]);
  expect(instances.length).toBeGreaterThan(3);
  for (const { context } of instances) expect(JSON.stringify(context).length).toBeLessThan(partSize + 1_000);
  const head = instances.at(-1)!;
  expect(head.name).toBe(headName(prefix, second));
  const half = segmentsIn(prefix, instances.slice(0, -1));
  expect(half.segments.map(({ end }) => end)).toEqual([1]);
  expect(half.strays).toHaveLength(instances.length - 2);
  const whole = segmentsIn(prefix, [...instances].reverse());
  expect(valuesOf(chainOf(whole.segments).chain)).toEqual(new Map([['a', 1 as Json], ...big]));
  const holed = segmentsIn(
    prefix,
    instances.filter((one) => one !== instances[1]),
  );
  expect(holed.broken).toEqual([head.name]);
  // The last by name is always a head.
  expect(
    instances
      .map(({ name }) => name)
      .sort()
      .at(-1),
  ).toBe(head.name);
});

test('every record is rewritten few times, and segments stay few', () => {
  let chain: { data: string; records: number }[] = [];
  let rewritten = 0;
  const count = 4_000;
  for (let index = 0; index < count; index++) {
    chain.push({ data: 'x'.repeat(50), records: 1 });
    const many = mergeable(chain);
    if (many === 0) continue;
    const sources = chain.slice(-many);
    rewritten += sources.reduce((sum, one) => sum + one.records, 0);
    const data = sources.map((one) => one.data).join('');
    chain = [...chain.slice(0, -many), { data, records: sources.reduce((sum, one) => sum + one.records, 0) }];
    expect(chain.length).toBeLessThan(20);
  }
  expect(rewritten / count).toBeLessThan(12);
});

test('names of projects survive, and no two are alike but for their case', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      expect(decodedName(encodedName(one))).toBe(one);
      expect(encodedName(one)).toMatch(/^[a-z0-9._~-]*$/);
      if (one !== other) expect(encodedName(one)).not.toBe(encodedName(other));
    }),
  );
});
