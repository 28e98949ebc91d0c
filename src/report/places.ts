/** Finds where a place ends, for reports that mark a stretch of a file. */
import { type Place, type Position, positionOf } from '../diagnostic/source.js';

/** How a report names the file of a place; by default as the user would write it. */
export type PathOf = (path: string) => string;

/** Line and column just behind the last character of a place, line breaks at its end left off. */
export function endOf(place: Place): Position {
  const { text } = place.source;
  let end = Math.min(place.offset + (place.length ?? 0), text.length);
  while (end > place.offset && /[\r\n]/.test(text[end - 1]!)) end--;
  return positionOf({ ...place, offset: end });
}
