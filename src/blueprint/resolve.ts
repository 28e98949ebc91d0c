/** Blueprints, the live model and what is owned in; the desired model out. The one place where order stops mattering. */
import type { FieldFacts, KindFacts } from '../catalogue.js';
import { type Diagnostic, diagnose } from '../diagnostic.js';
import { addressOf, type LiveModel } from '../live.js';
import type {
  Address,
  Attributes,
  DesiredResource,
  Json,
  LiveResource,
  OwnedRecord,
  Ref,
  Value,
} from '../model.js';
import { shortPlace } from '../source.js';
import { joinAdditions } from './additions.js';
import { type AfterModel, afterModel } from './after.js';
import { checkApplied } from './applied.js';
import type { Blueprint, Entry } from './blueprint.js';
import { isIdName } from './check.js';
import { checkBroken, checkResources } from './check-resources.js';
import { type Context, contextOf } from './context.js';
import { type Evaluator, evaluator } from './evaluate.js';
import type { Identifier, Item, Matched, Resolved } from './item.js';
import { ItemList } from './item-list.js';
import { questionOf } from './lookup.js';
import { Matcher } from './match.js';
import { mergeItems } from './merge.js';
import { child, type Node } from './node.js';
import { isTrue } from './python.js';
import { TagError, type TagValue } from './tag-values.js';

/** What blueprints may read of the world around them. */
export interface Environment {
  /** An environment variable; undefined when unset. */
  env(name: string): string | undefined;
  /** A file's bytes; undefined when it cannot be read. `from` is the path of the blueprint that asks. */
  file(path: string, from: string): Uint8Array | undefined;
  /** May blueprints read it? */
  allows(type: 'env' | 'file', name: string): boolean;
}

export interface ResolveInput {
  readonly blueprints: readonly Blueprint[];
  readonly live: LiveModel;
  readonly owned: ReadonlyMap<Address, OwnedRecord>;
  /** Context of the directory and of the command line, later over earlier, both over the file's. */
  readonly contexts: readonly Readonly<Record<string, Json>>[];
  readonly environment: Environment;
  /** No directory is there to look into: what the files do not hold may still exist. */
  readonly offline: boolean;
}

export interface ResolveResult {
  readonly desired: DesiredResource[];
  readonly diagnostics: Diagnostic[];
  /** Kinds that a lookup needed and the live model has not read; read them and resolve again. */
  readonly missingKinds: ReadonlySet<string>;
}

/** Resolves blueprints to the desired model, sorted by address. Never throws for what a user wrote. */
export function resolve(input: ResolveInput): ResolveResult {
  return new Resolver(input).run();
}

/** The resolver's state: items, and every part of them worked out once, on demand, in whatever order they need each other. */
export class Resolver {
  readonly diagnostics: Diagnostic[] = [];
  readonly missingKinds = new Set<string>();
  private readonly items = new ItemList(
    (entry, file, node) => this.header(entry, file, node),
    this.diagnostics,
  );
  private readonly matcher: Matcher;
  private readonly after: AfterModel;
  private readonly evaluator: Evaluator;
  private readonly contexts = new Map<Blueprint, Context>();
  private readonly groups = new Map<string, Map<Item, Matched>>();
  /** Kinds whose entries are being matched together. */
  private readonly grouping = new Set<string>();
  /** The entry in which a problem was found, which need not be the one whose resolution met it. */
  private readonly owners = new WeakMap<TagError, Entry>();

  constructor(readonly input: ResolveInput) {
    this.matcher = new Matcher({
      live: input.live,
      owned: input.owned,
      diagnostics: this.diagnostics,
      identifiersOf: (item) => this.identifiersOf(item),
      keyValue: (item, field) => this.keyValue(item, field),
      liveValue: (resource, steps) => this.liveValue(resource, steps),
      formerAddress: (item) => this.formerAddress(item),
    });
    this.after = afterModel(this);
    this.evaluator = evaluator(this);
  }

  run(): ResolveResult {
    for (const file of this.input.blueprints) {
      this.contexts.set(file, contextOf(file, this.input.contexts));
      for (const entry of file.entries) this.items.add(entry, file);
    }
    checkApplied(this.input, this.diagnostics);
    const byRef = new Map<Ref, Item[]>();
    for (const item of this.items.all) {
      const match = this.attempt(item, () => {
        this.isHeld(item);
        return this.match(item);
      });
      if (!match || item.broken) continue;
      const list = byRef.get(match.ref);
      if (list) list.push(item);
      else byRef.set(match.ref, [item]);
    }
    const desired: DesiredResource[] = [];
    for (const [ref, items] of byRef) {
      for (const item of items) if (!item.held && item.state !== 'absent') this.resolveAll(item);
      const whole = items.filter((item) => !item.broken);
      for (const item of items) if (item.broken) checkBroken(item, ref.address, this.diagnostics);
      if (whole.length === 0) continue;
      const live = this.input.live.of(ref);
      const one = mergeItems(ref, live, whole, this.formerAddress(whole[0]!), this.diagnostics);
      if (one) desired.push(one);
    }
    desired.sort((a, b) => (a.ref.address < b.ref.address ? -1 : a.ref.address > b.ref.address ? 1 : 0));
    joinAdditions(desired);
    checkResources(desired, this.input, this.diagnostics);
    return { desired, diagnostics: this.diagnostics, missingKinds: this.missingKinds };
  }

  // What the parts of the resolution ask each other

  /** A model or state that is written as a tag. */
  private header(entry: Entry, file: Blueprint, node: Node): TagValue | undefined {
    try {
      return this.evaluator.header(file, node);
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
    return this.items.byId(file, id);
  }

  idsIn(file: Blueprint): Iterable<string> {
    return this.items.idsIn(file);
  }

  itemByPk(id: string): Item | undefined {
    return this.items.byWrittenPk(id);
  }

  get freshRefs(): Iterable<Ref> {
    return this.matcher.freshRefs;
  }

  find(...args: Parameters<AfterModel['find']>): ReturnType<AfterModel['find']> {
    return this.after.find(...args);
  }

  missed(...args: Parameters<AfterModel['missed']>): ReturnType<AfterModel['missed']> {
    return this.after.missed(...args);
  }

  describe(...args: Parameters<AfterModel['describe']>): ReturnType<AfterModel['describe']> {
    return this.after.describe(...args);
  }

  /** Reports a problem at an item; true when it was the user's. */
  report(entry: Entry, error: unknown): void {
    if (!(error instanceof TagError)) throw error;
    const { node, message, code, more } = error;
    const { source } = this.owners.get(error) ?? entry;
    const place = { source, offset: node.start, length: node.type === 'scalar' ? node.end - node.start : 1 };
    this.diagnostics.push(diagnose(code, message, place, { help: more.help }));
  }

  /** Runs a step of an item's resolution; a problem is reported once and breaks the item. */
  private attempt<T>(item: Item, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      // What an entry refers to may be broken; that was reported where it is broken.
      if (item.state !== 'absent' || !(error instanceof TagError)) this.report(item.entry, error);
      item.broken = true;
      return undefined;
    }
  }

  /** What is being worked out, outermost first. */
  private readonly underWay: { readonly item: Item; readonly what: string }[] = [];

  /** Marks a step as under way, so that a circle is noticed instead of followed. */
  private working<T>(item: Item, what: string, node: Node, work: () => T): T {
    if (item.working.has(what)) {
      const from = this.underWay.findIndex((one) => one.item === item && one.what === what);
      throw new TagError('entry_invalid', 'cycle', this.circle(from), node);
    }
    item.working.add(what);
    this.underWay.push({ item, what });
    try {
      return work();
    } catch (error) {
      // The node is of this item's file, whoever asked.
      if (error instanceof TagError && !this.owners.has(error)) this.owners.set(error, item.entry);
      throw error;
    } finally {
      this.underWay.pop();
      item.working.delete(what);
    }
  }

  /** Says which entries lead round in a circle. */
  private circle(from: number): string {
    const { what } = this.underWay[from]!;
    const path = this.underWay.slice(from).map(({ item }) => this.nameOf(item));
    const steps = path.filter((name, at) => name !== path[at - 1]);
    const round = [...steps, path[0]].join(' → ');
    if (what.startsWith('attribute '))
      return `${what.slice('attribute '.length)} depends on itself: ${round}`;
    return `the ${what === 'match' ? 'identifiers' : what} depend on themselves: ${round}`;
  }

  /** An item as people know it, which may be before it is matched. */
  private nameOf({ match, facts, entry }: Item): string {
    if (match) return match.ref.address;
    const written = addressOf(facts, (field) => {
      const node = entry.identifiers && child(entry.identifiers, field);
      return node?.type === 'scalar' && !node.tag ? node.text : undefined;
    });
    return written ?? `${facts.name} (${shortPlace({ source: entry.source, offset: entry.node.start })})`;
  }

  /** Are the item's conditions false? */
  isHeld(item: Item): boolean {
    if (item.held === undefined) {
      const { conditions } = item.entry;
      if (conditions.length === 0 || this.input.offline) item.held = false;
      else {
        item.held = !this.working(item, 'conditions', conditions[0]!, () =>
          conditions.every((node) => isTrue(this.evaluator.condition(item, node))),
        );
      }
    }
    return item.held;
  }

  match(item: Item): Matched {
    if (!item.match) {
      const node = item.entry.identifiers ?? item.entry.node;
      item.match = this.working(item, 'match', node, () =>
        item.facts.keyUnique || item.facts.singleton || item.broken
          ? this.matcher.one(item)
          : this.matchGroup(item),
      );
    }
    return item.match;
  }

  /** The resource that an item means, unless that is just being worked out. */
  ownRef(item: Item): Ref | undefined {
    const busy =
      item.working.has('match') || item.working.has('identifiers') || this.grouping.has(item.facts.kind);
    return item.match?.ref ?? (busy ? undefined : this.match(item).ref);
  }

  private matchGroup(item: Item): Matched {
    const { facts } = item;
    let group = this.groups.get(facts.kind);
    if (!group && this.grouping.has(facts.kind)) {
      throw new TagError(
        'entry_invalid',
        'cycle',
        `the identifiers depend on themselves: ${this.nameOf(item)} → … → ${this.nameOf(item)}`,
        item.entry.node,
      );
    }
    if (!group) {
      this.grouping.add(facts.kind);
      const usable = this.itemsOf(facts.kind).filter(
        (one) =>
          this.attempt(one, () => {
            const held = this.isHeld(one);
            this.identifiersOf(one);
            return !held || this.keyValues(one);
          }) !== undefined,
      );
      group = this.matcher.group(facts, usable, (one) => this.keyAttributes(one));
      this.groups.set(facts.kind, group);
      this.grouping.delete(facts.kind);
    }
    const found = group.get(item);
    if (!found) throw new TagError('entry_invalid', 'cycle', 'the entry depends on itself', item.entry.node);
    return found;
  }

  private keyValues(item: Item): true {
    for (const field of item.facts.key) this.keyValue(item, field);
    return true;
  }

  private keyAttributes(item: Item): Attributes {
    const attributes: Attributes = {};
    for (const field of item.facts.match) {
      const value = this.keyValue(item, field);
      if (value !== undefined) attributes[field] = value;
    }
    return attributes;
  }

  identifiersOf(item: Item): readonly Identifier[] {
    item.identifiers ??= this.working(item, 'identifiers', item.entry.node, () =>
      (item.entry.identifiers?.pairs ?? []).map(({ key, value }) => {
        const name = String(key.value);
        const question = questionOf(name);
        const isId = isIdName(item.facts, name);
        const field = isId ? undefined : this.fieldOf(item.facts, question.steps[0]!);
        return {
          name,
          question: field && question.steps.length === 1 ? { ...question, steps: [field.name] } : question,
          field,
          isId,
          value: this.identifierValue(
            item,
            value,
            isId || question.steps.length > 1 ? undefined : field,
            question.lookup,
          ),
          node: value,
        };
      }),
    );
    return item.identifiers;
  }

  private identifierValue(item: Item, node: Node, field: FieldFacts | undefined, lookup: string): Value {
    return this.evaluator.value(item, node, lookup === 'exact' ? field : undefined, 'identifier').value;
  }

  private fieldOf(facts: KindFacts, name: string): FieldFacts | undefined {
    const field = facts.fields[name];
    return field?.aliasOf ? facts.fields[field.aliasOf] : field;
  }

  private keyValue(item: Item, field: string): Value | undefined {
    const identifier = this.identifiersOf(item).find(
      (one) =>
        !one.isId &&
        one.field?.name === field &&
        one.question.lookup === 'exact' &&
        one.question.steps.length === 1,
    );
    if (identifier) return identifier.value;
    if (item.state === 'absent' || !item.parts.has(field)) return undefined;
    return this.resolved(item, field)?.value;
  }

  private readonly former = new Map<Item, Attributes>();

  /** The identifiers an item had before its rename; empty without one. */
  formerValues(item: Item): Attributes {
    let values = this.former.get(item);
    if (!values) {
      values = {};
      this.former.set(item, values);
      for (const { key, value } of item.entry.was?.pairs ?? []) {
        const name = String(key.value);
        values[name] = this.evaluator.value(item, value, item.facts.fields[name], 'identifier').value;
      }
    }
    return values;
  }

  private formerAddress(item: Item): Address | undefined {
    if (!item.entry.was) return undefined;
    try {
      const former = this.formerValues(item);
      return addressOf(item.facts, (field) => former[field] ?? this.keyValue(item, field));
    } catch (error) {
      this.report(item.entry, error);
      return undefined;
    }
  }

  liveValue(resource: LiveResource, steps: readonly string[]): Value | undefined {
    return this.after.valueAt(resource.ref, steps, 'live');
  }

  // Attributes

  /** A written attribute of an item, resolved and coerced; undefined when it is broken (and was reported). */
  resolved(item: Item, name: string): Resolved | undefined {
    if (!item.values.has(name)) {
      const part = item.parts.get(name);
      if (!part) return undefined;
      const node = part.attribute ?? part.identifier!;
      // Only a tag can lead back here.
      const value =
        node.dynamic || part.identifier?.dynamic
          ? this.working(item, `attribute ${name}`, node, () => this.evaluator.part(item, part))
          : this.evaluator.part(item, part);
      item.values.set(name, value);
    }
    return item.values.get(name);
  }

  private resolveAll(item: Item): void {
    for (const name of item.parts.keys()) this.attempt(item, () => this.resolved(item, name));
    if (item.entry.permissions.length > 0) {
      const granted = this.attempt(item, () => this.evaluator.permissions(item));
      if (granted) {
        item.values.set('object_permissions', granted);
        (item.parts as Map<string, unknown>).set('object_permissions', {
          name: 'object_permissions',
          field: undefined,
        });
      }
    }
  }
}
