/** Decides what happens to an object that is no longer in any blueprint: delete, deactivate, forget or leave alone. */

import { type Fingerprints, fingerprintIn } from '../model/fingerprint.js';
import { catalogue } from '../model/kinds.js';
import type { LiveResource, OwnedRecord } from '../model/model.js';
import type { Change, Fate, FieldChange, LedgerEntry } from './change.js';

/** Label that keeps an object from being pruned. */
export const pruneLabel = 'asbuilt.io/prune';
/** Label that keeps an object from being deleted at all. */
export const protectLabel = 'asbuilt.io/protect';

/** The label, if any, that keeps an object from being pruned. */
export function keepingLabel({ labels }: OwnedRecord): string | undefined {
  if (labels[protectLabel] === 'true') return protectLabel;
  return labels[pruneLabel] === 'false' ? pruneLabel : undefined;
}

/** What prune does: a change, or only a record to write; neither when the object is left alone. */
export interface Pruned {
  readonly change?: Change;
  readonly record?: LedgerEntry;
}

/** What prune would do about an object that nothing describes any more; `isReferred`: something that is described needs it. */
export function fateOf(
  record: OwnedRecord,
  live: LiveResource,
  fingerprints: Fingerprints,
  isReferred: boolean,
): Fate {
  if (isReferred) return 'referred';
  if (keepingLabel(record)) return 'labelled';
  const verb = prune(record, live, fingerprints).change?.verb;
  if (verb === 'update') return 'deactivate';
  return verb === 'delete' || verb === 'forget' ? verb : 'off';
}

/** Forgets what we adopted; deletes, deactivates or forgets what we created, as its kind says. */
export function prune(record: OwnedRecord, live: LiveResource, fingerprints: Fingerprints): Pruned {
  if (keepingLabel(record)) return {};
  const how = record.ownership === 'adopted' ? 'forget' : catalogue().kinds.get(record.kind)!.prune;
  const base = {
    ref: live.ref,
    kind: live.kind,
    id: live.id,
    unchanged: 0,
    formerPlace: record.place,
    recordAddress: record.address,
    reasons: ['pruned'],
    hazards: [],
  } as const;
  if (how === 'delete')
    return { change: { ...base, verb: 'delete', write: {}, was: live.attributes, fields: [] } };
  if (how === 'forget') return { change: { ...base, verb: 'forget', write: {}, was: {}, fields: [] } };
  const entry = deactivated(record, live);
  if (live.attributes.is_active === false) {
    // Already deactivated. If we did it, a revert may activate it again.
    const known = fingerprintIn(record.paths['/is_active']) === fingerprints.of(false);
    return known ? {} : { record: entry };
  }
  const field: FieldChange = {
    field: 'is_active',
    path: [],
    before: true,
    after: false,
    secret: false,
    reason: 'pruned',
  };
  const write = { is_active: false };
  return {
    change: { ...base, verb: 'update', write, was: { is_active: true }, fields: [field], record: entry },
  };
}

/**
 * The record of a deactivated object: everything that was applied, and that it is inactive. Only its latest name brings
 * it back: a year later, an older name may belong to someone else.
 */
function deactivated(record: OwnedRecord, live: LiveResource): LedgerEntry {
  return {
    ref: live.ref,
    kind: live.kind,
    ownership: record.ownership,
    place: { source: { path: record.place, text: '' }, offset: 0 },
    labels: record.labels,
    applied: { is_active: false },
    keep: record,
  };
}
