/**
 * Turns blueprints into the desired model, given the live model and the ledger's records. From here on, order no
 * longer matters.
 */

import type { Blueprint, Entry } from '../blueprint/blueprint.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Address, Attributes, DesiredResource, LiveResource, Ref, Value } from '../model/model.js';
import { isTrue } from '../tags/python.js';
import { Consequence, TagError, type TagValue } from '../tags/values.js';
import { type Node, placeOfNode } from '../yaml/node.js';
import { checkBroken, checkResources } from './check-resources.js';
import { type Context, contextOf } from './context.js';
import { nameOf, UnderWay } from './cycles.js';
import { Evaluator } from './evaluate-entry.js';
import { FutureModel } from './future-model.js';
import { Identifiers } from './identifiers.js';
import type { Item, Matched, Resolved } from './item.js';
import { ItemList } from './item-list.js';
import { Matcher } from './match.js';
import { PlainMatcher } from './match-by-key.js';
import { isSingle, mergeItems, Single } from './merge-entries.js';
import { joinAdditions } from './only-add.js';
import { plainReferences, plainValue, slotOf, slotsOf } from './plain-values.js';
import { checkApplied } from './required-blueprints.js';
import type { Resolution, ResolveInput, ResolveResult } from './resolution.js';
import { sortedByAddress } from './sort-by-address.js';

/** Resolves blueprints to the desired model, sorted by address. Never throws for what a user wrote. */
export function resolve(input: ResolveInput): ResolveResult {
  return new Resolver(input).run();
}

/** Resolves items on demand, each part once, in whatever order they need each other. */
class Resolver implements Resolution {
  readonly diagnostics: Diagnostic[] = [];
  readonly missingKinds = new Set<string>();
  private readonly items = new ItemList(
    (entry, file, node) => this.header(entry, file, node),
    this.diagnostics,
  );
  private readonly plainMatcher: PlainMatcher;
  private readonly matcher: Matcher;
  private readonly after: FutureModel;
  private readonly evaluator: Evaluator;
  private readonly identifiers: Identifiers;
  private readonly underWay = new UnderWay();
  private readonly contexts = new Map<Blueprint, Context>();
  private readonly groups = new Map<string, Map<Item, Matched>>();
  /** Kinds whose entries are being matched together. */
  private readonly grouping = new Set<string>();

  constructor(readonly input: ResolveInput) {
    this.plainMatcher = new PlainMatcher(input.live, input.owned);
    this.after = new FutureModel(this);
    this.evaluator = new Evaluator(this);
    this.identifiers = new Identifiers(this, this.evaluator, this.underWay);
    this.matcher = new Matcher(this, this.identifiers);
  }

  run(): ResolveResult {
    for (const file of this.input.blueprints) {
      this.contexts.set(file, contextOf(file, this.input.contexts));
      for (const entry of file.entries) this.items.add(entry, file);
    }
    checkApplied(this.input, this.diagnostics);
    const desired = sortedByAddress(this.resources(), this.input.owned);
    joinAdditions(desired);
    checkResources(desired, this.input, this.diagnostics);
    return { desired, diagnostics: this.diagnostics, missingKinds: this.missingKinds };
  }

  /** The items of each described resource, in order; the item itself where there is only one. */
  private together(): readonly (Item | Item[])[] {
    const groups: (Item | Item[])[] = [];
    const positions = this.input.live.refMap<number>();
    for (const item of this.items.all) {
      const match = this.plainMatch(item) ?? this.attempt(item, () => this.heldAndMatch(item));
      if (!match || item.broken) continue;
      const at = positions.get(match.ref);
      if (at === undefined) positions.set(match.ref, groups.push(item) - 1);
      else {
        const others = groups[at]!;
        if (Array.isArray(others)) others.push(item);
        else groups[at] = [others, item];
      }
    }
    return groups;
  }

  private plainMatch(item: Item): Matched | undefined {
    if (item.match || item.entry.conditions.length > 0) return undefined;
    item.held = false;
    item.match = this.plainMatcher.match(item);
    return item.match;
  }

  private heldAndMatch(item: Item): Matched {
    this.isHeld(item);
    return this.match(item);
  }

  private resources(): DesiredResource[] {
    const desired: DesiredResource[] = [];
    for (const described of this.together()) {
      const one = Array.isArray(described) ? this.merged(described) : this.single(described);
      if (one) desired.push(one);
    }
    return desired;
  }

  /** A resource that one entry describes. */
  private single(item: Item): DesiredResource | undefined {
    if (!isSingle(item)) return this.merged([item]);
    const { ref, live } = item.match!;
    const one = new Single(ref, live, item);
    this.resolveInto(one, item);
    if (item.broken) {
      // Plain values were not kept, so resolve them again.
      for (const name of Object.keys(one.attributes)) this.resolved(item, name);
      checkBroken(item, ref.address, this.diagnostics);
      return undefined;
    }
    one.was = this.formerAddress(item);
    return one;
  }

  private merged(items: readonly Item[]): DesiredResource | undefined {
    const { ref } = items[0]!.match!;
    for (const item of items) if (!item.held && item.state !== 'absent') this.resolveAll(item);
    const whole = items.filter((item) => !item.broken);
    for (const item of items) if (item.broken) checkBroken(item, ref.address, this.diagnostics);
    if (whole.length === 0) return undefined;
    const live = this.input.live.of(ref);
    return mergeItems(ref, live, whole, this.formerAddress(whole[0]!), this.diagnostics);
  }

  /** The address of a renamed resource in the ledger. */
  private formerAddress(item: Item): Address | undefined {
    return item.match!.renamedFrom ?? this.identifiers.formerAddress(item);
  }

  // What the parts of the resolution ask each other

  /** A model or state that is written as a tag. */
  private header(entry: Entry, file: Blueprint, node: Node): TagValue | undefined {
    try {
      return this.evaluator.header(entry, file, node);
    } catch (error) {
      this.report(entry, error);
      return undefined;
    }
  }

  itemsOf(kind: string): readonly Item[] {
    return this.items.ofKind(kind);
  }

  contextOf(file: Blueprint): Context {
    return this.contexts.get(file)!;
  }

  itemById(file: Blueprint, id: string): Item | undefined {
    return this.items.idsOf(file).get(id);
  }

  idsIn(file: Blueprint): Iterable<string> {
    return this.items.idsOf(file).keys();
  }

  itemByPk(id: string): Item | undefined {
    return this.items.byWrittenPk(id);
  }

  get freshRefs(): Iterable<Ref> {
    return this.matcher.freshRefs;
  }

  readonly find: FutureModel['find'] = (...asked) => this.after.find(...asked);
  readonly missed: FutureModel['missed'] = (...asked) => this.after.missed(...asked);
  readonly describe: FutureModel['describe'] = (...asked) => this.after.describe(...asked);

  /** Reports a user's mistake; rethrows any other error. */
  report(entry: Entry, error: unknown): void {
    if (!(error instanceof TagError)) throw error;
    if (error instanceof Consequence) return;
    const { node, message, code, more } = error;
    const { source } = this.underWay.ownerOf(error) ?? entry;
    this.diagnostics.push(diagnose(code, message, placeOfNode(node, source), { help: more.help }));
  }

  /** Runs a step of an item's resolution; a problem is reported once and breaks the item. */
  private attempt<T>(item: Item, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      // An absent entry may refer to a broken one, which was reported there.
      if (item.state !== 'absent' || !(error instanceof TagError)) this.report(item.entry, error);
      item.broken = true;
      return undefined;
    }
  }

  /** Are the item's conditions false? */
  isHeld(item: Item): boolean {
    if (item.held === undefined) {
      const { conditions } = item.entry;
      if (conditions.length === 0 || this.input.offline) item.held = false;
      else {
        item.held = !this.underWay.step(item, 'conditions', conditions[0]!, () =>
          conditions.every((node) => isTrue(this.evaluator.condition(item, node))),
        );
      }
    }
    return item.held;
  }

  match(item: Item): Matched {
    if (!item.match) {
      const node = item.entry.identifiers ?? item.entry.node;
      item.match = this.underWay.step(item, 'match', node, () =>
        item.facts.keyUnique || item.facts.singleton || item.broken
          ? this.matcher.one(item)
          : this.matchGroup(item),
      );
    }
    return item.match;
  }

  /** The resource that an item means, unless its match is under way. */
  ownRef(item: Item): Ref | undefined {
    const busy =
      item.isWorking('match') || item.isWorking('identifiers') || this.grouping.has(item.facts.kind);
    return item.match?.ref ?? (busy ? undefined : this.match(item).ref);
  }

  private matchGroup(item: Item): Matched {
    const { facts } = item;
    let group = this.groups.get(facts.kind);
    if (!group && this.grouping.has(facts.kind)) {
      throw new TagError(
        'entry_invalid',
        'cycle',
        `the identifiers depend on themselves: ${nameOf(item)} → … → ${nameOf(item)}`,
        item.entry.node,
      );
    }
    if (!group) {
      this.grouping.add(facts.kind);
      const usable = this.itemsOf(facts.kind).filter(
        (one) =>
          this.attempt(one, () => {
            const held = this.isHeld(one);
            this.identifiers.of(one);
            return !held || this.identifiers.keyValues(one);
          }) !== undefined,
      );
      group = this.matcher.group(facts, usable, (one) => this.identifiers.keyAttributes(one));
      this.groups.set(facts.kind, group);
      this.grouping.delete(facts.kind);
    }
    const found = group.get(item);
    if (!found) throw new TagError('entry_invalid', 'cycle', 'the entry depends on itself', item.entry.node);
    return found;
  }

  formerValues(item: Item): Attributes {
    return this.identifiers.formerValues(item);
  }

  liveValue(resource: LiveResource, steps: readonly string[]): Value | undefined {
    return this.after.valueAt(resource.ref, steps, 'live');
  }

  // Attributes

  /** A written attribute of an item, resolved and coerced; undefined when it is broken (already reported). */
  resolved(item: Item, name: string): Resolved | undefined {
    if (!item.values.has(name)) {
      const written = item.written.get(name);
      if (!written) return undefined;
      const node = written.attribute ?? written.identifier!;
      // Only a tag can lead back here.
      const value =
        node.dynamic || written.identifier?.dynamic
          ? this.underWay.step(item, `attribute ${name}`, node, () => this.evaluator.attribute(item, written))
          : this.evaluator.attribute(item, written);
      item.keep(name, value);
    }
    return item.values.get(name);
  }

  private resolveAll(item: Item): void {
    for (const name of item.written.keys()) this.attempt(item, () => this.resolved(item, name));
    if (item.entry.permissions.length > 0) {
      const granted = this.attempt(item, () => this.evaluator.permissions(item));
      if (granted) {
        const name = 'object_permissions';
        item.keep(name, granted, { name, field: undefined });
      }
    }
  }

  /** Sets the values that a resource's only entry writes. Of plain ones only the value is kept. */
  private resolveInto(one: Single, item: Item): void {
    const { attributes, identifiers } = item.entry;
    const slots = slotsOf(item.facts);
    const ids = this.items.idsOf(item.file);
    for (const { key, value: node } of attributes?.pairs ?? []) {
      const slot = slotOf(item.facts, slots, String(key.value));
      if (slot.ignored) continue;
      const value = plainValue(slot, node) ?? plainReferences(slot, node, ids);
      if (value !== undefined) one.attributes[slot.name] = value;
      else this.resolveOne(one, item, slot.name);
    }
    for (const { key, value: node } of identifiers?.pairs ?? []) {
      const slot = slotOf(item.facts, slots, String(key.value));
      if (slot.ignored || !slot.identifies) continue;
      const written = Object.hasOwn(one.attributes, slot.name);
      const value = written ? undefined : plainValue(slot, node);
      if (value !== undefined) one.attributes[slot.name] = value;
      else this.resolveOne(one, item, slot.name);
    }
  }

  private resolveOne(one: Single, item: Item, name: string): void {
    const resolved = this.attempt(item, () => this.resolved(item, name));
    if (resolved) one.take(name, resolved);
  }
}
