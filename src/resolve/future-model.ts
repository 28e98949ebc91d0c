/** The model as it will be after the run: what `!Find`, `!FindObject` and identifiers through references look into. */

import { isIdName } from '../blueprint/check-names.js';
import { kindNamed } from '../blueprint/kind-name.js';
import { diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean, nearest } from '../diagnostic/did-you-mean.js';
import { append } from '../model/append.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { type LiveResource, Ref, type Value } from '../model/model.js';
import { TagError } from '../tags/values.js';
import type { Node } from '../yaml/node.js';
import { coerce } from './coerce.js';
import { indexKey, type Question, questionOf, satisfies } from './django-lookups.js';
import { type Item, placeOf } from './item.js';
import type { FindPair, Miss, Resolution } from './resolution.js';

/** Searching for a similar name is slow, so only the first few failed lookups get one. */
const fewEnough = 20;

/** The view over a resolver's items and live model. */
export class FutureModel {
  private readonly groups = new Map<KindFacts, ReadonlyMap<Ref, readonly Item[]>>();
  private readonly acting = new Map<Ref, readonly Item[]>();
  private readonly indexes = new Map<string, Index>();

  private compared = 0;

  constructor(private readonly resolution: Resolution) {}

  /** The first object that answers all pairs, or null. */
  find(model: string, pairs: readonly FindPair[], by: Item, node: Node): Ref | null {
    const kinds = this.kindsOf(model, node);
    const questions = pairs.map(([name, value]) => ({ name, question: questionOf(name), value }));
    for (const { name, question } of questions) {
      if (!kinds.some((facts) => knows(facts, question))) {
        const help = didYouMean(
          question.steps[0]!,
          new Set(kinds.flatMap((facts) => Object.keys(facts.fields))),
        );
        const message = `${model} has no field \`${name}\` to search by`;
        throw new TagError('uncaught', 'tag-value', message, node, { help });
      }
    }
    const found: Ref[] = [];
    for (const facts of kinds) {
      if (!this.resolution.input.live.kinds.has(facts.kind)) this.resolution.missingKinds.add(facts.kind);
      found.push(...this.findIn(facts, questions, by));
    }
    if (found.length === 0) found.push(...this.findRenamed(kinds, questions, by, node));
    if (found.length > 1 && pairs.length > 0) {
      const names = found.slice(0, 5).map((ref) => ref.address);
      const message = `the lookup finds ${found.length} objects (${names.join(', ')}); the first is used`;
      this.resolution.diagnostics.push(diagnose('ambiguous-find', message, placeOf(by, node)));
    }
    return found[0] ?? null;
  }

  /** Why a lookup found nothing, as far as that can be told. */
  missed(model: string, pairs: readonly FindPair[], by: Item, node: Node): Miss {
    const questions = pairs.map(([name, value]) => ({ question: questionOf(name), value }));
    const own = this.resolution.ownRef(by);
    for (const facts of this.kindsOf(model, node)) {
      const wanted = questions.map((one) => ({ ...one, value: comparable(facts, one.question, one.value) }));
      const leaving = this.candidates(facts, wanted, own).find(
        (ref) =>
          this.resolution.input.live.of(ref) &&
          !this.exists(ref) &&
          wanted.every(({ question, value }) =>
            satisfies(question.lookup, this.valueAt(ref, question.steps, 'live', by), value),
          ),
      );
      if (leaving) return { leaving };
    }
    const [only, ...others] = questions;
    if (!only || others.length > 0 || only.question.lookup !== 'exact' || typeof only.value !== 'string')
      return {};
    if (this.compared++ > fewEnough) return {};
    const there = this.kindsOf(model, node).flatMap((facts) =>
      isOwnField(facts, only.question) ? [...this.index(facts, only.question.steps[0]!).byValue.keys()] : [],
    );
    const texts = there.filter((key) => key.startsWith('"')).map((key) => key.slice(1));
    // The only object with this name is the entry that asks.
    return texts.includes(only.value) ? { isItself: true } : { near: nearest(only.value, texts) };
  }

  private kindsOf(model: string, node: Node): readonly KindFacts[] {
    const { families, familyModels } = catalogue();
    const found = kindNamed(model);
    if ('facts' in found) return [found.facts];
    const dot = model.indexOf('.');
    const family = familyModels.get(model.slice(0, dot) + model.slice(dot).toLowerCase());
    if (family) return families.get(family) ?? [];
    throw new TagError('entry_invalid', 'tag-value', found.message, node, { help: found.help });
  }

  private findIn(
    facts: KindFacts,
    questions: readonly { readonly question: Question; readonly value: Value }[],
    by: Item,
  ): Ref[] {
    const own = this.resolution.ownRef(by);
    const wanted = questions.map((one) => ({ ...one, value: comparable(facts, one.question, one.value) }));
    const candidates = this.candidates(facts, wanted, own);
    return candidates.filter((ref) => {
      const view = ref === own ? 'live' : 'after';
      if (view === 'live' ? !this.resolution.input.live.of(ref) : !this.exists(ref)) return false;
      return wanted.every(({ question, value }) =>
        satisfies(question.lookup, this.valueAt(ref, question.steps, view, by), value),
      );
    });
  }

  /** An object that is being renamed can still be found by its old name. */
  private findRenamed(
    kinds: readonly KindFacts[],
    questions: readonly { readonly question: Question; readonly value: Value }[],
    by: Item,
    node: Node,
  ): Ref[] {
    for (const facts of kinds) {
      for (const item of this.resolution.itemsOf(facts.kind)) {
        if (!item.entry.was || item === by || item.broken) continue;
        const former = this.resolution.formerValues(item);
        const { ref } = this.resolution.match(item);
        const answers = questions.every(({ question, value }) => {
          const { steps, lookup } = question;
          const old = steps.length === 1 ? former[steps[0]!] : undefined;
          const wanted = comparable(facts, question, value);
          return satisfies(lookup, old ?? this.valueAt(ref, steps, 'after', by), wanted);
        });
        if (!answers) continue;
        const message = `${ref.address} is referred to by its old name`;
        this.resolution.diagnostics.push(diagnose('old-name-used', message, placeOf(by, node)));
        return [ref];
      }
    }
    return [];
  }

  /**
   * Resources of a kind that could answer, live ones first. Only their conditions are evaluated, so that two entries
   * whose conditions look for different things do not depend on each other.
   */
  private candidates(
    facts: KindFacts,
    wanted: readonly { readonly question: Question; readonly value: Value }[],
    own: Ref | undefined,
  ): readonly Ref[] {
    const plain = wanted.filter(({ question }) => isOwnField(facts, question));
    const key = plain.find(
      ({ question, value }) => question.lookup === 'exact' && indexKey(value) !== undefined,
    );
    let candidates: readonly Ref[];
    if (key) {
      const { byValue, unknown } = this.index(facts, key.question.steps[0]!);
      const answering = new Set([...(byValue.get(indexKey(key.value)!) ?? []), ...unknown]);
      if (own?.kind === facts.kind) answering.add(own);
      candidates = [...answering];
    } else candidates = this.refs(facts);
    return candidates.filter(
      (ref) =>
        ref === own ||
        plain.every(({ question, value }) => {
          const values = this.possibleValues(ref, question.steps[0]!);
          return !values || values.some((one) => satisfies(question.lookup, one, value));
        }),
    );
  }

  /** All resources of a kind, held and absent ones too, live ones first. */
  private refs(facts: KindFacts): readonly Ref[] {
    const live = this.resolution.input.live.all(facts.kind).map((one) => one.ref);
    const fresh = [...this.grouped(facts).keys()].filter((ref) => !this.resolution.input.live.of(ref));
    return [...live, ...fresh];
  }

  /** The entries of a kind by resource, without those whose match is under way. */
  private grouped(facts: KindFacts): ReadonlyMap<Ref, readonly Item[]> {
    const known = this.groups.get(facts);
    if (known) return known;
    const groups = new Map<Ref, Item[]>();
    let complete = true;
    for (const item of this.resolution.itemsOf(facts.kind)) {
      if (item.broken) continue;
      const ref = this.resolution.ownRef(item);
      if (!ref) {
        complete = false;
        continue;
      }
      append(groups, ref, item);
    }
    if (complete) this.groups.set(facts, groups);
    return groups;
  }

  /** The entries of a resource that are not held. */
  private actingOn(ref: Ref): readonly Item[] {
    const known = this.acting.get(ref);
    if (known) return known;
    const facts = catalogue().kinds.get(ref.kind)!;
    const acting = (this.grouped(facts).get(ref) ?? []).filter((item) => !this.resolution.isHeld(item));
    if (this.groups.has(facts)) this.acting.set(ref, acting);
    return acting;
  }

  /** Will there be such a resource after the run? */
  private exists(ref: Ref): boolean {
    const acting = this.actingOn(ref);
    if (acting.some((item) => item.state === 'absent')) return false;
    return acting.length > 0 || this.resolution.input.live.of(ref) !== undefined;
  }

  /** Every value that a field may have after the run, whatever the conditions say; undefined when not known yet. */
  private possibleValues(ref: Ref, field: string): readonly Value[] | undefined {
    const facts = catalogue().kinds.get(ref.kind)!;
    const values: Value[] = [this.unwritten(facts, ref, field) ?? null];
    for (const item of this.grouped(facts).get(ref) ?? []) {
      if (!item.written.has(field)) continue;
      try {
        const written = this.resolution.resolved(item, field);
        if (!written) return undefined;
        values.push(written.value);
      } catch (error) {
        // Reported where it is written, unless the entry is held.
        if (error instanceof TagError) return undefined;
        throw error;
      }
    }
    return values;
  }

  private index(facts: KindFacts, field: string): Index {
    const name = `${facts.kind} ${field}`;
    const known = this.indexes.get(name);
    if (known) return known;
    const index: Index = { byValue: new Map(), unknown: [] };
    for (const ref of this.refs(facts)) {
      const values = this.possibleValues(ref, field);
      if (!values) index.unknown.push(ref);
      for (const value of values ?? []) {
        const key = indexKey(value);
        if (key === undefined) continue;
        const list = index.byValue.get(key);
        if (!list) index.byValue.set(key, [ref]);
        else if (list.at(-1) !== ref) list.push(ref);
      }
    }
    if (this.groups.has(facts)) this.indexes.set(name, index);
    return index;
  }

  /** A value at a path through references; `live` looks at the directory alone. */
  valueAt(
    ref: Ref,
    [step, ...rest]: readonly string[],
    view: 'live' | 'after',
    by?: Item,
  ): Value | undefined {
    const facts = catalogue().kinds.get(ref.kind)!;
    const value = this.fieldOf(facts, ref, step!, view);
    if (rest.length === 0) return value;
    if (value instanceof Ref) {
      if (isIdName(catalogue().kinds.get(value.kind)!, rest[0]!) && rest.length === 1) return value;
      const next = by && this.resolution.ownRef(by) === value ? 'live' : view;
      return this.valueAt(value, rest, next, by);
    }
    let inner: Value | undefined = value;
    for (const key of rest) {
      const map: Record<string, Value> | undefined =
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? (inner as Record<string, Value>)
          : undefined;
      inner = map && Object.hasOwn(map, key) ? map[key] : undefined;
    }
    return inner;
  }

  private fieldOf(facts: KindFacts, ref: Ref, name: string, view: 'live' | 'after'): Value | undefined {
    const live = this.resolution.input.live.of(ref);
    if (isIdName(facts, name)) return live?.id ?? ref;
    const field = facts.fields[name]?.aliasOf ?? name;
    const items = view === 'live' ? [] : this.actingOn(ref);
    for (const item of items) {
      if (item.state === 'absent' || (item.state === 'created' && live)) continue;
      if (item.written.has(field)) return this.resolution.resolved(item, field)?.value ?? undefined;
    }
    return this.unwritten(facts, ref, field);
  }

  /** The value of a field that no entry writes. */
  private unwritten(facts: KindFacts, ref: Ref, field: string): Value | undefined {
    const live = this.resolution.input.live.of(ref);
    if (!live) return facts.fields[field]?.default;
    return live.attributes[field] ?? (live as LiveResource).computed[field] ?? undefined;
  }

  /** An object's attributes as they will be, with the read-only ones that are known. */
  describe(ref: Ref, by: Item): Record<string, Value> {
    const facts = catalogue().kinds.get(ref.kind)!;
    const view = ref === this.resolution.ownRef(by) ? 'live' : 'after';
    const live = this.resolution.input.live.of(ref);
    // The id of an invitation is the secret in its link.
    const described: Record<string, Value> = facts.spends ? {} : { pk: live?.id ?? ref };
    for (const [name, value] of Object.entries(live?.computed ?? {})) described[name] = value;
    for (const field of Object.values(facts.fields)) {
      if (field.aliasOf || field.retired || field.blueprintOnly) continue;
      // Secrets cannot be looked up, because the result may end up anywhere.
      if (field.unreadable || field.secret) continue;
      const value = this.fieldOf(facts, ref, field.name, view);
      if (value !== undefined) described[field.name] = value;
    }
    return described;
  }
}

/** Resources by the values that a field may have. */
interface Index {
  readonly byValue: Map<string, Ref[]>;
  /** Resources whose value depends on a step under way. */
  readonly unknown: Ref[];
}

/** Is the question about a field of the object itself, not its id or a path through a reference? */
function isOwnField(facts: KindFacts, { steps }: Question): boolean {
  return steps.length === 1 && Object.hasOwn(facts.fields, steps[0]!) && !facts.fields[steps[0]!]!.aliasOf;
}

function knows(facts: KindFacts, { steps }: Question): boolean {
  const name = steps[0]!;
  return isIdName(facts, name) || Object.hasOwn(facts.fields, name) || facts.readOnly.includes(name);
}

/** The value coerced to the field's type, so that `"10"` finds 10. */
function comparable(facts: KindFacts, question: Question, value: Value): Value {
  const field = question.steps.length === 1 ? facts.fields[question.steps[0]!] : undefined;
  if (!field || field.reference || question.lookup !== 'exact' || value === null) return value;
  const coerced = coerce(field, value);
  return 'value' in coerced ? coerced.value : value;
}
