/**
 * A log of changes in authentik's blueprint instances. A commit claims the next generation by creating an instance whose
 * name is unique, so of two writers one learns that it was too late; nobody ever overwrites what another wrote.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryError } from '../directory/errors.js';
import { sideBySide } from '../directory/side-by-side.js';
import type { Json } from '../model/model.js';
import { type Instances, randomId } from './authentik-instances.js';
import {
  type Changes,
  chainOf,
  commitAfter,
  instancesOf,
  mergeable,
  merged,
  overlaid,
  type Segment,
  type StoredInstance,
  type StoredSegment,
  segmentsIn,
  unpack,
} from './authentik-segment.js';

/** What to write, given what is there now. */
export interface Written {
  readonly changes: Changes;
  /** The note from now on; the last one when absent. */
  readonly note?: Json;
}

/** Values by key, all changes of which are kept in order. */
export interface Log {
  /** What is known: as of the last `read`, `replace` or `commit`. */
  values(): ReadonlyMap<string, Json>;
  note(): Json;
  /** Reads everything again. */
  read(): Promise<void>;
  /** Takes what somebody else has read. */
  replace(instances: readonly StoredInstance[]): Promise<void>;
  /**
   * Writes the changes as one: readers see all of them or none. When somebody else has written meanwhile, `make` is asked
   * again with what is there then; it gives undefined when there is nothing to write.
   */
  commit(make: (values: ReadonlyMap<string, Json>, note: Json) => Written | undefined): Promise<void>;
  /** Characters of data, compressed. */
  readonly size: number;
}

export interface LogOptions {
  readonly instances: Instances;
  /** Names of all instances of this log begin with it. */
  readonly prefix: string;
  /** Throws when this process may not write any more. `contested`: somebody else has written. */
  readonly guard?: (contested: boolean) => Promise<void> | void;
  /** In milliseconds, between attempts. */
  readonly pause?: number;
}

const attempts = 20;
/** Deletes at once; more did not help a real server. */
const concurrency = 4;
/** Parts without a head may belong to a commit that is being written, unless they are this old, in milliseconds. */
const strayAfter = 3_600_000;

/** A log with nothing read yet. */
export function openLog({ instances, prefix, guard, pause = 100 }: LogOptions): Log {
  let chain: StoredSegment[] = [];
  /** Keys of instances that tell nothing any more. */
  let leftovers: string[] = [];
  let values: Map<string, Json> | undefined = new Map();
  let queue: Promise<unknown> = Promise.resolve();

  function replace(all: readonly StoredInstance[]): boolean {
    const { segments, strays, broken } = segmentsIn(prefix, all);
    const found = chainOf(segments);
    if (found.gap !== undefined || broken.length > 0) return false;
    chain = found.chain;
    const old = strays.filter(({ saved }) => saved < instances.now() - strayAfter).map(({ pk }) => pk);
    leftovers = [...found.covered.flatMap(({ pks }) => pks), ...old];
    values = undefined;
    return true;
  }

  async function read(): Promise<void> {
    // While others write, a list of several pages may miss what moved from one to another.
    for (let attempt = 1; attempt <= 3; attempt++) {
      if (replace(await instances.search(prefix))) return;
      await sleep(pause * attempt);
    }
    throw damaged(prefix);
  }

  function known(): Map<string, Json> {
    try {
      values ??= overlaid(chain.map(({ data }) => unpack(data)));
    } catch (error) {
      throw damaged(prefix, error);
    }
    return values;
  }

  /** Creates a segment's instances, the head last. Undefined when its generation is taken. */
  async function write(segment: Segment): Promise<StoredSegment | undefined> {
    const pks: string[] = [];
    for (const { name, context } of instancesOf(prefix, segment)) {
      const made = await instances.create(name, context);
      if (!made) {
        await discard(pks);
        return undefined;
      }
      pks.push(made.pk);
    }
    return { ...segment, pks };
  }

  /** Is the commit a part of the log? If somebody else went on meanwhile, what is known is read again. */
  async function counts(written: StoredSegment): Promise<boolean> {
    const last = await instances.last(prefix);
    if (last?.context.id === written.id && written.pks.length === 1) {
      chain = [...chain, written];
      return true;
    }
    await read();
    return chain.some(({ commits }) => commits.includes(written.id));
  }

  async function attempt(make: Parameters<Log['commit']>[0], number: number): Promise<boolean> {
    await guard?.(number > 1);
    const before = known();
    const last = chain.at(-1);
    const made = make(before, last?.note ?? null);
    if (!made) return true;
    const { changes, note = last?.note ?? null } = made;
    const written = await write(commitAfter(last, randomId(), changes, note));
    if (!written) {
      await read();
      return false;
    }
    if (await counts(written)) {
      // Unless everything was read again, and so has to be put together anew.
      if (values) values = overlaid([before, changes]);
      return true;
    }
    // Its generation had been merged away, so nobody has seen it and nobody will.
    await discard(written.pks);
    return false;
  }

  async function discard(pks: readonly string[]): Promise<void> {
    await sideBySide(pks, concurrency, (pk) => instances.delete(pk));
  }

  /** Merges what became many and deletes what tells nothing any more. */
  async function tidy(): Promise<void> {
    const gone = leftovers;
    leftovers = [];
    await discard(gone);
    const count = mergeable(chain);
    if (count === 0) return;
    const sources = chain.slice(-count);
    const one = await write(merged(sources, randomId()));
    // Somebody else has merged the same.
    if (!one) return read();
    chain = [...chain.slice(0, -count), one];
    await discard(sources.flatMap(({ pks }) => pks));
  }

  function queued<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  }

  return {
    values: known,
    note: () => chain.at(-1)?.note ?? null,
    read: () => queued(read),
    replace: (all) =>
      queued(async () => {
        // What was listed while somebody wrote may have a hole; then the log alone is listed again.
        if (!replace(all)) await read();
      }),
    commit: (make) =>
      queued(async () => {
        for (let number = 1; !(await attempt(make, number)); number++) {
          if (number === attempts)
            throw new DirectoryError('busy', `${prefix}: others keep writing to the ledger; try again later`);
          await sleep(pause * Math.random());
        }
        // The changes are written. What is left undone here is found and done after a later commit.
        await tidy().catch((error: unknown) => {
          if (!(error instanceof DirectoryError)) throw error;
        });
      }),
    get size() {
      return chain.reduce((sum, { data }) => sum + data.length, 0);
    },
  };
}

function damaged(prefix: string, cause?: unknown): DirectoryError {
  const message = `the ledger in authentik is damaged: of its blueprint instances named ${prefix}… one is missing or was changed; put them back from a backup of authentik’s database, or delete all of them and adopt the objects again`;
  return new DirectoryError('corrupt', message, { cause });
}
