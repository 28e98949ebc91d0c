/** The values that tags take and give, and the error of a tag that cannot be evaluated. */
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { Deferred, type Origin, Ref } from '../model/model.js';
import type { Node, YamlBytes, YamlDate, YamlFloat } from '../yaml/node.js';

/** A Python UUID: text to `%s`, a number to `%d`, and not valid in JSON. */
export class Uuid {
  constructor(readonly text: string) {}
}

/** A set (`!!set`). */
export class YamlSet {
  constructor(readonly items: readonly TagValue[]) {}
}

/** A tag that is not resolved; in authentik it would stay a Python object. */
export class UnresolvedTag {
  constructor(readonly node: Node) {}
}

/** A value that came from the environment or a file; never nested in another Traced directly. */
export class Traced {
  constructor(
    readonly value: PlainTagValue,
    readonly origins: readonly Origin[],
    /** The missing variable or file without a default: the real value is not known. */
    readonly missing?: Origin,
  ) {}
}

/** A Python dict: keys of any hashable type, in the order they were first set. */
export type TagMap = Map<TagValue, TagValue>;

/** Numbers without a fraction are Python's integers; a YamlFloat is a float whatever it holds. */
export type PlainTagValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | YamlFloat
  | YamlDate
  | YamlBytes
  | YamlSet
  | Uuid
  | Ref
  | Deferred
  | UnresolvedTag
  | TagValue[]
  | TagMap;

/** What a tag may take and give. */
export type TagValue = PlainTagValue | Traced;

/** The value without its origins. */
export function untraced(value: TagValue): PlainTagValue {
  return value instanceof Traced ? value.value : value;
}

/** The value with the origins of its sources; the value itself when there are none. */
export function traced(value: TagValue, sources: readonly Traced[]): TagValue {
  const all = value instanceof Traced ? [value, ...sources] : sources;
  if (all.length === 0) return value;
  const origins: Origin[] = [];
  for (const origin of all.flatMap((one) => one.origins)) {
    if (!origins.some(({ type, name }) => type === origin.type && name === origin.name)) origins.push(origin);
  }
  return new Traced(untraced(value), origins, all.find((one) => one.missing)?.missing);
}

/** Every value inside lists, maps and sets, the value itself first; map keys too. */
export function* inside(value: TagValue): Generator<TagValue> {
  yield value;
  const plain = untraced(value);
  if (Array.isArray(plain)) for (const item of plain) yield* inside(item);
  else if (plain instanceof YamlSet) for (const item of plain.items) yield* inside(item);
  else if (plain instanceof Map) {
    for (const [key, item] of plain) {
      yield* inside(key);
      yield* inside(item);
    }
  }
}

/** Is the value, or something in it, known only once references have ids? */
export function needsIds(value: TagValue): boolean {
  for (const one of inside(value)) {
    const plain = untraced(one);
    if (plain instanceof Ref || plain instanceof Deferred) return true;
  }
  return false;
}

/**
 * What the error does in authentik: `parse_error` refuses the file, `entry_invalid` the entry, and
 * `uncaught` ends the task with a Python exception. To us all three are the user's mistake at a place.
 */
export type TagOutcome = 'parse_error' | 'entry_invalid' | 'uncaught';

/** A tag that cannot be evaluated. `scope` functions throw it too; whoever calls `evaluate` catches it. */
export class TagError extends Error {
  constructor(
    readonly outcome: TagOutcome,
    readonly code: DiagnosticCode,
    message: string,
    readonly node: Node,
    readonly more: {
      readonly help?: string;
      /** The Python exception behind `uncaught`. */
      readonly exception?: string;
    } = {},
  ) {
    super(message);
  }
}

/** What cannot be worked out because of an error that was reported already. It is not reported itself. */
export class Consequence extends TagError {
  constructor(node: Node) {
    super('entry_invalid', 'cycle', 'this follows from another error', node);
  }
}
