/** The view that semantic checks work on: desired resources over a directory, or a directory alone. */

import type { Place } from '../diagnostic/source.js';
import { append } from '../model/append.js';
import { defaultsOf, missingAttributes } from '../model/defaults.js';
import { catalogue, kindsOf } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import {
  type Address,
  type Attributes,
  type DesiredResource,
  type Kind,
  type OwnedRecord,
  Ref,
  Unavailable,
  type Value,
} from '../model/model.js';
import { remembered } from '../model/remembered.js';

/** What the semantic checks may ask. Unknown values are undefined, and are not reported. */
export interface SemanticModel {
  /** Is it a view of blueprints? Otherwise it is of a directory and has no places. */
  readonly fromBlueprints: boolean;
  /** The resources of a kind or family. */
  all(kindOrFamily: string): readonly Ref[];
  /** The resources of a kind to report on: described ones, or all of a directory. */
  subjects(kind: Kind): readonly Ref[];
  /** Resources of a kind that the blueprints ask to be absent. */
  leaving(kind: Kind): readonly Ref[];
  attributes(ref: Ref): Attributes | undefined;
  /** One attribute; cheaper than all of them. */
  attribute(ref: Ref, name: string): Value | undefined;
  /** Are unwritten attributes known too? Not without a directory, for an object that may exist. */
  whole(ref: Ref): boolean;
  /** Does the view have all objects of this kind? */
  knows(kind: Kind): boolean;
  described(ref: Ref): boolean;
  place(ref: Ref, field?: string): Place | undefined;
  label(ref: Ref, name: string): string | undefined;
}

/** The directory as the blueprints want it: what they describe, over what is live, over defaults. */
export function modelOfDesired(desired: readonly DesiredResource[], live: LiveModel): SemanticModel {
  const { kinds } = catalogue();
  const described = live.refMap<DesiredResource>();
  const subjects = new Map<Kind, Ref[]>();
  const leaving = new Map<Kind, Ref[]>();
  const fresh = new Map<Kind, Ref[]>();
  const offline = live.kinds.size === 0;
  for (const resource of desired) {
    if (resource.state === 'held') continue;
    described.set(resource.ref, resource);
    if (resource.state === 'absent') {
      append(leaving, resource.kind, resource.ref);
      continue;
    }
    append(subjects, resource.kind, resource.ref);
    if (!resource.live) append(fresh, resource.kind, resource.ref);
  }
  const whole = (resource: DesiredResource): boolean =>
    resource.live !== undefined ||
    !offline ||
    // An entry without the required attributes means an object that exists.
    missingAttributes(kinds.get(resource.kind)!, writtenOf(resource)).length === 0;

  const merged = remembered((resource: DesiredResource): Attributes => {
    const defaults = whole(resource) ? defaultsOf(kinds.get(resource.kind)!) : undefined;
    const found: Attributes = { ...defaults, ...resource.live?.attributes };
    for (const [name, value] of Object.entries(writtenOf(resource)) as [string, Value][]) {
      if (!(value instanceof Unavailable)) found[name] = value;
      // A variable that is not set leaves what is live as it is, and what a new object would hold unknown.
      else if (!resource.live) delete found[name];
    }
    return found;
  });
  const attributes = (ref: Ref): Attributes | undefined => {
    const resource = described.get(ref);
    if (!resource) return live.of(ref)?.attributes;
    // An unset variable keeps the live value; a new object's value is unknown.
    return resource.state === 'absent' ? undefined : merged(resource);
  };
  const attribute = (ref: Ref, name: string): Value | undefined => {
    const resource = described.get(ref);
    if (!resource) return live.of(ref)?.attributes[name];
    const written = resource.attributes[name] ?? resource.initial[name];
    if (written === undefined && resource.live?.attributes[name] !== undefined)
      return resource.live.attributes[name];
    if (written === undefined || written instanceof Unavailable) return attributes(ref)?.[name];
    return resource.state === 'absent' ? undefined : written;
  };
  return {
    fromBlueprints: true,
    all: remembered((name: string) => {
      const staying: Ref[] = [];
      for (const { ref } of live.all(name)) if (!leaves(described.get(ref))) staying.push(ref);
      return staying.concat(kindsOf(name).flatMap((kind) => fresh.get(kind) ?? []));
    }),
    subjects: (kind) => subjects.get(kind) ?? [],
    leaving: (kind) => leaving.get(kind) ?? [],
    attributes,
    attribute,
    whole: (ref) => {
      const resource = described.get(ref);
      return resource ? whole(resource) : live.of(ref) !== undefined;
    },
    // Parts (a flow's stage bindings) are described with the whole; other kinds may exist elsewhere.
    knows: (kind) => live.kinds.has(kind) || (kinds.get(kind)?.partOf !== undefined && subjects.has(kind)),
    described: (ref) => described.get(ref) !== undefined,
    place: (ref, field) => {
      const resource = described.get(ref);
      return (field !== undefined && resource?.places[field]) || resource?.place;
    },
    label: (ref, name) => described.get(ref)?.labels[name],
  };
}

/** A directory as it is, with the labels recorded in `owned`. */
export function modelOfLive(live: LiveModel, owned?: ReadonlyMap<Address, OwnedRecord>): SemanticModel {
  const all = remembered((name: string): readonly Ref[] => live.all(name).map((one) => one.ref));
  return {
    fromBlueprints: false,
    all,
    subjects: all,
    leaving: () => [],
    attributes: (ref) => live.of(ref)?.attributes,
    attribute: (ref, name) => live.of(ref)?.attributes[name],
    whole: (ref) => live.of(ref) !== undefined,
    knows: (kind) => live.kinds.has(kind),
    described: (ref) => live.of(ref) !== undefined,
    place: () => undefined,
    label: (ref, name) => owned?.get(ref.address)?.labels[name],
  };
}

/** The resource that an attribute refers to, when it is in the view. */
export function target(model: SemanticModel, ref: Ref, field: string): Ref | undefined {
  const value = model.attributes(ref)?.[field];
  return value instanceof Ref && model.attributes(value) ? value : undefined;
}

/** Is an attribute certainly empty, or a reference to something that is being deleted? */
export function isEmpty(model: SemanticModel, ref: Ref, field: string): boolean {
  const value = model.attributes(ref)?.[field];
  if (value instanceof Ref) return model.described(value) && !model.attributes(value);
  return value === null || value === '';
}

function leaves(resource: DesiredResource | undefined): boolean {
  return resource?.state === 'absent';
}

/** What the entries write, without what only counts on create if the resource exists. */
function writtenOf(resource: DesiredResource): Attributes {
  return resource.live ? resource.attributes : { ...resource.initial, ...resource.attributes };
}
