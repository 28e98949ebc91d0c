/** The types of a parsed blueprint file: its entries, with their values still unevaluated. */

import type { Source } from '../diagnostic/source.js';
import type { KindFacts } from '../model/kinds.js';
import type { MapNode, Node, ScalarNode } from '../yaml/node.js';

export const states = ['present', 'created', 'must_created', 'absent'] as const;
export type State = (typeof states)[number];

/** Shared by everything without labels. */
export const noLabels: Readonly<Record<string, string>> = Object.freeze({});

/** A parsed file. */
export interface Blueprint {
  readonly source: Source;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly context?: MapNode;
  readonly entries: readonly Entry[];
  /** The file is empty on purpose: `entries: []`. */
  readonly empty?: boolean;
}

/** One permission on the entry's object. */
export interface EntryPermission {
  readonly node: MapNode;
  readonly permission: Node;
  readonly user?: Node;
  readonly role?: Node;
}

/** One entry. Model and state are nodes while a tag stands for them. */
export interface Entry {
  readonly source: Source;
  readonly node: MapNode;
  readonly model: ScalarNode | Node;
  /** The kind, where the model is written as text. */
  readonly facts?: KindFacts;
  readonly state: State | Node;
  readonly id?: string;
  readonly identifiers?: MapNode;
  readonly attributes?: MapNode;
  readonly conditions: readonly Node[];
  readonly permissions: readonly EntryPermission[];
  /** The identifiers it had before a rename. */
  readonly was?: MapNode;
  readonly labels: Readonly<Record<string, string>>;
  /** Attributes whose list claims only what it names. */
  readonly onlyAdd?: ReadonlySet<string>;
}
