/** The interface of every driver: a store of objects by id. It knows nothing of addresses, plans or the ledger. */

import type { Fields, Id, Json, Kind, LiveObject } from '../model/model.js';
import type { Narrowing } from '../query/narrow.js';
import type { ObjectType } from '../query/schema.js';
import type { DirectoryError } from './errors.js';
import type { People } from './people.js';

/** Selects objects whose `field` has one of `values` (`id` for the id itself). */
export interface Selector {
  readonly field: string;
  readonly values: readonly Json[];
}

/** What to leave out of a list. */
export interface ListOptions {
  /** Only objects that fit; all of the kind when absent. */
  readonly only?: Selector;
  /** Lists that the caller knows from the other side of the relation; they may be left out. */
  readonly without?: ReadonlySet<string>;
  /** What all wanted objects have in common. A driver may leave out others; whoever asks checks all the same. */
  readonly narrow?: readonly Narrowing[];
}

/** Which audit events are wanted. */
export interface EventOptions {
  /** As in `ListOptions`, about the fields of events. */
  readonly narrow?: readonly Narrowing[];
  /** Only what was done to this object. */
  readonly about?: { readonly kind: Kind; readonly id: Id };
}

/** What is asked of a directory's own export, in authentik's names. */
export interface ServerExport {
  /** A query, or words to search for. */
  readonly search?: string;
  readonly ordering?: string;
  readonly path_startswith?: string;
}

/** The result of a create. */
export interface Created {
  readonly object: LiveObject;
  /** The object exists, but a further call failed: these attributes are not written yet. */
  readonly unfinished?: { readonly fields: readonly string[]; readonly error: DirectoryError };
}

/** Something that a run does with objects of a kind, and that the account may not be allowed to. */
export interface Need {
  readonly kind: Kind;
  readonly verb: 'view' | 'add' | 'change' | 'delete';
  /** Attributes that are written, or to whose sets something is added. */
  readonly writes?: readonly string[];
  /** Attributes from whose sets something is removed. */
  readonly removes?: readonly string[];
}

/** What a directory says of itself and of the account in use. */
export interface DirectoryStatus {
  /** `authentik 2025.12.4` */
  readonly software: string;
  /** Absent where there are no accounts. */
  readonly account?: {
    readonly name: string;
    /** `all` for who may do anything; absent where the server does not tell. */
    readonly permissions?: 'all' | readonly string[];
  };
  /** How many rows a page of a list has at most; absent where lists have no pages. */
  readonly pageSize?: number;
  /** How long one small question took, in milliseconds. */
  readonly roundTrip: number;
  /** How far its clock is ahead of ours, in milliseconds; absent where it has none of its own. */
  readonly clockSkew?: number;
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
  /** How many concurrent calls it allows. */
  readonly concurrency: number;
  /** The attributes of a kind that it can hold. Writing another one is a mistake at the blueprint's line. */
  fields(kind: Kind): ReadonlySet<string> | 'all';
  /** Why it does not have a kind or attribute, for people: `needs authentik 2026.8; this is 2025.12.4`. */
  lacks?(kind: Kind, field?: string): string | undefined;
  /** What it would give back for these attributes (references as ids). Never throws. */
  normalize(kind: Kind, attributes: Fields): Fields;
  /** The time by its own clock, as in `created`; this process's when absent. */
  now?(): Date;
  /** All live objects of a kind (expired ones are not live), in a stable order. */
  list(kind: Kind, options: ListOptions, signal: AbortSignal): AsyncIterable<LiveObject>;
  /** Creates an object. `pk` among the fields asks for an id and is honoured where ids can be chosen. */
  create(kind: Kind, fields: Fields, signal: AbortSignal): Promise<Created>;
  /**
   * Changes the attributes named in `after`. `before` holds the same attributes as they were read; of a set,
   * only the elements that differ between the two are added or removed.
   */
  update(kind: Kind, id: Id, before: Fields, after: Fields, signal: AbortSignal): Promise<void>;
  /** Deletes an object and what cascades. Deleting a missing object counts as done. */
  delete(kind: Kind, id: Id, signal: AbortSignal): Promise<void>;
  /** Runs `work`; where `atomic`, either all of its writes stay or none. */
  transaction<T>(work: (within: Directory) => Promise<T>): Promise<T>;
  /** What it says of itself. */
  status?(signal: AbortSignal): Promise<DirectoryStatus>;
  /**
   * The permissions, by name, that the account lacks for a need. Undefined where that cannot be told, absent where everybody may
   * do everything. Permissions on single objects are not looked at.
   */
  lacking?(signal: AbortSignal): Promise<((need: Need) => readonly string[]) | undefined>;
  /** What it keeps of people and does for them beside their attributes; absent when nothing. */
  readonly people?: People;
  /**
   * Audit events, newest first, in the form of authentik's REST API: `pk`, `user`, `action`, `app`, `context`,
   * `client_ip`, `created`, `expires`, `brand`. Absent where the directory keeps none.
   */
  events?(options: EventOptions, signal: AbortSignal): AsyncIterable<Fields>;
  /**
   * The directory's own export of users or events to a file: begun, waited for and fetched. `waiting` is called now and
   * then. Throws `unsupported` where it has none, or no licence for it.
   */
  serverExport?(
    type: ObjectType,
    asked: ServerExport,
    signal: AbortSignal,
    waiting: () => void,
  ): Promise<Uint8Array>;
  /** Yields whenever someone else wrote. */
  changes?(signal: AbortSignal): AsyncIterable<void>;
  close(): Promise<void>;
}
