/**
 * Hazards of what people can do: who could sign in and no longer can, who gets in or gains power that had none. Both
 * models are asked the same questions (`access/`), so no list of patterns has to foresee the way it happens.
 */
import { compareAccess } from '../access/compare.js';
import { type Changed, matters } from '../access/findings.js';
import { accessKinds } from '../access/kinds.js';
import type { AccessWorld } from '../access/world.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import type { Kind } from '../model/model.js';
import { cascades, type Model, modelAfter, modelBefore } from './after.js';
import type { Change } from './change.js';
import type { Add, HazardInput } from './hazard-input.js';

/** Every kind that decides about access. */
export function kindsOfAccess(): ReadonlySet<Kind> {
  const { families } = catalogue();
  return new Set(accessKinds.flatMap((name) => families.get(name)?.map((one) => one.kind) ?? [name]));
}

/** May one of the changes make a difference to what people can do? */
export function concernsAccess(changes: readonly Change[]): boolean {
  return changes.some((one) => matters(changedBy(one)));
}

/** Notes who loses a way in or gains one, and who gains power. */
export function accessHazards(input: HazardInput, before: Model, after: Model, add: Add): void {
  const { changes, live, account, now } = input;
  const found = compareAccess({
    before: worldOf(before, live, now),
    after: worldOf(after, live, now),
    changed: changes.map(changedBy),
    account,
  });
  if (found.length === 0) return;
  const byRef = new Map(changes.toReversed().map((one) => [one.ref, one]));
  for (const { hazard, sentence, causes } of found) {
    const cause = causes.map((ref) => byRef.get(ref)).find((one) => one !== undefined) ?? changes[0]!;
    add(cause, hazard, sentence);
  }
}

/** The directory as it is, to be asked about access. */
export function worldBefore(live: LiveModel, now: Date): AccessWorld {
  return worldOf(modelBefore(live), live, now);
}

/** The directory as changes would leave it, with what deletions take along. */
export function worldAfter(live: LiveModel, changes: readonly Change[], now: Date): AccessWorld {
  const deleted = changes.filter((one) => one.verb === 'delete').map((one) => one.ref);
  const gone = new Set([...deleted, ...cascades(live, deleted).keys()]);
  return worldOf(modelAfter(live, changes, gone), live, now);
}

function changedBy({ ref, verb, write }: Change): Changed {
  return verb === 'update' || verb === 'adopt'
    ? { ref, verb, fields: new Set(Object.keys(write)) }
    : { ref, verb };
}

function worldOf(model: Model, live: LiveModel, now: Date): AccessWorld {
  return {
    now,
    all: (name) => model.all(name),
    attributes: (ref) => model.attributes(ref),
    knows: (kind) => live.kinds.has(kind),
    isNew: (ref) => live.of(ref) === undefined,
  };
}
