/** The defaults of a kind, and the attributes that it requires. */
import type { KindFacts } from './kinds.js';
import type { Attributes, Value } from './model.js';

const defaults = new WeakMap<KindFacts, Attributes>();

/** The default values of a kind's attributes. */
export function defaultsOf(facts: KindFacts): Attributes {
  let found = defaults.get(facts);
  if (!found) {
    found = {};
    for (const field of Object.values(facts.fields)) {
      if (field.default !== undefined) found[field.name] = field.default as Value;
    }
    defaults.set(facts, found);
  }
  return found;
}

/** Required attributes that are missing for a new object. */
export function missingAttributes(facts: KindFacts, attributes: Attributes): string[] {
  return requiredOf(facts).filter((name) => attributes[name] === undefined);
}

const required = new WeakMap<KindFacts, readonly string[]>();

function requiredOf(facts: KindFacts): readonly string[] {
  let found = required.get(facts);
  if (!found) {
    found = Object.values(facts.fields)
      .filter((field) => field.required && !field.retired && !field.computed && field.default === undefined)
      .map((field) => field.name);
    required.set(facts, found);
  }
  return found;
}
