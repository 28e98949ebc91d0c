/** Finds what a plan would take from other projects in the same directory: objects, attributes, and members of lists. */

import { elementKey } from '../model/fingerprint.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { idIn } from '../model/live-model.js';
import { type ForeignRecord, type Id, objectKey, pointerStep, Ref } from '../model/model.js';
import type { Change } from './change.js';
import { type Add, type HazardInput, listed, recordOf } from './hazard-input.js';
/** What another project owns, or applied to an object that both describe. */
export function takesOver(input: HazardInput, add: Add): void {
  if (input.others.size === 0) return;
  for (const change of input.changes) {
    const live = input.live.of(change.ref);
    const theirs = (live && input.others.get(objectKey(change.kind, live.id))) ?? [];
    if (theirs.length > 0 && !recordOf(input, change)) {
      add(change, 'takes-over', `belongs to project ${projects(theirs)}; have that project forget it first`);
      continue;
    }
    if (change.verb === 'delete' && theirs.length > 0) {
      add(
        change,
        'takes-over',
        `project ${projects(theirs)} describes it too; have that project forget it first`,
      );
      continue;
    }
    for (const [what, owners] of undone(input, change, theirs)) {
      const message = `undoes what project ${projects(owners)} applied (${what}); describe it in one project alone`;
      add(change, 'takes-over', message);
    }
  }
}

function projects(records: readonly ForeignRecord[]): string {
  return listed([...new Set(records.map((one) => one.project))]);
}

/** What a change takes away or overwrites that other projects applied, with their records. */
function* undone(
  input: HazardInput,
  change: Change,
  theirs: readonly ForeignRecord[],
): Generator<readonly [what: string, owners: readonly ForeignRecord[]]> {
  const facts = catalogue().kinds.get(change.kind)!;
  const idOf = (ref: Ref): Id | undefined => idIn(input.live.of(ref));
  for (const { field, path, set } of change.fields) {
    const pointer = `/${[field, ...path].map(pointerStep).join('/')}`;
    if (!set) {
      const owners = theirs.filter((one) => one.paths[pointer] !== undefined);
      if (owners.length > 0) yield [[field, ...path].join('.'), owners];
      continue;
    }
    for (const element of set.removed) {
      const own = `${pointer}/${pointerStep(elementKey(element, idOf))}`;
      const owners = theirs.filter((one) => one.paths[own] !== undefined);
      if (element instanceof Ref) owners.push(...fromOtherSide(input, facts, field, element, change.ref));
      if (owners.length > 0)
        yield [`${field}: ${element instanceof Ref ? element.address : 'an element'}`, owners];
    }
  }
}

/** Records that hold an edge of a relation at its other end. */
function fromOtherSide(
  input: HazardInput,
  facts: KindFacts,
  field: string,
  element: Ref,
  holder: Ref,
): ForeignRecord[] {
  const live = input.live.of(element);
  const records = (live && input.others.get(objectKey(element.kind, live.id))) ?? [];
  if (records.length === 0) return [];
  const inverse = facts.fields[field]?.inverseOf?.field;
  const others = Object.values(catalogue().kinds.get(element.kind)!.fields);
  const name =
    inverse ??
    others.find(({ inverseOf }) => inverseOf?.kind === facts.kind && inverseOf?.field === field)?.name;
  const id = idIn(input.live.of(holder));
  if (name === undefined || id === undefined) return [];
  const pointer = `/${pointerStep(name)}/${pointerStep(String(id))}`;
  return records.filter((one) => one.paths[pointer] !== undefined);
}
