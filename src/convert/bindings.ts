/** Entries of policy bindings in, the `policies` and `access` of what they guard out. */
import { isScalar, type Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { bindingFacts, bindingStep } from '../blueprint/sections-bindings.js';
import { escapeKey } from '../model/model.js';
import { type Around, type Body, bodyFor, joined, numberOf, pairFor, referenceFor, written } from './body.js';
import {
  attributesOf,
  type Book,
  type Draft,
  identifierNames,
  plainScalar,
  staysFor,
  targetOf,
  textScalar,
  type YamlNode,
} from './drafts.js';

/** A binding, with its order and what it binds. */
export interface Guard {
  readonly draft: Draft;
  readonly order: number;
  readonly subject: string;
}

/** The policy bindings of a file, by the entry that they guard. */
export function guardsOf(book: Book): Map<Draft, Guard[]> {
  const { facts, subjects } = bindingFacts();
  const found = new Map<Draft, Guard[]>();
  for (const draft of book.drafts) {
    if (draft.facts !== facts) continue;
    const target = written(draft, facts.partOf!);
    const guarded = target && targetOf(book, target);
    const named = subjects.filter((name) => written(draft, name));
    const order = numberOf(attributesOf(draft, []) ?? [], 'order');
    if (!guarded || named.length !== 1 || order === undefined || !staysFor(guarded, draft)) continue;
    if (identifierNames(draft).some((name) => ![facts.partOf, 'order', named[0]].includes(name))) continue;
    const list = found.get(guarded);
    const guard = { draft, order, subject: named[0]! };
    if (list) list.push(guard);
    else found.set(guarded, [guard]);
  }
  for (const list of found.values()) list.sort((a, b) => a.order - b.order);
  return found;
}

/** Writes the bindings of an object into its body, under `policies` when they are nothing else. */
export function writeGuards(
  book: Book,
  guards: readonly Guard[],
  body: YAMLMap<Scalar, YamlNode>,
  around: Around,
  asPolicies: boolean,
): void {
  const items = guards.flatMap((guard) => {
    const made = guardBody(book, guard, around);
    return made ? [{ ...made, guard }] : [];
  });
  if (items.length === 0) return;
  const policies = asPolicies && items.every(({ guard }) => guard.subject === 'policy');
  const list = new YAMLSeq<YamlNode>();
  for (const [position, { map, subject, comment, guard }] of items.entries()) {
    if (guard.order !== position * bindingStep)
      map.items.push(pairFor('order', plainScalar(String(guard.order))));
    map.items.unshift(pairFor(guard.subject, subject));
    map.commentBefore = comment;
    list.items.push(map);
    book.done.add(guard.draft);
    book.later.push(() => {
      if (map.items.length > 1 || map.comment || !isScalar(subject) || subject.tag) return;
      const name = String(subject.value);
      const short = textScalar(policies ? name : `${guard.subject}/${escapeKey(name)}`);
      short.commentBefore = joined([map.commentBefore, subject.commentBefore]);
      short.comment = subject.comment;
      list.items[position] = short;
    });
  }
  body.items.push(pairFor(policies ? 'policies' : 'access', list));
}

function guardBody(
  book: Book,
  { draft, subject }: Guard,
  around: Around,
): (Body & { subject: YamlNode }) | undefined {
  const attribute = attributesOf(draft, [])!.find((one) => one.name === subject)!;
  const { to } = attribute.field!.reference!;
  const reference = referenceFor(book, to, attribute.node, attribute.yaml, draft);
  const elsewhere = [bindingFacts().facts.partOf!, subject, 'order'];
  const made =
    reference &&
    bodyFor(book, draft, {
      said: identifierNames(draft),
      around,
      instead: ({ name }) => (elsewhere.includes(name) ? null : undefined),
    });
  return made && { ...made, subject: reference };
}
