/** The lists that stand for bindings: `policies` and `access` of what they guard. */
import { isScalar } from 'yaml';
import { bindingFacts, bindingStep } from '../blueprint/sections-bindings.js';
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

/** A binding, with its order and the attribute that names what it binds. */
export interface Bound {
  readonly draft: Draft;
  readonly order: number;
  readonly subject: string;
}

/** Bindings in their order, by the entry that they bind something to. */
export type Bindings = ReadonlyMap<Draft, readonly Bound[]>;

/** The entries of a kind of bindings that lists can stand for, by the entry that they bind something to, in their order. */
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
    const list = found.get(target);
    if (list) list.push({ draft, order, subject });
    else found.set(target, [{ draft, order, subject }]);
  }
  for (const list of found.values()) list.sort((a, b) => a.order - b.order);
  return found;
}

/** The policy bindings of a file, by what they guard. */
export function guardsOf(book: Book): Bindings {
  const { facts, subjects } = bindingFacts();
  return boundTo(book, facts, subjects);
}

/** Writes the bindings of an object into its body, under `policies` where that is asked for and they are nothing else. */
export function writeGuards(
  book: Book,
  guarded: Draft,
  guards: readonly Bound[],
  body: YamlMap,
  asPolicies: boolean,
): void {
  const { facts } = bindingFacts();
  const items: { item: YamlMap; subject: string; reference: YamlNode }[] = [];
  for (const { draft, subject } of guards) {
    const to = facts.fields[subject]!.reference!.to;
    const reference = referenceOf(book, to, draft.attributes!.get(subject)!.value, draft);
    const implied = { order: items.length * bindingStep };
    const item =
      reference && bodyOf(book, draft, { said: [facts.partOf!, subject], implied, around: guarded });
    if (!item) continue;
    item.items.unshift(pairOf(subject, reference));
    moveInto(book, draft, item);
    items.push({ item, subject, reference });
  }
  if (items.length === 0) return;
  const policies = asPolicies && items.every(({ subject }) => subject === 'policy');
  const list = listNode(items.map(({ item }) => item));
  for (const { item, subject, reference } of items) {
    if (!isScalar(reference) || reference.tag) continue;
    const name = String(reference.value);
    shortenLater(book, list, item, reference, policies ? name : `${subject}/${escapeKey(name)}`);
  }
  body.items.push(pairOf(policies ? 'policies' : 'access', list));
}

/** Writes an item as one word when it turns out to say nothing but a value. */
export function shortenLater(book: Book, list: YamlList, item: YamlMap, value: YamlNode, word: string): void {
  book.later.push(() => {
    const isOnly = item.items.length === 1 && (isScalar(value) || value.items.length === 0);
    if (isOnly) list.items[list.items.indexOf(item)] = withComments(textNode(word), item, value);
  });
}
