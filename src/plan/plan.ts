/** The desired model, the live model, what is owned and the time in; a plan out. Pure: nothing is read or written. */
import { catalogue, type KindFacts } from '../catalogue.js';
import { type Diagnostic, diagnose } from '../diagnostic.js';
import { appliedPaths, type Fingerprints, originsIn, withOrigins } from '../fingerprint.js';
import type { LiveModel } from '../live.js';
import {
  type Address,
  type Attributes,
  type DesiredResource,
  type Id,
  isMap,
  type LiveResource,
  type OwnedRecord,
  objectKey,
  Ref,
  Unavailable,
  type Value,
} from '../model.js';
import { cascades } from './after.js';
import type { Change, Counts, FieldChange, HazardName, LedgerEntry, Plan, Reason, Stance } from './change.js';
import { type DiffContext, diffResource, originsAt, originsBelow } from './diff.js';
import { findHazards } from './hazards.js';
import type { Intent } from './intents.js';
import { inOrder } from './order.js';
import { protectLabel, prune } from './prune.js';
import { judge } from './stances.js';

export interface PlanInput {
  readonly directory: string;
  readonly project: string;
  readonly desired: readonly DesiredResource[];
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  readonly fingerprints: Fingerprints;
  /** What the directory would give back for a value that holds no reference. */
  readonly normalize: (kind: string, field: string, value: Value) => Value;
  /** Resources whose written password is the one that was applied last. */
  readonly unchangedPasswords: ReadonlySet<Ref>;
  /** Only these addresses, and what they need to exist. */
  readonly targets?: ReadonlySet<Address>;
  /** Delete, deactivate or forget what we created and nothing mentions any more? */
  readonly prune: boolean;
  /** Why nothing may be pruned or reverted: what was read of the blueprints may not be all of them. */
  readonly pruneBlocked?: string;
  /** Objects of other projects, by `objectKey`, with the project's name. */
  readonly others: ReadonlyMap<string, string>;
  readonly stances: Readonly<Partial<Record<HazardName, Stance>>>;
  /** Does an approved plan list this hazard? */
  readonly approves?: (address: Address, hazard: HazardName) => boolean;
  /** Adopted objects whose secrets are written, not just recorded. */
  readonly writeSecrets: ReadonlySet<Address>;
  /** Issue missing invitations although nothing is recorded and objects exist already. */
  readonly issue: boolean;
  /** Creates that were begun and never confirmed; those that made something are among `owned`. */
  readonly intents: readonly Intent[];
  /** The user whose credentials are in use. */
  readonly account?: Ref;
}

/** The id in the record of an invitation that may have been issued before there were records. */
const neverIssued = '00000000-0000-0000-0000-000000000000';

/** Makes the plan. */
export function plan(input: PlanInput): Plan {
  const planner = new Planner(input);
  for (const resource of input.desired) planner.resource(resource);
  return planner.finish();
}

class Planner {
  private readonly kinds = catalogue().kinds;
  private readonly byObject = new Map<string, OwnedRecord>();
  private readonly desiredOf = new Map<Ref, DesiredResource>();
  private readonly mentioned = new Set<OwnedRecord>();
  private readonly changes: Change[] = [];
  private readonly records: LedgerEntry[] = [];
  private readonly stale: Address[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private readonly counts = { unchanged: 0, spent: 0, held: 0 };
  private readonly context: DiffContext;

  constructor(private readonly input: PlanInput) {
    for (const record of input.owned.values()) this.byObject.set(objectKey(record.kind, record.id), record);
    for (const resource of input.desired) this.desiredOf.set(resource.ref, resource);
    const idOf = (ref: Ref, family?: string): Id | undefined => idIn(input.live.of(ref), family);
    this.context = {
      fingerprints: input.fingerprints,
      idOf,
      normalize: input.normalize,
      passwordUnchanged: (ref) => input.unchangedPasswords.has(ref),
      writesSecrets: (ref) => input.writeSecrets.has(ref.address),
      otherSide: (field, holder, element) => {
        if (!this.targeted(element.address)) return undefined;
        const { kind, field: name } = field.inverseOf ?? this.inverseOf(holder, field.name) ?? {};
        if (kind === undefined || name === undefined) return undefined;
        const other = this.desiredOf.get(element);
        const list = other?.attributes[name];
        if (!Array.isArray(list)) return undefined;
        return list.includes(holder) || (other!.onlyAdd?.has(name) ? undefined : false);
      },
    };
  }

  /** The list on the other side that mirrors this one, where a kind declares it. */
  private inverseOf(holder: Ref, field: string): { kind: string; field: string } | undefined {
    const to = this.kinds.get(holder.kind)?.fields[field]?.reference?.to;
    for (const other of Object.values((to && this.kinds.get(to)?.fields) || {})) {
      if (other.inverseOf?.kind === holder.kind && other.inverseOf.field === field) {
        return { kind: to!, field: other.name };
      }
    }
    return undefined;
  }

  private recordOf(resource: DesiredResource): OwnedRecord | undefined {
    const { owned } = this.input;
    const { live, was } = resource;
    const named = owned.get(resource.ref.address) ?? (was === undefined ? undefined : owned.get(was));
    // Under the name of what we made somebody else may have made another object: that one is not ours.
    const isNamed = !live || named?.id === live.id;
    const record = isNamed ? named : this.byObject.get(objectKey(resource.kind, live.id));
    if (record) this.mentioned.add(record);
    return record;
  }

  resource(resource: DesiredResource): void {
    const record = this.recordOf(resource);
    if (!this.targeted(resource.ref.address)) return;
    switch (resource.state) {
      case 'held':
        this.counts.held++;
        return;
      case 'absent':
        if (!resource.live) {
          if (record) this.stale.push(record.address);
          return;
        }
        if (record?.labels[protectLabel] === 'true') this.protected(resource);
        else this.changes.push(this.deletion(resource, resource.live, record));
        return;
      default:
        if (resource.live) this.matched(resource, resource.live, record);
        else this.missing(resource, record);
    }
  }

  /** What a new object gets, without the list elements that the other side of the relation shows and writes. */
  private withoutMirrored(facts: KindFacts, holder: Ref, attributes: Attributes): Attributes {
    const left: Attributes = {};
    for (const [name, value] of Object.entries(attributes)) {
      const field = facts.fields[name];
      if (!field?.inverseOf || !Array.isArray(value)) {
        left[name] = value;
        continue;
      }
      const own = value.filter(
        (one) => !(one instanceof Ref && this.context.otherSide(field, holder, one) === true),
      );
      if (own.length > 0 || value.length === 0) left[name] = own;
    }
    return left;
  }

  private targeted(address: Address): boolean {
    return !this.input.targets || this.input.targets.has(address);
  }

  private missing(resource: DesiredResource, record: OwnedRecord | undefined): void {
    const facts = this.kinds.get(resource.kind)!;
    const write = this.withoutMirrored(
      facts,
      resource.ref,
      creatable({ ...resource.initial, ...resource.attributes }),
    );
    // What only mattered for making it is not kept true, so it is not remembered; of what is made once, all is.
    const remembered = facts.spends ? write : applied(resource.attributes);
    const entry = this.entry(resource, 'created', remembered, record);
    const wanted = this.input.issue && record?.id === neverIssued;
    if (facts.spends && record && !wanted && record.whole === this.wholeOf(facts, entry)) {
      this.counts.spent++;
      return;
    }
    if (facts.spends && !record && this.unrecorded() && !this.input.issue) {
      const message = `${resource.ref.address} is not issued: nothing is recorded yet, but objects exist, so it may have been issued and used before`;
      this.diagnostics.push(diagnose('not-issued', message, resource.place));
      // The next run has a ledger that is not empty; it must not issue what this one did not dare to.
      this.records.push({ ...entry, id: neverIssued });
      return;
    }
    const reason: Reason = record && !facts.spends ? 'missing' : record ? 'edited' : 'new';
    const fields = Object.entries(write).flatMap(([name, value]) =>
      createdFields(facts, resource, name, value, reason),
    );
    this.changes.push({
      verb: 'create',
      ref: resource.ref,
      kind: resource.kind,
      wantedId: resource.wantedId,
      write,
      was: {},
      fields,
      unchanged: 0,
      place: resource.place,
      reasons: [reason],
      hazards: [],
      record: entry,
    });
  }

  /** Is the ledger empty, although at least one of the objects described is there? */
  private unrecorded(): boolean {
    const { owned, desired } = this.input;
    return owned.size === 0 && desired.some((one) => one.live && !this.kinds.get(one.kind)!.singleton);
  }

  private matched(resource: DesiredResource, live: LiveResource, record: OwnedRecord | undefined): void {
    const facts = this.kinds.get(resource.kind)!;
    if (resource.state === 'created') {
      // Made by others, it is none of ours; made by us, it stays ours and is never compared.
      this.counts.unchanged++;
      if (record?.whole === '') this.records.push(this.entry(resource, record.ownership, {}, record));
      return;
    }
    const ownership = record?.ownership ?? 'adopted';
    const entry = this.entry(resource, ownership, applied(resource.attributes), record);
    // What was applied is what is written now, so nothing can have been dropped.
    const same = record?.whole === this.wholeOf(facts, entry) && hasOrigins(record, resource);
    const reverts = !same && this.input.pruneBlocked === undefined;
    const difference = diffResource(facts, resource, live, record, this.context, reverts);
    this.release(resource, difference.released);
    // Nothing becomes ours in silence that another project keeps.
    const theirs = !record && this.input.others.has(objectKey(resource.kind, live.id));
    if (difference.fields.length > 0 || theirs) {
      this.changes.push({
        verb: record ? 'update' : 'adopt',
        ref: resource.ref,
        kind: resource.kind,
        id: live.id,
        write: difference.write,
        was: difference.was,
        fields: difference.fields,
        unchanged: difference.unchanged,
        place: resource.place,
        renamedFrom: entry.previousAddress,
        reasons: [...difference.reasons],
        hazards: [],
        record: entry,
      });
      return;
    }
    this.counts.unchanged++;
    if (!same || entry.previousAddress) this.records.push(entry);
  }

  private protected(resource: DesiredResource): void {
    const message = `${resource.ref.address} is protected by the label ${protectLabel}`;
    this.diagnostics.push(diagnose('protected', message, resource.place));
  }

  private deletion(resource: DesiredResource, live: LiveResource, record?: OwnedRecord): Change {
    return {
      verb: 'delete',
      ref: resource.ref,
      kind: resource.kind,
      id: live.id,
      write: {},
      was: live.attributes,
      fields: [],
      unchanged: 0,
      place: resource.place,
      recordAddress: record?.address,
      reasons: ['absent'],
      hazards: [],
    };
  }

  private wholeOf(facts: KindFacts, entry: LedgerEntry): string {
    return this.input.fingerprints.whole(facts, entry.applied, entry.labels);
  }

  private entry(
    resource: DesiredResource,
    ownership: 'created' | 'adopted',
    attributes: Attributes,
    record: OwnedRecord | undefined,
  ): LedgerEntry {
    const moved = record && record.address !== resource.ref.address;
    // While nothing may be reverted, what was applied stays remembered.
    const keep = this.input.pruneBlocked === undefined ? undefined : record;
    return {
      keep,
      ref: resource.ref,
      kind: resource.kind,
      ownership,
      place: resource.place,
      labels: resource.labels,
      applied: attributes,
      previousAddress: moved ? record.address : undefined,
      origins: resource.origins.size > 0 ? resource.origins : undefined,
    };
  }

  private release(resource: DesiredResource, names: readonly string[]): void {
    for (const name of names) {
      const message = `${resource.ref.address}: ${name} is no longer written; its value stays as it is`;
      this.diagnostics.push(diagnose('released', message, resource.place));
    }
  }

  finish(): Plan {
    const { input } = this;
    const orphans: { address: Address; place: string }[] = [];
    const known = new Set([...this.mentioned].map((one) => objectKey(one.kind, one.id)));
    if (!input.targets) {
      for (const record of input.owned.values()) {
        if (this.mentioned.has(record)) continue;
        const live = input.live.byId(record.kind, record.id);
        if (!live) {
          if (input.live.kinds.has(record.kind)) this.stale.push(record.address);
        } else if (known.has(objectKey(record.kind, record.id))) {
          // Its former address: the process died while a rename was written down.
          this.stale.push(record.address);
        } else if (!this.prune(record, live)) orphans.push({ address: record.address, place: record.place });
      }
    }
    const entries = [...this.records, ...this.changes.flatMap((one) => one.record ?? [])];
    const written = new Set(entries.map((one) => one.ref.address));
    const hazards = findHazards({ ...input, changes: this.changes }).of;
    const withHazards = this.changes.map((change) => ({ ...change, hazards: hazards.get(change) ?? [] }));
    const { kept, held, refused } = judge(withHazards, input);
    const { ordered, diagnostics } = inOrder(this.withTaken(kept), input.live);
    const taken = new Set(ordered.flatMap((one) => one.takes ?? []));
    const left = orphans.filter((one) => !taken.has(one.address));
    return {
      directory: input.directory,
      project: input.project,
      changes: ordered,
      counts: { ...countVerbs(ordered), ...this.counts, orphaned: left.length },
      orphans: left.sort((a, b) => (a.address < b.address ? -1 : 1)),
      diagnostics: [...this.diagnostics, ...diagnostics],
      records: this.records,
      stale: this.stale.filter((one) => !written.has(one)),
      held,
      refused,
      stances: input.stances,
      pruneBlocked: input.prune && left.length > 0 ? input.pruneBlocked : undefined,
    };
  }

  /** Deletions, each with the records of what goes with it and nothing mentions. */
  private withTaken(changes: readonly Change[]): readonly Change[] {
    const deleted = changes.filter((one) => one.verb === 'delete').map((one) => one.ref);
    const records = new Map<Ref, Address[]>();
    for (const [ref, cause] of cascades(this.input.live, deleted)) {
      const record = this.byObject.get(objectKey(ref.kind, this.input.live.of(ref)!.id));
      if (!record || this.mentioned.has(record)) continue;
      const list = records.get(cause);
      if (list) list.push(record.address);
      else records.set(cause, [record.address]);
    }
    if (records.size === 0) return changes;
    return changes.map((one) => {
      const takes = one.verb === 'delete' ? records.get(one.ref) : undefined;
      return takes ? { ...one, takes } : one;
    });
  }

  /** Plans what becomes of an object that nothing mentions any more; false when it stays an orphan. */
  private prune(record: OwnedRecord, live: LiveResource): boolean {
    if (!this.input.prune || this.input.pruneBlocked !== undefined) return false;
    const { change, record: entry } = prune(record, live, this.input.fingerprints);
    if (entry) this.records.push(entry);
    if (change) this.changes.push(change);
    return change !== undefined;
  }
}

/** The id of a resource, in a family where one is asked for. */
export function idIn(live: LiveResource | undefined, family?: string): Id | undefined {
  return (family === undefined ? undefined : live?.familyIds?.[family]) ?? live?.id;
}

/** Does the record say what came from outside? A value may stay the same and move into a variable. */
function hasOrigins(record: OwnedRecord, { origins }: DesiredResource): boolean {
  return origins.size === 0 || Object.values(record.paths).some((one) => originsIn(one).length > 0);
}

function creatable(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => !(value instanceof Unavailable)),
  );
}

/** What the ledger is to remember; a value that is not there was not applied. */
function applied(attributes: Attributes): Attributes {
  for (const value of Object.values(attributes))
    if (value instanceof Unavailable) return creatable(attributes);
  return attributes;
}

function createdFields(
  facts: KindFacts,
  resource: DesiredResource,
  name: string,
  value: Value,
  reason: Reason,
): FieldChange[] {
  const field = facts.fields[name];
  const isSet = (field === undefined || field.set !== undefined) && Array.isArray(value);
  const fieldAt = (path: readonly string[], after: Value): FieldChange => ({
    field: name,
    path,
    after: isSet ? undefined : after,
    set: isSet ? { added: value, removed: [] } : undefined,
    secret: field?.secret === true,
    origins: originsAt(resource.origins, [name, ...path]),
    reason,
  });
  const whole = fieldAt([], value);
  // Of a free map only the parts that came from elsewhere are masked.
  return field?.map && whole.origins && isMap(value)
    ? leavesOf(value, []).map(([path, leaf]) => fieldAt(path, leaf))
    : [whole];
}

function leavesOf(
  map: Readonly<Record<string, Value>>,
  above: readonly string[],
): (readonly [readonly string[], Value])[] {
  return Object.entries(map).flatMap(([key, value]) =>
    isMap(value) && Object.keys(value).length > 0
      ? leavesOf(value, [...above, key])
      : [[[...above, key], value] as const],
  );
}

function countVerbs(changes: readonly Change[]): Omit<Counts, 'unchanged' | 'spent' | 'held' | 'orphaned'> {
  const counts = { create: 0, update: 0, delete: 0, adopt: 0, forget: 0 };
  for (const change of changes) if (!change.partOf) counts[change.verb]++;
  return counts;
}

/** Is there anything to write to the directory? */
export function hasChanges(made: Plan): boolean {
  return made.changes.length > 0;
}

/** Every applied path of a resource with its fingerprint and origins, as the ledger keeps them. */
export function pathFingerprints(
  facts: KindFacts,
  attributes: Attributes,
  fingerprints: Fingerprints,
  idOf: (ref: Ref, family?: string) => Id | undefined,
  origins?: DesiredResource['origins'],
): Record<string, string> {
  const paths: Record<string, string> = {};
  for (const [path, value, from] of appliedPaths(facts, attributes, idOf))
    paths[path] = withOrigins(fingerprints.of(value), origins && originsBelow(origins, from));
  return paths;
}
