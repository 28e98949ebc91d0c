/** Entries of stage bindings, stages and prompts in, the `stages` of their flows out. */
import { isScalar, isSeq, type Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import {
  existingStage,
  promptFacts,
  stageBindingFacts,
  stageKinds,
  stageStep,
  stageWord,
} from '../blueprint/sections-stages.js';
import { type Guard, writeGuards } from './bindings.js';
import {
  type Around,
  type Body,
  bodyFor,
  joined,
  numberOf,
  pairFor,
  partsFor,
  type Wanted,
  written,
} from './body.js';
import {
  attributesOf,
  type Book,
  type Draft,
  identifierNames,
  nameOf,
  plainScalar,
  staysFor,
  targetOf,
  textScalar,
  type YamlNode,
} from './drafts.js';

/** A stage in a flow. */
export interface Bound {
  readonly draft: Draft;
  readonly order: number;
  /** The stage's name. */
  readonly name: string;
  /** The entry that describes it, when the file does. */
  readonly stage: Draft | undefined;
}

/** The stage bindings of a file, by the entry of their flow. */
export function boundStages(book: Book): Map<Draft, Bound[]> {
  const facts = stageBindingFacts();
  const found = new Map<Draft, Bound[]>();
  for (const draft of book.drafts) {
    if (draft.facts !== facts) continue;
    const target = written(draft, 'target');
    const stage = written(draft, existingStage);
    const flow = target && targetOf(book, target);
    const order = numberOf(attributesOf(draft, []) ?? [], 'order');
    if (!flow || !stage || order === undefined || !staysFor(flow, draft)) continue;
    if (identifierNames(draft).some((name) => !['target', 'stage', 'order'].includes(name))) continue;
    const name = nameOf(book, facts.fields.stage!.reference!.to, stage, draft);
    if (name === undefined) continue;
    const one = { draft, order, name, stage: described(book, name) };
    const list = found.get(flow);
    if (list) list.push(one);
    else found.set(flow, [one]);
  }
  for (const list of found.values()) list.sort((a, b) => a.order - b.order);
  return found;
}

/** The entry that describes the stage of a name, whatever its kind. */
function described(book: Book, name: string): Draft | undefined {
  for (const facts of stageKinds().values()) {
    const draft = book.byKey.get(`${facts.kind} ${name}`);
    if (draft) return draft;
  }
  return undefined;
}

interface Flow {
  readonly book: Book;
  readonly slug: string;
  readonly around: Around;
  /** Words of the stages so far. */
  readonly words: Set<string>;
  /** Default names of prompts that are taken. */
  readonly prompts: Set<string>;
}

/** Writes the stages of a flow into its body; each stage is described where it is bound first. */
export function writeStages(
  book: Book,
  flow: Draft,
  bound: readonly Bound[],
  guards: ReadonlyMap<Draft, readonly Guard[]>,
  body: YAMLMap<Scalar, YamlNode>,
  around: Around,
): void {
  const state: Flow = { book, slug: flow.key!, around, words: new Set(), prompts: new Set() };
  const list = new YAMLSeq<YamlNode>();
  for (const one of bound) {
    const item = stageItem(state, one, list, guards);
    if (item) list.items.push(item);
  }
  if (list.items.length === 0) return;
  body.items.push(pairFor('stages', list));
  for (const one of [body, list, ...list.items]) book.block.add(one);
}

function stageItem(
  flow: Flow,
  { draft, order, name, stage }: Bound,
  list: YAMLSeq<YamlNode>,
  guards: ReadonlyMap<Draft, readonly Guard[]>,
): YAMLMap<Scalar, YamlNode> | undefined {
  const { book } = flow;
  const wanted: Omit<Wanted, 'around'> = {
    said: identifierNames(draft),
    instead: (one) => (['target', existingStage, 'order'].includes(one.name) ? null : undefined),
  };
  if (!partsFor(book, draft, wanted)) return undefined;
  const inline = stage && !book.done.has(stage) ? inlineStage(flow, stage) : undefined;
  const gone = inline?.around.state === 'absent';
  const made = bodyFor(book, draft, {
    ...wanted,
    around: gone ? { ...flow.around, state: 'absent' } : flow.around,
  })!;
  const { map: item } = made;
  const position = list.items.length;
  const stageOrder =
    order === (position + 1) * stageStep ? [] : [pairFor('order', plainScalar(String(order)))];
  item.commentBefore = joined([made.comment, inline?.comment]);
  if (inline) {
    const word = stageWord(stage!.facts);
    item.items.unshift(pairFor(word, inline.map), ...stageOrder);
    book.later.push(() => {
      if (item.items.length > 1 || inline.map.items.length > 0) return;
      const short = plainScalar(word);
      short.commentBefore = joined([item.commentBefore, inline.map.commentBefore]);
      short.comment = joined([inline.map.comment, item.comment]);
      list.items[position] = short;
    });
  } else item.items.unshift(pairFor(existingStage, textScalar(name)), ...stageOrder);
  writeGuards(book, guards.get(draft) ?? [], item, made.around, true);
  book.done.add(draft);
  return item;
}

/** The stage where it is bound first. */
function inlineStage(flow: Flow, stage: Draft): Body | undefined {
  const { book, slug, words } = flow;
  const word = stageWord(stage.facts);
  const isDefault = stage.key === `${slug}-${word}` && !words.has(word);
  const made = bodyFor(book, stage, {
    said: stage.facts.key,
    around: flow.around,
    before: isDefault ? [] : [pairFor('name', textScalar(stage.key!))],
  });
  if (!made) return undefined;
  words.add(word);
  book.done.add(stage);
  for (const pair of made.map.items) {
    const list = pair.value;
    const field = stage.facts.fields[String(pair.key.value)];
    if (field?.reference?.to !== promptFacts().kind || !isSeq<YamlNode>(list)) continue;
    const node = written(stage, field.name);
    if (node?.type !== 'sequence' || node.tag) continue;
    for (const [position, item] of node.items.entries()) {
      const prompt = item.tag && isScalar(list.items[position]) ? targetOf(book, item) : undefined;
      const inline = prompt && inlinePrompt(flow, prompt, position, made.around, stage);
      if (!inline) continue;
      const name = list.items[position]!;
      inline.map.commentBefore = joined([name.commentBefore, inline.comment]);
      inline.map.comment = joined([inline.map.comment, name.comment]);
      list.items[position] = inline.map;
    }
  }
  return made;
}

/** A prompt in the first stage that asks for it. */
function inlinePrompt(
  flow: Flow,
  prompt: Draft,
  position: number,
  around: Around,
  stage: Draft,
): Body | undefined {
  const { book, slug, prompts } = flow;
  const to = promptFacts();
  if (prompt.facts !== to || book.done.has(prompt) || prompt.key === undefined) return undefined;
  if (!staysFor(prompt, stage)) return undefined;
  const attributes = attributesOf(prompt, to.key);
  // Without an order of its own, a prompt would be given one by its place.
  if (!attributes?.some((one) => one.name === 'order')) return undefined;
  const inPlace = numberOf(attributes, 'order') === position;
  const field = attributes.find((one) => one.name === 'field_key')?.node;
  const key = field?.type === 'scalar' && !field.tag ? field.text : undefined;
  const isDefault = prompt.key === `${slug}-${key}` && !prompts.has(prompt.key);
  const made = bodyFor(book, prompt, {
    said: to.key,
    around,
    before: isDefault ? [] : [pairFor('name', textScalar(prompt.key))],
    instead: (one) => (one.name === 'order' && inPlace ? null : undefined),
  });
  if (!made) return undefined;
  if (isDefault) prompts.add(prompt.key);
  book.done.add(prompt);
  return made;
}
