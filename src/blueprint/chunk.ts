/** A stretch of a file that is read and parsed by itself: what is kept of it from one reading to the next. */
import type { Diagnostic } from '../diagnostic.js';
import { placeInFile, type Source } from '../source.js';
import type { Entry } from './blueprint.js';
import type { Node } from './node.js';

/** What a stretch of a file gave when it was parsed, and gives as long as it does not change. */
export interface Parsed {
  readonly entries: readonly Entry[];
  /** With places in the stretch. */
  readonly diagnostics: readonly Diagnostic[];
  /** The ids of the entries, each with the node it is written in. */
  readonly ids: ReadonlyMap<string, Node>;
}

/** A stretch of a file: an item of a list, a pair of a map or the whole value of a top-level key. */
export interface Chunk {
  readonly source: Source;
  /** Set when it was parsed. */
  parsed?: Parsed;
}

/** The stretches of a file that are parsed by themselves. */
export interface Chunks {
  /** The stretch that holds the whole value of a top-level key. */
  whole(value: Node): Chunk | undefined;
  /** The stretches of a list's items or of a map's pairs, one for each, in their order. */
  of(collection: Node): readonly Chunk[] | undefined;
}

/** The diagnostic with its places in the file as it is now. */
export function inFile(diagnostic: Diagnostic): Diagnostic {
  const { place, related } = diagnostic;
  return {
    ...diagnostic,
    place: place && placeInFile(place),
    ...(related ? { related: related.map((one) => ({ ...one, place: placeInFile(one.place) })) } : {}),
  };
}
