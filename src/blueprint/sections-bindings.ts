/** `policies` and `access` of a flow, a stage in a flow or an application in; entries of policy bindings out. */

import { didYouMean } from '../diagnostic/did-you-mean.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { child, type MapNode, type Node } from '../yaml/node.js';
import type { Entry } from './blueprint.js';
import { entryOf, everyone, type Inherited, type Reader } from './sections-entry.js';
import { namedReference, numberNode, pairOf, type Span, textNode } from './sections-nodes.js';

/** Keys under which somebody's access is written. */
export const bindingKeys = ['policies', 'access'] as const;

/** How far apart orders are that nobody wrote. */
export const bindingStep = 10;

/** Who or what decides: one item of the list. */
interface Binding {
  /** The attribute that names it: `policy`, `group` or `user`. */
  readonly subject: string;
  readonly value: Node;
  readonly body: MapNode | undefined;
  readonly at: Span;
}

/** The kind of the bindings, and the attributes that name who or what decides. */
export function bindingFacts(): { facts: KindFacts; subjects: readonly string[] } {
  const facts = catalogue().byName.get('policy-binding')!;
  return { facts, subjects: facts.key.filter((name) => name !== facts.partOf) };
}

/** Entries for the bindings that a body writes. `target` is the reference to what they guard, undefined when it is broken. */
export function policyBindings(
  reader: Reader,
  body: MapNode | undefined,
  target: Node | undefined,
  inherited: Inherited,
): Entry[] {
  const { facts } = bindingFacts();
  const bindings = [
    ...policies(reader, body && child(body, 'policies')),
    ...access(reader, body && child(body, 'access')),
  ];
  const times = new Map<string, number>();
  for (const one of bindings) times.set(identity(one), (times.get(identity(one)) ?? 0) + 1);
  const entries: Entry[] = [];
  bindings.forEach((one, position) => {
    const { at, subject, value } = one;
    const to = facts.fields[subject]!.reference!.to;
    const order = (one.body && child(one.body, 'order')) ?? numberNode(position * bindingStep, at);
    const several = times.get(identity(one))! > 1;
    const { entry } = entryOf(reader, {
      facts,
      at,
      identifiers: [
        pairOf(facts.partOf!, target ?? textNode('', at)),
        pairOf(subject, namedReference(to, value)),
        ...(several ? [pairOf('order', order)] : []),
      ],
      defaults: several ? [] : [pairOf('order', order)],
      body: one.body,
      extra: [subject],
      inherited,
    });
    if (entry && target) entries.push(entry);
  });
  return entries;
}

/** What two bindings of one target have in common when they bind the same. */
function identity({ subject, value }: Binding): string {
  return value.type === 'scalar' && !value.tag ? `${subject} ${value.text}` : `@${value.start}`;
}

/** A list of names of policies, or of maps. */
function policies(reader: Reader, node: Node | undefined): Binding[] {
  return reader.list(node, 'policies').flatMap((item) => {
    if (item.type === 'map' && !item.tag) return fromMap(reader, item) ?? [];
    return [{ subject: 'policy', value: item, body: undefined, at: item }];
  });
}

/** `everyone`, or a list of addresses, or of maps. */
function access(reader: Reader, node: Node | undefined): Binding[] {
  if (!node) return [];
  if (node.type === 'scalar' && !node.tag && node.text === everyone) return [];
  if (node.type === 'scalar' && !node.tag) {
    const help = 'Write `access: everyone`, or a list such as `[group/staff, user/ada]`.';
    reader.report('wrong-type', `\`access\` must be \`${everyone}\` or a list`, node, help);
    return [];
  }
  const items = reader.list(node, 'access');
  if (items.length === 0 && node.type === 'sequence' && !node.tag) {
    const help = 'Write `access: everyone` if that is meant.';
    reader.report('constraint', 'an empty list would let everyone in', node, help);
  }
  return items.flatMap((item) => {
    if (item.type === 'map' && !item.tag) return fromMap(reader, item) ?? [];
    return fromAddress(reader, item) ?? [];
  });
}

function fromMap(reader: Reader, item: MapNode): Binding | undefined {
  const { subjects } = bindingFacts();
  const found = item.pairs.filter(({ key }) => subjects.includes(key.text));
  if (found.length !== 1) {
    const message = `a binding names exactly one of ${subjects.map((one) => `\`${one}\``).join(', ')}`;
    reader.report('constraint', message, found[1]?.key ?? item);
    return undefined;
  }
  return { subject: found[0]!.key.text, value: found[0]!.value, body: item, at: item };
}

function fromAddress(reader: Reader, item: Node): Binding | undefined {
  const { subjects } = bindingFacts();
  const usage = `Write ${subjects.map((one) => `\`${one}/<name>\``).join(' or ')}.`;
  if (item.tag || item.type !== 'scalar' || typeof item.value !== 'string') {
    const help = item.tag ? 'Write a map, such as `{group: !Context team}`.' : usage;
    reader.report(item.tag ? 'tag-not-allowed' : 'wrong-type', '`access` lists addresses', item, help);
    return undefined;
  }
  const slash = item.text.indexOf('/');
  const subject = item.text.slice(0, Math.max(slash, 0));
  if (!subjects.includes(subject) || slash === item.text.length - 1) {
    const help = (subjects.includes(subject) ? undefined : didYouMean(subject, subjects)) ?? usage;
    reader.report('invalid-value', `\`${item.text}\` is no address of who may come in`, item, help);
    return undefined;
  }
  const name = item.text
    .slice(slash + 1)
    .replace(/%(25|2F|3A|23)/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return { subject, value: textNode(name, item), body: undefined, at: item };
}
