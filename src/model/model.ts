/** The types that every part shares: kinds, addresses, references, values, and the two models that a plan compares. */
import type { Place } from '../diagnostic/source.js';

/** A type of object, named as authentik names its models: `authentik_core.user`. */
export type Kind = string;
/** Short kind plus natural key: `user/ada`. */
export type Address = string;
/** What a directory calls an object: a UUID or an integer. */
export type Id = string | number;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * A pointer from one resource to another. There is exactly one Ref per resource in a run, so two
 * references are equal when they are the same object. The address may change while the run resolves
 * (from `kind/@identifiers` to the natural key), but never after.
 */
export class Ref {
  private static count = 0;
  /** Tells two references apart in an index key; means nothing beyond the run. */
  readonly serial = Ref.count++;
  constructor(
    readonly kind: Kind,
    public address: Address,
  ) {}
}

/**
 * A map from references. Those of a directory are numbered one after the other, so for them it is an array: a run over
 * a hundred thousand objects looks things up by reference a million times.
 */
export class RefMap<T> {
  private readonly near: (T | undefined)[];
  private far: Map<Ref, T> | undefined;

  /** `first` and `size`: the serial numbers that most of the references have. */
  constructor(
    private readonly first: number,
    size: number,
  ) {
    this.near = new Array(size).fill(undefined);
  }

  get(ref: Ref): T | undefined {
    const at = ref.serial - this.first;
    return at >= 0 && at < this.near.length ? this.near[at] : this.far?.get(ref);
  }

  set(ref: Ref, value: T): void {
    const at = ref.serial - this.first;
    if (at >= 0 && at < this.near.length) this.near[at] = value;
    else {
      this.far ??= new Map();
      this.far.set(ref, value);
    }
  }
}

/** Gives the id of a resource that exists by now; with a family, the id by which that family knows it. */
export type IdOf = (ref: Ref, family?: string) => Id;

/** A value that depends on ids which only exist after the apply; shown as `(known after apply)`. */
export class Deferred {
  constructor(
    /** What it is made of, for comparing two plans; holds addresses, never ids. */
    readonly recipe: Json,
    readonly refs: readonly Ref[],
    /** Works the value out once every reference has an id. */
    readonly compute: (idOf: IdOf) => Json,
  ) {}
}

/** A value whose source (`!Env`, `!File`) is missing; the field is treated as unchanged and cannot be applied. */
export class Unavailable {
  constructor(readonly origin: Origin) {}
}

/** The variable or file that a value came from; printed instead of the value. */
export interface Origin {
  readonly type: 'env' | 'file';
  readonly name: string;
}

/** Shown in place of a value that once came from a variable or file. */
export class Masked {
  constructor(readonly origins: readonly Origin[]) {}
}

/** What an attribute of a desired or live resource may hold. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Ref
  | Deferred
  | Unavailable
  | Masked
  | Value[]
  | { [key: string]: Value };
export type Attributes = Record<string, Value>;

/** An object of the directory, references as Refs. */
export interface LiveResource {
  readonly ref: Ref;
  readonly kind: Kind;
  readonly id: Id;
  /** Ids under which families know the object, where they differ from `id`. */
  readonly familyIds?: Readonly<Record<string, Id>>;
  readonly attributes: Attributes;
  /** Read-only values the directory shows beside the attributes (`is_superuser`, `uuid`). */
  readonly computed: Readonly<Record<string, Json>>;
  /** When it was made, ISO 8601, where the directory tells. */
  readonly created?: string;
}

/** What the ledger knows of one object that a project owns. */
export interface OwnedRecord {
  readonly address: Address;
  readonly kind: Kind;
  readonly id: Id;
  readonly ownership: 'created' | 'adopted';
  /** `file:line` when the record was last written. */
  readonly place: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Fingerprint of everything that was applied. */
  readonly whole: string;
  /**
   * JSON Pointer of each applied path to the fingerprint of its value: `/email`, `/attributes/department`,
   * `/groups/<id>` for an element of a set. The origin of a value, if any, follows its fingerprint.
   */
  readonly paths: Readonly<Record<string, string>>;
  /** The addresses it had before it was renamed, the newest first; absent where it never was. */
  readonly formerly?: readonly Address[];
}

/** What the ledger knows of an object that another project owns. */
export interface ForeignRecord {
  readonly project: string;
  /** As in `OwnedRecord`: what that project applied. */
  readonly paths: OwnedRecord['paths'];
}

/** Records of other projects by `objectKey`. */
export type ForeignRecords = ReadonlyMap<string, readonly ForeignRecord[]>;

/** What the blueprints ask of one object. */
export interface DesiredResource {
  readonly ref: Ref;
  readonly kind: Kind;
  /** `held`: mentioned, but its conditions are false, so nothing of it changes. */
  readonly state: 'present' | 'created' | 'must_created' | 'absent' | 'held';
  /** Attributes that are kept true. */
  readonly attributes: Attributes;
  /** Attributes that only matter on create (entries with state `created`). */
  readonly initial: Attributes;
  /** The live object that this describes. */
  readonly live?: LiveResource;
  /** The id an entry asks for (`pk` among its identifiers), used where the directory lets ids be chosen. */
  readonly wantedId?: Id;
  /** Sets that claim only the elements they list; without it a set claims all of its elements. */
  readonly onlyAdd?: ReadonlySet<string>;
  /** The place of the entry. */
  readonly place: Place;
  /** The place of each attribute, where known. */
  readonly places: Readonly<Record<string, Place>>;
  readonly labels: Readonly<Record<string, string>>;
  /** JSON Pointer below the attributes to the origin of the value there. */
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
  /** The address it had before, from `was` or because a rename is reverted. */
  readonly was?: Address;
}

/** Escapes one part of an address: `%`, `/`, `:`, `#` become percent codes. */
export function escapeKey(part: string): string {
  if (!/[%/:#]/.test(part)) return part;
  return part.replace(/[%/:#]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Is this a plain map (not a list, reference or other value object)? */
export function isMap(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Escapes one step of a JSON Pointer (RFC 6901). */
export function pointerStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The key by which an object is known across kinds: its kind and id. */
export function objectKey(kind: Kind, id: Id): string {
  return `${kind} ${id}`;
}

/** An object's attributes as a directory holds them: references are ids. */
export type Fields = Record<string, Json>;

/** An object as a directory gives it back. */
export interface LiveObject {
  readonly kind: Kind;
  readonly id: Id;
  /** Ids under which families know the object, where they differ from `id` (a flow's `policy-binding-target`). */
  readonly familyIds?: Readonly<Record<string, Id>>;
  /** Writable attributes, defaults filled in, unreadable ones left out. Reference lists hold ids. */
  readonly attributes: Fields;
  /** Read-only values (`is_superuser`, `uuid`, `date_joined`). */
  readonly computed: Fields;
  /** When it was made, ISO 8601 by the directory's clock, where the directory tells. */
  readonly created?: string;
}
