/** The model as it will be after the run: what `!Find`, `!FindObject` and identifiers through references look into. */
import { catalogue, type KindFacts } from '../catalogue.js';
import { diagnose } from '../diagnostic.js';
import { type LiveResource, Ref, type Value } from '../model.js';
import { isIdName } from './check.js';
import { coerce } from './coerce.js';
import { type Item, placeOf } from './item.js';
import { indexKey, type Question, questionOf, satisfies } from './lookup.js';
import type { Node } from './node.js';
import { kindNamed } from './parse.js';
import type { Resolver } from './resolve.js';
import { TagError } from './tag-values.js';

/** A pair of a lookup: the name as written and the value asked for. */
export type FindPair = readonly [name: string, value: Value];

export interface AfterModel {
  /** The first object that answers all pairs, or null. */
  find(model: string, pairs: readonly FindPair[], by: Item, node: Node): Ref | null;
  /** An object's attributes as they will be, with the read-only ones that are known. */
  describe(ref: Ref, by: Item): Record<string, Value>;
  /** A value at a path through references; `live` looks at the directory alone. */
  valueAt(ref: Ref, steps: readonly string[], view: 'live' | 'after', by?: Item): Value | undefined;
}

/** Makes the view over a resolver's items and live model. */
export function afterModel(resolver: Resolver): AfterModel {
  return new After(resolver);
}

class After implements AfterModel {
  private readonly indexes = new Map<string, Map<string, Ref[]>>();
  private readonly items = new Map<Ref, Item[]>();
  private readonly listed = new Map<string, readonly Ref[]>();

  constructor(private readonly resolver: Resolver) {}

  find(model: string, pairs: readonly FindPair[], by: Item, node: Node): Ref | null {
    const kinds = this.kindsOf(model, node);
    const questions = pairs.map(([name, value]) => ({ name, question: questionOf(name), value }));
    for (const { name, question } of questions) {
      if (!kinds.some((facts) => knows(facts, question))) {
        throw new TagError('uncaught', 'tag-value', `${model} has no field \`${name}\` to look for`, node);
      }
    }
    const found: Ref[] = [];
    for (const facts of kinds) {
      if (!this.resolver.input.live.kinds.has(facts.kind)) this.resolver.missingKinds.add(facts.kind);
      found.push(...this.findIn(facts, questions, by));
    }
    if (found.length > 1 && pairs.length > 0) {
      const names = found.slice(0, 5).map((ref) => ref.address);
      const message = `the lookup finds ${found.length} objects (${names.join(', ')}); the first is taken`;
      this.resolver.diagnostics.push(diagnose('ambiguous-find', message, placeOf(by, node)));
    }
    return found[0] ?? null;
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
    const own = this.resolver.ownRef(by);
    const wanted = questions.map((one) => ({ ...one, value: comparable(facts, one.question, one.value) }));
    const key = wanted.find(
      ({ question, value }) =>
        question.lookup === 'exact' &&
        question.steps.length === 1 &&
        Object.hasOwn(facts.fields, question.steps[0]!) &&
        indexKey(value) !== undefined,
    );
    const busy = by.facts === facts && (by.working.has('conditions') || own === undefined);
    let candidates: readonly Ref[];
    if (key && !busy) {
      candidates = this.index(facts, key.question.steps[0]!).get(indexKey(key.value)!) ?? [];
      if (own?.kind === facts.kind && !candidates.includes(own)) candidates = [...candidates, own];
    } else candidates = this.refs(facts, busy ? by : undefined);
    return candidates.filter((ref) => {
      const view = ref === own ? 'live' : 'after';
      if (view === 'live' && !this.resolver.input.live.of(ref)) return false;
      return wanted.every(({ question, value }) =>
        satisfies(question.lookup, this.valueAt(ref, question.steps, view, by), value),
      );
    });
  }

  /** All resources of a kind as they will be, live ones first. `without` is left as it is live. */
  private refs(facts: KindFacts, without?: Item): readonly Ref[] {
    const known = without ? undefined : this.listed.get(facts.kind);
    if (known) return known;
    const absent = new Set<Ref>();
    const present: Ref[] = [];
    for (const item of this.resolver.itemsOf(facts.kind)) {
      if (item === without || item.broken || this.resolver.isHeld(item)) continue;
      const { ref, live } = this.resolver.match(item);
      const list = this.items.get(ref);
      if (!list) this.items.set(ref, [item]);
      else if (!list.includes(item)) list.push(item);
      if (item.state === 'absent') absent.add(ref);
      else if (!live && !present.includes(ref)) present.push(ref);
    }
    const live = this.resolver.input.live.all(facts.kind).map((one) => one.ref);
    const refs = [...live, ...present].filter((ref) => !absent.has(ref));
    if (!without) this.listed.set(facts.kind, refs);
    return refs;
  }

  private index(facts: KindFacts, field: string): Map<string, Ref[]> {
    const name = `${facts.kind} ${field}`;
    let index = this.indexes.get(name);
    if (!index) {
      index = new Map();
      for (const ref of this.refs(facts)) {
        const key = indexKey(this.valueAt(ref, [field], 'after') ?? null);
        if (key === undefined) continue;
        const list = index.get(key);
        if (list) list.push(ref);
        else index.set(key, [ref]);
      }
      this.indexes.set(name, index);
    }
    return index;
  }

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
      const next = by && this.resolver.ownRef(by) === value ? 'live' : view;
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
    const live = this.resolver.input.live.of(ref);
    if (isIdName(facts, name)) return live?.id ?? ref;
    const field = facts.fields[name]?.aliasOf ?? name;
    const items = view === 'live' ? [] : (this.items.get(ref) ?? []);
    for (const item of items) {
      if (item.state === 'absent' || (item.state === 'created' && live)) continue;
      if (item.parts.has(field)) return this.resolver.resolved(item, field)?.value ?? undefined;
    }
    if (!live) return facts.fields[field]?.default;
    return live.attributes[field] ?? (live as LiveResource).computed[field] ?? undefined;
  }

  describe(ref: Ref, by: Item): Record<string, Value> {
    const facts = catalogue().kinds.get(ref.kind)!;
    const view = ref === this.resolver.ownRef(by) ? 'live' : 'after';
    const live = this.resolver.input.live.of(ref);
    const described: Record<string, Value> = { pk: live?.id ?? ref };
    for (const [name, value] of Object.entries(live?.computed ?? {})) described[name] = value;
    for (const field of Object.values(facts.fields)) {
      if (field.aliasOf || field.retired || field.unreadable || field.blueprintOnly) continue;
      const value = this.fieldOf(facts, ref, field.name, view);
      if (value !== undefined) described[field.name] = value;
    }
    return described;
  }
}

function knows(facts: KindFacts, { steps }: Question): boolean {
  const name = steps[0]!;
  return isIdName(facts, name) || Object.hasOwn(facts.fields, name) || facts.readOnly.includes(name);
}

/** The value in the form that the field holds, so that `"10"` finds 10. */
function comparable(facts: KindFacts, question: Question, value: Value): Value {
  const field = question.steps.length === 1 ? facts.fields[question.steps[0]!] : undefined;
  if (!field || field.reference || question.lookup !== 'exact' || value === null) return value;
  const coerced = coerce(field, value);
  return 'value' in coerced ? coerced.value : value;
}
