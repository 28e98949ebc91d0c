/** Works out how an entry identifies its resource: its identifiers, its natural key, and the name it had before. */

import { isIdName } from '../blueprint/check-names.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import { addressOf } from '../model/live-model.js';
import type { Address, Attributes, Value } from '../model/model.js';
import type { Node } from '../yaml/node.js';
import type { UnderWay } from './cycles.js';
import { questionOf } from './django-lookups.js';
import type { Evaluator } from './evaluate-entry.js';
import type { Identifier, Item } from './item.js';
import type { Resolution } from './resolution.js';

/** The identifiers of all items, each worked out once. */
export class Identifiers {
  private readonly former = new Map<Item, Attributes>();

  constructor(
    private readonly resolution: Resolution,
    private readonly evaluator: Evaluator,
    private readonly underWay: UnderWay,
  ) {}

  /** Works out the natural key, to report its problems. */
  keyValues(item: Item): true {
    for (const field of item.facts.key) this.keyValue(item, field);
    return true;
  }

  /** The attributes that distinguish entries that share a key. */
  keyAttributes(item: Item): Attributes {
    const attributes: Attributes = {};
    for (const field of item.facts.match) {
      const value = this.keyValue(item, field);
      if (value !== undefined) attributes[field] = value;
    }
    return attributes;
  }

  /** What the entry writes under `identifiers`. */
  of(item: Item): readonly Identifier[] {
    item.identifiers ??= this.underWay.step(item, 'identifiers', item.entry.node, () =>
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

  /** The value of an attribute of the natural key, as the entry writes it; undefined when it does not. */
  keyValue(item: Item, field: string): Value | undefined {
    const identifier = this.of(item).find(
      (one) =>
        !one.isId &&
        one.field?.name === field &&
        one.question.lookup === 'exact' &&
        one.question.steps.length === 1,
    );
    if (identifier) return identifier.value;
    if (item.state === 'absent' || !item.written.has(field)) return undefined;
    return this.resolution.resolved(item, field)?.value;
  }

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

  /** The address in the entry's `was`; undefined without one, or if it is broken (already reported). */
  formerAddress(item: Item): Address | undefined {
    if (!item.entry.was) return undefined;
    try {
      const former = this.formerValues(item);
      return addressOf(item.facts, (field) => former[field] ?? this.keyValue(item, field));
    } catch (error) {
      this.resolution.report(item.entry, error);
      return undefined;
    }
  }
}
