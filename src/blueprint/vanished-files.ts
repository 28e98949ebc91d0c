/** What was read and what is recorded in, the files that once gave objects and were not read now out. */
import type { OwnedRecord } from '../model/model.js';
import type { ReadBlueprints } from './read.js';

/** Paths, as records have them, of files that are not among those that were read. */
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
