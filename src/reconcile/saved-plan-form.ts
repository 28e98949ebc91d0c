/** What the file of a saved plan holds. */
import type { Address, Json } from '../model/model.js';
import type { HazardName, Verb } from '../plan/change.js';

/** A saved plan: what would be done and what is dangerous about it. Compared, never replayed; holds no secret. */
export type SavedPlan = {
  readonly format: 'asbuilt-plan';
  readonly version: 1;
  readonly directory: string;
  readonly project: string;
  readonly changes: readonly SavedChange[];
  /** Of everything else: tells damage and careless edits, and is no signature. */
  readonly digest: string;
};

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
