/** What the writes of one transaction share: the clock, new ids, lookups, and events to record. */

import type { KindFacts } from '../../model/kinds.js';
import type { Fields, Id, Kind } from '../../model/model.js';
import type { Circumstances } from '../computed.js';
import type { Connection } from './connection.js';
import type { Target } from './find.js';

/** One write, for the audit trail: the action, the object and its fields. */
export interface AuditEvent {
  readonly action: 'create' | 'update' | 'delete' | 'expire';
  readonly facts: KindFacts;
  readonly id: Id;
  readonly attributes: Fields;
  readonly fields?: readonly string[];
}

/** What the writes of one transaction share. */
export interface WriteContext {
  readonly connection: Connection;
  readonly installId: string;
  readonly now: Date;
  /** `now` in stored form. */
  readonly moment: string;
  circumstances(): Promise<Circumstances>;
  /** The next id of a kind with integer ids. */
  nextId(facts: KindFacts): Promise<number>;
  /** Never gives `id` again. */
  skipId(facts: KindFacts, id: number): Promise<void>;
  /** The objects of a kind or family with these ids, by id as text. */
  targets(to: string, ids: readonly Id[]): Promise<ReadonlyMap<string, Target>>;
  /** Rows of the groups whose members are superusers. */
  superusers(): Promise<ReadonlySet<number>>;
  /** Drops what was cached of a kind, after a write. */
  forget(kind: Kind): void;
  /** Drops cached lookups, after a deletion. */
  forgetTargets(): void;
  audit(event: AuditEvent): void;
}
