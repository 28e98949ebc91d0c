/** Reads and removes paths in free maps, such as the `attributes` of a user. */
import { isMap, type Value } from '../model/model.js';

/** Is the path, a part of it, or something below it written? */
export function covers(written: Readonly<Record<string, Value>>, path: readonly string[]): boolean {
  let at: Value = written;
  for (const step of path) {
    if (!isMap(at)) return true;
    if (!Object.hasOwn(at, step)) return false;
    at = (at as Record<string, Value>)[step]!;
  }
  return true;
}

/** What stands at a path; undefined when nothing does. */
export function valueAt(map: Value, path: readonly string[]): Value | undefined {
  let at: Value | undefined = map;
  for (const step of path) {
    if (!isMap(at) || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, Value>)[step];
  }
  return at;
}

/** The map without a path; maps that this leaves empty go too, unless they are written. */
export function withoutPath(
  map: Readonly<Record<string, Value>>,
  [step, ...rest]: readonly string[],
  written: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const copy: Record<string, Value> = { ...map };
  const inner = copy[step!];
  if (rest.length > 0 && isMap(inner)) {
    const isWritten = Object.hasOwn(written, step!);
    const below = isWritten && isMap(written[step!]) ? (written[step!] as Record<string, Value>) : {};
    const smaller = withoutPath(inner, rest, below);
    if (isWritten || Object.keys(smaller).length > 0) {
      copy[step!] = smaller;
      return copy;
    }
  }
  delete copy[step!];
  return copy;
}
