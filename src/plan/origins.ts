/** Finds which of a resource's values came from a variable or a file, so that they are shown as that. */
import { type Origin, pointerStep } from '../model/model.js';

/** The origins of a path, of anything above it or below it. */
export function originsAt(
  origins: ReadonlyMap<string, readonly Origin[]>,
  path: readonly string[],
): readonly Origin[] | undefined {
  return origins.size === 0 ? undefined : originsBelow(origins, `/${path.map(pointerStep).join('/')}`);
}

/** The same for a JSON Pointer. */
export function originsBelow(
  origins: ReadonlyMap<string, readonly Origin[]>,
  pointer: string,
): readonly Origin[] | undefined {
  const found: Origin[] = [];
  for (const [at, list] of origins) if (isAround(at, pointer)) found.push(...list);
  return found.length > 0 ? found : undefined;
}

/** Are the pointers equal, or is one above the other? */
export function isAround(at: string, pointer: string): boolean {
  return at === pointer || at.startsWith(`${pointer}/`) || pointer.startsWith(`${at}/`);
}
