/** Finds tags whose arguments have a form that authentik refuses when it reads the file. */
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { brokenTag, type TagName } from '../yaml/blueprint-tags.js';
import { type Node, placeOfNode } from '../yaml/node.js';

interface Form {
  /** What may stand there, for the message. */
  readonly usage: string;
  /** Must it be a list? Otherwise a scalar works too, and a map only fails where the tag is used. */
  readonly list: boolean;
  readonly least: number;
  /** Arguments beyond these are ignored. */
  readonly most: number;
}

const anyNumber = Number.POSITIVE_INFINITY;
const forms: Readonly<Record<TagName, Form>> = {
  KeyOf: { usage: '`!KeyOf id`', list: false, least: 0, most: 0 },
  ParseJSON: { usage: "`!ParseJSON 'text'`", list: false, least: 0, most: 0 },
  Index: { usage: '`!Index n` with a whole number', list: false, least: 0, most: 0 },
  Value: { usage: '`!Value n` with a whole number', list: false, least: 0, most: 0 },
  Context: { usage: '`!Context key` or `!Context [key, default]`', list: false, least: 2, most: 2 },
  Env: { usage: '`!Env NAME` or `!Env [NAME, default]`', list: false, least: 2, most: 2 },
  File: { usage: '`!File path` or `!File [path, default]`', list: false, least: 2, most: 2 },
  Format: { usage: '`!Format [format, argument, …]`', list: true, least: 1, most: anyNumber },
  Find: { usage: '`!Find [model, [field, value], …]`', list: true, least: 1, most: anyNumber },
  FindObject: { usage: '`!FindObject [model, [field, value], …]`', list: true, least: 1, most: anyNumber },
  Condition: { usage: '`!Condition [MODE, value, …]`', list: true, least: 1, most: anyNumber },
  If: {
    usage: '`!If [condition]` or `!If [condition, when true, when false]`',
    list: true,
    least: 1,
    most: 3,
  },
  Enumerate: { usage: '`!Enumerate [items, SEQ or MAP, body]`', list: true, least: 3, most: 3 },
  AtIndex: {
    usage: '`!AtIndex [value, index]` or `!AtIndex [value, index, default]`',
    list: true,
    least: 2,
    most: 3,
  },
};

/** How the tag is written, for messages. */
export function usageOf(tag: string): string {
  return forms[tag as TagName].usage;
}

/** The depth of an `!Index` or `!Value`, parsed as Python's `int()` does; undefined when it is not a number. */
export function depthOf(text: string): number | undefined {
  return /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

/** What is wrong with the form of a tagged node, if anything. */
export function formProblem(node: Node): string | undefined {
  if (node.tag === brokenTag) return undefined;
  const tag = node.tag as TagName;
  const form = forms[tag];
  if (tag === 'Index' || tag === 'Value') {
    if (node.type === 'scalar' && depthOf(node.text) !== undefined) return undefined;
    return `\`!${tag}\` takes a whole number: how many \`!Enumerate\`s up to look`;
  }
  if (node.type !== 'sequence') {
    return form.list
      ? `\`!${tag}\` takes a list, not a ${node.type === 'map' ? 'map' : 'single value'}`
      : undefined;
  }
  const count = node.items.length;
  if (count < form.least) return `\`!${tag}\` takes at least ${form.least} arguments, but has ${count}`;
  if (tag === 'If' && count === 2) return '`!If` takes one argument or three, but has 2';
  if (tag === 'Find' || tag === 'FindObject') {
    if (node.items.slice(1).some((item) => !isPair(item)))
      return `\`!${tag}\` takes \`[field, value]\` pairs after the model`;
  }
  return undefined;
}

/** authentik refuses a pair that is not a list right away, but an empty map or text only where the tag is used. */
function isPair(node: Node): boolean {
  if (node.type === 'map') return node.pairs.length === 0;
  return node.type === 'sequence' || node.text === '';
}

/** The arguments that a tag looks at. */
export function argumentsOf(node: Node): readonly Node[] {
  if (node.type !== 'sequence') return [];
  if (node.tag === brokenTag) return node.items;
  const { most } = forms[node.tag as TagName];
  return node.items.length > most ? node.items.slice(0, most) : node.items;
}

/** Reports every tag that can never be read, wherever it is, and tags on keys, which are never resolved. */
export function checkTags(root: Node | undefined, source: Source): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (!node.dynamic) return;
    // Aliases may lead to the same list or map twice. A scalar is reported once in any case.
    if (node.type !== 'scalar') {
      if (seen.has(node)) return;
      seen.add(node);
    }
    if (node.tag) {
      const problem = formProblem(node);
      if (problem) {
        diagnostics.push(
          diagnose('tag-form', problem, placeOfNode(node, source), { help: `Write ${usageOf(node.tag)}.` }),
        );
      }
      for (const argument of argumentsOf(node)) {
        if (isPairOf(node, argument)) for (const part of argument.items) visit(part);
        else visit(argument);
      }
    } else if (node.type === 'sequence') {
      for (const item of node.items) visit(item);
    } else if (node.type === 'map') {
      for (const { key, value } of node.pairs) {
        if (key.tag) {
          const message = `a key is never resolved, so \`!${key.tag}\` has no effect here`;
          diagnostics.push(
            diagnose('tag-unresolved', message, placeOfNode(key, source), {
              help: 'Build the map with `!Enumerate [items, MAP, [key, value]]`.',
            }),
          );
        }
        visit(value);
      }
    }
  };
  if (root) visit(root);
  return diagnostics;
}

function isPairOf(node: Node, argument: Node): argument is Extract<Node, { type: 'sequence' }> {
  const find = node.tag === 'Find' || node.tag === 'FindObject';
  return find && argument.type === 'sequence' && node.type === 'sequence' && argument !== node.items[0];
}
