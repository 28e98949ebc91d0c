/** Finds what is dangerous about each change, by comparing the models before and after the plan. */

import { elementKey } from '../model/fingerprint.js';
import { roleKind, userKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import { idIn } from '../model/live-model.js';
import {
  type Address,
  Masked,
  type OwnedRecord,
  objectKey,
  pointerStep,
  Ref,
  type Value,
} from '../model/model.js';
import { cascades, modelAfter, modelBefore } from './after.js';
import type { Change, Hazard, HazardName } from './change.js';
import { type Add, type HazardInput, listed, recordOf } from './hazard-input.js';
import { accessHazards } from './hazards-access.js';
import { takesOver } from './hazards-projects.js';
import { referencesIn } from './order.js';

export interface Hazards {
  /** By change. */
  readonly of: ReadonlyMap<Change, readonly Hazard[]>;
}

/** Ten objects or list elements: below that a share says nothing. */
const many = 10;
const bulkShare = 0.3;

/** Finds the hazards of every change, looking at the whole model that the changes would leave. */
export function findHazards(input: HazardInput): Hazards {
  const found = new Map<Change, Hazard[]>();
  const add = (change: Change, name: HazardName, message: string): void => {
    const list = found.get(change);
    if (!list) found.set(change, [{ name, message }]);
    else if (!list.some((one) => one.name === name && one.message === message)) list.push({ name, message });
  };
  const { changes, live } = input;
  if (changes.length === 0) return { of: found };
  const deletions = changes.filter((one) => one.verb === 'delete');
  const taken = cascades(
    live,
    deletions.map((one) => one.ref),
  );
  const gone = new Set([...deletions.map((one) => one.ref), ...taken.keys()]);
  const before = modelBefore(live);
  const after = modelAfter(live, changes, gone);

  deletes(input, deletions, taken, add);
  reactivates(input, add);
  evicts(input, add);
  bulk(input, deletions, add);
  takesOver(input, add);
  accessHazards(input, before, after, add);
  return { of: found };
}

/** What is deleted, and what goes with it: parts of an object are named, what this project does not own is a hazard of its own. */
function deletes(
  input: HazardInput,
  deletions: readonly Change[],
  taken: ReadonlyMap<Ref, Ref>,
  add: Add,
): void {
  if (deletions.length === 0) return;
  const { kinds } = catalogue();
  const owned = new Set([...input.owned.values()].map((one) => objectKey(one.kind, one.id)));
  const goesWith = new Map<Ref, Ref[]>();
  for (const [ref, cause] of taken) {
    const list = goesWith.get(cause);
    if (list) list.push(ref);
    else goesWith.set(cause, [ref]);
  }
  const cleared = clearedBy(input, deletions, taken);
  for (const change of deletions) {
    const ended: Address[] = [];
    const ours: Address[] = [];
    const foreign: Address[] = [];
    for (const ref of goesWith.get(change.ref) ?? []) {
      const live = input.live.of(ref)!;
      const { partOf, spends } = kinds.get(ref.kind)!;
      const isPart = partOf !== undefined && live.attributes[partOf] === change.ref;
      const isOurs = isPart || owned.has(objectKey(ref.kind, live.id));
      if (spends) ended.push(ref.address);
      if (!isOurs) foreign.push(ref.address);
      else if (!spends) ours.push(ref.address);
    }
    const instead = kinds.get(change.kind)!.fields.is_active
      ? '; deactivate instead with is_active: false'
      : '';
    const withIt = [
      ...(ours.length > 0 ? [`takes ${listed(ours)} with it`] : []),
      ...(ended.length > 0 ? [`ends ${listed(ended)}`] : []),
      ...(cleared.has(change.ref) ? [`clears ${listed(cleared.get(change.ref)!)}`] : []),
    ];
    add(change, 'deletes', `${['not reversible', ...withIt].join(', and ')}${instead}`);
    if (foreign.length === 0) continue;
    add(
      change,
      'cascades',
      `also deletes ${listed(foreign)}, not made by this project; move or delete ${foreign.length === 1 ? 'it' : 'them'} first`,
    );
  }
}

/** What of objects that stay and are not written refers to what goes, by the deletion that is the cause. */
function clearedBy(
  { live, changes }: HazardInput,
  deletions: readonly Change[],
  taken: ReadonlyMap<Ref, Ref>,
): Map<Ref, string[]> {
  const cleared = new Map<Ref, string[]>();
  const causes = new Map([...taken, ...deletions.map(({ ref }) => [ref, ref] as const)]);
  const writes = new Map(changes.map(({ ref, write }) => [ref, write]));
  for (const kind of live.kinds) {
    const fields = Object.values(catalogue().kinds.get(kind)!.fields).filter(
      ({ reference, inverseOf }) => reference && !inverseOf,
    );
    for (const { ref, attributes } of fields.length > 0 ? live.all(kind) : []) {
      if (causes.has(ref)) continue;
      for (const { name } of fields) {
        if (Object.hasOwn(writes.get(ref) ?? {}, name)) continue;
        for (const target of referencesIn(attributes[name])) {
          const cause = causes.get(target);
          if (!cause) continue;
          const list = cleared.get(cause) ?? [];
          cleared.set(cause, list);
          list.push(`${name} of ${ref.address}`);
        }
      }
    }
  }
  return cleared;
}

/** Healing drift that would switch an account on, or give back what somebody took away by hand. */
function reactivates(input: HazardInput, add: Add): void {
  for (const change of input.changes) {
    if (change.verb !== 'update') continue;
    const record = recordOf(input, change);
    for (const field of change.fields) {
      // Only what was given before can have been taken away.
      const back = (field.set?.added ?? []).filter((one) => wasApplied(input, record, field.field, one));
      if (field.reason !== 'drifted' && back.length === 0) continue;
      if (field.field === 'is_active' && field.after === true) {
        add(
          change,
          'reactivates',
          'switches the account on again, which somebody switched off by hand; write is_active: false to keep it off',
        );
      }
      const grants =
        change.kind === userKind ||
        change.kind === roleKind ||
        catalogue().kinds.get(change.kind)?.fields.is_superuser;
      if (grants && back.length > 0) {
        add(
          change,
          'reactivates',
          `gives back ${listed(back.map(shown))} (${field.field}), which somebody took away by hand; remove the line to leave it so`,
        );
      }
      if (grants && field.field === 'is_superuser' && field.after === true) {
        add(change, 'reactivates', 'makes the group a superuser group again, which somebody undid by hand');
      }
    }
  }
}

/** Many list elements that we did not add would go. */
function evicts(input: HazardInput, add: Add): void {
  for (const change of input.changes) {
    if (change.verb !== 'update' && change.verb !== 'adopt') continue;
    const record = recordOf(input, change);
    for (const { field, set } of change.fields) {
      const foreign = (set?.removed ?? []).filter((one) => !wasApplied(input, record, field, one));
      if (foreign.length < many) continue;
      const names = listed(foreign.map(shown));
      add(
        change,
        'evicts',
        `takes ${names} out of ${field}, which this project did not put there; list them, or leave ${field} out`,
      );
    }
  }
}

/** More than a share of what the project owns of a kind would go, be switched off, or be evicted. */
function bulk(input: HazardInput, deletions: readonly Change[], add: Add): void {
  const losses = lossesOf(input.changes, deletions);
  // Looking at all that is owned takes a while.
  if (losses.length <= many * bulkShare) return;
  const owned = new Map<string, number>();
  const ownedObjects = new Set<string>();
  for (const record of input.owned.values()) {
    owned.set(record.kind, (owned.get(record.kind) ?? 0) + 1);
    ownedObjects.add(objectKey(record.kind, record.id));
  }
  const hit = new Map<string, Set<Ref>>();
  const causes = new Map<string, Set<Change>>();
  const count = (ref: Ref, change: Change): void => {
    const live = input.live.of(ref);
    if (!live || !ownedObjects.has(objectKey(ref.kind, live.id))) return;
    const set = hit.get(ref.kind) ?? new Set();
    hit.set(ref.kind, set.add(ref));
    const changes = causes.get(ref.kind) ?? new Set();
    causes.set(ref.kind, changes.add(change));
  };
  for (const [ref, change] of losses) count(ref, change);
  for (const [kind, refs] of hit) {
    const total = owned.get(kind) ?? 0;
    if (total < many || refs.size <= total * bulkShare) continue;
    const name = catalogue().kinds.get(kind)!.name;
    const message = `${refs.size} of the ${total} objects of kind ${name} that this project owns would go, be switched off, or lose a membership; split the change, or allow it by name`;
    for (const change of causes.get(kind)!) add(change, 'bulk', message);
  }
}

/** What is deleted, switched off, or taken out of a list. */
function lossesOf(changes: readonly Change[], deletions: readonly Change[]): [Ref, Change][] {
  const losses = deletions.map((change): [Ref, Change] => [change.ref, change]);
  for (const change of changes) {
    for (const field of change.fields) {
      if (field.field === 'is_active' && field.after === false && change.verb !== 'create')
        losses.push([change.ref, change]);
      const removed = field.set?.removed ?? [];
      if (removed.length === 0) continue;
      if (catalogue().kinds.get(change.kind)!.fields[field.field]?.inverseOf) {
        for (const ref of removed) if (ref instanceof Ref) losses.push([ref, change]);
      } else if (change.kind === userKind) losses.push([change.ref, change]);
    }
  }
  return losses;
}

/** Did this project put the element into the set? */
function wasApplied(
  input: HazardInput,
  record: OwnedRecord | undefined,
  field: string,
  element: Value,
): boolean {
  if (element instanceof Masked) return true;
  const key = elementKey(element, (ref) => idIn(input.live.of(ref)));
  return record?.paths[`/${pointerStep(field)}/${pointerStep(key)}`] !== undefined;
}

function shown(value: unknown): string {
  return value instanceof Ref ? value.address : typeof value === 'string' ? value : JSON.stringify(value);
}
