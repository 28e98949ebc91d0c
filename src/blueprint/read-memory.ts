/** Lets a watch keep the parsed blueprints of files whose text did not change. */
import type { FileReading } from './file-reading.js';
import type { LoadedSource } from './load.js';

/** The last reading of each file. */
export class ReadMemory {
  private readonly known = new Map<
    string,
    { readonly source: LoadedSource; readonly reading: FileReading }
  >();

  /** The reading of a file: the one before where its text is the same. */
  read(source: LoadedSource, work: (source: LoadedSource) => FileReading): FileReading {
    const before = this.known.get(source.path);
    if (before?.source.text === source.text && before.source.named === source.named) return before.reading;
    const reading = work(source);
    this.known.set(source.path, { source, reading });
    return reading;
  }

  /** Forgets the files that are not among these. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.known.keys()) if (!paths.has(path)) this.known.delete(path);
  }
}
