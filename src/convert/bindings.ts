/** Finds bindings that can become lists, and writes policy bindings as the `policies` or `access` of their target. */
import { isScalar, type Scalar } from 'yaml';
import { bindingFacts, bindingStep } from '../blueprint/sections-bindings.js';
import { append } from '../model/append.js';
import type { KindFacts } from '../model/kinds.js';
import { escapeKey } from '../model/model.js';
import { bodyOf, moveInto, referenceOf } from './body.js';
import { type Book, type Draft, orderOf, staysFor, targetOf } from './entries.js';
import {
  listNode,
  pairOf,
  textNode,
  withComments,
  type YamlList,
  type YamlMap,
  type YamlNode,
} from './yaml.js';

/** A binding, and the attribute that names what it binds (`stage`, `policy`, `group` or `user`). */
export interface Bound {
  readonly draft: Draft;
  readonly order: number;
  readonly subject: string;
}

/** Bindings by their target, in order. */
export type Bindings = ReadonlyMap<Draft, readonly Bound[]>;

/** The bindings of one kind whose target is an entry of the file, except those that a list cannot stand for. */
export function boundTo(book: Book, facts: KindFacts, subjects: readonly string[]): Bindings {
  const found = new Map<Draft, Bound[]>();
  for (const draft of book.drafts) {
    if (draft.facts !== facts || !draft.attributes) continue;
    const { attributes } = draft;
    const target = targetOf(book, attributes.get(facts.partOf!)?.value);
    const [subject, ...more] = subjects.filter((name) => attributes.has(name));
    const order = orderOf(draft);
    if (!target || subject === undefined || more.length > 0 || order === undefined) continue;
    const named = [facts.partOf, subject, 'order'];
    if ([...attributes.values()].some((one) => one.identifies && !named.includes(one.name))) continue;
    if (!staysFor(target, draft)) continue;
    append(found, target, { draft, order, subject });
  }
  for (const list of found.values()) list.sort((a, b) => a.order - b.order);
  return found;
}

/** The policy bindings of a file, by what they guard. */
export function guardsOf(book: Book): Bindings {
  const { facts, subjects } = bindingFacts();
  return boundTo(book, facts, subjects);
}

/** Writes the bindings of an object into its body: under `policies` if that is allowed and all bind policies, else `access`. */
export function writeGuards(
  book: Book,
  guarded: Draft,
  guards: readonly Bound[],
  body: YamlMap,
  asPolicies: boolean,
): void {
  const { facts } = bindingFacts();
  const items: { item: YamlMap; subject: string; reference: YamlNode; isName: boolean }[] = [];
  for (const { draft, subject } of guards) {
    const to = facts.fields[subject]!.reference!.to;
    const { value } = draft.attributes!.get(subject)!;
    const reference = referenceOf(book, to, value, draft);
    const implied = { order: items.length * bindingStep };
    const item =
      reference && bodyOf(book, draft, { said: [facts.partOf!, subject], implied, around: guarded });
    if (!item) continue;
    item.items.unshift(pairOf(subject, reference));
    moveInto(book, draft, item);
    items.push({ item, subject, reference, isName: reference !== value });
  }
  if (items.length === 0) return;
  const policies = asPolicies && items.every(({ subject }) => subject === 'policy');
  const list = listNode(items.map(({ item }) => item));
  for (const { item, subject, reference, isName } of items) {
    if (!isName) continue;
    const name = String((reference as Scalar).value);
    shortenLater(book, list, item, reference, policies ? name : `${subject}/${escapeKey(name)}`);
  }
  body.items.push(pairOf(policies ? 'policies' : 'access', list));
}

/** Replaces an item by a word if its `id` is dropped and nothing else is left of it but the value. */
export function shortenLater(book: Book, list: YamlList, item: YamlMap, value: YamlNode, word: string): void {
  book.later.push(() => {
    const isOnly = item.items.length === 1 && (isScalar(value) || value.items.length === 0);
    if (isOnly) list.items[list.items.indexOf(item)] = withComments(textNode(word), item, value);
  });
}
