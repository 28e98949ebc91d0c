/** Finds which values of a live object came from a variable or a file when they were applied: these are written to no file. */
import { elementKey, originsIn } from '../model/fingerprint.js';
import {
  type ForeignRecords,
  isMap,
  type Json,
  type LiveResource,
  type Origin,
  objectKey,
  pointerStep,
  type Value,
} from '../model/model.js';

/** What is known about values that did not stand in a blueprint. */
export interface Sources {
  /** What every project applied, by `objectKey`. */
  readonly applied: ForeignRecords;
  /** What the variable or file holds now; undefined where that cannot be known. */
  readonly current: (origin: Origin) => string | undefined;
}

/** The origins of an object's values by JSON Pointer; undefined when all of them stood in blueprints. */
export function originsOf(
  { applied }: Sources,
  { kind, id }: LiveResource,
): ReadonlyMap<string, readonly Origin[]> | undefined {
  const found = new Map<string, readonly Origin[]>();
  for (const { paths } of applied.get(objectKey(kind, id)) ?? []) {
    for (const [path, recorded] of Object.entries(paths)) {
      const origins = originsIn(recorded);
      if (origins.length > 0) found.set(path, [...(found.get(path) ?? []), ...origins]);
    }
  }
  return found.size > 0 ? found : undefined;
}

/** A value in parts: each either stood in a blueprint or came from somewhere. */
export type Part =
  | { readonly type: 'plain'; readonly value: Json }
  | {
      readonly type: 'from';
      readonly value: Json;
      readonly origins: readonly Origin[];
      readonly path: string;
    }
  | { readonly type: 'map'; readonly parts: readonly (readonly [key: string, part: Part])[] }
  | { readonly type: 'list'; readonly parts: readonly Part[] };

/** Takes a value apart. `pointer` is where it stands, as records have it, and `path` as people say it. */
export function partsOf(
  value: Value,
  origins: ReadonlyMap<string, readonly Origin[]>,
  pointer: string,
  path: string,
): Part {
  const own = origins.get(pointer);
  if (own) return { type: 'from', value: value as Json, origins: own, path };
  if (![...origins.keys()].some((one) => one.startsWith(`${pointer}/`)))
    return { type: 'plain', value: value as Json };
  const part = (key: string, inner: Value): Part =>
    partsOf(inner, origins, `${pointer}/${pointerStep(key)}`, `${path}.${key}`);
  if (Array.isArray(value))
    return {
      type: 'list',
      parts: value.map((one) =>
        part(
          elementKey(one, () => undefined),
          one,
        ),
      ),
    };
  if (!isMap(value)) return { type: 'plain', value: value as Json };
  return {
    type: 'map',
    parts: Object.entries(value as Record<string, Value>).map(([key, one]) => [key, part(key, one)]),
  };
}
