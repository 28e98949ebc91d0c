/** The interfaces of the resolution: what it gets, what it returns, and what its parts ask each other. */
import type { Blueprint, Entry } from '../blueprint/blueprint.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { LiveModel } from '../model/live-model.js';
import type {
  Address,
  Attributes,
  DesiredResource,
  Json,
  LiveResource,
  OwnedRecord,
  Ref,
  Value,
} from '../model/model.js';
import type { Node } from '../yaml/node.js';
import type { Context } from './context.js';
import type { Item, Matched, Resolved } from './item.js';
/** The variables and files that blueprints may read. */
export interface Environment {
  /** An environment variable; undefined when unset. */
  env(name: string): string | undefined;
  /** A file's bytes; undefined when it cannot be read. `from` is the path of the blueprint that asks. */
  file(path: string, from: string): Uint8Array | undefined;
  /** May blueprints read it? */
  allows(type: 'env' | 'file', name: string): boolean;
}

export interface ResolveInput {
  readonly blueprints: readonly Blueprint[];
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  /**
   * May a file that was not read describe the object of a record? If so, or if unknown, the object is not renamed back.
   */
  readonly isUnseen?: (record: OwnedRecord) => boolean;
  /** Context of the directory and of the command line, later over earlier, both over the file's. */
  readonly contexts: readonly Readonly<Record<string, Json>>[];
  readonly environment: Environment;
  /** There is no directory to look in: what the files do not describe may still exist. */
  readonly offline: boolean;
}

export interface ResolveResult {
  readonly desired: DesiredResource[];
  readonly diagnostics: Diagnostic[];
  /** Kinds that a lookup needed and that were not read; read them and resolve again. */
  readonly missingKinds: ReadonlySet<string>;
}

/** A condition of a lookup: the name as written and the value to match. */
export type FindPair = readonly [name: string, value: Value];

/** What is known of a lookup that found nothing. */
export interface Miss {
  /** The object that it would have found is deleted in this run. */
  readonly leaving?: Ref;
  /** It looks for its own entry, which does not exist yet. */
  readonly isItself?: boolean;
  /** A similar value that does exist. */
  readonly near?: string;
}

/** What the parts of a resolution ask each other. */
export interface Resolution {
  /** The first object that matches all pairs, or null. */
  find(model: string, pairs: readonly FindPair[], by: Item, node: Node): Ref | null;
  /** Why a lookup found nothing, as far as known. */
  missed(model: string, pairs: readonly FindPair[], by: Item, node: Node): Miss;
  /** An object's attributes as they will be, with the read-only ones that are known. */
  describe(ref: Ref, by: Item): Record<string, Value>;
  /** A field or a path through references, of a live resource. */
  liveValue(resource: LiveResource, steps: readonly string[]): Value | undefined;
  readonly input: ResolveInput;
  readonly diagnostics: Diagnostic[];
  /** Kinds that were asked about and not read. */
  readonly missingKinds: Set<string>;
  /** References made for entries that match no live object. */
  readonly freshRefs: Iterable<Ref>;
  itemsOf(kind: string): readonly Item[];
  itemById(file: Blueprint, id: string): Item | undefined;
  idsIn(file: Blueprint): Iterable<string>;
  itemByPk(id: string): Item | undefined;
  contextOf(file: Blueprint): Context;
  /** Are the item's conditions false? */
  isHeld(item: Item): boolean;
  match(item: Item): Matched;
  /** The resource that an item means, unless its match is under way. */
  ownRef(item: Item): Ref | undefined;
  /** A written attribute of an item; undefined when it is broken (already reported). */
  resolved(item: Item, name: string): Resolved | undefined;
  formerValues(item: Item): Attributes;
  /** Reports a user's mistake at an entry; rethrows any other error. */
  report(entry: Entry, error: unknown): void;
}
