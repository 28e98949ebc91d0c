/** What a watch keeps of the files it read, so that a run reads and parses only those that changed. */
import type { FileReading } from './file-reading.js';
import type { FileStamp } from './file-stamp.js';
import type { KnownSources, LoadedSource } from './load.js';

/** The files that were read last, by the path that people see. */
export interface ReadMemory extends KnownSources {
  /** What was made of a source; `work` makes it the first time. */
  reading(source: LoadedSource, work: (source: LoadedSource) => FileReading): FileReading;
  /** Forgets the files that are not among these. */
  keepOnly(paths: ReadonlySet<string>): void;
}

/** A memory with nothing in it. */
export function readMemory(): ReadMemory {
  const files = new Map<string, { source: LoadedSource; stamp: FileStamp; reading?: FileReading }>();
  return {
    unchanged({ path, named }, { stamp }) {
      const known = files.get(path);
      const isSame = known?.stamp.stamp === stamp && !known.stamp.young && known.source.named === named;
      return isSame ? known.source : undefined;
    },
    loaded(source, stamp) {
      const known = files.get(source.path);
      if (known?.source.text === source.text && known.source.named === source.named) {
        known.stamp = stamp;
        return known.source;
      }
      files.set(source.path, { source, stamp });
      return source;
    },
    reading(source, work) {
      const known = files.get(source.path);
      // A pipe is in no memory.
      if (known?.source !== source) return work(source);
      known.reading ??= work(source);
      return known.reading;
    },
    keepOnly(paths) {
      for (const path of files.keys()) if (!paths.has(path)) files.delete(path);
    },
  };
}
