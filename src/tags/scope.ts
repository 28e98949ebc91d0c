/**
 * The interfaces of tag evaluation: what a tag may ask of the outside (the scope), and the evaluation it is part of.
 */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import type { Id, Ref } from '../model/model.js';
import type { Node } from '../yaml/node.js';
import { TagError, type TagMap, type TagValue } from './values.js';

/** A field of a lookup and the value it must have; the value keeps its origins, so that messages can mask it. */
export type FindPair = readonly [field: string, value: TagValue];

/** What tags get from outside. A user's mistake is thrown as a TagError. */
export interface TagScope {
  /** The file of the nodes. */
  readonly source: Source;
  /** What `!Context` reads, made by `mergeContext`; tags among its values are resolved when read. */
  readonly context: TagMap;
  /** The variable, or undefined when it is not set. */
  env(name: string, node: Node): string | undefined;
  /** The file as it is, neither trimmed nor without a byte order mark; undefined when it cannot be read. */
  file(path: string, node: Node): string | Uint8Array | undefined;
  /** What `!KeyOf id` stands for. */
  keyOf(id: string, node: Node): TagValue;
  /** The first object of a model that has all the values, or null. */
  find(model: string, pairs: readonly FindPair[], node: Node): TagValue;
  /** The same object as the API shows it, or null. */
  findObject(model: string, pairs: readonly FindPair[], node: Node): TagValue;
  /** The id behind a reference, where it is already known. */
  idOf?(ref: Ref): Id | undefined;
  /** Reports a warning; errors are thrown. */
  report?(diagnostic: Diagnostic): void;
}

/** An `!Enumerate` whose body is being walked: the index and value of its current item. */
export interface Frame {
  current: readonly [index: TagValue, value: TagValue] | undefined;
}

/** One evaluation under way. */
export interface Evaluation {
  readonly scope: TagScope;
  /** The enclosing `!Enumerate`s, the innermost last. */
  readonly frames: Frame[];
  /** Resolves the node if it is a tag; otherwise takes it as it is, tags below it unresolved. */
  direct(node: Node): TagValue;
  /** Resolves every tag in the node, wherever it stands in its maps and lists. */
  walk(node: Node): TagValue;
  /** Resolves a tag that `!Context` found. */
  fromContext(node: Node): TagValue;
  /** The text of an unresolved tag inside a value that becomes text. */
  textOf(node: Node): TagValue;
  /** Counts work done; throws when it is more than any real blueprint needs. */
  spend(amount: number, node: Node): void;
}

/** Resolves a tag. `frame` is the tag's own when it is an `!Enumerate` that was reached by walking. */
export type Resolver = (node: Node, evaluation: Evaluation, frame?: Frame) => TagValue;

/** An error for arguments that the tag cannot use; authentik refuses the entry. */
export function refuse(node: Node, message: string, help?: string): TagError {
  return new TagError('entry_invalid', 'tag-value', message, node, { help });
}

/** The same, where authentik fails with a Python exception. */
export function crash(node: Node, exception: string, message: string, help?: string): TagError {
  return new TagError('uncaught', 'tag-value', message, node, { exception, help });
}

/**
 * The error as it leaves `!Format` and a branch of `!If`: there authentik catches Python's TypeError, and no other
 * exception, and refuses the entry.
 */
export function caughtAsRefusal(error: unknown): unknown {
  if (!(error instanceof TagError) || error.more.exception !== 'TypeError') return error;
  return new TagError('entry_invalid', error.code, error.message, error.node, { help: error.more.help });
}
