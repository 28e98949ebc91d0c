/** Changes and the live model in; which values that only one object may have change hands, and which two would share, out. */

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

/** What an object is to have that no other may have. */
export interface Taken {
  readonly group: UniqueGroup;
  readonly text: string;
}

/** The texts of what a change gives up. */
export function freedBy(change: Change, live: LiveModel): string[] {
  const now = change.verb === 'forget' ? undefined : live.of(change.ref)?.attributes;
  if (!now) return [];
  return groupsOf(change)
    .filter((group) => change.verb === 'delete' || writes(change, group))
    .flatMap((group) => uniqueText(group, (name) => now[name]) ?? []);
}

/** What a change takes for its object. */
export function takenBy(change: Change, live: LiveModel, scopes?: ReadonlyMap<string, unknown>): Taken[] {
  const { verb, write } = change;
  if (verb === 'delete' || verb === 'forget') return [];
  const { fields } = catalogue().kinds.get(change.kind)!;
  const now = live.of(change.ref)?.attributes;
  const read = (name: string): Value | undefined => {
    if (Object.hasOwn(write, name)) return write[name];
    return now ? now[name] : (fields[name]?.default as Value | undefined);
  };
  const taken: Taken[] = [];
  for (const group of groupsOf(change)) {
    if (scopes && !scopes.has(group.scope)) continue;
    const text = verb === 'create' || writes(change, group) ? uniqueText(group, read) : undefined;
    if (text !== undefined) taken.push({ group, text });
  }
  return taken;
}

/**
 * Finds objects that would have what another has: one that the plan changes too, or one that it leaves as it is.
 * What other objects give up in the same plan is free. `described` gives what the entries ask for, by reference.
 */
export function sharedValues(
  changes: readonly Change[],
  live: LiveModel,
  described: () => ReadonlyMap<Ref, DesiredResource>,
): Diagnostic[] {
  const scopes = new Map<string, UniqueGroup>();
  for (const change of changes) {
    // Two new objects with the same natural key would be one.
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
