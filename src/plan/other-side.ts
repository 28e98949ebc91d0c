/**
 * Handles relations that can be written from both sides: checks whether the resource at the other end of an edge lists
 * it too.
 */
import { catalogue, type KindFacts } from '../model/kinds.js';
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
    const { kind, field: name } = field.inverseOf ?? inverseOf(holder, field.name) ?? {};
    if (kind === undefined || name === undefined) return undefined;
    described ??= new Map(desired.map((one) => [one.ref, one]));
    const other = described.get(element);
    const list = other?.attributes[name];
    if (!Array.isArray(list)) return undefined;
    return list.includes(holder) || (other!.onlyAdd?.has(name) ? undefined : false);
  };
}

/** The list on the other side that mirrors this one, where a kind declares it. */
function inverseOf(holder: Ref, field: string): { kind: string; field: string } | undefined {
  const { kinds } = catalogue();
  const to = kinds.get(holder.kind)?.fields[field]?.reference?.to;
  for (const other of Object.values((to && kinds.get(to)?.fields) || {})) {
    if (other.inverseOf?.kind === holder.kind && other.inverseOf.field === field) {
      return { kind: to!, field: other.name };
    }
  }
  return undefined;
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
