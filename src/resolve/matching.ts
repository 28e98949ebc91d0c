/** The interface through which matching asks the rest of the resolution. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { LiveModel } from '../model/live-model.js';
import type { Address, LiveResource, OwnedRecord, Value } from '../model/model.js';
import type { Identifier, Item } from './item.js';

/** What matching asks of the rest of the resolution. */
export interface Matching {
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  readonly diagnostics: Diagnostic[];
  identifiersOf(item: Item): readonly Identifier[];
  /** The value of an attribute of the natural key, as the entry writes it. */
  keyValue(item: Item, field: string): Value | undefined;
  /** A field or a path through references, of a live resource. */
  liveValue(resource: LiveResource, steps: readonly string[]): Value | undefined;
  /** The address in the entry's `was`. */
  formerAddress(item: Item): Address | undefined;
  /** All entries of a kind. */
  itemsOf(kind: string): readonly Item[];
  /** May a file that was not read describe the object of a record? */
  isUnseen(record: OwnedRecord): boolean;
}
