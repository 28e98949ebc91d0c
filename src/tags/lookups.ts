/** The tags that fetch something: `!Context`, `!Env`, `!File`, `!KeyOf`, `!Find`, `!FindObject`, `!ParseJSON`. */
import type { Node } from '../yaml/node.js';
import { usageOf } from './forms.js';
import { JsonError, parsePythonJson } from './parse-json.js';
import { isHashable, keyIn, PythonError, strip, typeName } from './python.js';
import { rawValue } from './raw.js';
import { crash, type Evaluation, type FindPair, type Resolver, refuse } from './scope.js';
import { TagError, type TagValue, Traced, UnresolvedTag, untraced } from './values.js';

export const context: Resolver = (node, evaluation) => {
  const [key, fallback] = keyAndDefault(node);
  if (!isHashable(key)) throw crash(node, 'TypeError', `a ${typeName(key)} cannot be a context key`);
  const values = evaluation.scope.context;
  const present = keyIn(values, key);
  if (present === undefined) return fallback ? evaluation.direct(fallback) : null;
  const value = values.get(present)!;
  return value instanceof UnresolvedTag ? evaluation.fromContext(value.node) : value;
};

export const env: Resolver = (node, { scope }) => {
  const [key, fallback] = keyAndDefault(node);
  if (typeof key !== 'string')
    throw crash(node, 'TypeError', `the name of a variable must be text, not ${typeName(key)}`);
  const origin = { type: 'env', name: key } as const;
  // An empty variable counts as unset, as in authentik.
  const value = scope.env(key, node);
  if (value) return new Traced(value, [origin]);
  return fallback ? rawValue(fallback) : new Traced(null, [origin], origin);
};

export const file: Resolver = (node, { scope }) => {
  const [path, fallback] = keyAndDefault(node);
  if (typeof path !== 'string')
    throw crash(node, 'TypeError', `the path of a file must be text, not ${typeName(path)}`);
  const origin = { type: 'file', name: path } as const;
  const content = scope.file(path, node);
  if (content !== undefined) return new Traced(textOf(content, path, node), [origin]);
  return fallback ? rawValue(fallback) : new Traced(null, [origin], origin);
};

function textOf(content: string | Uint8Array, path: string, node: Node): string {
  let text = content;
  if (typeof text !== 'string') {
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      throw crash(node, 'UnicodeDecodeError', `the file ${path} is not UTF-8 text`);
    }
  }
  return strip(text.replace(/\r\n?/g, '\n'));
}

/** The scalar's text or the list's first item as it is, and the second item. */
function keyAndDefault(node: Node): [TagValue, Node | undefined] {
  if (node.type === 'scalar') return [node.text, undefined];
  if (node.type === 'sequence') return [rawValue(node.items[0]!), node.items[1]];
  throw new TagError('uncaught', 'tag-form', `\`!${node.tag}\` cannot take a map`, node, {
    exception: 'AttributeError',
    help: `Write ${usageOf(node.tag!)}.`,
  });
}

export const keyOf: Resolver = (node, { scope }) => {
  if (node.type === 'scalar') return scope.keyOf(node.text, node);
  throw new TagError('entry_invalid', 'tag-form', '`!KeyOf` takes the id of an entry', node, {
    help: `Write ${usageOf('KeyOf')}.`,
  });
};

export const find: Resolver = (node, evaluation) => lookUp(node, evaluation, 'find');
export const findObject: Resolver = (node, evaluation) => lookUp(node, evaluation, 'findObject');

function lookUp(node: Node, evaluation: Evaluation, how: 'find' | 'findObject'): TagValue {
  if (node.type !== 'sequence') throw new Error('a lookup is a list');
  const given = evaluation.direct(node.items[0]!);
  const model = untraced(given);
  if (typeof model !== 'string')
    throw crash(node, 'AttributeError', `the model must be text, not ${typeName(model)}`);
  if (model.split('.').length !== 2) {
    const shown = given instanceof Traced ? 'the given value' : `\`${model}\``;
    throw crash(node, 'ValueError', `${shown} is not a model; write it like \`authentik_core.user\``);
  }
  const fields = node.items.slice(1).map((pair) => readPair(pair, evaluation));
  const pairs = fields.map(([field, value]): FindPair => [untraced(field) as string, value]);
  const hidden = [given, ...fields.map(([field]) => field)].some((one) => one instanceof Traced);
  // A lookup by an unavailable value is unavailable too.
  const missing = pairs.map(([, value]) => value).find((value) => value instanceof Traced && value.missing);
  if (missing instanceof Traced) return new Traced(null, missing.origins, missing.missing);
  try {
    return evaluation.scope[how](model, pairs, node);
  } catch (error) {
    if (!hidden || !(error instanceof TagError) || error.node !== node) throw error;
    // Hide values that came from a variable or file.
    throw new TagError(error.outcome, error.code, 'unknown kind or field', node);
  }
}

function readPair(pair: Node, evaluation: Evaluation): readonly [field: TagValue, value: TagValue] {
  const items = pair.type === 'sequence' ? pair.items : [];
  if (items.length < 2) {
    throw new TagError('uncaught', 'tag-form', 'a lookup needs a field and a value', pair, {
      exception: 'IndexError',
      help: 'Write `[field, value]`.',
    });
  }
  const field = evaluation.direct(items[0]!);
  if (typeof untraced(field) !== 'string')
    throw crash(pair, 'TypeError', `the field of a lookup must be text, not ${typeName(untraced(field))}`);
  return [field, evaluation.direct(items[1]!)];
}

export const parseJson: Resolver = (node) => {
  if (node.type !== 'scalar') {
    throw new TagError('uncaught', 'tag-form', '`!ParseJSON` takes text', node, {
      exception: 'TypeError',
      help: `Write ${usageOf('ParseJSON')}.`,
    });
  }
  try {
    return parsePythonJson(node.text);
  } catch (error) {
    if (error instanceof JsonError) throw refuse(node, `invalid JSON: ${error.message}`);
    if (error instanceof PythonError) throw crash(node, error.exception, error.message);
    throw error;
  }
};
