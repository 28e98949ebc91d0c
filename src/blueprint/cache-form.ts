/** The form in which a file's tree is kept between two processes: its words, and what a reader and a writer of them share. */
import type { Diagnostic } from '../diagnostic.js';
import type { Scalar } from './node.js';
import { resolveScalar, ScalarProblem } from './scalars.js';
import { blueprintTags } from './tag-names.js';

/** Another number for another form, so that no program reads what it would misread. */
export const formVersion = 3;

/** A tree as it is kept, of no use without the text that it was read from. */
export interface KeptTree {
  /** The nodes in document order; see `wordForm`. */
  readonly words: Int32Array;
  /** Keys, and texts that are not in the file as they are meant. */
  readonly texts: readonly string[];
  readonly diagnostics: readonly KeptDiagnostic[];
  readonly inChunks: boolean;
  readonly isFine: boolean;
}

/** A place in the file that the tree is of; no length where none was given. */
export type KeptPlace = readonly [offset: number, length: number | null];

/** A diagnostic whose places are in the file that the tree is of. */
export interface KeptDiagnostic extends Omit<Diagnostic, 'place' | 'related'> {
  readonly at?: KeptPlace;
  readonly related?: readonly { readonly at: KeptPlace; readonly message: string }[];
}

/**
 * What is in a word. It begins with what it is of: two bits for the sort of node, five for its tag, four flags; then come
 * eight bits for the distance from the end of the node before, and twelve for the length of a scalar or the size of a
 * collection. Whoever uses it takes its parts into constants of their own: reading it goes through them for every node,
 * and an import is looked up each time.
 */
export const wordForm = {
  sort: { scalar: 0, sequence: 1, map: 2, again: 3 },
  tagShift: 2,
  tagMask: 31,
  /** Scalar: written without quotes. Map: a set. */
  plainBit: 1 << 7,
  /** Scalar: its value is not its text. Collection: it has an end of its own, and a word for it. */
  apartBit: 1 << 8,
  /** Scalar: its text is among the texts, the length is its number there. */
  keptBit: 1 << 9,
  /** Two more words have its distance and its length or size, which are too great for this one. */
  wideBit: 1 << 10,
  /** Scalar: one more word has the length of its text, which is not all of it, or the length of it where the text is kept. */
  partBit: 1 << 11,
  gapShift: 12,
  gapMask: 255,
  sizeShift: 20,
  sizeMask: 4095,
} as const;

/** A node's tag is kept as its number among these, from one; none is zero. */
export const tagNames: readonly string[] = [...blueprintTags];
export const tagNumbers = new Map(tagNames.map((name, at) => [name, at + 1]));
export const keyOfNumber = tagNumbers.get('KeyOf')!;

/** The value of a scalar without a tag. */
export function resolved(text: string, plain: boolean): Scalar {
  const value = resolveScalar(text, plain);
  return value instanceof ScalarProblem ? text : value;
}
