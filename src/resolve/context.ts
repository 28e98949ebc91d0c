/** The context that a file's tags read: defaults, the file's own, the directory's, the command line's. */

import type { Blueprint } from '../blueprint/blueprint.js';
import { catalogue } from '../model/kinds.js';
import type { Json } from '../model/model.js';
import { mergeContext } from '../tags/evaluate.js';
import { jsonValue, rawValue } from '../tags/raw.js';
import type { TagMap, TagValue } from '../tags/values.js';

export type Context = TagMap;

/** Merges the layers of a file's context, later over earlier: maps merge, lists concatenate. */
export function contextOf(file: Blueprint, over: readonly Readonly<Record<string, Json>>[]): Context {
  const own = file.context ? [rawValue(file.context)] : [];
  return mergeContext([defaultContext(), ...own, ...over.map(jsonValue)]);
}

/**
 * What authentik puts into every context: the models that blueprints may use with their apps, and whether a
 * licence is there (which in authentik 2026.5 is true whenever the enterprise code is installed).
 */
let known: TagMap | undefined;
function defaultContext(): TagMap {
  known ??= makeDefaultContext();
  return known;
}

function makeDefaultContext(): TagMap {
  const models: TagMap = new Map();
  for (const { kind, meta } of catalogue().kinds.values()) {
    const [app, model] = kind.split('.') as [string, string];
    if (!meta && app !== 'asbuilt') models.set(model, app);
  }
  return new Map<TagValue, TagValue>([
    ['goauthentik.io/rbac/models', models],
    ['goauthentik.io/enterprise/licensed', true],
  ]);
}
