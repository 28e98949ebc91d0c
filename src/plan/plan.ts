/**
 * Makes the plan: compares the desired model with the live one and with what the project owns. Pure: it reads and
 * writes nothing, and the time is an input.
 */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { unsettled } from '../model/fingerprint.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { idIn } from '../model/live-model.js';
import {
  type Address,
  type DesiredResource,
  type Id,
  type LiveResource,
  type OwnedRecord,
  objectKey,
  type Ref,
} from '../model/model.js';
import { cascades } from './after.js';
import { isAsDesired } from './as-desired.js';
import { withCascadedRecords } from './cascaded.js';
import { type Change, countVerbs, type LedgerEntry, type Orphan, type Plan, type Reason } from './change.js';
import { createdFields } from './created.js';
import { type DiffContext, diffResource } from './diff.js';
import { findHazards } from './hazards.js';
import type { PlanInput } from './input.js';
import { applied, creatable, hasOrigins, isFrom, isWhole, ledgerEntry } from './ledger-entry.js';
import { inOrder, referencesIn } from './order.js';
import { inOrderOfUrgency, orphanOf, undecided } from './orphans.js';
import { otherSides, withoutMirrored } from './other-side.js';
import { fateOf, keepingLabel, protectLabel, prune } from './prune.js';
import { judge } from './stances.js';
import { sharedValues } from './unique.js';

/** The id recorded for an invitation that may have been issued before there was a ledger. */
const neverIssued = '00000000-0000-0000-0000-000000000000';

/** Makes the plan. */
export function plan(input: PlanInput): Plan {
  const planner = new Planner(input);
  for (const resource of input.desired) planner.resource(resource);
  return planner.finish();
}

class Planner {
  private readonly kinds = catalogue().kinds;
  private readonly mentioned = new Set<OwnedRecord>();
  private readonly changes: Change[] = [];
  private readonly records: LedgerEntry[] = [];
  private readonly stale: Address[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private readonly counts = { unchanged: 0, spent: 0, held: 0 };
  private readonly context: DiffContext;
  private readonly mayRevert: boolean;

  constructor(private readonly input: PlanInput) {
    this.mayRevert = input.pruneBlocked === undefined;
    const idOf = (ref: Ref, family?: string): Id | undefined => idIn(input.live.of(ref), family);
    this.context = {
      fingerprints: input.fingerprints,
      idOf,
      normalize: input.normalize,
      passwordUnchanged: (ref) => input.unchangedPasswords.has(ref),
      writesSecrets: (ref) => input.writeSecrets.has(ref.address),
      otherSide: otherSides(input.desired, input.targets),
    };
  }

  private ownedObjects: Map<string, OwnedRecord> | undefined;

  /** Records by the object they are about. */
  private byObject(): ReadonlyMap<string, OwnedRecord> {
    this.ownedObjects ??= new Map(
      [...this.input.owned.values()].map((one) => [objectKey(one.kind, one.id), one]),
    );
    return this.ownedObjects;
  }

  private recordOf(resource: DesiredResource): OwnedRecord | undefined {
    const { owned } = this.input;
    const { live, was } = resource;
    const named = owned.get(resource.ref.address) ?? (was === undefined ? undefined : owned.get(was));
    // Someone else may have created another object with the same name: that one is not ours.
    const isNamed = !live || named?.id === live.id;
    const record = isNamed ? named : this.byObject().get(objectKey(resource.kind, live.id));
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

  private targeted(address: Address): boolean {
    return !this.input.targets || this.input.targets.has(address);
  }

  private missing(resource: DesiredResource, record: OwnedRecord | undefined): void {
    const facts = this.kinds.get(resource.kind)!;
    const write = withoutMirrored(
      facts,
      resource.ref,
      creatable({ ...resource.initial, ...resource.attributes }),
      this.context.otherSide,
    );
    // What only matters on create is not recorded, except for objects that are issued once: there everything is.
    const remembered = facts.spends ? write : applied(resource.attributes);
    const entry = ledgerEntry(facts, resource, 'created', remembered, record, this.mayRevert);
    const wanted = this.input.issue && record?.id === neverIssued;
    if (facts.spends && record && !wanted && isWhole(record, this.wholeOf(facts, entry))) {
      this.counts.spent++;
      return;
    }
    if (facts.spends && !record && this.unrecorded() && !this.input.issue) {
      const message = `${resource.ref.address} is not issued: the ledger is empty but the directory is not, so it may have been issued and used before`;
      this.diagnostics.push(diagnose('not-issued', message, resource.place));
      // By the next run the ledger is not empty, so record that this one must still not be issued.
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

  /** Is the ledger empty although at least one described object exists? */
  private unrecorded(): boolean {
    const { owned, desired } = this.input;
    return owned.size === 0 && desired.some((one) => one.live && !this.kinds.get(one.kind)!.singleton);
  }

  private matched(resource: DesiredResource, live: LiveResource, record: OwnedRecord | undefined): void {
    const facts = this.kinds.get(resource.kind)!;
    if (resource.state === 'created') {
      // Created by others, it is not ours; created by us, it stays ours and is never compared.
      this.counts.unchanged++;
      if (record?.whole === '')
        this.records.push(ledgerEntry(facts, resource, record.ownership, {}, record, this.mayRevert));
      return;
    }
    if (record && record.address === resource.ref.address && this.isInSync(facts, resource, live, record)) {
      this.counts.unchanged++;
      return;
    }
    const ownership = record?.ownership ?? 'adopted';
    const made = ledgerEntry(
      facts,
      resource,
      ownership,
      applied(resource.attributes),
      record,
      this.mayRevert,
    );
    // If what was applied is what is written now, there is nothing to revert.
    const whole = this.wholeOf(facts, made);
    const isCurrent = record !== undefined && hasOrigins(record, resource) && isFrom(record, resource);
    const same = record?.whole === whole && isCurrent;
    const reverts = !same && this.mayRevert;
    const isWaiting = record !== undefined && !same && !reverts && record.whole !== whole;
    const entry = isWaiting ? { ...made, unsettled: true } : made;
    const difference = diffResource(facts, resource, live, record, this.context, reverts);
    this.release(resource, difference.released);
    if (record) this.labelled(resource, record);
    // Adopting what another project owns must show in the plan.
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
    // A pending revert is recorded once.
    const isKnown = same || (isWaiting && isCurrent && record.whole === unsettled(whole));
    if (!isKnown || entry.previousAddress) this.records.push(entry);
  }

  /** Is everything as the blueprints say, and was it the last time they were applied? Then there is nothing to do. */
  private isInSync(
    facts: KindFacts,
    resource: DesiredResource,
    live: LiveResource,
    record: OwnedRecord,
  ): boolean {
    return (
      isAsDesired(facts, resource.attributes, live) &&
      record.whole === this.input.fingerprints.whole(facts, resource.attributes, resource.labels) &&
      hasOrigins(record, resource) &&
      isFrom(record, resource)
    );
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

  private release(resource: DesiredResource, names: readonly string[]): void {
    for (const name of names) {
      const message = `${resource.ref.address}: ${name} is no longer written; its value stays as it is`;
      this.diagnostics.push(diagnose('released', message, resource.place));
    }
  }

  /** Labels change nothing in the directory, only what later plans may do to the object. */
  private labelled({ ref, labels, place }: DesiredResource, record: OwnedRecord): void {
    for (const name of new Set([...Object.keys(record.labels), ...Object.keys(labels)])) {
      const [was, is] = [record.labels[name], labels[name]];
      if (was === is) continue;
      const change = is === undefined ? `is no longer \`${was}\`` : `becomes \`${is}\``;
      this.diagnostics.push(diagnose('label-changed', `${ref.address}: the label ${name} ${change}`, place));
    }
  }

  finish(): Plan {
    const { input } = this;
    const orphans: Orphan[] = [];
    if (!input.targets && this.mentioned.size < input.owned.size) {
      const known = new Set([...this.mentioned].map((one) => objectKey(one.kind, one.id)));
      for (const record of input.owned.values()) {
        if (this.mentioned.has(record)) continue;
        const live = input.live.byId(record.kind, record.id);
        if (!live) {
          if (input.live.kinds.has(record.kind)) this.stale.push(record.address);
        } else if (known.has(objectKey(record.kind, record.id))) {
          // Its old address: the process died while recording a rename.
          this.stale.push(record.address);
        } else if (!this.prune(record, live)) {
          const fate = this.mayRevert
            ? fateOf(record, live, input.fingerprints, this.referrers().has(live.ref))
            : undefined;
          orphans.push(orphanOf(record, live, fate));
        }
      }
    }
    const entries = [...this.records, ...this.changes.flatMap((one) => one.record ?? [])];
    const written = new Set(entries.map((one) => one.ref.address));
    const hazards = findHazards({ ...input, changes: this.changes }).of;
    const withHazards = this.changes.map((change) => ({ ...change, hazards: hazards.get(change) ?? [] }));
    const { kept, held, toAllow, refused, allowed } = judge(withHazards, input);
    this.diagnostics.push(...sharedValues(kept, input.live, () => this.byRef()));
    const { ordered, diagnostics } = inOrder(
      withCascadedRecords(kept, input.live, (key) => this.unmentioned(key)),
      input.live,
    );
    this.protectCascaded(ordered);
    const cascaded = new Set(ordered.flatMap((one) => one.takes ?? []));
    const left = inOrderOfUrgency(orphans.filter((one) => !cascaded.has(one.address)));
    if (input.prune === undefined) this.diagnostics.push(...undecided(left, input.project));
    return {
      directory: input.directory,
      project: input.project,
      changes: ordered,
      counts: { ...countVerbs(ordered), ...this.counts, orphaned: left.length },
      orphans: left,
      diagnostics: [...this.diagnostics, ...diagnostics],
      records: this.records,
      stale: this.stale.filter((one) => !written.has(one)),
      held,
      toAllow,
      refused,
      allowed,
      stances: input.stances,
      locked: input.locked,
      pruneBlocked: input.prune && left.length > 0 ? input.pruneBlocked : undefined,
    };
  }

  private byRef(): ReadonlyMap<Ref, DesiredResource> {
    return new Map(this.input.desired.map((one) => [one.ref, one]));
  }

  /** The record of an object, by `objectKey`, if nothing mentions it. */
  private unmentioned(key: string): OwnedRecord | undefined {
    const record = this.byObject().get(key);
    return record && !this.mentioned.has(record) ? record : undefined;
  }

  private referred: Map<Ref, DesiredResource> | undefined;

  /** What described resources refer to, each with one resource that does. */
  private referrers(): ReadonlyMap<Ref, DesiredResource> {
    if (!this.referred) {
      this.referred = new Map();
      for (const resource of this.input.desired) {
        if (resource.state === 'absent') continue;
        for (const value of [...Object.values(resource.attributes), ...Object.values(resource.initial)])
          for (const ref of referencesIn(value)) this.referred.set(ref, resource);
      }
    }
    return this.referred;
  }

  /** A protecting label also covers deletion by cascade. */
  private protectCascaded(changes: readonly Change[]): void {
    const deleted = changes.filter((one) => one.verb === 'delete');
    if (deleted.length === 0) return;
    const { live } = this.input;
    const places = new Map(deleted.map((one) => [one.ref, one.place]));
    for (const [ref, cause] of cascades(live, [...places.keys()])) {
      const record = this.byObject().get(objectKey(ref.kind, live.of(ref)!.id));
      const label = record && keepingLabel(record);
      if (!label || places.has(ref)) continue;
      const message = `${record.address} is protected by the label ${label}, but deleting ${cause.address} would delete it too`;
      this.diagnostics.push(diagnose('protected', message, places.get(cause)));
    }
  }

  /** Plans the pruning of an object that is no longer in any blueprint; false when it stays an orphan. */
  private prune(record: OwnedRecord, live: LiveResource): boolean {
    if (!this.input.prune || this.input.pruneBlocked !== undefined) return false;
    const by = this.referrers().get(live.ref);
    if (by) {
      const message = `${live.ref.address} is not pruned: ${by.ref.address} refers to it`;
      this.diagnostics.push(diagnose('still-referred', message, by.place));
      return false;
    }
    const { change, record: entry } = prune(record, live, this.input.fingerprints);
    if (entry) this.records.push(entry);
    if (change) this.changes.push(change);
    return change !== undefined;
  }
}

/** Is there anything to write to the directory? */
export function hasChanges(made: Plan): boolean {
  return made.changes.length > 0;
}
