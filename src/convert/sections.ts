/** Moves the entries of a blueprint into sections: what the compact form cannot say stays an entry. */
import { isMap, isSeq, type Scalar, visit, YAMLMap } from 'yaml';
import { hasNameBesideKey, sectionKinds, settingsKinds } from '../blueprint/sections.js';
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

/** Where the objects of a kind stand, in the order in which sections are written. */
const places: readonly { readonly kind: string; readonly path: readonly string[] }[] = [
  ...['roles', 'groups', 'users', 'flows', 'invitations', 'applications'].map((section) => ({
    kind: sectionKinds[section]!,
    path: [section],
  })),
  { kind: settingsKinds.system, path: ['settings'] },
  { kind: settingsKinds.brands, path: ['settings', 'brands'] },
];

/** Changes the root of a blueprint. `moved` and `kept` tell how many entries have a section now, and how many have not. */
export function moveIntoSections(root: YamlMap): { readonly moved: number; readonly kept: number } {
  const lists = entryLists(root);
  const total = lists.reduce((sum, list) => sum + list.items.length, 0);
  const book = bookOf(lists);
  const bindings = { stages: stageBindingsOf(book), guards: guardsOf(book) };
  const objects = places.map((place) => ({ ...place, pairs: objectsOf(root, book, place, bindings) }));
  const moved = book.done.size;
  if (moved === 0) return { moved, kept: total };
  let at = removeMoved(root, book);
  for (const { path, pairs } of objects) {
    if (pairs.length === 0) continue;
    let parent = root;
    for (const key of path) {
      const place = parent === root ? at : parent.items.length;
      const isNew = !parent.has(key);
      parent = mapAt(parent, key, place);
      if (isNew && place === at) at++;
    }
    for (const pair of pairs) {
      const isApart = path[0] === 'flows' || pair.key.commentBefore;
      pair.key.spaceBefore = Boolean(isApart) && parent.items.length > 0;
      parent.items.push(pair);
    }
  }
  dropIds(root, book);
  for (const shorten of book.later) shorten();
  for (const { path, pairs } of objects) for (const pair of pairs) layOut(pair, 2 * path.length);
  for (const pair of root.items) if (pair.key.value === 'entries') pair.key.spaceBefore = true;
  return { moved, kept: total - moved };
}

/** The lists of entries of a blueprint: one, or several with names. */
function entryLists(root: YamlMap): YamlList[] {
  const entries = childOf(root, 'entries');
  if (isSeq(entries)) return [entries];
  return isMap(entries) ? entries.items.map((pair) => pair.value).filter((one) => isSeq<YamlNode>(one)) : [];
}

/** The objects of a kind that the compact form can say and that no other entry and no section of the file describes. */
function objectsOf(
  root: YamlMap,
  book: Book,
  { kind, path }: (typeof places)[number],
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

/** The map under a key, made at a place when there is none. */
function mapAt(parent: YamlMap, key: string, at: number): YamlMap {
  const there = childOf(parent, key);
  if (isMap(there)) return there;
  const pair = pairOf(key, new YAMLMap<Scalar, YamlNode>());
  pair.key.spaceBefore = at > 0;
  const empty = parent.items.findIndex((one) => one.key.value === key);
  parent.items.splice(empty === -1 ? at : empty, empty === -1 ? 0 : 1, pair);
  return pair.value as YamlMap;
}

/** Takes the entries out that have a section now. Gives the place where they stood. */
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
