/** What a plan is made of. */

import type { Fingerprints } from '../model/fingerprint.js';
import type { LiveModel } from '../model/live-model.js';
import type { Address, DesiredResource, ForeignRecords, OwnedRecord, Ref, Value } from '../model/model.js';
import type { HazardName, Stance } from './change.js';
import type { Intent } from './intents.js';

export interface PlanInput {
  readonly directory: string;
  readonly project: string;
  readonly desired: readonly DesiredResource[];
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  readonly fingerprints: Fingerprints;
  /** What the directory would give back for a value that holds no reference. */
  readonly normalize: (kind: string, field: string, value: Value) => Value;
  /** Resources whose written password is the one that was applied last. */
  readonly unchangedPasswords: ReadonlySet<Ref>;
  /** Only these addresses, and what they need to exist. */
  readonly targets?: ReadonlySet<Address>;
  /** Delete, deactivate or forget what we created and is no longer in any blueprint? */
  readonly prune: boolean;
  /** Why nothing may be pruned or reverted: not all blueprints may have been read. */
  readonly pruneBlocked?: string;
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
  readonly stances: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Does an approved plan list this hazard? */
  readonly approves?: (address: Address, hazard: HazardName) => boolean;
  /** Adopted objects whose secrets are written, not just recorded. */
  readonly writeSecrets: ReadonlySet<Address>;
  /** Issue missing invitations although nothing is recorded and objects exist already. */
  readonly issue: boolean;
  /** Creates that were begun and never confirmed; those that made something are among `owned`. */
  readonly intents: readonly Intent[];
  /** The user whose credentials are in use. */
  readonly account?: Ref;
  /** The time of the plan. */
  readonly now: Date;
}
