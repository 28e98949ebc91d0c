/** Merges the entries that mean one object into one resource, and reports where they contradict each other. */

import { noLabels } from '../blueprint/blueprint.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { comparePlaces, type Place } from '../diagnostic/source.js';
import { catalogue } from '../model/kinds.js';
import {
  type Address,
  type Attributes,
  type DesiredResource,
  type Id,
  isMap,
  type LiveResource,
  type Origin,
  Ref,
  type Value,
} from '../model/model.js';
import { type Item, placeOf, placeOfItem, type Resolved } from './item.js';

interface Merging {
  attributes: Attributes;
  places: Record<string, Place>;
  origins: Map<string, readonly Origin[]>;
  onlyAdd: Set<string>;
  /** Attributes whose value is only the key in a section. */
  fromKey: Set<string>;
}

function nothingMerged(): Merging {
  return { attributes: {}, places: {}, origins: new Map(), onlyAdd: new Set(), fromKey: new Set() };
}

/** Merges the items of one resource (all matched to `ref`), their attributes resolved. */
export function mergeItems(
  ref: Ref,
  live: LiveResource | undefined,
  items: readonly Item[],
  was: Address | undefined,
  diagnostics: Diagnostic[],
): DesiredResource | undefined {
  const sorted =
    items.length === 1 ? items : [...items].sort((a, b) => comparePlaces(placeOfItem(a), placeOfItem(b)));
  const acting = sorted.filter((item) => !item.held);
  const first = acting[0] ?? sorted[0]!;
  const absent = acting.find((item) => item.state === 'absent');
  const wanted = acting.find((item) => item.state !== 'absent');
  if (absent && wanted) {
    const related = [{ place: placeOfItem(absent), message: 'absent here' }];
    const message = `${ref.address} is both described and \`state: absent\``;
    diagnostics.push(diagnose('conflict', message, placeOfItem(wanted), { related }));
    return undefined;
  }
  const [kept, initial] = [nothingMerged(), nothingMerged()];
  const labels: Record<string, string> = {};
  for (const item of acting) {
    if (item.state === 'absent') continue;
    Object.assign(labels, ownLabels(item.file.labels), item.entry.labels);
    const into = item.state === 'created' ? initial : kept;
    for (const name of item.written.keys()) {
      const one = item.values.get(name);
      if (one) mergeValue(ref, into, name, item, one, diagnostics);
    }
  }
  const state = !acting.length
    ? 'held'
    : absent
      ? 'absent'
      : (acting.find((item) => item.state === 'must_created')?.state ??
        acting.find((item) => item.state === 'present')?.state ??
        'created');
  const id = acting.flatMap((item) => item.identifiers ?? []).find((one) => one.isId)?.value;
  return {
    ref,
    kind: first.facts.kind,
    state,
    attributes: kept.attributes,
    initial: initial.attributes,
    onlyAdd: kept.onlyAdd.size > 0 ? kept.onlyAdd : undefined,
    live,
    wantedId: !live && (typeof id === 'string' || typeof id === 'number') ? id : undefined,
    place: placeOfItem(first),
    places: { ...initial.places, ...kept.places },
    labels,
    origins: new Map([...initial.origins, ...kept.origins]),
    was,
  };
}

const noAttributes: Attributes = {};
const noOrigins: ReadonlyMap<string, readonly Origin[]> = new Map();

/** May the resource that this entry alone describes be a `Single`? */
export function isSingle({ held, state, entry }: Item): boolean {
  return !held && state === 'present' && !entry.onlyAdd && entry.permissions.length === 0;
}

/** A resource that one entry describes. That is nearly every one, so it makes only what is asked for. */
export class Single implements DesiredResource {
  readonly attributes: Attributes = {};
  origins = noOrigins;
  was: Address | undefined = undefined;

  constructor(
    readonly ref: Ref,
    readonly live: LiveResource | undefined,
    private readonly item: Item,
  ) {}

  get kind(): string {
    return this.ref.kind;
  }

  get state(): 'present' {
    return 'present';
  }

  get initial(): Attributes {
    return noAttributes;
  }

  get onlyAdd(): undefined {
    return undefined;
  }

  /** Sets the value of an attribute and its origins. */
  take(name: string, { value, origins }: Resolved): void {
    this.attributes[name] = value;
    for (const [path, from] of origins) {
      if (this.origins === noOrigins) this.origins = new Map();
      (this.origins as Map<string, readonly Origin[]>).set(`/${name}${path}`, from);
    }
  }

  get labels(): Readonly<Record<string, string>> {
    const { labels } = this.item.entry;
    if (this.item.file.labels === noLabels) return labels;
    const own = ownLabels(this.item.file.labels);
    return isEmpty(own) ? labels : { ...own, ...labels };
  }

  get wantedId(): Id | undefined {
    const id = this.live ? undefined : this.item.identifiers?.find((one) => one.isId)?.value;
    return typeof id === 'string' || typeof id === 'number' ? id : undefined;
  }

  get place(): Place {
    return placeOfItem(this.item);
  }

  get places(): Readonly<Record<string, Place>> {
    const places: Record<string, Place> = {};
    for (const [name, { attribute, identifier }] of this.item.written) {
      if (Object.hasOwn(this.attributes, name)) places[name] = placeOf(this.item, identifier ?? attribute!);
    }
    return places;
  }
}

function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}

/** The labels of a file that are ours; the rest are authentik's. */
function ownLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (isEmpty(labels)) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith('asbuilt.io/')));
}

function mergeValue(
  ref: Ref,
  into: Merging,
  name: string,
  item: Item,
  one: Resolved,
  diagnostics: Diagnostic[],
): void {
  const onlyAdds = item.entry.onlyAdd?.has(name) === true;
  const place = placeOf(item, one.node);
  const before = Object.hasOwn(into.attributes, name) ? into.attributes[name] : undefined;
  if (before === undefined) {
    into.attributes[name] = one.value;
    into.places[name] = place;
    if (onlyAdds) into.onlyAdd.add(name);
    if (isFromKey(item, name, one)) into.fromKey.add(name);
  } else {
    const field = catalogue().kinds.get(ref.kind)?.fields[name];
    const granted = (field === undefined || field.set === 'granted') && Array.isArray(before);
    const addition = onlyAdds || into.onlyAdd.has(name);
    const merged = granted
      ? union(before, one.value)
      : addition
        ? mergedAdditions(into, name, before, one.value, onlyAdds)
        : field?.map
          ? mergedMaps(before, one.value)
          : agree(before, one.value, field?.set !== undefined)
            ? before
            : undefined;
    if (merged === undefined) {
      const [here, there] = [isFromKey(item, name, one), into.fromKey.has(name)];
      const byKey = `no ${name} is written, so the key is used`;
      const message = `${ref.address}: ${name} has two different values${here ? `; here ${byKey}` : ''}`;
      const why = there ? `here ${byKey}` : 'the other value is here';
      const help = here || there ? `Write the same \`${name}\` in both places.` : undefined;
      const related = [{ place: into.places[name]!, message: why }];
      diagnostics.push(diagnose('conflict', message, place, { help, related }));
      return;
    }
    into.attributes[name] = merged;
  }
  for (const [path, origins] of one.origins) into.origins.set(`/${name}${path}`, origins);
}

/** Is the value just the key in a section, because none is written? Then its node is that of an identifier. */
function isFromKey({ entry }: Item, name: string, { node }: Resolved): boolean {
  return (
    entry.identifiers?.pairs.some(({ key, value }) => key.text !== name && value.start === node.start) ===
    true
  );
}

/** Merges lists of additions. Beside a list that claims everything, additions must be in that list. */
function mergedAdditions(
  into: Merging,
  name: string,
  before: Value,
  value: Value,
  onlyAdds: boolean,
): Value | undefined {
  if (!Array.isArray(before) || !Array.isArray(value)) return undefined;
  if (onlyAdds && into.onlyAdd.has(name)) return union(before, value);
  const [whole, added] = onlyAdds ? [before, value] : [value, before];
  if (!added.every((one) => whole.some((other) => agree(one, other, false)))) return undefined;
  into.onlyAdd.delete(name);
  return whole;
}

function union(a: Value[], b: Value): Value[] {
  return [...a, ...(b as Value[]).filter((one) => !a.some((other) => agree(other, one, false)))];
}

/** Merges two free maps; undefined when they contradict each other. */
function mergedMaps(a: Value, b: Value): Value | undefined {
  if (!isMap(a) || !isMap(b)) return agree(a, b, false) ? a : undefined;
  const merged: Record<string, Value> = { ...(a as Record<string, Value>) };
  for (const [key, value] of Object.entries(b as Record<string, Value>)) {
    const inner = Object.hasOwn(merged, key) ? mergedMaps(merged[key]!, value) : value;
    if (inner === undefined) return undefined;
    merged[key] = inner;
  }
  return merged;
}

function agree(a: Value, b: Value, asSet: boolean): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    if (asSet) return a.every((one) => b.some((other) => agree(one, other, false)));
    return a.every((one, at) => agree(one, b[at]!, false));
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    const other = b as Record<string, Value>;
    return (
      keys.length === Object.keys(b).length &&
      keys.every(
        (key) => Object.hasOwn(other, key) && agree((a as Record<string, Value>)[key]!, other[key]!, false),
      )
    );
  }
  if (a instanceof Ref || b instanceof Ref || typeof a !== 'object' || typeof b !== 'object') return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
