/** Compares one resource as desired, as live, and as last applied. It knows values, and no kind by name. */

import { append } from '../model/append.js';
import { elementKey, type Fingerprints, fingerprintIn, originsIn } from '../model/fingerprint.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import {
  type Attributes,
  type Id,
  isMap,
  type LiveResource,
  Masked,
  type Origin,
  type OwnedRecord,
  pointerStep,
  Ref,
  Unavailable,
  type Value,
} from '../model/model.js';
import type { FieldChange, Reason } from './change.js';
import { covers, valueAt, withoutPath } from './map-paths.js';
import { isAround, originsAt } from './origins.js';
import { asList, asMap, hasReference, hasUnavailable, notYetKnown, sameValue } from './values.js';

/** What the comparison may ask of its surroundings; all of it pure. */
export interface DiffContext {
  readonly fingerprints: Fingerprints;
  readonly idOf: (ref: Ref, family?: string) => Id | undefined;
  /** What the directory would give back for an attribute's value. */
  readonly normalize: (kind: string, field: string, value: Value) => Value;
  /** Is this password the one that was applied? */
  readonly passwordUnchanged: (ref: Ref) => boolean;
  /** Must the secrets of this adopted object be written? */
  readonly writesSecrets: (ref: Ref) => boolean;
  /** Does the other side of a relation want this edge (`true`), not want it (`false`), or say nothing? */
  readonly otherSide: (field: FieldFacts, holder: Ref, element: Ref) => boolean | undefined;
}

export interface Difference {
  readonly fields: FieldChange[];
  readonly write: Attributes;
  readonly was: Attributes;
  readonly unchanged: number;
  readonly reasons: Set<Reason>;
  /** Attributes that were applied, are no longer written, and have no default to go back to. */
  readonly released: string[];
}

interface Desired {
  readonly ref: Ref;
  readonly attributes: Attributes;
  readonly onlyAdd?: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
}

/**
 * Compares a matched resource. Without a record (an adoption) nothing is reverted and secrets count as equal;
 * without `reverts`, what is no longer written is left as it is.
 */
export function diffResource(
  facts: KindFacts,
  desired: Desired,
  live: LiveResource,
  record: OwnedRecord | undefined,
  context: DiffContext,
  reverts = true,
): Difference {
  const difference: Difference = {
    fields: [],
    write: {},
    was: {},
    unchanged: 0,
    reasons: new Set(),
    released: [],
  };
  const run = new Comparison(facts, desired, live, record, context, difference);
  for (const [name, value] of Object.entries(desired.attributes)) run.attribute(name, value);
  if (record && reverts) run.reverts(record);
  return { ...difference, unchanged: run.unchanged };
}

class Comparison {
  unchanged = 0;

  constructor(
    private readonly facts: KindFacts,
    private readonly desired: Desired,
    private readonly live: LiveResource,
    private readonly record: OwnedRecord | undefined,
    private readonly context: DiffContext,
    private readonly out: Difference,
  ) {}

  attribute(name: string, value: Value): void {
    const before = this.out.fields.length;
    if (!(value instanceof Unavailable)) {
      const field = this.facts.fields[name];
      if (field?.unreadable) this.unreadable(field, value);
      else if (field?.map && isMap(value)) this.map(field, value);
      else if ((field === undefined || field.set) && Array.isArray(value)) this.set(name, field, value);
      else this.whole(name, field, value);
    }
    if (this.out.fields.length === before) this.unchanged++;
  }

  private unreadable(field: FieldFacts, value: Value): void {
    const path = `/${pointerStep(field.name)}`;
    const applied = this.record?.paths[path];
    const forced = this.record?.ownership !== 'created' && this.context.writesSecrets(this.desired.ref);
    // On adoption what cannot be read is recorded and left as it is.
    const adopted =
      this.record === undefined || (this.record.ownership === 'adopted' && applied === undefined);
    if (adopted && !forced) return;
    const same =
      field.unreadable === 'password'
        ? this.context.passwordUnchanged(this.desired.ref)
        : fingerprintIn(applied) === this.context.fingerprints.of(value);
    if (same && !forced) return;
    this.change(field.name, [], undefined, value, field, ['edited']);
    this.out.write[field.name] = value;
  }

  private whole(name: string, field: FieldFacts | undefined, value: Value): void {
    // A null for a computed attribute leaves it to the directory.
    if (value === null && field?.computed) return;
    const live = this.liveValue(name, field);
    if (sameValue(value, live) || hasUnavailable(value) || this.sameNormal(name, value, live)) return;
    this.change(name, [], live, value, field, this.reasonsFor(`/${pointerStep(name)}`, value, live));
    this.out.write[name] = value;
    this.out.was[name] = live;
  }

  private sameNormal(name: string, value: Value, live: Value): boolean {
    if (value === null || hasReference(value)) return false;
    return sameValue(this.context.normalize(this.facts.kind, name, value), live);
  }

  private liveValue(name: string, field: FieldFacts | undefined): Value {
    return this.live.attributes[name] ?? field?.default ?? null;
  }

  private set(name: string, field: FieldFacts | undefined, value: Value[]): void {
    const live = asList(this.live.attributes[name]);
    if (value.length === live.length && value.every((one, at) => one === live[at])) return;
    const key = (one: Value): string => elementKey(one, this.context.idOf);
    const wanted = new Map(value.map((one) => [key(one), one]));
    const there = new Map(live.map((one) => [key(one), one]));
    const added = [...wanted].filter(([one]) => !there.has(one)).map(([, one]) => one);
    const ownOnly =
      field === undefined || field.set === 'granted' || this.desired.onlyAdd?.has(name) === true;
    const gone = [...there].filter(([one]) => !wanted.has(one) && (!ownOnly || this.applied(name, one)));
    this.edges(
      name,
      field,
      live,
      added,
      gone.map(([, one]) => one),
      key,
    );
  }

  /** Adds and removes elements, except those that the other side of the relation already shows. */
  private edges(
    name: string,
    field: FieldFacts | undefined,
    live: Value[],
    wantedAdded: Value[],
    wantedRemoved: Value[],
    key: (one: Value) => string,
    why?: Reason,
  ): void {
    const shownThere = (one: Value, asked: boolean): boolean =>
      field?.inverseOf !== undefined &&
      one instanceof Ref &&
      this.context.otherSide(field, this.desired.ref, one) === asked;
    const added = wantedAdded.filter((one) => !shownThere(one, true));
    const removed = wantedRemoved.filter((one) => !shownThere(one, false));
    if (added.length === 0 && removed.length === 0) return;
    const goneKeys = new Set(removed.map(key));
    const after = [...live.filter((one) => !goneKeys.has(key(one))), ...added];
    const reasons = new Set<Reason>();
    if (why) reasons.add(why);
    else {
      for (const one of added) reasons.add(this.applied(name, key(one)) ? 'drifted' : 'edited');
      const claimed = this.record?.paths[`/${pointerStep(name)}`] !== undefined;
      for (const one of removed) reasons.add(!claimed || this.applied(name, key(one)) ? 'edited' : 'drifted');
    }
    this.change(name, [], undefined, undefined, field, [...reasons], { added, removed });
    this.out.write[name] = after;
    this.out.was[name] = live;
  }

  private applied(name: string, key: string): boolean {
    return this.record?.paths[`/${pointerStep(name)}/${pointerStep(key)}`] !== undefined;
  }

  private map(field: FieldFacts, value: Readonly<Record<string, Value>>): void {
    const live = this.live.attributes[field.name];
    const liveMap = isMap(live) ? (live as Record<string, Value>) : {};
    const found = this.out.fields.length;
    const merged = this.leaves(field, [], value, liveMap);
    if (this.out.fields.length > found) this.writeMap(field.name, merged, liveMap);
  }

  private leaves(
    field: FieldFacts,
    path: readonly string[],
    value: Readonly<Record<string, Value>>,
    live: Readonly<Record<string, Value>>,
  ): Record<string, Value> {
    const merged: Record<string, Value> = { ...live };
    for (const [key, inner] of Object.entries(value)) {
      const below = [...path, key];
      const there = Object.hasOwn(live, key) ? live[key] : undefined;
      if (inner instanceof Unavailable) continue;
      if (isMap(inner) && (isMap(there) || Object.keys(inner).length > 0)) {
        merged[key] = this.leaves(field, below, inner, isMap(there) ? there : {});
      } else if (there === undefined || !sameValue(inner, there)) {
        const pointer = `/${[field.name, ...below].map(pointerStep).join('/')}`;
        this.change(field.name, below, there, inner, field, this.reasonsFor(pointer, inner, there));
        merged[key] = inner;
      }
    }
    return merged;
  }

  private writeMap(name: string, after: Record<string, Value>, before: Record<string, Value>): void {
    this.out.write[name] = after;
    this.out.was[name] = before;
  }

  /** Puts back what was applied and is no longer written. */
  reverts(record: OwnedRecord): void {
    const gone = new Map<string, string[][]>();
    for (const pointer of Object.keys(record.paths)) {
      const [name, ...below] = pointer.slice(1).split('/').map(unescapeStep) as [string, ...string[]];
      append(gone, name, below);
    }
    for (const [name, paths] of gone) {
      const field = this.facts.fields[name];
      const written = Object.hasOwn(this.desired.attributes, name)
        ? this.desired.attributes[name]
        : undefined;
      if (field?.map) this.revertMap(field, paths, isMap(written) ? written : {});
      else if (written === undefined && (field === undefined || field.set))
        this.revertSet(name, field, paths);
      else if (written === undefined && field) this.revertWhole(field);
    }
  }

  private revertWhole(field: FieldFacts): void {
    if (field.retired) return;
    const live = this.liveValue(field.name, field);
    if (field.default === undefined || field.secret || field.computed || field.required) {
      this.out.released.push(field.name);
    } else if (!sameValue(field.default, live)) {
      this.change(field.name, [], live, field.default, field, ['reverted']);
      this.out.write[field.name] = field.default;
      this.out.was[field.name] = live;
    }
  }

  private revertSet(name: string, field: FieldFacts | undefined, paths: readonly string[][]): void {
    const live = asList(this.live.attributes[name]);
    const ours = new Set(paths.filter((path) => path.length === 1).map(([key]) => key));
    const key = (one: Value): string => elementKey(one, this.context.idOf);
    const removed = live.filter((one) => {
      if (!ours.has(key(one))) return false;
      return !(field && one instanceof Ref && this.context.otherSide(field, this.desired.ref, one) === true);
    });
    this.edges(name, field, live, [], removed, key, 'reverted');
  }

  private revertMap(
    field: FieldFacts,
    paths: readonly string[][],
    written: Readonly<Record<string, Value>>,
  ): void {
    const live = (this.out.write[field.name] ?? this.live.attributes[field.name]) as Value | undefined;
    if (!isMap(live)) return;
    let after: Record<string, Value> | undefined;
    for (const path of paths) {
      if (path.length === 0 || covers(written, path)) continue;
      const there = valueAt(live, path);
      if (there === undefined) continue;
      // Keys that others added below what was a leaf are theirs.
      if (isMap(there) && Object.keys(there).length > 0) continue;
      this.change(field.name, path, there, undefined, field, ['reverted']);
      after = withoutPath(after ?? live, path, written);
    }
    if (after) this.writeMap(field.name, after, asMap(this.live.attributes[field.name]));
  }

  private reasonsFor(pointer: string, value: Value, live: Value | undefined): Reason[] {
    const applied = fingerprintIn(this.record?.paths[pointer]);
    if (applied === undefined) return ['edited'];
    const reasons: Reason[] = [];
    if (!notYetKnown(value) && applied !== this.context.fingerprints.of(value)) reasons.push('edited');
    if (live === undefined || applied !== this.context.fingerprints.of(live)) reasons.push('drifted');
    return reasons.length > 0 ? reasons : ['drifted'];
  }

  /** A value that came from a variable or file stays hidden after the blueprint changes to something else. */
  private masked(pointer: string, before: Value): Value {
    const origins: Origin[] = [];
    for (const [at, recorded] of Object.entries(this.record?.paths ?? {})) {
      if (isAround(at, pointer)) origins.push(...originsIn(recorded));
    }
    return origins.length > 0 ? new Masked(origins) : before;
  }

  private maskedElement(name: string, element: Value): Value {
    if (element instanceof Ref) return element;
    return this.masked(
      `/${pointerStep(name)}/${pointerStep(elementKey(element, this.context.idOf))}`,
      element,
    );
  }

  private change(
    name: string,
    path: readonly string[],
    before: Value | undefined,
    after: Value | undefined,
    field: FieldFacts | undefined,
    reasons: readonly Reason[],
    set?: FieldChange['set'],
  ): void {
    for (const reason of reasons) this.out.reasons.add(reason);
    this.out.fields.push({
      field: name,
      path,
      before:
        before === undefined
          ? undefined
          : this.masked(`/${[name, ...path].map(pointerStep).join('/')}`, before),
      after,
      set: set && { ...set, removed: set.removed.map((one) => this.maskedElement(name, one)) },
      secret: field?.secret === true,
      origins: originsAt(this.desired.origins, [name, ...path]),
      reason: reasons[0]!,
    });
  }
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
