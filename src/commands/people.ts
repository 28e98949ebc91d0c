/** The source of a blueprint in, the words it says about people out: what a report with `--redact` must not show. */

import { codes } from '../diagnostic/codes.js';
import type { Source } from '../diagnostic/source.js';
import { catalogue } from '../model/kinds.js';
import { personalFields } from '../report/redact.js';
import type { Sort } from '../report/redact-words.js';
import { child, type MapNode, type Node } from '../yaml/node.js';
import { readYaml } from '../yaml/read-yaml.js';

const userKind = 'authentik_core.user';

/** A word and what it says. */
export interface PersonalWord {
  readonly sort: Sort;
  readonly word: string;
}

/**
 * What stands in a file about its users, however wrong the file is otherwise; undefined when it cannot be read
 * at all, so that nobody knows.
 */
export function peopleIn(source: Source): PersonalWord[] | undefined {
  const { root } = readYaml(source).tree;
  const words: PersonalWord[] = [];
  if (root?.type !== 'map') return root ? words : undefined;
  const section = child(root, 'users');
  if (section?.type === 'map') {
    for (const { key, value } of section.pairs) {
      words.push({ sort: 'person', word: key.text });
      wordsOf(value, words);
      if (value.type === 'map') wordsOf(child(value, 'was'), words);
    }
  }
  for (const entry of entriesOf(child(root, 'entries'))) {
    const model = child(entry, 'model');
    if (model?.type !== 'scalar' || model.text !== userKind) continue;
    for (const part of ['identifiers', 'attrs', 'was']) wordsOf(child(entry, part), words);
  }
  return words;
}

/** Entries are a list, or named lists. */
function entriesOf(node: Node | undefined): MapNode[] {
  if (node?.type === 'sequence') return node.items.filter((one) => one.type === 'map');
  return node?.type === 'map' ? node.pairs.flatMap(({ value }) => entriesOf(value)) : [];
}

function wordsOf(node: Node | undefined, words: PersonalWord[]): void {
  if (node?.type !== 'map') {
    // `was` in a section is the former key itself.
    if (node?.type === 'scalar' && node.tag === undefined && typeof node.value === 'string')
      words.push({ sort: 'person', word: node.value });
    return;
  }
  for (const [field, sort] of Object.entries(personalFields)) {
    const value = child(node, field);
    if (value?.type === 'scalar' && value.tag === undefined && value.text !== '')
      words.push({ sort, word: value.text });
  }
}

/** Words that our own sentences use, and that are no secret where they do. */
export function commonWords(): ReadonlySet<string> {
  const words = new Set<string>();
  const add = (text: string): void => {
    for (const [word] of text.matchAll(/[\p{L}\p{N}_]+/gu)) words.add(word);
  };
  for (const [code, { meaning, remedy }] of Object.entries(codes)) add(`${code} ${meaning} ${remedy}`);
  const { kinds, families } = catalogue();
  for (const facts of kinds.values()) {
    add(facts.kind);
    add(facts.name);
    for (const field of Object.keys(facts.fields)) words.add(field);
  }
  for (const family of families.keys()) add(family);
  return words;
}
