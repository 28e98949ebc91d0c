/** Decides which live object each entry means. See "Matching" in docs/architecture.md. */

import { diagnose } from '../diagnostic/diagnostic.js';
import { append } from '../model/append.js';
import type { KindFacts } from '../model/kinds.js';
import { addressOf, compareByMatch } from '../model/live-model.js';
import {
  type Address,
  type Attributes,
  type Id,
  type LiveResource,
  type OwnedRecord,
  Ref,
} from '../model/model.js';
import { indexKey, satisfies } from './django-lookups.js';
import { FormerNames } from './former-names.js';
import type { Identifiers } from './identifiers.js';
import { type Identifier, type Item, type Matched, placeOf } from './item.js';
import type { Resolution } from './resolution.js';

/** Finds the live object of each entry, and makes one Ref for each resource. */
export class Matcher {
  private readonly indexes = new Map<string, Map<string, LiveResource[]>>();
  private readonly fresh = new Map<string, Ref>();
  private addresses: Map<Address, LiveResource> | undefined;

  private readonly formerNames: FormerNames;

  constructor(
    private readonly resolution: Resolution,
    private readonly identifiers: Identifiers,
  ) {
    this.formerNames = new FormerNames(
      resolution,
      (item) => [this.keyAddress(item), identifiers.formerAddress(item)],
      (item) => this.find(item.facts, identifiers.of(item)),
    );
  }

  /** The address of the natural key, if the entry writes one. */
  private keyAddress(item: Item): Address | undefined {
    return addressOf(item.facts, (field) => this.identifiers.keyValue(item, field));
  }

  /** Matches an entry of a kind whose natural key is unique. */
  one(item: Item): Matched {
    const { facts } = item;
    const identifiers = this.identifiers.of(item);
    const address = this.keyAddress(item);
    const former = this.identifiers.formerAddress(item);
    const byRecord = this.recorded(facts, address, former);
    const found = facts.singleton
      ? this.resolution.input.live.all(facts.kind)
      : this.find(facts, identifiers);
    const live = this.choose(item, byRecord, found) ?? (address ? this.ofKind(facts, address) : undefined);
    const before = former === undefined ? undefined : this.ofKind(facts, former);
    const meant = this.renamed(item, live, before);
    const record = meant || facts.singleton ? undefined : this.renamedBack(item, former ?? address);
    if (!record) return this.matched(item, address, meant);
    const { ref, live: back } = this.matched(
      item,
      address,
      this.resolution.input.live.byId(record.kind, record.id),
    );
    return { ref, live: back, renamedFrom: record.address };
  }

  /** The record of the object that had this name before a rename, if nothing else has the name or describes the object. */
  private renamedBack(item: Item, address: Address | undefined): OwnedRecord | undefined {
    const isDescribed = item.state === 'present' || item.state === 'must_created';
    if (!isDescribed || address === undefined || this.resolution.input.owned.has(address)) return undefined;
    const [record, ...others] = this.formerNames.of(item, address);
    if (record && others.length > 0) {
      const names = [record, ...others].map((one) => one.address).sort();
      const message = `${address} is a former name of ${names.join(' and ')}`;
      const help = 'Write `was:` with the current name of the object you mean.';
      const place = placeOf(item, item.entry.node);
      this.resolution.diagnostics.push(diagnose('ambiguous-match', message, place, { help }));
      item.broken = true;
    }
    return record;
  }

  /** With `was`: the object under the old name, unless there is one under the new. */
  private renamed(
    item: Item,
    live: LiveResource | undefined,
    before: LiveResource | undefined,
  ): LiveResource | undefined {
    if (!item.entry.was || item.state === 'absent') return live;
    const place = placeOf(item, item.entry.was);
    if (live && before && live !== before) {
      const message = `${before.ref.address} and ${live.ref.address} both exist`;
      this.resolution.diagnostics.push(diagnose('renamed-both-exist', message, place));
    } else if (live && !before && !item.held) {
      this.resolution.diagnostics.push(
        diagnose('renamed-already', `${live.ref.address} already has its new name`, place),
      );
    }
    return live ?? before;
  }

  private matched(item: Item, address: Address | undefined, live: LiveResource | undefined): Matched {
    const { facts } = item;
    if (live) {
      if (address !== undefined && live.ref.address !== address) {
        const byNumber = this.identifiers.of(item).find((one) => one.isId && typeof live.id === 'number');
        if (byNumber && !item.entry.was) {
          const message = `pk ${live.id} is ${live.ref.address}, not ${address}`;
          this.resolution.diagnostics.push(diagnose('key-changed', message, placeOf(item, byNumber.node)));
        } else {
          this.byAddress();
          live.ref.address = address;
        }
      }
      return { ref: live.ref, live };
    }
    const known = address ?? `${facts.name}/@${this.identity(item)}`;
    return { ref: this.freshRef(facts.kind, known, known) };
  }

  private freshRef(kind: string, identity: string, address: Address): Ref {
    const key = `${kind} ${identity}`;
    let ref = this.fresh.get(key);
    if (!ref) this.fresh.set(key, (ref = new Ref(kind, address)));
    return ref;
  }

  /** Resources that do not exist yet. */
  get freshRefs(): Iterable<Ref> {
    return this.fresh.values();
  }

  private ofKind(facts: KindFacts, address: Address): LiveResource | undefined {
    const found = this.byAddress().get(address);
    return found?.kind === facts.kind ? found : undefined;
  }

  /** Live objects by their original addresses; built before any address changes. */
  private byAddress(): ReadonlyMap<Address, LiveResource> {
    if (!this.addresses) {
      this.addresses = new Map();
      for (const kind of this.resolution.input.live.kinds) {
        for (const one of this.resolution.input.live.all(kind)) this.addresses.set(one.ref.address, one);
      }
    }
    return this.addresses;
  }

  private recorded(facts: KindFacts, address?: Address, former?: Address): LiveResource | undefined {
    const { owned, live } = this.resolution.input;
    const record = (address && owned.get(address)) ?? (former && owned.get(former));
    return record && record.kind === facts.kind ? live.byId(facts.kind, record.id) : undefined;
  }

  /** Decides between the recorded object and those that the identifiers find. */
  private choose(
    item: Item,
    byRecord: LiveResource | undefined,
    found: readonly LiveResource[],
  ): LiveResource | undefined {
    if (byRecord && (found.length === 0 || found.includes(byRecord))) return byRecord;
    if (found.length === 0) return undefined;
    const place = placeOf(item, item.entry.identifiers ?? item.entry.node);
    const names = found.map((one) => one.ref.address).join(', ');
    if (byRecord) {
      const message = `the identifiers match ${names}, but this project created ${byRecord.ref.address} (id ${byRecord.id}) for the entry`;
      this.resolution.diagnostics.push(diagnose('conflicting-match', message, place));
      item.broken = true;
      return byRecord;
    }
    if (found.length > 1) {
      const message = `the identifiers match ${found.length} objects: ${found.map((one) => `${one.ref.address} (id ${shownId(item.facts, one.id)})`).join(', ')}`;
      this.resolution.diagnostics.push(diagnose('ambiguous-match', message, place));
      item.broken = true;
    }
    return found[0];
  }

  /** The live objects that match the id, or all other identifiers. */
  private find(facts: KindFacts, identifiers: readonly Identifier[]): readonly LiveResource[] {
    const id = identifiers.find((one) => one.isId);
    const byId =
      id && (typeof id.value === 'string' || typeof id.value === 'number')
        ? this.resolution.input.live.byId(facts.kind, id.value)
        : undefined;
    if (byId) return [byId];
    const others = identifiers.filter((one) => !one.isId && !one.field?.secret);
    if (others.length === 0) return [];
    const indexed = others.filter((one) => isIndexable(one));
    const candidates =
      indexed.length > 0 ? this.lookUp(facts, indexed) : this.resolution.input.live.all(facts.kind);
    const rest = others.filter((one) => !indexed.includes(one));
    if (rest.length === 0) return candidates;
    return candidates.filter((one) =>
      rest.every((identifier) => {
        const { steps, lookup } = identifier.question;
        return satisfies(lookup, this.resolution.liveValue(one, steps), identifier.value);
      }),
    );
  }

  private lookUp(facts: KindFacts, identifiers: readonly Identifier[]): readonly LiveResource[] {
    const fields = identifiers.map((one) => one.question.steps[0]!).sort();
    const name = `${facts.kind} ${fields}`;
    let index = this.indexes.get(name);
    if (!index) {
      this.indexes.set(name, (index = new Map()));
      for (const resource of this.resolution.input.live.all(facts.kind)) {
        const key = fields
          .map((field) => indexKey(this.resolution.liveValue(resource, [field]) ?? null))
          .join('\u0000');
        append(index, key, resource);
      }
    }
    const values = new Map(identifiers.map((one) => [one.question.steps[0]!, indexKey(one.value)]));
    return index.get(fields.map((field) => values.get(field)).join('\u0000')) ?? [];
  }

  /** A text that two entries for one resource share. */
  private identity(item: Item): string {
    const parts = this.identifiers
      .of(item)
      .filter((one) => !one.field?.secret)
      .map(
        (one) => `${one.name}=${one.value instanceof Ref ? one.value.address : JSON.stringify(one.value)}`,
      );
    return parts.sort().join(',');
  }

  /**
   * Matches all entries of a kind whose natural key is not unique. Entries that share a key share the project's
   * records for it: first by their identifiers, then, as an identifier such as `order` may have been edited, in
   * the order of their match fields.
   */
  group(
    facts: KindFacts,
    items: readonly Item[],
    attributesOf: (item: Item) => Attributes,
  ): Map<Item, Matched> {
    const matched = new Map<Item, Matched>();
    const groups = new Map<string, Item[]>();
    for (const item of items) {
      const address = this.keyAddress(item);
      append(groups, address ?? `${facts.name}/@${this.identity(item)}`, item);
    }
    for (const [key, group] of groups) this.matchGroup(facts, key, group, attributesOf, matched);
    return matched;
  }

  private matchGroup(
    facts: KindFacts,
    base: Address,
    items: readonly Item[],
    attributesOf: (item: Item) => Attributes,
    matched: Map<Item, Matched>,
  ): void {
    // Entries with the same identifiers are one resource.
    const same = new Map<string, Item[]>();
    for (const item of items) append(same, this.identity(item), item);
    const wanted = [...same].map(([identity, list]) => ({ identity, list, item: list[0]! }));
    wanted.sort(
      (a, b) =>
        compareByMatch(facts, attributesOf(a.item), attributesOf(b.item)) ||
        (a.identity < b.identity ? -1 : 1),
    );

    const records = this.recordsOf(facts, base);
    const claimed = new Map<LiveResource, Address>();
    const chosenFor = new Map<(typeof wanted)[number], LiveResource>();
    const found = new Map(wanted.map((one) => [one, this.find(facts, this.identifiers.of(one.item))]));
    const take = (one: (typeof wanted)[number], live: LiveResource, address: Address): void => {
      chosenFor.set(one, live);
      claimed.set(live, address);
    };
    for (const one of wanted) {
      const own = found.get(one)!.find((live) => records.has(live) && !claimed.has(live));
      if (own) take(one, own, records.get(own)!);
    }
    for (const one of wanted) {
      if (chosenFor.has(one) || one.item.state === 'absent') continue;
      const next = [...records].find(([live]) => !claimed.has(live));
      if (!next) continue;
      const chosen = this.choose(one.item, next[0], found.get(one)!);
      if (chosen) take(one, chosen, next[1]);
    }
    for (const one of wanted) {
      if (chosenFor.has(one)) continue;
      const free = found.get(one)!.filter((live) => !claimed.has(live));
      const chosen = this.choose(one.item, undefined, free);
      if (!chosen) continue;
      // An object in its key may be renamed in this run, which changes its address too.
      const isBelow = chosen.ref.address === base || chosen.ref.address.startsWith(`${base}#`);
      const hasKey = this.keyAddress(one.item) !== undefined;
      take(one, chosen, isBelow || !hasKey ? chosen.ref.address : base);
    }
    this.numberGroup(facts, base, wanted, chosenFor, claimed, matched);
  }

  private recordsOf(facts: KindFacts, base: Address): Map<LiveResource, Address> {
    const records: [LiveResource, Address][] = [];
    for (let at = 1; ; at++) {
      const address = at === 1 ? base : `${base}#${at}`;
      const record = this.resolution.input.owned.get(address);
      if (!record && at > 1) break;
      const live = record && this.resolution.input.live.byId(facts.kind, record.id);
      if (live && record.kind === facts.kind) records.push([live, address]);
    }
    records.sort(([a], [b]) => compareByMatch(facts, a.attributes, b.attributes));
    return new Map(records);
  }

  /** Recorded resources keep their address; others with the same key get the free numbers. */
  private numberGroup(
    facts: KindFacts,
    base: Address,
    wanted: readonly { identity: string; list: readonly Item[]; item: Item }[],
    chosenFor: ReadonlyMap<object, LiveResource>,
    claimed: ReadonlyMap<LiveResource, Address>,
    matched: Map<Item, Matched>,
  ): void {
    this.byAddress();
    const used = new Set<Address>();
    for (const [live, address] of claimed) {
      live.ref.address = used.has(address) ? this.free(base, used) : address;
      used.add(live.ref.address);
    }
    for (const live of this.twins(facts, base)) {
      if (claimed.has(live)) continue;
      if (used.has(live.ref.address)) live.ref.address = this.free(base, used);
      used.add(live.ref.address);
    }
    for (const one of wanted) {
      const live = chosenFor.get(one);
      if (!live && one.item.state === 'absent') {
        for (const item of one.list) matched.set(item, { ref: new Ref(facts.kind, base) });
        continue;
      }
      const ref = live?.ref ?? this.freshRef(facts.kind, `${base} ${one.identity}`, this.free(base, used));
      used.add(ref.address);
      for (const item of one.list) matched.set(item, { ref, live });
    }
  }

  private twins(facts: KindFacts, base: Address): LiveResource[] {
    const list: LiveResource[] = [];
    for (let at = 1; ; at++) {
      const live = this.ofKind(facts, at === 1 ? base : `${base}#${at}`);
      if (live) list.push(live);
      else if (at > 1) return list;
    }
  }

  private free(base: Address, used: ReadonlySet<Address>): Address {
    for (let at = 1; ; at++) {
      const address = at === 1 ? base : `${base}#${at}`;
      if (!used.has(address)) return address;
    }
  }
}

function isIndexable(one: Identifier): boolean {
  const { steps, lookup } = one.question;
  return lookup === 'exact' && steps.length === 1 && indexKey(one.value) !== undefined;
}

/** The id of an invitation is secret. */
function shownId(facts: KindFacts, id: Id): string {
  return facts.spends ? 'not shown' : String(id);
}
