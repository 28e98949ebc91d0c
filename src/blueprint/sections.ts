/** Expands sections (the compact form) into the entries that they are short for. */
import { catalogue, type KindFacts } from '../model/kinds.js';
import {
  familySectionKeys,
  kindsIn,
  sectionKeys,
  sectionKinds,
  settingsKinds,
  stagesKey,
} from '../model/section-names.js';
import { child, type MapNode, type Node, type Pair, type ScalarNode } from '../yaml/node.js';
import type { Entry } from './blueprint.js';
import { bindingKeys, policyBindings } from './sections-bindings.js';
import { bodyOf, entryOf, type Reader } from './sections-entry.js';
import { findNode, lookupOf, namedReference, pairOf, textNode } from './sections-nodes.js';
import { stageEntries } from './sections-stages.js';

type FileReader = Reader & { unknownKeys(map: MapNode, known: string[], where: string): void };

/** Entries for all sections of a file. */
export function sectionEntries(reader: FileReader, root: MapNode): Entry[] {
  const entries: Entry[] = [];
  for (const { key, value } of root.pairs) {
    if (!sectionKeys.includes(key.text)) continue;
    for (const entry of sectionEntriesOf(reader, key.text, value)) entries.push(entry);
  }
  return entries;
}

function sectionEntriesOf(reader: FileReader, section: string, value: Node): Entry[] {
  if (familySectionKeys.includes(section)) {
    const words = kindsIn(section);
    const sorts = bodyOf(reader, value, section);
    if (sorts) reader.unknownKeys(sorts, [...words.keys()], section);
    return (sorts?.pairs ?? []).flatMap((pair) => {
      const facts = words.get(pair.key.text);
      return facts ? objects(reader, facts, pair.value, `${section}.${pair.key.text}`) : [];
    });
  }
  if (section !== 'settings') return objects(reader, kindOf(sectionKinds[section]!), value, section);
  const settings = bodyOf(reader, value, section);
  if (!settings) return [];
  const entries: Entry[] = [];
  reader.unknownKeys(settings, Object.keys(settingsKinds), section);
  const system = settings.pairs.find((pair) => pair.key.text === 'system');
  if (system) entries.push(...settingsEntry(reader, system));
  const brands = child(settings, 'brands');
  if (brands) entries.push(...objects(reader, kindOf(settingsKinds.brands), brands, 'brands'));
  return entries;
}

function kindOf(name: string): KindFacts {
  return catalogue().byName.get(name)!;
}

function settingsEntry(reader: Reader, { key, value }: Pair): Entry[] {
  const body = bodyOf(reader, value, 'settings.system');
  if (!body) return [];
  const { entry } = entryOf(reader, { facts: kindOf(settingsKinds.system), at: key, identifiers: [], body });
  return entry ? [entry] : [];
}

function objects(reader: FileReader, facts: KindFacts, node: Node, name: string): Entry[] {
  const pairs = bodyOf(reader, node, name)?.pairs ?? [];
  return pairs.flatMap((pair) => objectEntries(reader, facts, pair));
}

/** The entries for one object and its nested objects. */
function objectEntries(reader: Reader, facts: KindFacts, { key, value }: Pair): Entry[] {
  // A tag on a key was reported with the other unresolved tags.
  if (key.tag) return [];
  if (key.text === '' || key.value === null) {
    reader.report('wrong-type', `the key of a ${facts.name} must be its name`, key);
    return [];
  }
  const body = bodyOf(reader, value, `the ${facts.name} \`${key.text}\``);
  if (!body) return [];
  const isFlow = facts.name === sectionKinds.flows;
  const isGuarded = facts.families.some((one) => one.family === 'policy-binding-target');
  const identifier = pairOf(facts.key[0]!, textNode(key.text, key));
  const made = entryOf(reader, {
    facts,
    at: key,
    identifiers: [identifier],
    defaults: [
      ...(hasNameBesideKey(facts) ? [pairOf('name', textNode(key.text, key))] : []),
      ...usualReferences(facts, key),
    ],
    body,
    extra: [...(isFlow ? [stagesKey] : []), ...(isGuarded ? bindingKeys : [])],
  });
  const entries = made.entry ? [made.entry] : [];
  if (isFlow) entries.push(...stageEntries(reader, key, child(body, stagesKey), made, !made.entry));
  if (isGuarded) {
    const target = made.entry && referenceTo(facts, key);
    entries.push(...policyBindings(reader, body, target, made));
  }
  return entries;
}

/** Does the kind have a name that is not its natural key? The key is its default then. */
export function hasNameBesideKey(facts: KindFacts): boolean {
  return facts.fields.name?.required === true && !facts.key.includes('name');
}

/** References to what authentik ships, for attributes that are left out. */
function usualReferences(facts: KindFacts, at: Node): Pair[] {
  return Object.values(facts.fields).flatMap(({ name, usual, reference }) =>
    usual !== undefined && reference ? [pairOf(name, namedReference(reference.to, textNode(usual, at)))] : [],
  );
}

function referenceTo(facts: KindFacts, key: ScalarNode): Node {
  return findNode(lookupOf(facts.kind)!, key);
}
