/** What a plan is made of. */

import type { Fingerprints } from '../model/fingerprint.js';
import type { LiveModel } from '../model/live-model.js';
import type { Address, DesiredResource, ForeignRecords, OwnedRecord, Ref, Value } from '../model/model.js';
import type { AllowedBy, HazardName, Stance } from './change.js';
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
  /** Delete, deactivate or forget what we created and is no longer in any blueprint? Undefined: nobody has decided. */
  readonly prune?: boolean;
  /** Why nothing may be pruned or reverted: not all blueprints may have been read. */
  readonly pruneBlocked?: string;
  /** Objects of other projects, by `objectKey`. */
  readonly others: ForeignRecords;
  readonly stances: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Hazards whose stance a flag of this run chose, against the configuration or the default. */
  readonly flagged: readonly HazardName[];
  /** Hazards that the configuration locks: no flag and no approval allows them. */
  readonly locked: readonly HazardName[];
  /** With an approved plan, who allowed this hazard when it was made; undefined when nobody did. */
  readonly approves?: (address: Address, hazard: HazardName) => AllowedBy | undefined;
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
