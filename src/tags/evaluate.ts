/** Evaluates a node with tags to the value that authentik would give it. */
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { brokenTag, type TagName } from '../yaml/blueprint-tags.js';
import { type Node, placeOfNode } from '../yaml/node.js';
import { formProblem, usageOf } from './forms.js';
import { atIndex, choose, condition, enumerate, index, value } from './logic.js';
import { context, env, file, find, findObject, keyOf, parseJson } from './lookups.js';
import { alwaysMerge } from './python.js';
import { rawValue } from './raw.js';
import { type Evaluation, type Frame, type Resolver, refuse, type TagScope } from './scope.js';
import { format, warnOfText } from './text.js';
import { Consequence, TagError, type TagMap, type TagValue, YamlSet } from './values.js';

/** Enough for any real blueprint; stops those that would fill memory. */
const mostSteps = 1_000_000;

const resolvers: Readonly<Record<TagName, Resolver>> = {
  KeyOf: keyOf,
  Find: find,
  FindObject: findObject,
  Context: context,
  Env: env,
  File: file,
  Format: format,
  If: choose,
  Condition: condition,
  Enumerate: enumerate,
  Index: index,
  Value: value,
  AtIndex: atIndex,
  ParseJSON: parseJson,
};

/**
 * Evaluates a node as authentik's resolver does: tags in maps and lists are resolved wherever they stand, a
 * tag's own arguments only where that tag says so (`docs/tags.md`), and what a tag gives is not walked again.
 * Throws a TagError for what cannot be evaluated, and nothing else.
 */
export function evaluate(node: Node, scope: TagScope): TagValue {
  if (!node.dynamic) return rawValue(node);
  try {
    return evaluation(scope, { steps: 0 }).walk(node);
  } catch (error) {
    if (error instanceof RangeError) throw refuse(node, 'the tags here are nested too deeply');
    throw error;
  }
}

/** Merges contexts, the later over the earlier: maps merge, lists concatenate, anything else is replaced. */
export function mergeContext(layers: readonly TagValue[]): TagMap {
  let merged: TagMap = new Map();
  for (const layer of layers) {
    const next = alwaysMerge(merged, layer);
    if (next instanceof Map) merged = next;
  }
  return merged;
}

/** The error as a diagnostic of the file its node is in. */
export function tagDiagnostic(error: TagError, source: Source): Diagnostic {
  return diagnose(error.code, error.message, placeOfNode(error.node, source), { help: error.more.help });
}

function evaluation(scope: TagScope, budget: { steps: number }): Evaluation {
  const frames: Frame[] = [];
  const underWay = new Set<Node>();

  const resolve = (node: Node, frame?: Frame): TagValue => {
    self.spend(1, node);
    if (node.tag === brokenTag) throw new Consequence(node);
    const problem = formProblem(node);
    if (problem) {
      throw new TagError('parse_error', 'tag-form', problem, node, { help: `Write ${usageOf(node.tag!)}.` });
    }
    return resolvers[node.tag as TagName](node, self, frame);
  };

  const walk = (node: Node): TagValue => {
    if (!node.dynamic) return rawValue(node);
    if (node.tag === 'Enumerate') {
      const frame: Frame = { current: undefined };
      frames.push(frame);
      try {
        return resolve(node, frame);
      } finally {
        frames.pop();
      }
    }
    if (node.tag) return resolve(node);
    if (node.type === 'sequence') return node.items.map(walk);
    if (node.type === 'scalar') return node.value;
    if (node.set) return new YamlSet(node.pairs.map(({ key }) => rawValue(key)));
    const map: TagMap = new Map();
    for (const pair of node.pairs) map.set(rawValue(pair.key), walk(pair.value));
    return map;
  };

  const self: Evaluation = {
    scope,
    frames,
    walk,
    direct: (node) => (node.tag ? resolve(node) : rawValue(node)),
    fromContext(node) {
      if (underWay.has(node)) {
        throw new TagError('uncaught', 'cycle', 'this context value depends on itself', node, {
          exception: 'RecursionError',
        });
      }
      underWay.add(node);
      try {
        return resolve(node);
      } finally {
        underWay.delete(node);
      }
    },
    textOf(node) {
      warnOfText(node, self);
      const nothing: TagScope = {
        ...scope,
        context: new Map(),
        keyOf(id, where) {
          throw refuse(where, `\`!KeyOf ${id}\` is not resolved inside an argument of \`!Format\``);
        },
      };
      return evaluation(nothing, budget).direct(node);
    },
    spend(amount, node) {
      budget.steps += amount;
      if (budget.steps > mostSteps)
        throw refuse(node, `evaluating this takes more than ${mostSteps.toLocaleString('en')} steps`);
    },
  };
  return self;
}
