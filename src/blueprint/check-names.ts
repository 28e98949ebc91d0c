/** Checks the names of identifiers and attributes against the kind's facts, before anything is resolved. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { FieldFacts, KindFacts } from '../model/kinds.js';
import { nameAlone } from '../secrets/open-keys.js';
import type { MapNode, Node } from '../yaml/node.js';

type Report = (code: DiagnosticCode, message: string, node: Node, help?: string) => void;

/** The lookups of Django's query language that identifiers and `!Find` understand, after a double underscore. */
export const lookups = [
  'exact',
  'iexact',
  'contains',
  'icontains',
  'startswith',
  'istartswith',
  'endswith',
  'iendswith',
  'in',
  'gt',
  'gte',
  'lt',
  'lte',
  'isnull',
  'regex',
  'iregex',
] as const;
export type Lookup = (typeof lookups)[number];

/** The attribute that a name stands for, aliases followed. */
export function fieldNamed(facts: KindFacts, name: string): FieldFacts | undefined {
  const field = Object.hasOwn(facts.fields, name) ? facts.fields[name] : undefined;
  return field?.aliasOf ? facts.fields[field.aliasOf] : field;
}

/** Is this a name for the object's id? */
export function isIdName(facts: KindFacts, name: string): boolean {
  return name === 'pk' || name === facts.idName;
}

/** Reports identifiers that are neither an attribute, the id, nor a lookup into one of them. */
export function checkIdentifiers(facts: KindFacts, map: MapNode | undefined, report: Report): void {
  for (const { key } of map?.pairs ?? []) {
    const name = String(key.value);
    if (isIdName(facts, name)) continue;
    const head = name.split('__')[0]!;
    const known = fieldNamed(facts, head) ?? facts.readOnly.includes(head);
    if (!known && !isIdName(facts, head)) {
      const help = didYouMean(head, Object.keys(facts.fields)) ?? `See \`asbuilt explain ${facts.name}\`.`;
      report(
        'unknown-identifier',
        `${facts.name} has no attribute \`${nameAlone(head)}\` to identify it by`,
        key,
        help,
      );
    }
  }
}

/** Reports attributes that are unknown, retired or read-only. */
export function checkAttributes(facts: KindFacts, map: MapNode | undefined, report: Report): void {
  for (const { key } of map?.pairs ?? []) {
    const name = typeof key.value === 'string' ? key.value : key.text;
    const field = Object.hasOwn(facts.fields, name) ? facts.fields[name] : undefined;
    if (field?.retired) {
      report('retired-attribute', `authentik no longer has ${facts.name}.${name}: ${field.retired}`, key);
    } else if (!field && (facts.readOnly.includes(name) || isIdName(facts, name))) {
      report('read-only-attribute', `${facts.name}.${name} is read-only: the directory sets it`, key);
    } else if (!field) {
      const help = didYouMean(name, Object.keys(facts.fields)) ?? `See \`asbuilt explain ${facts.name}\`.`;
      report('unknown-attribute', `${facts.name} has no attribute \`${nameAlone(name)}\``, key, help);
    }
  }
}
