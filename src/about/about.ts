/**
 * Everything about one object, as plain data: what it holds, what it refers to and what refers to it, who asks for it and
 * owns it, what differs, and what happened to it. Assembled from what was read; a terminal or a page shows it.
 */
import type { PersonRecord, RecordKind } from '../directory/people.js';
import type { Revision, Run } from '../ledger/run-history.js';
import { elementKey, originsIn } from '../model/fingerprint.js';
import { catalogue, type KindFacts, objectPermissions } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import {
  type Address,
  type ForeignRecord,
  isMap,
  type Json,
  type LiveResource,
  Masked,
  type Origin,
  type OwnedRecord,
  pointerStep,
  Ref,
  type Value,
} from '../model/model.js';
import type { Change, FieldChange, Reason, Verb } from '../plan/change.js';
import type { ApplicationAbout, GroupAbout, RoleAbout, UserAbout } from './access.js';

/** One attribute. Secret values are never here. */
export interface AttributeAbout {
  readonly name: string;
  /** Absent where it must not be shown. */
  readonly value?: Value;
  readonly secret: boolean;
  /** It holds what the directory fills in anyway. */
  readonly isDefault: boolean;
}

/** A reference to or from another object. */
export interface ReferenceAbout {
  readonly field: string;
  readonly address: Address;
}

/** Who owns it in the ledger. */
export interface OwnerAbout {
  readonly project: string;
  /** Known of the own project's objects only. */
  readonly ownership?: OwnedRecord['ownership'];
  readonly labels?: OwnedRecord['labels'];
}

/** One run that did something to it. */
export interface RunAbout {
  readonly run: number;
  readonly when: string;
  readonly who: string;
  readonly command: string;
  readonly verb: Verb;
  readonly fields: readonly string[];
  readonly revision?: Revision;
}

/** How it differs from the blueprints. */
export type DriftAbout =
  | { readonly known: false; readonly why: string }
  | {
      readonly known: true;
      /** What an apply would do; absent when nothing. */
      readonly verb?: Verb;
      readonly reasons: readonly Reason[];
      readonly fields: readonly FieldChange[];
    };

/** An audit event about it. */
export interface EventAbout {
  readonly when: string;
  readonly action: string;
  /** Who did it, where the directory knows. */
  readonly by?: string;
}

/** A list, or why there is none. */
export type Listed<T> = { readonly items: readonly T[] } | { readonly lacks: string };

export interface About {
  readonly address: Address;
  readonly kind: string;
  /** Absent for an invitation, whose id is its link. */
  readonly id?: string | number;
  readonly created?: string;
  readonly attributes: readonly AttributeAbout[];
  /** What the directory works out. */
  readonly computed: Readonly<Record<string, Json>>;
  readonly refersTo: readonly ReferenceAbout[];
  readonly referredBy: readonly ReferenceAbout[];
  /** `file:line` of the entry that asks for it now, or that did when it was last applied. */
  readonly askedFor?: { readonly place: string; readonly now: boolean };
  readonly owners: Listed<OwnerAbout>;
  readonly drift: DriftAbout;
  /** The run since which it is owned. */
  readonly since?: RunAbout;
  readonly history: Listed<RunAbout>;
  readonly events: Listed<EventAbout>;
  readonly user?: UserAbout;
  readonly group?: GroupAbout;
  readonly role?: RoleAbout;
  readonly application?: ApplicationAbout;
  /** What the directory keeps of a person. */
  readonly records?: ReadonlyMap<RecordKind, Listed<PersonRecord>>;
}

/** What the general part is assembled from. */
export interface AboutInput {
  readonly resource: LiveResource;
  readonly live: LiveModel;
  /** The ledger's record of the own project; undefined where it has none. */
  readonly record?: OwnedRecord;
  readonly project: string;
  readonly others: readonly ForeignRecord[];
  /** Why the ledger could not be read. */
  readonly ledgerLacks?: string;
  readonly runs: readonly Run[];
  /** The place of the entry, in blueprints that were read now. */
  readonly place?: string;
  readonly drift: DriftAbout;
  readonly events: Listed<EventAbout>;
}

/** Assembles what every kind has. */
export function aboutObject(input: AboutInput): About {
  const { resource, live, record, project, others, ledgerLacks, runs, place, drift, events } = input;
  const facts = catalogue().kinds.get(resource.kind)!;
  const { address } = resource.ref;
  const names = new Set([address, ...(record ? [record.address, ...(record.formerly ?? [])] : [])]);
  const history = historyOf(runs, names);
  const asked = place ?? record?.place;
  const own: OwnerAbout[] = record ? [{ project, ownership: record.ownership, labels: record.labels }] : [];
  return {
    address,
    kind: resource.kind,
    ...(facts.spends ? {} : { id: resource.id }),
    ...(resource.created !== undefined && { created: resource.created }),
    attributes: attributesOf(facts, resource, [
      ...(record ? [record.paths] : []),
      ...others.map(({ paths }) => paths),
    ]),
    computed: facts.spends ? {} : resource.computed,
    refersTo: refersTo(facts, resource),
    referredBy: referredBy(live, resource),
    ...(asked !== undefined && { askedFor: { place: asked, now: place !== undefined } }),
    owners:
      ledgerLacks === undefined
        ? { items: [...own, ...others.map((one) => ({ project: one.project }))] }
        : { lacks: ledgerLacks },
    drift,
    since: record && history.find(({ verb }) => verb === 'create' || verb === 'adopt'),
    history: ledgerLacks === undefined ? { items: history } : { lacks: ledgerLacks },
    events,
  };
}

/** What a plan does about an object, as how it differs. `none`: the blueprints do not mention it. */
export function driftOf(changes: readonly Change[], ref: Ref): DriftAbout {
  const change = changes.find((one) => one.ref === ref && !one.partOf);
  if (!change) return { known: true, reasons: [], fields: [] };
  const { verb, reasons, fields } = change;
  return { known: true, verb, reasons, fields };
}

/** The runs that did something to an object, newest first. */
function historyOf(runs: readonly Run[], names: ReadonlySet<Address>): RunAbout[] {
  return runs.flatMap(({ id, started, who, command, revision, changes }) =>
    changes
      .filter(({ address }) => names.has(address))
      .map(
        ({ verb, fields }): RunAbout => ({
          run: id,
          when: started,
          who,
          command,
          verb,
          fields: [...new Set(fields)],
          ...(revision && { revision }),
        }),
      ),
  );
}

type Paths = OwnedRecord['paths'];

function attributesOf(
  facts: KindFacts,
  { attributes }: LiveResource,
  applied: readonly Paths[],
): AttributeAbout[] {
  const origins = originsOf(applied);
  return Object.entries(attributes).flatMap(([name, value]): AttributeAbout[] => {
    const field = facts.fields[name];
    if (name === objectPermissions && Array.isArray(value) && value.length === 0) return [];
    if (field?.retired !== undefined || field?.aliasOf !== undefined) return [];
    const isDefault = isUsual(value, field?.default);
    if (field?.secret || field?.unreadable) return [{ name, secret: true, isDefault }];
    return [{ name, value: masked(value, origins, `/${pointerStep(name)}`), secret: false, isDefault }];
  });
}

/** Does the attribute hold nothing that anybody chose: its default, or nothing at all? */
function isUsual(value: Value, usual: Json | undefined): boolean {
  if (usual !== undefined) return JSON.stringify(value) === JSON.stringify(usual);
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** Where applied values came from, by JSON Pointer, as the ledger remembers it. */
function originsOf(applied: readonly Paths[]): ReadonlyMap<string, readonly Origin[]> {
  const found = new Map<string, readonly Origin[]>();
  for (const paths of applied) {
    for (const [path, recorded] of Object.entries(paths)) {
      const origins = originsIn(recorded);
      if (origins.length > 0) found.set(path, [...(found.get(path) ?? []), ...origins]);
    }
  }
  return found;
}

/** The value with what came from a variable or a file replaced by that. */
function masked(value: Value, origins: ReadonlyMap<string, readonly Origin[]>, pointer: string): Value {
  if (origins.size === 0) return value;
  const own = origins.get(pointer);
  if (own) return new Masked(own);
  if (![...origins.keys()].some((one) => one.startsWith(`${pointer}/`))) return value;
  if (Array.isArray(value))
    return value.map((one) =>
      masked(one, origins, `${pointer}/${pointerStep(elementKey(one, () => undefined))}`),
    );
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, Value>).map(([key, one]) => [
      key,
      masked(one, origins, `${pointer}/${pointerStep(key)}`),
    ]),
  );
}

function refersTo(facts: KindFacts, { attributes }: LiveResource): ReferenceAbout[] {
  const found: ReferenceAbout[] = [];
  for (const [field, value] of Object.entries(attributes)) {
    if (facts.fields[field]?.inverseOf) continue;
    for (const { address } of refsIn(value)) found.push({ field, address });
  }
  return found;
}

/** Objects whose own attributes name this one; lists that mirror them are left out. */
function referredBy(live: LiveModel, { ref }: LiveResource): ReferenceAbout[] {
  const found: ReferenceAbout[] = [];
  for (const kind of live.kinds) {
    const { fields } = catalogue().kinds.get(kind)!;
    for (const one of live.all(kind)) {
      for (const [field, value] of Object.entries(one.attributes)) {
        if (typeof value !== 'object' || value === null || fields[field]?.inverseOf) continue;
        if (refsIn(value).some((target) => target === ref)) found.push({ field, address: one.ref.address });
      }
    }
  }
  return found;
}

function refsIn(value: Value): Ref[] {
  if (value instanceof Ref) return [value];
  if (Array.isArray(value)) return value.flatMap(refsIn);
  return isMap(value) ? Object.values(value as Record<string, Value>).flatMap(refsIn) : [];
}
