/**
 * Tracks values that must be unique: which changes free or take one, and which two objects would end up with the same.
 */

import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import type { DesiredResource, Ref, Value } from '../model/model.js';
import {
  notUnique,
  type Sharer,
  type UniqueGroup,
  uniqueGroups,
  uniqueText,
} from '../model/unique-values.js';
import { cascades } from './after.js';
import type { Change } from './change.js';

/** A value that no other object may have. */
export interface UniqueValue {
  readonly group: UniqueGroup;
  readonly text: string;
}

/** The unique values that a change frees, as text. */
export function freedBy(change: Change, live: LiveModel): string[] {
  const now = change.verb === 'forget' ? undefined : live.of(change.ref)?.attributes;
  if (!now) return [];
  return groupsOf(change)
    .filter((group) => change.verb === 'delete' || writes(change, group))
    .flatMap((group) => uniqueText(group, (name) => now[name]) ?? []);
}

/** The unique values that a change takes for its object. */
export function takenBy(
  change: Change,
  live: LiveModel,
  scopes?: ReadonlyMap<string, unknown>,
): UniqueValue[] {
  const { verb, write } = change;
  if (verb === 'delete' || verb === 'forget') return [];
  const { fields } = catalogue().kinds.get(change.kind)!;
  const now = live.of(change.ref)?.attributes;
  const read = (name: string): Value | undefined => {
    if (Object.hasOwn(write, name)) return write[name];
    return now ? now[name] : (fields[name]?.default as Value | undefined);
  };
  const taken: UniqueValue[] = [];
  for (const group of groupsOf(change)) {
    if (scopes && !scopes.has(group.scope)) continue;
    const text = verb === 'create' || writes(change, group) ? uniqueText(group, read) : undefined;
    if (text !== undefined) taken.push({ group, text });
  }
  return taken;
}

/**
 * Finds objects that would share a unique value, with another changed object or with one that the plan leaves alone.
 * Values freed in the same plan may be reused. `described` gives what the entries ask for, by reference.
 */
export function sharedValues(
  changes: readonly Change[],
  live: LiveModel,
  described: () => ReadonlyMap<Ref, DesiredResource>,
): Diagnostic[] {
  const scopes = new Map<string, UniqueGroup>();
  for (const change of changes) {
    // New objects with the same natural key are the same resource.
    for (const group of groupsOf(change))
      if (change.verb === 'create' ? !group.isAddress : writes(change, group)) scopes.set(group.scope, group);
  }
  if (scopes.size === 0) return [];
  const found: Diagnostic[] = [];
  const report = (group: UniqueGroup, one: Ref, other: Ref): void => {
    const sharer = (ref: Ref): Sharer => ({ ref, described: described().get(ref) });
    found.push(notUnique(group, sharer(one), sharer(other)));
  };
  const takers = new Map<string, Ref>();
  for (const change of changes) {
    for (const { group, text } of takenBy(change, live, scopes)) {
      const other = takers.get(text);
      if (!other) takers.set(text, change.ref);
      else if (other !== change.ref) report(group, change.ref, other);
    }
  }
  if (takers.size === 0) return found;
  const freed = new Set(changes.flatMap((one) => freedBy(one, live)));
  const gone = cascades(
    live,
    changes.filter((one) => one.verb === 'delete').map((one) => one.ref),
  );
  for (const group of scopes.values()) {
    for (const { ref, attributes } of live.all(group.within)) {
      const text = uniqueText(group, (name) => attributes[name]);
      const taker = text === undefined || freed.has(text) ? undefined : takers.get(text);
      if (taker && taker !== ref && !gone.has(ref)) report(group, taker, ref);
    }
  }
  return found;
}

function groupsOf(change: Change): readonly UniqueGroup[] {
  return uniqueGroups(catalogue().kinds.get(change.kind)!);
}

function writes({ verb, write }: Change, { fields }: UniqueGroup): boolean {
  return (verb === 'update' || verb === 'adopt') && fields.some((name) => Object.hasOwn(write, name));
}
