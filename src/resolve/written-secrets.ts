/** Finds secrets that a blueprint holds in plain text, where everybody with access to the repository can read them. */
import type { KindFacts } from '../model/kinds.js';
import { type Attributes, type DesiredResource, isMap, pointerStep, type Value } from '../model/model.js';
import { originsBelow } from '../plan/origins.js';

const secretNames = new WeakMap<KindFacts, readonly string[]>();

/** The secret attributes among `written` whose text came neither from a variable nor from a file. */
export function writtenSecrets(
  facts: KindFacts,
  { origins }: Pick<DesiredResource, 'origins'>,
  written: Attributes,
): readonly string[] {
  let names = secretNames.get(facts);
  if (!names) {
    names = Object.values(facts.fields).flatMap((field) => (field.secret ? field.name : []));
    secretNames.set(facts, names);
  }
  return names.filter(
    (name) => holdsText(written[name]) && originsBelow(origins, `/${pointerStep(name)}`) === undefined,
  );
}

function holdsText(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(holdsText);
  return isMap(value) ? Object.values(value).some(holdsText) : typeof value === 'string' && value !== '';
}
