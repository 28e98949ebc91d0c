/**
 * The form of a ledger's log in authentik: numbered segments that never change once written. A commit is a segment of one
 * generation; several are merged into one that covers them all. Pure: what is stored is read and written elsewhere.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { formatMember, formatVersion } from '../directory/authentik/ledger-instances.js';
import { isMap, type Json } from '../model/model.js';

/** The latest value of each key that a segment touches; null where the key is gone. */
export type Changes = ReadonlyMap<string, Json>;

/** What generations `start` to `end` changed. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** Random; parts beyond the first are named by it. */
  readonly id: string;
  /** Id of the commit of generation `end`. */
  readonly head: string;
  /** Id of the commit before generation `start`; empty for the first. */
  readonly after: string;
  /** Ids of the commits in here, the latest last; of many only the latest. */
  readonly commits: readonly string[];
  /** Carried on from commit to commit: whatever must be known without reading everything. */
  readonly note: Json;
  /** Changes, compressed, in base64. */
  readonly data: string;
}

/** A blueprint instance as far as a log needs it. */
export interface StoredInstance {
  readonly pk: string;
  readonly name: string;
  readonly context: Readonly<Record<string, Json>>;
  /** When the server last saved it, in milliseconds since 1970, by its own clock. */
  readonly saved: number;
}

/** A segment with the keys of the instances that hold it. */
export interface StoredSegment extends Segment {
  readonly pks: readonly string[];
}

/** Characters of data in one instance. authentik took 500 kB of context in 0.2 s; a page of a list holds up to 100 instances. */
export const partSize = 400_000;
/** How many ids of merged commits are kept: more than can be written while one writer waits for one answer. */
const commitsKept = 64;
const digits = 10;

/** Compresses changes to base64. */
export function pack(changes: Changes): string {
  return deflateSync(JSON.stringify([...changes])).toString('base64');
}

/** Reads what `pack` wrote. Throws when it is damaged. */
export function unpack(data: string): Changes {
  return new Map(JSON.parse(inflateSync(Buffer.from(data, 'base64')).toString('utf8')) as [string, Json][]);
}

/** The values after all these changes, the earlier first; keys that are gone are left out. */
export function overlaid(all: Iterable<Changes>): Map<string, Json> {
  const values = new Map<string, Json>();
  for (const changes of all) {
    for (const [key, value] of changes) {
      if (value === null) values.delete(key);
      else values.set(key, value);
    }
  }
  return values;
}

/** A commit that follows `last`. */
export function commitAfter(
  last: Pick<Segment, 'end' | 'head'> | undefined,
  id: string,
  changes: Changes,
  note: Json,
): Segment {
  const generation = (last?.end ?? 0) + 1;
  return {
    start: generation,
    end: generation,
    id,
    head: id,
    after: last?.head ?? '',
    commits: [id],
    note,
    data: pack(changes),
  };
}

/** One segment for several that follow each other. */
export function merged(segments: readonly Segment[], id: string): Segment {
  const [first, last] = [segments[0]!, segments.at(-1)!];
  const changes = new Map<string, Json>();
  for (const { data } of segments) {
    for (const [key, value] of unpack(data)) {
      // Nothing lies before the first segment that would have to be hidden.
      if (value === null && first.start === 1) changes.delete(key);
      else changes.set(key, value);
    }
  }
  return {
    start: first.start,
    end: last.end,
    id,
    head: last.head,
    after: first.after,
    commits: segments.flatMap(({ commits }) => commits).slice(-commitsKept),
    note: last.note,
    data: pack(changes),
  };
}

/**
 * How many segments at the end to merge into one; 0 while they are few. An older segment is rewritten only together with
 * newer ones that are not much smaller, so that every record is rewritten a number of times that grows with the
 * logarithm of the ledger's size.
 */
export function mergeable(segments: readonly Pick<Segment, 'data'>[], fewest = 8): number {
  let count = 1;
  let size = segments.at(-1)?.data.length ?? 0;
  for (; count < segments.length; count++) {
    const next = segments[segments.length - 1 - count]!.data.length;
    if (next > 3 * size) break;
    size += next;
  }
  return count >= fewest ? count : 0;
}

/** The name of the instance that makes a segment count. Sorted, the last generation comes last. */
export function headName(prefix: string, { start, end }: Pick<Segment, 'start' | 'end'>): string {
  return prefix + padded(end) + (start === end ? '' : `-${padded(start)}`);
}

/** The instances that hold a segment, the head last: without it the others mean nothing. */
export function instancesOf(
  prefix: string,
  segment: Segment,
): { readonly name: string; readonly context: Record<string, Json> }[] {
  const { data, id, commits, ...rest } = segment;
  const count = Math.max(1, Math.ceil(data.length / partSize));
  const part = (index: number): string => data.slice(index * partSize, (index + 1) * partSize);
  const format = { [formatMember]: formatVersion };
  const others = Array.from({ length: count - 1 }, (_, index) => ({
    name: `${prefix}${padded(0)}-${id}-${index + 1}`,
    context: { ...format, id, part: index + 1, data: part(index + 1) },
  }));
  const head = { ...format, ...rest, id, commits: [...commits], parts: count, data: part(0) };
  return [...others, { name: headName(prefix, segment), context: head }];
}

/** What a list of instances holds: whole segments, and parts that no head names. */
export function segmentsIn(
  prefix: string,
  instances: readonly StoredInstance[],
): { readonly segments: StoredSegment[]; readonly strays: StoredInstance[]; readonly broken: string[] } {
  const own = instances.filter(({ name, context }) => name.startsWith(prefix) && isOurs(context));
  const partsById = new Map<string, StoredInstance[]>();
  for (const one of own) {
    if (one.context.part === undefined) continue;
    const id = String(one.context.id);
    partsById.set(id, [...(partsById.get(id) ?? []), one]);
  }
  const segments: StoredSegment[] = [];
  const broken: string[] = [];
  for (const { pk, name, context } of own) {
    if (context.part !== undefined) continue;
    const id = String(context.id);
    const others = (partsById.get(id) ?? []).sort((a, b) => Number(a.context.part) - Number(b.context.part));
    partsById.delete(id);
    if (others.length !== Number(context.parts) - 1) {
      broken.push(name);
      continue;
    }
    segments.push({
      start: Number(context.start),
      end: Number(context.end),
      id,
      head: String(context.head),
      after: String(context.after),
      commits: context.commits as string[],
      note: context.note ?? null,
      data: String(context.data) + others.map((one) => String(one.context.data)).join(''),
      pks: [...others.map((one) => one.pk), pk],
    });
  }
  return { segments, strays: [...partsById.values()].flat(), broken };
}

/**
 * The segments that together tell everything, in order, and those that others cover. Segments may overlap: laying a later
 * one over an earlier one that holds a part of it changes nothing. `gap` is a generation that is missing.
 */
export function chainOf(segments: readonly StoredSegment[]): {
  readonly chain: StoredSegment[];
  readonly covered: StoredSegment[];
  readonly gap?: number;
} {
  const sorted = [...segments].sort((a, b) => a.start - b.start || b.end - a.end);
  const chain: StoredSegment[] = [];
  let at = 0;
  let reached: StoredSegment | undefined;
  const take = (): void => {
    if (reached && reached !== chain.at(-1)) chain.push(reached);
  };
  for (const one of sorted) {
    if (one.start > at + 1) {
      take();
      at = reached?.end ?? 0;
      if (one.start > at + 1) break;
    }
    if (one.end > (reached?.end ?? 0)) reached = one;
  }
  take();
  const end = chain.at(-1)?.end ?? 0;
  const beyond = sorted.some((one) => one.end > end);
  const broken = chain.findIndex((one, index) => {
    const before = chain[index - 1];
    return one.start === (before?.end ?? 0) + 1 && one.after !== (before?.head ?? '');
  });
  const used = new Set(chain);
  return {
    chain,
    covered: sorted.filter((one) => !used.has(one) && one.end <= end),
    gap: beyond ? end + 1 : broken === -1 ? undefined : chain[broken]!.start,
  };
}

function isOurs(context: unknown): boolean {
  return isMap(context) && typeof (context as Record<string, Json>)[formatMember] === 'number';
}

function padded(generation: number): string {
  return String(generation).padStart(digits, '0');
}

/** A project's name within an instance's name: lower case, since searches take no notice of case, and without separators. */
export function encodedName(project: string): string {
  const bytes = [...Buffer.from(project, 'utf8')];
  return bytes
    .map((byte) => {
      const text = String.fromCharCode(byte);
      return /[a-z0-9._-]/.test(text) ? text : `~${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** Reads what `encodedName` wrote. */
export function decodedName(text: string): string {
  const bytes = text.replace(/~([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
