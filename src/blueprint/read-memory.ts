/** Files as they are read again and again in, the same blueprints and entries out as long as they do not change. */
import type { ReadCache } from './cache.js';
import { ChunkedFile } from './chunk-file.js';
import { layoutOf } from './chunk-layout.js';
import { readInChunks } from './chunk-read.js';
import { type FileReading, readingOf } from './chunk-reading.js';
import type { LoadedSource } from './load.js';
import { readWhole } from './yaml.js';
import { doubtful } from './yaml-fast.js';

interface Remembered {
  readonly source: LoadedSource;
  readonly reading: FileReading;
  /** The file as it could be read in pieces last, which may be before it broke. */
  readonly chunked: ChunkedFile | undefined;
}

/**
 * What a watch keeps between readings: of each file the last one. A file whose text is the same gives the same
 * blueprint, an item that is the same gives the same entries; its places follow it when it moves.
 */
export class ReadMemory {
  private files = new Map<string, Remembered>();
  private reading = new Map<string, Remembered>();

  /** How many stretches of files are kept. */
  get size(): number {
    let size = 0;
    for (const { chunked } of this.files.values()) size += chunked?.size ?? 0;
    return size;
  }

  /** Reads a file. The cache is asked for one of which nothing is known, and keeps it then. */
  read(source: LoadedSource, cache?: ReadCache): FileReading {
    // A reading that was broken off may have gone further than the last whole one.
    const before = this.reading.get(source.path) ?? this.files.get(source.path);
    const unchanged = before?.source.text === source.text && before.source.named === source.named;
    const now = unchanged ? before : remember(source, before?.chunked, cache);
    this.reading.set(source.path, now);
    return now.reading;
  }

  /** Forgets the files that were not read since this was called last. */
  forgetOthers(): void {
    this.files = this.reading;
    this.reading = new Map();
  }
}

function remember(
  source: LoadedSource,
  chunked: ChunkedFile | undefined,
  cache: ReadCache | undefined,
): Remembered {
  const again = chunked?.again(source);
  if (again) return { source, reading: again, chunked };
  const layout = layoutOf(source.text);
  const usual = layout && !doubtful.test(source.text);
  const kept = cache?.get(source);
  const yaml = kept ?? ((usual && readInChunks(source, layout)) || readWhole(source));
  const file = new ChunkedFile(source);
  const begun = layout && yaml.inChunks ? file.begin(layout, yaml) : undefined;
  const reading = begun ?? readingOf(source, yaml);
  if (!kept) cache?.put(source, yaml, reading.diagnostics.length === 0);
  return { source, reading, chunked: begun ? file : chunked };
}
