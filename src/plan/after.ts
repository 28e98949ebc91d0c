/** Works out what the directory would look like after a plan, so that hazards can compare it with what it is now. */
import { append } from '../model/append.js';
import { catalogue, kindsOf } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type Attributes, type Kind, type LiveResource, Ref, type Value } from '../model/model.js';
import type { Change } from './change.js';

/** A model that can be asked for the attributes of what is in it. */
export interface Model {
  /** The resources of a kind or family. */
  all(kindOrFamily: string): readonly Ref[];
  attributes(ref: Ref): Attributes | undefined;
}

/** The directory as it is. */
export function modelBefore(live: LiveModel): Model {
  return {
    all: (kind) => live.all(kind).map((one) => one.ref),
    attributes: (ref) => live.of(ref)?.attributes,
  };
}

/** The directory as the changes would leave it, cascades included. */
export function modelAfter(live: LiveModel, changes: readonly Change[], gone: ReadonlySet<Ref>): Model {
  const written = new Map<Ref, Attributes>();
  const created = new Map<Kind, Ref[]>();
  for (const change of changes) {
    if (change.verb === 'delete' || change.verb === 'forget') continue;
    written.set(change.ref, { ...written.get(change.ref), ...change.write });
    if (change.verb === 'create') append(created, change.kind, change.ref);
  }
  for (const change of changes) mirror(change, live, written);
  const without = (value: Value): Value => {
    if (value instanceof Ref) return gone.has(value) ? null : value;
    return Array.isArray(value) && gone.size > 0
      ? value.filter((one) => !(one instanceof Ref && gone.has(one)))
      : value;
  };
  const attributes = (ref: Ref): Attributes | undefined => {
    if (gone.has(ref)) return undefined;
    const own = live.of(ref)?.attributes;
    const over = written.get(ref);
    if (!over && gone.size === 0) return own;
    if (!own && !over) return undefined;
    return Object.fromEntries(
      Object.entries({ ...own, ...over }).map(([name, value]) => [name, without(value)]),
    );
  };
  return {
    all: (name) => [
      ...live.all(name).flatMap((one) => (gone.has(one.ref) ? [] : [one.ref])),
      ...kindsOf(name).flatMap((kind) => created.get(kind) ?? []),
    ],
    attributes,
  };
}

/** A list that is the other side of a relation (`group.users`) changes the side that holds it (`user.groups`). */
function mirror(change: Change, live: LiveModel, written: Map<Ref, Attributes>): void {
  if (change.verb === 'delete' || change.verb === 'forget') return;
  for (const [name, value] of Object.entries(change.write)) {
    const inverse = catalogue().kinds.get(change.kind)?.fields[name]?.inverseOf;
    if (!inverse || !Array.isArray(value)) continue;
    const before = Array.isArray(change.was[name]) ? (change.was[name] as Value[]) : [];
    for (const holder of new Set([...before, ...value])) {
      if (!(holder instanceof Ref)) continue;
      const own = written.get(holder) ?? {};
      const list = own[inverse.field] ?? live.of(holder)?.attributes[inverse.field];
      const others = (Array.isArray(list) ? list : []).filter((one) => one !== change.ref);
      const after = value.includes(holder) ? [...others, change.ref] : others;
      written.set(holder, { ...own, [inverse.field]: after });
    }
  }
}

/** What deletions take with them: each object that a cascade reaches, with the deletion that reaches it first. */
export function cascades(live: LiveModel, deleted: readonly Ref[]): Map<Ref, Ref> {
  const taken = new Map<Ref, Ref>();
  if (deleted.length === 0) return taken;
  const holders = cascadingHolders(live);
  const named = new Set(deleted);
  const queue: [Ref, Ref][] = deleted.map((ref) => [ref, ref]);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [ref, cause] = next;
    for (const holder of holders.get(ref) ?? []) {
      if (named.has(holder.ref) || taken.has(holder.ref)) continue;
      taken.set(holder.ref, cause);
      queue.push([holder.ref, cause]);
    }
  }
  return taken;
}

/** For each object, those that a cascade deletes with it. */
function cascadingHolders(live: LiveModel): Map<Ref, LiveResource[]> {
  const holders = new Map<Ref, LiveResource[]>();
  for (const kind of live.kinds) {
    const fields = Object.values(catalogue().kinds.get(kind)!.fields).filter(
      (field) => field.reference?.onDelete === 'cascade' && !field.many,
    );
    if (fields.length === 0) continue;
    for (const resource of live.all(kind)) {
      for (const { name } of fields) {
        const target = resource.attributes[name];
        if (target instanceof Ref) append(holders, target, resource);
      }
    }
  }
  return holders;
}
