/** Expands `policies` and `access` of a flow, a stage in a flow or an application into entries for policy bindings. */

import { didYouMean } from '../diagnostic/did-you-mean.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { child, type MapNode, type Node } from '../yaml/node.js';
import type { Entry } from './blueprint.js';
import { entryOf, everyone, type Inherited, type Reader } from './sections-entry.js';
import { namedReference, numberNode, pairOf, type Span, textNode } from './sections-nodes.js';

/** The keys that say who has access. */
export const bindingKeys = ['policies', 'access'] as const;

/** The distance between orders that are not written. */
export const bindingStep = 10;

/** One item of the list: who gets access, or which policy decides. */
interface Binding {
  /** The attribute of the binding: `policy`, `group` or `user`. */
  readonly subject: string;
  readonly value: Node;
  readonly body: MapNode | undefined;
  readonly at: Span;
}

/** The facts of the binding kind, and its attributes for a policy, group or user. */
export function bindingFacts(): { facts: KindFacts; subjects: readonly string[] } {
  const facts = catalogue().byName.get('policy-binding')!;
  return { facts, subjects: facts.key.filter((name) => name !== facts.partOf) };
}

/** Entries for the bindings in a body. `target` refers to what they guard; undefined when that is broken. */
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

/** A text that is equal for bindings of the same policy, group or user. */
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
    const help = 'If that is intended, write `access: everyone`.';
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
    const message = `a binding needs exactly one of ${subjects.map((one) => `\`${one}\``).join(', ')}`;
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
    reader.report(
      item.tag ? 'tag-not-allowed' : 'wrong-type',
      '`access` must be a list of addresses',
      item,
      help,
    );
    return undefined;
  }
  const slash = item.text.indexOf('/');
  const subject = item.text.slice(0, Math.max(slash, 0));
  if (!subjects.includes(subject) || slash === item.text.length - 1) {
    const help = (subjects.includes(subject) ? undefined : didYouMean(subject, subjects)) ?? usage;
    reader.report('invalid-value', `\`${item.text}\` is not the address of a group or user`, item, help);
    return undefined;
  }
  const name = item.text
    .slice(slash + 1)
    .replace(/%(25|2F|3A|23)/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return { subject, value: textNode(name, item), body: undefined, at: item };
}
