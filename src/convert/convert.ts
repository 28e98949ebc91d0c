/** A blueprint of entries in, the same blueprint in the compact form out. What that form cannot say stays an entry. */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Pair,
  parseDocument,
  type Scalar,
  visit,
  YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { parseBlueprint } from '../blueprint/parse.js';
import { hasNameBesideKey, sectionKinds, settingsKinds } from '../blueprint/sections.js';
import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { checkTags } from '../tags/forms.js';
import { readYaml } from '../yaml/read-yaml.js';
import { guardsOf, writeGuards } from './bindings.js';
import { bodyFor, joined, pairFor, topLevel, written } from './body.js';
import { differenceOf } from './check.js';
import {
  type Book,
  bookOf,
  type Draft,
  entryLists,
  textScalar,
  type YamlNode,
  type YamlPair,
} from './drafts.js';
import { boundStages, writeStages } from './flows.js';
import { type Layout, layoutOf, tidy, writing } from './layout.js';

export interface Converted {
  /** The file in the compact form; undefined when the file has errors. */
  readonly text?: string;
  readonly diagnostics: Diagnostic[];
  /** How many entries moved into sections, and how many stayed. */
  readonly moved: number;
  readonly kept: number;
}

/** Sections in the order in which they are written. */
const order = ['roles', 'groups', 'users', 'flows', 'invitations', 'applications'];

/** Converts a file. */
export function convert(source: Source): Converted {
  const { tree, diagnostics } = readYaml(source);
  if (tree.root) diagnostics.push(...checkTags(tree.root, source));
  const blueprint = tree.root && parseBlueprint(tree, true, diagnostics);
  if (!blueprint || hasErrors(diagnostics)) return { diagnostics, moved: 0, kept: 0 };
  const document = parseDocument(source.text, {
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    logLevel: 'silent',
    keepSourceTokens: false,
  });
  for (const list of entryLists(document)) adoptComment(list);
  const book = bookOf(document, blueprint);
  const total = entryLists(document).reduce((sum, list) => sum + list.items.length, 0);
  const sections = sectionsOf(book, existingKeys(document));
  const moved = book.done.size;
  if (moved === 0) return { text: source.text, diagnostics, moved, kept: total };
  const layout = layoutOf(source.text);
  write(document, book, sections, layout);
  const lines = layout.filled(document.toString(writing));
  const text = source.text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
  const changed = differenceOf(source, { path: source.path, text });
  if (changed !== undefined) throw new Error(`converting ${source.path} would change ${changed}`);
  return { text, diagnostics, moved, kept: total - moved };
}

/** A section's new objects, by natural key. */
type Section = Map<
  string,
  { readonly body: YAMLMap<Scalar, YamlNode>; readonly comment: string | undefined }
>;

/** Writes every entry that can be into its section. `taken` are the keys that the file's sections have already. */
function sectionsOf(book: Book, taken: ReadonlySet<string>): Map<string, Section> {
  const guards = guardsOf(book);
  const bound = boundStages(book);
  const sections = new Map<string, Section>();
  const add = (section: string, draft: Draft): void => {
    if (taken.has(`${section} ${draft.key}`)) return;
    const isGuarded = draft.facts.families.some((one) => one.family === 'policy-binding-target');
    const made = bodyFor(book, draft, {
      said: draft.facts.key,
      around: topLevel,
      instead: (one) => (one.name === 'name' && isKey(draft) ? null : undefined),
    });
    if (!made || !isNamed(draft)) return;
    const { map: body, comment, around } = made;
    book.done.add(draft);
    if (section === 'flows') writeStages(book, draft, bound.get(draft) ?? [], guards, body, around);
    if (isGuarded) writeGuards(book, guards.get(draft) ?? [], body, around, section === 'flows');
    const objects = sections.get(section) ?? new Map();
    sections.set(section, objects.set(draft.key ?? 'system', { body, comment }));
  };
  for (const section of order) {
    for (const draft of book.drafts) {
      if (draft.facts.name === sectionKinds[section] && isOnly(book, draft)) add(section, draft);
    }
  }
  const settings = book.drafts.filter((one) => one.facts.name === settingsKinds.system);
  if (settings.length === 1 && !settings[0]!.entry.identifiers) add('system', settings[0]!);
  for (const draft of book.drafts) {
    if (draft.facts.name === settingsKinds.brands && isOnly(book, draft)) add('brands', draft);
  }
  return sections;
}

/** Does no other entry of the file describe the object? */
function isOnly(book: Book, draft: Draft): boolean {
  return draft.key !== undefined && book.byKey.get(`${draft.facts.kind} ${draft.key}`) === draft;
}

/** Is the name the natural key, so that it need not be written? */
function isKey(draft: Draft): boolean {
  const name = written(draft, 'name');
  return name?.type === 'scalar' && !name.tag && name.value === draft.key;
}

/** Is there a name, where the compact form would give one? */
function isNamed(draft: Draft): boolean {
  return (
    !hasNameBesideKey(draft.facts) || draft.entry.state === 'absent' || written(draft, 'name') !== undefined
  );
}

/** The objects that sections of the file describe already. */
function existingKeys(document: Document): Set<string> {
  const keys = new Set<string>();
  const root = document.contents;
  if (!isMap(root)) return keys;
  const add = (section: string, map: unknown): void => {
    for (const pair of isMap<Scalar>(map) ? map.items : []) keys.add(`${section} ${pair.key.source}`);
  };
  for (const section of order) add(section, root.get(section, true));
  const settings = root.get('settings', true);
  if (!isMap(settings)) return keys;
  if (settings.has('system')) keys.add('system undefined');
  add('brands', settings.get('brands', true));
  return keys;
}

/** Puts the sections in the place of the entries that they say. */
function write(document: Document, book: Book, sections: ReadonlyMap<string, Section>, layout: Layout): void {
  const root = document.contents as unknown as YAMLMap<Scalar, YamlNode>;
  let at = removeMoved(document, root, book);
  const laid: (() => void)[] = [];
  for (const section of [...order, 'system', 'brands']) {
    const objects = sections.get(section);
    if (!objects) continue;
    const inSettings = section === 'system' || section === 'brands';
    let parent = root;
    if (inSettings) ({ map: parent, at } = mapIn(root, 'settings', at));
    if (section === 'system') {
      const { body, comment } = objects.get('system')!;
      const pair = pairFor('system', body);
      pair.key.commentBefore = comment;
      parent.items.push(pair);
      laid.push(() => layout.pair(pair, 2, book.block));
      continue;
    }
    const { map, at: next } = mapIn(parent, section, inSettings ? parent.items.length : at);
    if (!inSettings) at = next;
    const indent = inSettings ? 4 : 2;
    for (const [key, { body, comment }] of objects) {
      const name = textScalar(key);
      const pair: YamlPair = new Pair(name, body);
      tidy(body);
      name.commentBefore = comment;
      name.spaceBefore = (section === 'flows' || comment !== undefined) && map.items.length > 0;
      map.items.push(pair);
      laid.push(() => layout.pair(pair, indent, book.block));
    }
  }
  dropIds(document, book);
  for (const shorten of book.later) shorten();
  for (const lay of laid) lay();
  for (const pair of root.items) {
    if (pair.key.value === 'entries') pair.key.spaceBefore = true;
  }
}

/** The map under a key, made at a place when there is none; and the place after it. */
function mapIn(
  parent: YAMLMap<Scalar, YamlNode>,
  key: string,
  at: number,
): { map: YAMLMap<Scalar, YamlNode>; at: number } {
  const there = parent.get(key, true);
  if (isMap(there)) return { map: there as YAMLMap<Scalar, YamlNode>, at };
  const map = new YAMLMap<Scalar, YamlNode>();
  const pair = pairFor(key, map);
  pair.key.spaceBefore = at > 0;
  const empty = parent.items.findIndex((one) => one.key.value === key);
  parent.items.splice(empty === -1 ? at : empty, empty === -1 ? 0 : 1, pair);
  return { map, at: at + 1 };
}

/** Takes the entries out that have a section now. Gives the place where they stood. */
function removeMoved(document: Document, root: YAMLMap<Scalar, YamlNode>, book: Book): number {
  const moved = new Set<unknown>([...book.done].map((draft) => draft.map));
  const at = root.items.findIndex((pair) => pair.key.value === 'entries');
  const { key, value } = root.items[at]!;
  const entries = value as YAMLSeq | YAMLMap<Scalar, YamlNode>;
  const remove = (list: YAMLSeq): void => {
    list.items = list.items.filter((item) => !moved.has(item));
  };
  if (isSeq(entries)) remove(entries);
  else {
    for (const pair of entries.items) if (isSeq(pair.value)) remove(pair.value);
    entries.items = entries.items.filter((pair) => isSeq(pair.value) && pair.value.items.length > 0);
  }
  const [first] = entries.items;
  if (isMap(first)) first.spaceBefore = undefined;
  if (first) return at;
  root.items.splice(at, 1);
  const comments = [key.commentBefore, entries.commentBefore, entries.comment, document.comment];
  document.comment = joined(comments) ?? null;
  return at;
}

/** Drops the ids that nothing refers to. */
function dropIds(document: Document, book: Book): void {
  const used = new Set<string>();
  visit(document, (_, node) => {
    if (isScalar(node) && node.tag === '!KeyOf') used.add(String(node.value));
  });
  for (const { map, pair, id } of book.ids) {
    if (!used.has(id)) map.items = map.items.filter((one) => one !== pair);
  }
}

/** A comment above the first item of a list is read as the list's. */
function adoptComment(list: YAMLSeq): void {
  const [first] = list.items;
  if (!isMap(first) || !list.commentBefore) return;
  first.commentBefore = joined([list.commentBefore, first.commentBefore]);
  list.commentBefore = undefined;
}
