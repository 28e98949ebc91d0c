/** The one error of all drivers: what went wrong, whether the write may have happened, and when to try again. */
import type { Id, Kind } from '../model/model.js';

export type DirectoryErrorCode =
  /** A value that the directory does not accept. */
  | 'invalid'
  /** Another object already has the key. */
  | 'duplicate'
  /** A reference to an object that does not exist. */
  | 'dangling'
  /** The object is referred to and must not be deleted. */
  | 'in-use'
  /** The object does not exist. */
  | 'missing'
  /** Someone else is writing to the store. */
  | 'busy'
  /** Another run holds the lock. */
  | 'locked'
  /** The store was written by a newer version of the program. */
  | 'newer'
  /** The store is damaged. */
  | 'corrupt'
  /** The ledger belongs to another store. */
  | 'mismatch'
  /** It can't be reached or opened. */
  | 'unreachable'
  /** It was reached and broke down on this call. */
  | 'failed'
  /** The credentials are missing, wrong or expired. */
  | 'unauthenticated'
  /** The credentials do not allow it. */
  | 'denied'
  /** Too many requests; `retryAfter` says when there may be more. */
  | 'rate-limited'
  /** The directory can't do this. */
  | 'unsupported';

/** Codes with which certainly nothing was written. */
const certain: ReadonlySet<DirectoryErrorCode> = new Set([
  'invalid',
  'duplicate',
  'dangling',
  'unauthenticated',
  'denied',
  'rate-limited',
  'unsupported',
]);

/** What is known about a failure besides its code and message. */
export interface DirectoryErrorOptions extends ErrorOptions {
  readonly kind?: Kind;
  readonly id?: Id;
  readonly field?: string;
  /** May the write have happened anyway? Follows from the code when left out. */
  readonly uncertain?: boolean;
  /** Milliseconds to wait before trying again, where the directory says so. */
  readonly retryAfter?: number;
  /** With `denied`: what the account would have to be allowed, by name. */
  readonly permissions?: readonly string[];
}

/** A failure of a directory or ledger. Its message names the object and the field, never a secret value. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly kind?: Kind;
  readonly id?: Id;
  readonly field?: string;
  readonly uncertain: boolean;
  readonly retryAfter?: number;
  readonly permissions: readonly string[];

  constructor(
    readonly code: DirectoryErrorCode,
    message: string,
    options: DirectoryErrorOptions = {},
  ) {
    super(message, options);
    this.kind = options.kind;
    this.id = options.id;
    this.field = options.field;
    this.uncertain = options.uncertain ?? !certain.has(code);
    this.retryAfter = options.retryAfter;
    this.permissions = options.permissions ?? [];
  }
}
