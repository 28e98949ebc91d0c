/** `!Format`: text out of a format string and arguments, now or, where ids are missing, after the apply. */
import { diagnose } from '../diagnostic/diagnostic.js';
import { Deferred, type Id, type Json, Ref } from '../model/model.js';
import { type Node, placeOfNode, YamlBytes, YamlDate, YamlFloat } from '../yaml/node.js';
import { percentFormat } from './format.js';
import { PythonError, pythonStr, typeName } from './python.js';
import { rawValue } from './raw.js';
import { caughtAsRefusal, crash, type Evaluation, type Resolver, refuse } from './scope.js';
import {
  inside,
  needsIds,
  type TagValue,
  Traced,
  traced,
  UnresolvedTag,
  Uuid,
  untraced,
  YamlSet,
} from './values.js';

const someUuid = new Uuid('00000000-0000-0000-0000-000000000000');
const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const format: Resolver = (node, evaluation) => {
  if (node.type !== 'sequence') throw new Error('!Format is a list');
  const [first, ...rest] = node.items;
  const pattern = rawValue(first!);
  const { idOf } = evaluation.scope;
  const values = rest.map((argument) => {
    const value = evaluation.direct(argument);
    return idOf ? withIds(value, (ref) => idOf(ref)) : value;
  });
  if (typeof pattern !== 'string') throw refuse(first!, `the format must be text, not ${typeName(pattern)}`);

  const sources = values.flatMap((value) => [...inside(value)].filter((one) => one instanceof Traced));
  const textOfTag = (tag: UnresolvedTag): string => {
    const value = evaluation.textOf(tag.node);
    sources.push(...[...inside(value)].filter((one) => one instanceof Traced));
    return pythonStr(value, textOfTag);
  };
  const write = (replaced: readonly TagValue[]): string => {
    const text = percentFormat(pattern, replaced, textOfTag);
    evaluation.spend(Math.ceil(text.length / 100), node);
    return text;
  };
  if (!values.some(needsIds))
    return traced(
      orRefuse(node, () => write(values)),
      sources,
    );

  // Whether an id is a number or a UUID matters to conversions such as `%x`; one of them must fit.
  const trial = (id: TagValue) => write(values.map((value) => withIds(value, () => id)));
  orRefuse(node, () => {
    try {
      trial(someUuid);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      trial(1);
    }
  });
  const refs = [...new Set(values.flatMap(refsIn))];
  const compute = (known: (ref: Ref) => Id) => write(values.map((value) => withIds(value, known)));
  return traced(new Deferred({ format: pattern, values: values.map(recipe) }, refs, compute), sources);
};

function orRefuse<T>(node: Node, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PythonError)) throw caughtAsRefusal(error);
    if (error.exception === 'TypeError') throw refuse(node, `the format does not fit: ${error.message}`);
    throw crash(
      node,
      error.exception,
      `the format does not fit: ${error.message}`,
      'A lone percent sign is written `%%`.',
    );
  }
}

/** Warns that a tag deep in an argument was not resolved but turned into text as it is. */
export function warnOfText(node: Node, { scope }: Evaluation): void {
  const message = `\`!${node.tag}\` is not resolved here; the text gets its value in an empty blueprint`;
  const help = 'Make it a separate argument: tags inside lists and maps are not resolved.';
  scope.report?.({
    ...diagnose('tag-unresolved', message, placeOfNode(node, scope.source), { help }),
    severity: 'warning',
  });
}

type IdOf = (ref: Ref) => Id | TagValue | undefined;

/** The value with references replaced by their ids, as far as these are known. */
function withIds(value: TagValue, idOf: IdOf): TagValue {
  if (!needsIds(value)) return value;
  if (value instanceof Traced) return traced(withIds(value.value, idOf), [value]);
  if (Array.isArray(value)) return value.map((item) => withIds(item, idOf));
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [withIds(key, idOf), withIds(item, idOf)]));
  if (value instanceof YamlSet) return new YamlSet(value.items.map((item) => withIds(item, idOf)));
  if (value instanceof Ref) return asTagValue(idOf(value)) ?? value;
  if (!(value instanceof Deferred)) return value;
  const ids = new Map(value.refs.map((ref) => [ref, idOf(ref)]));
  for (const id of ids.values()) if (id === undefined) return value;
  return value.compute((ref) => {
    const id = ids.get(ref);
    return id instanceof Uuid ? id.text : (id as Id);
  }) as TagValue;
}

function asTagValue(id: Id | TagValue | undefined): TagValue | undefined {
  return typeof id === 'string' && uuidPattern.test(id) ? new Uuid(id) : id;
}

function refsIn(value: TagValue): readonly Ref[] {
  return [...inside(value)].flatMap((one) => {
    const plain = untraced(one);
    return plain instanceof Ref ? [plain] : plain instanceof Deferred ? plain.refs : [];
  });
}

/** A form of the value for comparing plans: addresses instead of ids, names instead of secrets. */
function recipe(value: TagValue): Json {
  if (value instanceof Traced) return { from: value.origins.map(({ type, name }) => `${type} ${name}`) };
  if (value instanceof Ref) {
    // Read late, because the address may still change while resolving.
    return {
      get ref() {
        return value.address;
      },
    };
  }
  if (value instanceof Deferred) return value.recipe;
  if (Array.isArray(value)) return value.map(recipe);
  if (value instanceof YamlSet) return { set: value.items.map(recipe) };
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [recipe(key), recipe(item)]) };
  if (value instanceof YamlFloat) return { float: String(value.value) };
  if (value instanceof YamlDate) return { [value.type]: value.iso };
  if (value instanceof YamlBytes) return { base64: value.base64 };
  if (value instanceof Uuid) return { uuid: value.text };
  if (value instanceof UnresolvedTag) return { tag: value.node.tag ?? null };
  return typeof value === 'bigint' ? { integer: String(value) } : value;
}
