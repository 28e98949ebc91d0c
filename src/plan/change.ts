/** What a plan is made of. A plan is a value: what is printed, saved and executed is the same. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Place } from '../diagnostic/source.js';
import type {
  Address,
  Attributes,
  DesiredResource,
  Id,
  Kind,
  Origin,
  OwnedRecord,
  Ref,
  Value,
} from '../model/model.js';

export type Verb = 'create' | 'update' | 'delete' | 'adopt' | 'forget';

/**
 * Why a change is there. `new`: never applied; `missing`: ours, deleted by others; `edited`: the blueprint
 * changed; `drifted`: the directory changed; `reverted`: no longer written, so back to the default;
 * `absent`: the blueprint says that it must not exist; `pruned`: nothing mentions it any more.
 */
export type Reason = 'new' | 'missing' | 'edited' | 'drifted' | 'reverted' | 'absent' | 'pruned';

/** One attribute (or one path of a free map) that differs. */
export interface FieldChange {
  /** The attribute. */
  readonly field: string;
  /** Steps below it for a free map: `['department']`. */
  readonly path: readonly string[];
  /** What the directory has; undefined when it has nothing there. */
  readonly before?: Value;
  /** What it will have; undefined when the path of a map goes away. */
  readonly after?: Value;
  /** For a set: the elements that come and go, in place of `before` and `after`. */
  readonly set?: { readonly added: readonly Value[]; readonly removed: readonly Value[] };
  /** The values must not be shown. */
  readonly secret: boolean;
  /** The value came from the environment or a file and is shown as that. */
  readonly origins?: readonly Origin[];
  readonly reason: Reason;
}

/** The names of hazards, which `--allow`, `--refuse` and the configuration use. */
export const hazardNames = [
  'deletes',
  'grants',
  'reactivates',
  'bulk',
  'evicts',
  'locks-out',
  'breaks-login',
  'opens',
  'cascades',
  'takes-over',
] as const;
export type HazardName = (typeof hazardNames)[number];

/** What is done about a hazard: shown and done, held back until allowed, or the whole plan refused. */
export type Stance = 'show' | 'hold' | 'refuse';

/** Who allowed a hazard: `--allow` of the run that made the plan, or a stance in the configuration. */
export type AllowedBy = 'flag' | 'configuration';

/** Something dangerous about a change. */
export interface Hazard {
  readonly name: HazardName;
  /** What would happen and to whom, and what to do instead. */
  readonly message: string;
}

/** One step of a plan: one object, one verb. */
export interface Change {
  readonly verb: Verb;
  readonly ref: Ref;
  readonly kind: Kind;
  /** Absent for a create. */
  readonly id?: Id;
  readonly wantedId?: Id;
  /** What is written: whole attribute values, maps merged. For a create, everything given. */
  readonly write: Attributes;
  /** The same attributes as they are live; empty for a create. */
  readonly was: Attributes;
  /** What is shown. */
  readonly fields: readonly FieldChange[];
  /** How many written attributes are as they should be (folded in the output). */
  readonly unchanged: number;
  /** Where the blueprint asks for it. */
  readonly place?: Place;
  /** `file:line` of the entry that is gone, for a delete that prune asked for. */
  readonly formerPlace?: string;
  /** The address under which the ledger knows what a delete or forget takes out of it. */
  readonly recordAddress?: Address;
  /** For a deletion: addresses in the ledger of what goes with it and has no change of its own. */
  readonly takes?: readonly Address[];
  /** The old address of a rename. */
  readonly renamedFrom?: Address;
  readonly reasons: readonly Reason[];
  readonly hazards: readonly Hazard[];
  /**
   * Set on an update that only completes the create of the same resource (a circle of references was broken
   * there); it is not shown or counted by itself.
   */
  readonly partOf?: Ref;
  /** What the ledger says once the change is done; undefined when its record goes or there is none. */
  readonly record?: LedgerEntry;
}

/** What the ledger will say of an object once its change (or no change at all) is done. */
export interface LedgerEntry {
  readonly ref: Ref;
  readonly kind: Kind;
  /** The object's id, where it is not that of `ref`. */
  readonly id?: Id;
  readonly ownership: 'created' | 'adopted';
  readonly place: Place;
  readonly labels: Readonly<Record<string, string>>;
  /** The attributes that were applied, as written. */
  readonly applied: Attributes;
  readonly previousAddress?: Address;
  /** The addresses it had before renames, the newest first. */
  readonly formerly?: readonly Address[];
  /** Where parts of `applied` came from, by JSON Pointer. */
  readonly origins?: DesiredResource['origins'];
  /**
   * Fingerprints to keep beside those of `applied`, because nothing may be reverted now, or the object is only
   * switched off; then the place is kept too.
   */
  readonly keep?: Pick<OwnedRecord, 'paths'> & Partial<Pick<OwnedRecord, 'place'>>;
  /** What was applied and is no longer written could not be reverted yet. */
  readonly unsettled?: boolean;
}

export interface Counts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly adopt: number;
  readonly forget: number;
  readonly unchanged: number;
  /** Ours, and nothing mentions them any more. */
  readonly orphaned: number;
  /** Invitations used or expired, not issued again. */
  readonly spent: number;
  /** Mentioned by an entry whose conditions are false. */
  readonly held: number;
}

/** A hazard that somebody allowed, at the change that has it. */
export interface AllowedHazard {
  readonly address: Address;
  readonly hazard: Hazard;
  readonly by: AllowedBy;
}

/**
 * What prune does, or would do, about an object that nothing describes any more. Nothing about an account that is
 * `off` already, and what is `labelled` to be kept or `referred` to by something that is described.
 */
export type Fate = 'delete' | 'deactivate' | 'forget' | 'off' | 'labelled' | 'referred';

/** An object of ours that nothing describes any more. */
export interface Orphan {
  readonly address: Address;
  readonly kind: Kind;
  /** `file:line` of the entry that is gone. */
  readonly place: string;
  /** For an account: can it be used? */
  readonly active?: boolean;
  /** Absent while nothing may be pruned, because not all blueprints may have been read. */
  readonly fate?: Fate;
}

export interface Plan {
  /** The directory's name for people. */
  readonly directory: string;
  readonly project: string;
  /** In the order in which they are shown. */
  readonly changes: readonly Change[];
  readonly counts: Counts;
  /** What nothing describes any more and is kept: accounts first, those that are active before the others. */
  readonly orphans: readonly Orphan[];
  /** Notes and warnings that planning found. */
  readonly diagnostics: readonly Diagnostic[];
  /** Records to write for objects that need no change: silently adopted ones, and new fingerprints. */
  readonly records: readonly LedgerEntry[];
  /** Records of objects that are gone and that nothing mentions. */
  readonly stale: readonly Address[];
  /** Changes left out because of a hazard with the stance `hold`, and those that depend on them. */
  readonly held: readonly Change[];
  /** The hazards of those that have to be allowed before they are done. */
  readonly toAllow: readonly HazardName[];
  /** Hazards with the stance `refuse`: nothing is applied while there is one. */
  readonly refused: readonly { readonly address: Address; readonly hazard: Hazard }[];
  /** Hazards that are done because somebody allowed them by name; otherwise they would be held or refused. */
  readonly allowed: readonly AllowedHazard[];
  /** Stances that are not the default. */
  readonly stances: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Hazards that the configuration locks: no flag and no approval allows them. */
  readonly locked: readonly HazardName[];
  /** Why nothing is pruned or reverted, although it was asked for. */
  readonly pruneBlocked?: string;
}

/** How many changes there are of each verb, one for each object. */
export function countVerbs(
  changes: readonly Change[],
): Omit<Counts, 'unchanged' | 'spent' | 'held' | 'orphaned'> {
  const counts = { create: 0, update: 0, delete: 0, adopt: 0, forget: 0 };
  for (const change of changes) if (!change.partOf) counts[change.verb]++;
  return counts;
}

/** A plan in which there is nothing to do. */
export function emptyPlan({
  directory,
  project,
  counts,
  stances,
}: Pick<Plan, 'directory' | 'project' | 'counts' | 'stances'>): Plan {
  return {
    directory,
    project,
    changes: [],
    counts,
    orphans: [],
    diagnostics: [],
    records: [],
    stale: [],
    held: [],
    toAllow: [],
    refused: [],
    allowed: [],
    stances,
    locked: [],
  };
}
