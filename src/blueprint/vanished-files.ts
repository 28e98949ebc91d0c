/** Finds files that the ledger has records from and that were not read this time. */
import type { OwnedRecord } from '../model/model.js';
import type { ReadBlueprints } from './read.js';

/** The paths in records of files that were not read. */
export function missingFiles(
  { blueprints, silent }: ReadBlueprints,
  owned: Iterable<OwnedRecord>,
): Set<string> {
  const read = new Set([...blueprints.map((one) => one.source.path), ...silent]);
  const missing = new Set<string>();
  for (const { place } of owned) {
    const path = place.slice(0, place.lastIndexOf(':'));
    if (!read.has(path)) missing.add(path);
  }
  return missing;
}
