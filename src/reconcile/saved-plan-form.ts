/** What the file of a saved plan holds. */
import type { Address, Json } from '../model/model.js';
import type { AllowedBy, HazardName, Verb } from '../plan/change.js';

/** A saved plan: what would be done and what is dangerous about it. Compared, never replayed; holds no secret. */
export type SavedPlan = {
  readonly format: 'asbuilt-plan';
  readonly version: 2;
  readonly directory: string;
  readonly project: string;
  /** The hazards that are done because somebody allowed them: all that applying it may do of their kind. */
  readonly allowed: readonly SavedAllowance[];
  readonly changes: readonly SavedChange[];
  /** Of everything else: tells damage and careless edits, and is no signature. */
  readonly digest: string;
};

/** A hazard of a change that was allowed by name, and by whom. */
export type SavedAllowance = SavedHazard & { readonly address: Address; readonly by: AllowedBy };

/** One change of a saved plan. */
export type SavedChange = {
  readonly verb: Verb;
  readonly address: Address;
  readonly kind: string;
  readonly fields: readonly SavedField[];
  readonly hazards: readonly SavedHazard[];
};

/** One attribute, values as in the output of `plan --json`. */
export type SavedField = {
  readonly path: readonly string[];
  readonly before?: Json;
  readonly after?: Json;
  readonly added?: readonly Json[];
  readonly removed?: readonly Json[];
  readonly secret: boolean;
};

export type SavedHazard = { readonly name: HazardName; readonly message: string };
