/** Finds the list on the other side of a relation that both sides may write, such as `user.groups` and `group.users`. */
import { catalogue, type FieldFacts } from './kinds.js';
import type { Kind } from './model.js';

/** The list of another kind that mirrors an attribute of `kind`, where that kind declares one. */
export function mirrorOf(kind: Kind, field: FieldFacts): FieldFacts | undefined {
  const target = field.reference && catalogue().kinds.get(field.reference.to);
  return Object.values(target?.fields ?? {}).find(
    (one) => one.inverseOf?.kind === kind && one.inverseOf.field === field.name,
  );
}
