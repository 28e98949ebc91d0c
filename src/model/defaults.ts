/** The defaults of a kind, and the attributes that it requires. */
import type { KindFacts } from './kinds.js';
import type { Attributes, Value } from './model.js';
import { remembered } from './remembered.js';

/** The default values of a kind's attributes. */
export const defaultsOf = remembered((facts: KindFacts): Attributes => {
  const found: Attributes = {};
  for (const field of Object.values(facts.fields)) {
    if (field.default !== undefined) found[field.name] = field.default as Value;
  }
  return found;
});

/** Required attributes that are missing for a new object. */
export function missingAttributes(facts: KindFacts, attributes: Attributes): string[] {
  return requiredOf(facts).filter((name) => attributes[name] === undefined);
}

const requiredOf = remembered((facts: KindFacts): readonly string[] =>
  Object.values(facts.fields)
    .filter((field) => field.required && !field.retired && !field.computed && field.default === undefined)
    .map((field) => field.name),
);
