/**
 * Handles relations that can be written from both sides: checks whether the resource at the other end of an edge lists
 * it too.
 */
import type { KindFacts } from '../model/kinds.js';
import { mirrorOf } from '../model/mirror.js';
import { type Address, type Attributes, type DesiredResource, Ref } from '../model/model.js';
import type { DiffContext } from './diff.js';

type OtherSide = DiffContext['otherSide'];

/** Answers for the desired resources; those that are not among the targets say nothing. */
export function otherSides(
  desired: readonly DesiredResource[],
  targets: ReadonlySet<Address> | undefined,
): OtherSide {
  let described: Map<Ref, DesiredResource> | undefined;
  return (field, holder, element) => {
    if (targets && !targets.has(element.address)) return undefined;
    const name = field.inverseOf?.field ?? mirrorOf(holder.kind, field)?.name;
    if (name === undefined) return undefined;
    described ??= new Map(desired.map((one) => [one.ref, one]));
    const other = described.get(element);
    const list = other?.attributes[name];
    if (!Array.isArray(list)) return undefined;
    return list.includes(holder) || (other!.onlyAdd?.has(name) ? undefined : false);
  };
}

/** What a new object gets, without the list elements that the other side of the relation shows and writes. */
export function withoutMirrored(
  facts: KindFacts,
  holder: Ref,
  attributes: Attributes,
  otherSide: OtherSide,
): Attributes {
  const left: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const field = facts.fields[name];
    if (!field?.inverseOf || !Array.isArray(value)) {
      left[name] = value;
      continue;
    }
    const own = value.filter((one) => !(one instanceof Ref && otherSide(field, holder, one) === true));
    if (own.length > 0 || value.length === 0) left[name] = own;
  }
  return left;
}
