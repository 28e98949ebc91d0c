/** What a kind fills in when an attribute is not written, and what it cannot do without. */
import type { KindFacts } from './kinds.js';
import type { Attributes, Value } from './model.js';
import { remembered } from './remembered.js';

/** What a kind's attributes are when nothing is said. */
export const defaultsOf = remembered((facts: KindFacts): Attributes => {
  const found: Attributes = {};
  for (const field of Object.values(facts.fields)) {
    if (field.default !== undefined) found[field.name] = field.default as Value;
  }
  return found;
});

/** Attributes that a new object needs and does not get. */
export function missingAttributes(facts: KindFacts, attributes: Attributes): string[] {
  return requiredOf(facts).filter((name) => attributes[name] === undefined);
}

const requiredOf = remembered((facts: KindFacts): readonly string[] =>
  Object.values(facts.fields)
    .filter((field) => field.required && !field.retired && !field.computed && field.default === undefined)
    .map((field) => field.name),
);
