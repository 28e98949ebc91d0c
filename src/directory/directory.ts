/** What every driver is: a store of objects known by ids. It knows no addresses, plans or ledger. */

import type { Fields, Id, Json, Kind, LiveObject } from '../model/model.js';

/** Narrows a list to objects whose `field` has one of `values` (`id` for the id itself). */
export interface Selector {
  readonly field: string;
  readonly values: readonly Json[];
}

/** A store of users, groups, flows and the rest. Every method may throw DirectoryError. */
export interface Directory {
  /** For people, without credentials. */
  readonly name: string;
  /** The kinds it can hold. */
  readonly kinds: ReadonlySet<Kind>;
  /** Does a failed transaction leave nothing behind? */
  readonly atomic: boolean;
  /** Whose credentials these are: the id of a user. */
  readonly account?: Id;
  /** What it would give back for these attributes (references as ids), and throws nothing. */
  normalize(kind: Kind, attributes: Fields): Fields;
  /**
   * All live objects of a kind (expired ones are not live), in a stable order. `without` names lists that the caller
   * knows from the other side of the relation; they may be left out.
   */
  list(
    kind: Kind,
    only: Selector | undefined,
    signal: AbortSignal,
    without?: ReadonlySet<string>,
  ): AsyncIterable<LiveObject>;
  /** Makes an object. `pk` among the fields asks for an id and is honoured where ids can be chosen. */
  create(kind: Kind, fields: Fields, signal: AbortSignal): Promise<LiveObject>;
  /**
   * Changes the attributes named in `after`. `before` holds the same attributes as they were read; of a set,
   * only the elements that differ between the two are added or removed.
   */
  update(kind: Kind, id: Id, before: Fields, after: Fields, signal: AbortSignal): Promise<void>;
  /** Deletes an object and what goes with it. One that is not there counts as done. */
  delete(kind: Kind, id: Id, signal: AbortSignal): Promise<void>;
  /** Runs `work`; where `atomic`, either all of its writes stay or none. */
  transaction<T>(work: (within: Directory) => Promise<T>): Promise<T>;
  /** Yields whenever somebody else wrote. */
  changes?(signal: AbortSignal): AsyncIterable<void>;
  close(): Promise<void>;
}

export type DirectoryErrorCode =
  /** A value that the directory does not take. */
  | 'invalid'
  /** Another object already has the key. */
  | 'duplicate'
  /** A reference to an object that is not there. */
  | 'dangling'
  /** The object is referred to and may not go. */
  | 'in-use'
  /** The object is not there. */
  | 'missing'
  /** Somebody else writes to the store right now. */
  | 'busy'
  /** Another run holds the lock. */
  | 'locked'
  /** The store was written by a newer version of the program. */
  | 'newer'
  /** The store is damaged. */
  | 'corrupt'
  /** The store is another than the ledger belongs to. */
  | 'mismatch'
  /** It can't be reached or opened. */
  | 'unreachable'
  /** The credentials do not allow it. */
  | 'denied'
  /** The directory can't do this. */
  | 'unsupported';

/** The one error of all drivers. Its message names the object and the field, never a secret value. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  constructor(
    readonly code: DirectoryErrorCode,
    message: string,
    options?: ErrorOptions & { kind?: Kind; id?: Id; field?: string },
  ) {
    super(message, options);
    this.kind = options?.kind;
    this.id = options?.id;
    this.field = options?.field;
  }
  readonly kind?: Kind;
  readonly id?: Id;
  readonly field?: string;
}
