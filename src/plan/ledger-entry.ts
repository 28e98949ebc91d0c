/** Builds the ledger record of a resource, and tells whether the ledger already holds it. */

import { appliedPaths, type Fingerprints, originsIn, unsettled, withOrigins } from '../model/fingerprint.js';
import type { KindFacts } from '../model/kinds.js';
import {
  type Address,
  type Attributes,
  type DesiredResource,
  type Id,
  type OwnedRecord,
  type Ref,
  Unavailable,
} from '../model/model.js';
import type { LedgerEntry } from './change.js';
import { originsBelow } from './origins.js';

/** The record to keep of a resource. While nothing may be reverted, it keeps what was applied before. */
export function ledgerEntry(
  facts: KindFacts,
  resource: DesiredResource,
  ownership: 'created' | 'adopted',
  attributes: Attributes,
  record: OwnedRecord | undefined,
  mayRevert: boolean,
): LedgerEntry {
  const moved = record && record.address !== resource.ref.address;
  const keep = mayRevert || !record ? undefined : { paths: unreverted(facts, record, attributes) };
  return {
    keep,
    ref: resource.ref,
    kind: resource.kind,
    ownership,
    place: resource.place,
    labels: resource.labels,
    applied: attributes,
    previousAddress: moved ? record.address : undefined,
    formerly: moved && facts.keyUnique ? formerAddresses(resource.ref.address, record) : record?.formerly,
    origins: resource.origins.size > 0 ? resource.origins : undefined,
  };
}

/** The addresses that an object had before this one, so that a rename may be taken back. */
function formerAddresses(now: Address, { address, formerly = [] }: OwnedRecord): readonly Address[] {
  return [address, ...formerly.filter((one) => one !== address && one !== now)];
}

/** Applied paths that may still be reverted. Elements of written lists are not among them: they were removed at once. */
function unreverted(
  facts: KindFacts,
  { paths }: OwnedRecord,
  attributes: Attributes,
): Record<string, string> {
  const isOpen = (pointer: string): boolean => {
    const name = pointer.split('/')[1]!;
    return !Object.hasOwn(attributes, name) || facts.fields[name]?.map === true;
  };
  return Object.fromEntries(Object.entries(paths).filter(([pointer]) => isOpen(pointer)));
}

/** Is this what was applied, even if a revert is still pending? */
export function isWhole(record: OwnedRecord, whole: string): boolean {
  return record.whole === whole || record.whole === unsettled(whole);
}

/** Does the record name the file that describes the resource now? Prune needs to know which file a resource left. */
export function isFrom(record: OwnedRecord, { place }: DesiredResource): boolean {
  const { path } = place.source;
  return record.place.lastIndexOf(':') === path.length && record.place.startsWith(path);
}

/** Does the record know the origins of values? A value may move into a variable without changing. */
export function hasOrigins(record: OwnedRecord, { origins }: DesiredResource): boolean {
  return origins.size === 0 || Object.values(record.paths).some((one) => originsIn(one).length > 0);
}

/** Attributes without those whose value is unavailable. */
export function creatable(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => !(value instanceof Unavailable)),
  );
}

/** The attributes to record; an unavailable value was not applied. */
export function applied(attributes: Attributes): Attributes {
  for (const value of Object.values(attributes))
    if (value instanceof Unavailable) return creatable(attributes);
  return attributes;
}

/** Every applied path of a resource with its fingerprint and origins, as the ledger keeps them. */
export function pathFingerprints(
  facts: KindFacts,
  attributes: Attributes,
  fingerprints: Fingerprints,
  idOf: (ref: Ref, family?: string) => Id | undefined,
  origins?: DesiredResource['origins'],
): Record<string, string> {
  const paths: Record<string, string> = {};
  for (const [path, value, from] of appliedPaths(facts, attributes, idOf))
    paths[path] = withOrigins(fingerprints.of(value), origins && originsBelow(origins, from));
  return paths;
}
