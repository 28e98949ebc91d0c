/** Expands the `stages` of a flow into entries for stages, prompts, and their bindings. */

import { didYouMean, nearest } from '../diagnostic/did-you-mean.js';
import { flowKind } from '../model/kind-names.js';
import { catalogue, type KindFacts } from '../model/kinds.js';
import { stageWord } from '../model/section-names.js';
import { nameAlone } from '../secrets/open-keys.js';
import {
  child,
  type MapNode,
  type Node,
  type Pair,
  type ScalarNode,
  type SequenceNode,
} from '../yaml/node.js';
import type { Entry } from './blueprint.js';
import { bindingKeys, policyBindings } from './sections-bindings.js';
import { bodyOf, type Desugared, entryOf, type Inherited, nameIn, type Reader } from './sections-entry.js';
import {
  findNode,
  lookupOf,
  mapNode,
  namedReference,
  numberNode,
  pairOf,
  sequenceNode,
  textNode,
} from './sections-nodes.js';

/** The distance between orders of stages that are not written. */
export const stageStep = 10;
const stageFamily = 'stage';
/** The key for a stage that is described elsewhere. */
export const existingStage = 'stage';

let words: ReadonlyMap<string, KindFacts> | undefined;

/** The words for kinds of stages in a flow's list: `user_write` for `user-write-stage`. */
export function stageKinds(): ReadonlyMap<string, KindFacts> {
  words ??= new Map(
    (catalogue().families.get(stageFamily) ?? []).map((facts) => [stageWord(facts), facts] as const),
  );
  return words;
}

export function stageBindingFacts(): KindFacts {
  return catalogue().byName.get('flow-stage-binding')!;
}

export function promptFacts(): KindFacts {
  return catalogue().byName.get('prompt')!;
}

/** A flow whose stages are read. */
interface Flow {
  readonly reader: Reader;
  readonly slug: ScalarNode;
  /** The flow itself has an error, so nothing can refer to it. */
  readonly broken: boolean;
  readonly inherited: Inherited;
  readonly entries: Entry[];
  /** The kinds of the stages so far, and the default names of the prompts. */
  readonly seen: Map<string, Node>;
}

/** One item of the list. */
interface Item {
  readonly node: Node;
  /** The item as a map; undefined for one that is only a word. */
  readonly body: MapNode | undefined;
  /** The word for the kind of a stage described here; undefined for an existing stage. */
  readonly word?: string;
  readonly key: ScalarNode;
  readonly value: Node;
}

/** Entries for everything in a flow's `stages`. */
export function stageEntries(
  reader: Reader,
  slug: ScalarNode,
  list: Node | undefined,
  inherited: Inherited,
  broken: boolean,
): Entry[] {
  const flow: Flow = { reader, slug, broken, inherited, entries: [], seen: new Map() };
  const bound = reader.list(list, 'stages').flatMap((node, position) => {
    const item = itemOf(reader, node);
    if (!item) return [];
    const stage = item.word === undefined ? existing(flow, item) : described(flow, item, item.word);
    return stage ? [{ item, position, ...stage }] : [];
  });
  const times = new Map<string, number>();
  for (const { name } of bound) if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  for (const one of bound) {
    const several = one.name !== undefined && times.get(one.name)! > 1;
    bind(flow, one.item, one.position, one.stage, one.state, several);
  }
  return flow.entries;
}

function itemOf(reader: Reader, node: Node): Item | undefined {
  const example =
    'Write the kind of a stage, such as `- user_login`, or `- stage: <name>` for an existing one.';
  if (node.tag) {
    reader.report('tag-not-allowed', 'a stage cannot be a tag', node, example);
    return undefined;
  }
  if (node.type === 'scalar') {
    if (stageKinds().has(node.text)) {
      return { node, body: undefined, word: node.text, key: node, value: mapNode([], node) };
    }
    const help = didYouMean(node.text, stageKinds().keys()) ?? `Write \`stage: ${node.text}\` if it exists.`;
    reader.report('unknown-kind', `there is no kind of stage \`${node.text}\``, node, help);
    return undefined;
  }
  if (node.type !== 'map') {
    reader.report('wrong-type', 'a stage must be the name of a kind or a map', node, example);
    return undefined;
  }
  const named = node.pairs.filter(({ key }) => key.text === existingStage || stageKinds().has(key.text));
  const [first, second] = named;
  if (second) {
    reader.report('constraint', 'each item of the list takes one stage, but this one has two', second.key);
    return undefined;
  }
  if (!first) {
    const known = [...Object.keys(stageBindingFacts().fields), ...bindingKeys];
    const other = node.pairs.find(({ key }) => !known.includes(key.text));
    if (other) {
      const help = didYouMean(other.key.text, [...stageKinds().keys(), existingStage]) ?? example;
      reader.report(
        'unknown-kind',
        `there is no kind of stage \`${nameAlone(other.key.text)}\``,
        other.key,
        help,
      );
    } else reader.report('missing-key', 'the item does not name a stage', node, example);
    return undefined;
  }
  const word = first.key.text === existingStage ? undefined : first.key.text;
  return { node, body: node, word, key: first.key, value: first.value };
}

/** What a binding refers to. */
interface Stage extends Inherited {
  readonly stage: Node | undefined;
  /** The name, unless a tag gives it. */
  readonly name?: string;
}

function existing({ reader }: Flow, { value }: Item): Stage | undefined {
  if (value.tag) return { stage: value };
  const name = nameIn(reader, value, 'the name of a stage');
  return name === undefined ? undefined : { stage: namedReference(stageFamily, value), name };
}

function described(flow: Flow, { key, value }: Item, word: string): Stage | undefined {
  const { reader, seen, slug } = flow;
  const facts = stageKinds().get(word)!;
  const body = bodyOf(reader, value, `the stage \`${word}\``);
  if (!body) return undefined;
  const written = child(body, 'name');
  const first = seen.get(word);
  if (!written && first) {
    const message = `the flow has another \`${word}\` stage, so this one needs a name`;
    const help = `Write \`${word}: {name: ${slug.text}-…}\`.`;
    reader.report('missing-key', message, key, help, { node: first, message: 'the first one' });
    return undefined;
  }
  if (!first) seen.set(word, key);
  const name = written ? nameIn(reader, written, 'the name of a stage') : `${slug.text}-${word}`;
  if (name === undefined) return undefined;
  const at = written ?? key;
  const prompts: Prompt[] = [];
  const pairs = body.pairs.map((pair) => {
    const holdsPrompts = facts.fields[pair.key.text]?.reference?.to === promptFacts().kind;
    return holdsPrompts ? { key: pair.key, value: withoutPrompts(flow, pair.value, prompts) } : pair;
  });
  const made = entryOf(reader, {
    facts,
    at: key,
    identifiers: [pairOf('name', textNode(name, at))],
    body: mapNode(pairs, body),
    inherited: flow.inherited,
  });
  if (made.entry) flow.entries.push(made.entry);
  for (const prompt of prompts) describePrompt(flow, prompt, made);
  const stage = made.entry && findNode(lookupOf(stageFamily)!, textNode(name, key));
  return { stage, name, state: made.state === 'absent' ? 'absent' : undefined };
}

function bind(
  flow: Flow,
  { node, body, word }: Item,
  position: number,
  stage: Node | undefined,
  state: Inherited['state'],
  several: boolean,
): void {
  const { reader, slug, inherited } = flow;
  const facts = stageBindingFacts();
  const target = findNode(lookupOf(flowKind)!, slug);
  const order = (body && child(body, 'order')) ?? numberNode((position + 1) * stageStep, node);
  const identifiers = [
    pairOf('target', target),
    pairOf('stage', stage ?? textNode('', node)),
    ...(several ? [pairOf('order', order)] : []),
  ];
  const made = entryOf(reader, {
    facts,
    at: node,
    identifiers,
    defaults: several ? [] : [pairOf('order', order)],
    body,
    extra: [word ?? existingStage, ...bindingKeys],
    inherited: state === undefined ? inherited : { ...inherited, state },
  });
  const whole = made.entry && stage && !flow.broken;
  if (whole) flow.entries.push(made.entry!);
  const binding = whole ? sequenceNode(findPairs(facts, identifiers, node), node, 'Find') : undefined;
  flow.entries.push(...policyBindings(reader, body, binding, made));
}

/** The arguments of a `!Find` by these identifiers. */
function findPairs(facts: KindFacts, identifiers: readonly Pair[], at: Node): Node[] {
  return [
    textNode(facts.kind, at),
    ...identifiers.map(({ key, value }) => sequenceNode([textNode(key.text, at), value], at)),
  ];
}

// Prompts

/** The list in a node, also in `{only_add: [...]}`. */
function listIn(node: Node): SequenceNode | undefined {
  const inner = node.type === 'map' ? child(node, 'only_add') : node;
  return !node.tag && inner?.type === 'sequence' && !inner.tag ? inner : undefined;
}

/** A prompt that is described in a stage. */
interface Prompt {
  readonly body: MapNode;
  readonly name: ScalarNode;
  readonly position: number;
}

/** Replaces the prompts described in a list by references, and adds them to `found`. */
function withoutPrompts(flow: Flow, node: Node, found: Prompt[]): Node {
  const list = listIn(node);
  if (!list) return node;
  const items = list.items.flatMap((item, position): Node[] => {
    if (item.type !== 'map' || item.tag) return [item];
    const name = promptName(flow, item);
    if (!name) return [];
    found.push({ body: item, name, position });
    return [findNode(lookupOf(promptFacts().kind)!, name)];
  });
  const names = sequenceNode(items, list);
  return node === list ? names : mapNode([pairOf('only_add', names)], node);
}

/** The name of a prompt described in a flow; undefined (reported) when it has none. */
function promptName({ reader, slug, seen }: Flow, body: MapNode): ScalarNode | undefined {
  const written = child(body, 'name');
  if (written) {
    const name = nameIn(reader, written, 'the name of a prompt');
    return name === undefined ? undefined : textNode(name, written);
  }
  const key = child(body, 'field_key');
  if (!key) {
    const keys = body.pairs.map((pair) => pair.key.text);
    const near = nearest('field_key', keys);
    const help =
      near && !Object.hasOwn(promptFacts().fields, near) ? `Is \`${near}\` meant to be it?` : undefined;
    reader.report('missing-key', 'a prompt needs a `field_key`', body, help);
    return undefined;
  }
  const text = nameIn(reader, key, 'the `field_key` of a prompt without a name');
  if (text === undefined) return undefined;
  const first = seen.get(`prompt ${text}`);
  if (first) {
    const message = `the flow has another prompt for \`${text}\`, so this one needs a name`;
    const related = { node: first, message: 'the first one' };
    reader.report('missing-key', message, key, `Write \`name: ${slug.text}-…\`.`, related);
    return undefined;
  }
  seen.set(`prompt ${text}`, key);
  return textNode(`${slug.text}-${text}`, key);
}

function describePrompt(
  { reader, entries }: Flow,
  { body, name, position }: Prompt,
  inherited: Desugared,
): void {
  const { entry } = entryOf(reader, {
    facts: promptFacts(),
    at: body,
    identifiers: [pairOf('name', name)],
    defaults: [pairOf('order', numberNode(position, body))],
    body,
    inherited,
  });
  if (entry) entries.push(entry);
}
