/** Lists the attributes of a resource to be created, as the plan shows them. */
import type { KindFacts } from '../model/kinds.js';
import { type DesiredResource, isMap, type Value } from '../model/model.js';
import type { FieldChange, Reason } from './change.js';
import { originsAt } from './origins.js';

/** The changes that an attribute of a new resource is shown as. */
export function createdFields(
  facts: KindFacts,
  resource: DesiredResource,
  name: string,
  value: Value,
  reason: Reason,
): FieldChange[] {
  const field = facts.fields[name];
  const isSet = (field === undefined || field.set !== undefined) && Array.isArray(value);
  const fieldAt = (path: readonly string[], after: Value): FieldChange => ({
    field: name,
    path,
    after: isSet ? undefined : after,
    set: isSet ? { added: value, removed: [] } : undefined,
    secret: field?.secret === true,
    origins: originsAt(resource.origins, [name, ...path]),
    reason,
  });
  const whole = fieldAt([], value);
  // Of a free map only the parts that came from elsewhere are masked.
  return field?.map && whole.origins && isMap(value)
    ? leavesOf(value, []).map(([path, leaf]) => fieldAt(path, leaf))
    : [whole];
}

function leavesOf(
  map: Readonly<Record<string, Value>>,
  above: readonly string[],
): (readonly [readonly string[], Value])[] {
  return Object.entries(map).flatMap(([key, value]) =>
    isMap(value) && Object.keys(value).length > 0
      ? leavesOf(value, [...above, key])
      : [[[...above, key], value] as const],
  );
}
