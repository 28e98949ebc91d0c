/** Moves the entries of a blueprint into sections. Whatever the compact form cannot say stays an entry. */

import { isMap, isSeq, type Scalar, visit, YAMLMap } from 'yaml';
import { hasNameBesideKey } from '../blueprint/sections.js';
import { familySectionKeys, kindsIn, sectionKinds, settingsKinds } from '../model/section-names.js';
import { type Bindings, guardsOf, writeGuards } from './bindings.js';
import { bodyOf, moveInto } from './body.js';
import { type Book, bookOf } from './entries.js';
import { stageBindingsOf, writeStages } from './flows.js';
import { layOut } from './layout.js';
import {
  childOf,
  joined,
  pairOf,
  tidy,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlPair,
} from './yaml.js';

/** A section, or a part of one, and the kind of what it holds. */
interface SectionPlace {
  readonly kind: string;
  readonly path: readonly string[];
}

const order = ['roles', 'groups', 'users', 'property_mappings', 'policies', 'flows', 'invitations'];

/** The section of each kind, in the order in which sections are written. */
function placesOfKinds(): readonly SectionPlace[] {
  return [
    ...[...order, 'providers', 'applications'].flatMap((section): SectionPlace[] =>
      familySectionKeys.includes(section)
        ? [...kindsIn(section)].map(([word, { name }]) => ({ kind: name, path: [section, word] }))
        : [{ kind: sectionKinds[section]!, path: [section] }],
    ),
    { kind: settingsKinds.system, path: ['settings'] },
    { kind: settingsKinds.brands, path: ['settings', 'brands'] },
  ];
}

/** Rewrites the root map of a blueprint in place. Returns how many entries moved and how many stayed. */
export function moveIntoSections(root: YamlMap): { readonly moved: number; readonly kept: number } {
  const lists = entryLists(root);
  const total = lists.reduce((sum, list) => sum + list.items.length, 0);
  const book = bookOf(lists);
  const bindings = { stages: stageBindingsOf(book), guards: guardsOf(book) };
  const objects = placesOfKinds().map((place) => ({
    ...place,
    pairs: objectsOf(root, book, place, bindings),
  }));
  const moved = book.done.size;
  if (moved === 0) return { moved, kept: total };
  const at = removeMoved(root, book);
  const added: YamlPair[] = [];
  for (const { path, pairs } of objects) {
    if (pairs.length === 0) continue;
    let section = root;
    for (const key of path) section = mapAt(section, key, section === root ? added : section.items);
    for (const pair of pairs) {
      const isApart = path[0] === 'flows' || pair.key.commentBefore !== undefined;
      pair.key.spaceBefore = isApart && section.items.length > 0;
      section.items.push(pair);
    }
  }
  for (const [index, { key }] of added.entries()) key.spaceBefore = at + index > 0;
  root.items.splice(at, 0, ...added);
  dropIds(root, book);
  for (const shorten of book.later) shorten();
  for (const { path, pairs } of objects) for (const pair of pairs) layOut(pair, 2 * path.length);
  for (const pair of root.items) if (pair.key.value === 'entries') pair.key.spaceBefore = true;
  return { moved, kept: total - moved };
}

/** The blueprint's entries: one list, or several named ones. */
function entryLists(root: YamlMap): YamlList[] {
  const entries = childOf(root, 'entries');
  if (isSeq(entries)) return [entries];
  return isMap(entries) ? entries.items.map((pair) => pair.value).filter((one) => isSeq<YamlNode>(one)) : [];
}

/** Moves the objects of a kind, except those that another entry or a section of the file describes as well. */
function objectsOf(
  root: YamlMap,
  book: Book,
  { kind, path }: SectionPlace,
  { stages, guards }: { readonly stages: Bindings; readonly guards: Bindings },
): YamlPair[] {
  const there = root.getIn(path, true);
  const taken = new Set(isMap<{ value: unknown }>(there) ? there.items.map(({ key }) => key.value) : []);
  const isFlow = path[0] === 'flows';
  return book.drafts.flatMap((draft) => {
    const { facts, key } = draft;
    if (facts.name !== kind || key === undefined || taken.has(key)) return [];
    if (book.byKey.get(`${facts.kind} ${key}`) !== draft) return [];
    const implied = hasNameBesideKey(facts) ? { name: key } : undefined;
    const around = { state: 'present', conditions: '' };
    const body = bodyOf(book, draft, { said: facts.key, implied, around });
    if (!body) return [];
    moveInto(book, draft, body);
    if (isFlow) writeStages(book, draft, stages.get(draft) ?? [], guards, body);
    writeGuards(book, draft, guards.get(draft) ?? [], body, isFlow);
    const pair = pairOf(key, body);
    pair.key.commentBefore = body.commentBefore;
    body.commentBefore = undefined;
    tidy(body);
    return [pair];
  });
}

/** The map under a key, which is added when there is none. */
function mapAt({ items }: YamlMap, key: string, added: YamlPair[]): YamlMap {
  let pair = [...items, ...added].find((one) => one.key.value === key);
  if (!pair) added.push((pair = pairOf(key, null)));
  if (!isMap(pair.value)) pair.value = new YAMLMap<Scalar, YamlNode>();
  return pair.value as YamlMap;
}

/** Removes the entries that moved. Returns the index of `entries`, where the sections go. */
function removeMoved(root: YamlMap, book: Book): number {
  const moved = new Set<unknown>([...book.done].map((draft) => draft.map));
  for (const list of entryLists(root)) list.items = list.items.filter((item) => !moved.has(item));
  const at = root.items.findIndex((pair) => pair.key.value === 'entries');
  const { key, value: entries } = root.items[at]!;
  if (isMap(entries))
    entries.items = entries.items.filter((pair) => (pair.value as YamlList).items.length > 0);
  const [first] = (entries as YamlList).items;
  if (isMap(first)) first.spaceBefore = undefined;
  if (first) return at;
  root.items.splice(at, 1);
  const comment = joined([key.commentBefore, entries!.commentBefore, entries!.comment]);
  if (comment) root.comment = joined([root.comment, `\n${comment}`]);
  return at;
}

/** Drops the ids that nothing refers to. */
function dropIds(root: YamlMap, book: Book): void {
  const used = new Set<string>();
  visit(root, {
    Scalar: (_, node) => {
      if (node.tag === '!KeyOf') used.add(String(node.value));
    },
  });
  for (const { map, id } of book.ids) {
    if (!used.has(id)) map.items = map.items.filter(({ key }) => key.value !== 'id');
  }
}
