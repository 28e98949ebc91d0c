/** The tags that choose and repeat: `!If`, `!Condition`, `!Enumerate`, `!Index`, `!Value`, `!AtIndex`. */
import { Deferred } from '../model/model.js';
import { type Node, YamlBytes } from '../yaml/node.js';
import { depthOf } from './forms.js';
import { isEqual, isHashable, isTrue, keyIn, mergeInto, numberOf, pythonStr, typeName } from './python.js';
import { rawValue } from './raw.js';
import { caughtAsRefusal, crash, type Evaluation, type Frame, type Resolver, refuse } from './scope.js';
import { type TagMap, type TagValue, Traced, traced, untraced, YamlSet } from './values.js';

export const choose: Resolver = (node, evaluation) => {
  const [condition, whenTrue, whenFalse] = itemsOf(node);
  const truth = isTrue(evaluation.direct(condition!));
  if (!whenTrue) return truth;
  try {
    return evaluation.walk(truth ? whenTrue : whenFalse!);
  } catch (error) {
    throw caughtAsRefusal(error);
  }
};

const parity = (operands: readonly boolean[]) => operands.filter(Boolean).length % 2 === 1;
const modes: ReadonlyMap<string, (operands: readonly boolean[]) => boolean> = new Map([
  ['AND', (operands) => operands.every(Boolean)],
  ['NAND', (operands) => !operands.every(Boolean)],
  ['OR', (operands) => operands.some(Boolean)],
  ['NOR', (operands) => !operands.some(Boolean)],
  ['XOR', parity],
  ['XNOR', (operands) => !parity(operands)],
]);

export const condition: Resolver = (node, evaluation) => {
  const [first, ...rest] = itemsOf(node);
  const mode = rawValue(first!);
  const operands = rest.map((operand) => isTrue(evaluation.direct(operand)));
  if (operands.length === 0) throw refuse(node, '`!Condition` needs at least one value after its mode');
  if (typeof mode !== 'string')
    throw crash(first!, 'AttributeError', `the mode must be text, not ${typeName(mode)}`);
  const combine = modes.get(mode.toUpperCase());
  if (!combine)
    throw refuse(first!, `unknown mode \`${mode}\``, `Use one of ${[...modes.keys()].join(', ')}.`);
  return combine(operands);
};

export const enumerate: Resolver = (node, evaluation, frame = { current: undefined }) => {
  const [source, output, body] = itemsOf(node) as [Node, Node, Node];
  if (
    (source.tag === 'Value' || source.tag === 'Index') &&
    source.type === 'scalar' &&
    depthOf(source.text) === 0
  ) {
    throw refuse(
      source,
      `\`!${source.tag} 0\` is an item of this same \`!Enumerate\``,
      `Write \`!${source.tag} 1\` for an item of the one around it.`,
    );
  }
  const iterable = evaluation.direct(source);
  const items = itemsIn(untraced(iterable), source);
  const mode = rawValue(output);
  if (typeof mode !== 'string')
    throw crash(output, 'AttributeError', `the output must be SEQ or MAP, not ${typeName(mode)}`);
  const collect = mode.toUpperCase() === 'SEQ' ? sequence : mode.toUpperCase() === 'MAP' ? map : undefined;
  if (!collect) throw refuse(output, `unknown output \`${mode}\` for \`!Enumerate\``, 'Use SEQ or MAP.');
  const origins = iterable instanceof Traced ? [iterable] : [];
  function* bodies(): Generator<TagValue> {
    for (const [index, value] of items) {
      evaluation.spend(1, node);
      frame.current = [index, traced(value, origins)];
      yield evaluation.walk(body);
    }
  }
  try {
    return collect(bodies(), body);
  } finally {
    frame.current = undefined;
  }
};

function itemsIn(value: TagValue, node: Node): Iterable<readonly [TagValue, TagValue]> {
  if (Array.isArray(value)) return value.entries();
  if (value instanceof Map) return value.entries();
  if (typeof value === 'string') return [...value].entries();
  if (value instanceof YamlSet) return value.items.entries();
  if (value instanceof YamlBytes) return Buffer.from(value.base64, 'base64').entries();
  if (value instanceof Deferred)
    throw refuse(node, 'this text is not known before the apply, so its letters cannot be enumerated');
  throw refuse(node, `\`!Enumerate\` takes a list, a map or a text, not ${typeName(value)}`);
}

function sequence(bodies: Iterable<TagValue>): TagValue {
  return [...bodies];
}

function map(bodies: Iterable<TagValue>, node: Node): TagValue {
  const result: TagMap = new Map();
  const sources: Traced[] = [];
  for (const body of bodies) {
    if (body instanceof Traced) sources.push(body);
    const item = untraced(body);
    if (item instanceof Map) {
      mergeInto(result, item);
      continue;
    }
    if (!Array.isArray(item)) {
      throw refuse(node, `each item of a MAP must be \`[key, value]\` or a map, not ${typeName(item)}`);
    }
    const [key, value] = item;
    if (key === undefined || value === undefined) {
      throw crash(node, 'IndexError', 'each item of a MAP needs a key and a value');
    }
    if (!isHashable(key)) throw crash(node, 'TypeError', `a ${typeName(key)} cannot be a key`);
    // A key cannot carry its origin, so the whole map does.
    if (key instanceof Traced) sources.push(key);
    mergeInto(result, new Map([[untraced(key), value]]));
  }
  return traced(result, sources);
}

export const index: Resolver = (node, evaluation) => enumerated(node, evaluation)[0];
export const value: Resolver = (node, evaluation) => enumerated(node, evaluation)[1];

function enumerated(node: Node, { frames }: Evaluation): NonNullable<Frame['current']> {
  const depth = node.type === 'scalar' ? depthOf(node.text)! : 0;
  if (depth < 0) throw refuse(node, `the depth of \`!${node.tag}\` cannot be negative`);
  const frame = frames[frames.length - 1 - depth];
  if (!frame) {
    const help =
      'An `!Enumerate` that is itself an argument of another tag does not count; `docs/tags.md` has the rule.';
    if (frames.length === 0) throw refuse(node, `\`!${node.tag}\` is not inside an \`!Enumerate\``, help);
    throw refuse(
      node,
      `\`!${node.tag} ${depth}\` looks too far up: the highest depth here is ${frames.length - 1}`,
      help,
    );
  }
  if (!frame.current) {
    throw refuse(
      node,
      `\`!${node.tag}\` is used where its \`!Enumerate\` has no item yet`,
      'Use it only in the body.',
    );
  }
  return frame.current;
}

export const atIndex: Resolver = (node, evaluation) => {
  const [objectNode, indexNode, fallback] = itemsOf(node);
  const object = evaluation.direct(objectNode!);
  const given = evaluation.direct(indexNode!);
  const at = untraced(given);
  const name = given instanceof Traced ? 'given' : textOf(at);
  const found = elementAt(untraced(object), at, name, node);
  if (found !== undefined) return traced(found, object instanceof Traced ? [object] : []);
  if (fallback) return rawValue(fallback);
  const shown = Array.isArray(untraced(object)) ? 'there is no item' : 'there is no key';
  throw refuse(node, `${shown} ${name}`, 'Give a default as the third argument.');
};

/** The element, or undefined when there is none and the default counts. */
function elementAt(object: TagValue, at: TagValue, name: string, node: Node): TagValue | undefined {
  if (Array.isArray(object)) {
    const number = typeName(at) === 'int' || typeof at === 'boolean' ? numberOf(at)! : undefined;
    if (number === undefined) throw refuse(node, `a list index must be a whole number, not ${name}`);
    return object.at(Number(number));
  }
  if (object instanceof Map) {
    if (!isHashable(at)) throw crash(node, 'TypeError', `a ${typeName(at)} cannot be a key`);
    const key = keyIn(object, at);
    return key === undefined ? undefined : object.get(key)!;
  }
  // What follows has no elements by key; Python notices only after it did not find the key.
  if (typeof object === 'string' && typeof at === 'string' && !object.includes(at)) return undefined;
  if (object instanceof YamlSet && isHashable(at) && !object.items.some((item) => isEqual(item, at)))
    return undefined;
  throw crash(node, 'TypeError', `only lists and maps have elements, not ${typeName(object)}`);
}

function textOf(value: TagValue): string {
  const simple = value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return simple ? `\`${pythonStr(value, String)}\`` : typeName(value);
}

function itemsOf(node: Node): readonly Node[] {
  if (node.type !== 'sequence') throw new Error(`!${node.tag} is a list`);
  return node.items;
}
