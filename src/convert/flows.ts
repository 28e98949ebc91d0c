/** Writes stage bindings as the `stages` of their flow; a stage or prompt is described where it is bound first. */

import { isSeq } from 'yaml';
import {
  existingStage,
  promptFacts,
  stageBindingFacts,
  stageKinds,
  stageStep,
} from '../blueprint/sections-stages.js';
import { stageWord } from '../model/section-names.js';
import { type Bindings, type Bound, boundTo, shortenLater, writeGuards } from './bindings.js';
import { bodyOf, moveInto } from './body.js';
import { type Book, type Draft, nameOf } from './entries.js';
import {
  joined,
  listNode,
  pairOf,
  scalarOf,
  textNode,
  textOf,
  withComments,
  type YamlList,
  type YamlMap,
} from './yaml.js';

/** The stage bindings of a file, by their flow. */
export function stageBindingsOf(book: Book): Bindings {
  return boundTo(book, stageBindingFacts(), [existingStage]);
}

interface Flow {
  readonly book: Book;
  readonly flow: Draft;
  readonly guards: Bindings;
  readonly list: YamlList;
  /** Kinds of stages and default names of prompts so far: only the first of each may go without a name. */
  readonly given: Set<string>;
}

/** Writes the stages of a flow into its body. */
export function writeStages(
  book: Book,
  flow: Draft,
  bound: readonly Bound[],
  guards: Bindings,
  body: YamlMap,
): void {
  const list = listNode([]);
  const state: Flow = { book, flow, guards, list, given: new Set() };
  for (const { draft } of bound) addStage(state, draft);
  if (list.items.length === 0) return;
  body.items.push(pairOf('stages', list));
  // A line for each stage, however short they are.
  for (const one of [body, list, ...(list.items as YamlMap[])]) one.flow = false;
}

function addStage({ book, flow, guards, list, given }: Flow, binding: Draft): void {
  const { fields, partOf } = stageBindingFacts();
  const node = binding.attributes!.get(existingStage)!.value;
  const name = nameOf(book, fields[existingStage]!.reference!.to, node, binding);
  if (name === undefined) return;
  const stage = describedStage(book, name);
  const word = stage && stageWord(stage.facts);
  const isGiven = name === `${flow.key}-${word}` && !given.has(word!);
  const implied: Record<string, string> = isGiven ? { name } : {};
  const inline = stage && bodyOf(book, stage, { said: [], implied, around: flow });
  const item = bodyOf(book, binding, {
    said: [partOf!, existingStage],
    implied: { order: (list.items.length + 1) * stageStep },
    // A stage that is to go takes its binding with it.
    around: inline && stage.state === 'absent' ? { ...flow, state: 'absent' } : flow,
  });
  if (!item) return;
  moveInto(book, binding, item);
  list.items.push(item);
  if (inline) {
    item.items.unshift(pairOf(word!, inline));
    item.commentBefore = joined([item.commentBefore, inline.commentBefore]);
    inline.commentBefore = undefined;
    moveInto(book, stage, inline);
    given.add(word!);
    addPrompts(book, flow, stage, inline, given);
    shortenLater(book, list, item, inline, word!);
  } else item.items.unshift(pairOf(existingStage, textNode(name)));
  writeGuards(book, binding, guards.get(binding) ?? [], item, true);
}

/** The entry for the stage with this name, of whatever kind, unless it has moved already. */
function describedStage(book: Book, name: string): Draft | undefined {
  const found = [...stageKinds().values()].map(({ kind }) => book.byKey.get(`${kind} ${name}`));
  const first = found.find((one) => one);
  return first && !book.done.has(first) ? first : undefined;
}

/** Moves prompts into the first stage that uses them. */
function addPrompts(book: Book, flow: Draft, stage: Draft, body: YamlMap, given: Set<string>): void {
  const { kind } = promptFacts();
  for (const { key, value: list } of body.items) {
    if (stage.facts.fields[String(key.value)]?.reference?.to !== kind || !isSeq(list)) continue;
    for (const [position, reference] of list.items.entries()) {
      const prompt = book.byKey.get(`${kind} ${textOf(reference)}`);
      if (!prompt || book.done.has(prompt)) continue;
      const name = `${flow.key}-${scalarOf(prompt.attributes?.get('field_key')?.value)?.text}`;
      const isGiven = prompt.key === name && !given.has(`prompt ${name}`);
      const implied = { order: position, ...(isGiven && { name }) };
      const inline = bodyOf(book, prompt, { said: [], implied, around: stage });
      if (!inline) continue;
      if (isGiven) given.add(`prompt ${name}`);
      moveInto(book, prompt, inline);
      list.items[position] = withComments(inline, reference);
    }
  }
}
