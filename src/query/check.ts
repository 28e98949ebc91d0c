/**
 * Says what a query means for one sort of object, or everything that is wrong with it: djangoql's rules about fields and
 * values, in authentik's words.
 *
 * Here, and in refused.ts, is all that differs from authentik on purpose:
 * - A query that is wrong is an error. authentik searches for its text instead and says nothing.
 * - All wrong conditions are reported, not only the first.
 * - Paths that reach Django's look-ups are refused (refused.ts), as is what authentik answers with a server error.
 * - `created in (…)` works as in authentik 2026.5; 2025.12 fails with a server error.
 */
import { nearest } from '../diagnostic/did-you-mean.js';
import { type ProblemParts, type QueryProblem, queryError, queryWarning } from './problem.js';
import { refusedPath } from './refused.js';
import type { Field, Schema } from './schema.js';
import type { Comparison, Operator, ParsedQuery, Query } from './syntax.js';
import { failingValue, wrongValue } from './values.js';

/** A comparison whose field is known and whose values fit it. */
export interface Condition {
  readonly kind: 'condition';
  readonly field: Field;
  /** Keys into a JSON field; empty for every other one. */
  readonly path: readonly string[];
  readonly operator: Operator;
  /** Null is None. Labels of choices have become their values; `in` has lost values that are no choice. */
  readonly values: readonly (string | boolean | null)[];
}

/** As a chain of the syntax: equal words, binding to the right. */
export interface ConditionChain {
  readonly kind: 'chain';
  readonly terms: readonly Checked[];
  readonly words: readonly ('and' | 'or')[];
}

export type Checked = Condition | ConditionChain;

/** Checks a query. Without `checked` there is at least one error; the first with `authentik` is what authentik logs. */
export function checkQuery(
  query: ParsedQuery,
  schema: Schema,
): { checked?: Checked; problems: QueryProblem[] } {
  const problems: QueryProblem[] = [];
  const error = (parts: ProblemParts) => problems.push(queryError(query.text, parts));
  const warn = (parts: ProblemParts) => problems.push(queryWarning(query.text, parts));
  const checked = check(query.root, schema, error, warn);
  return checked === undefined ? { problems } : { checked, problems };
}

type Report = (parts: ProblemParts) => void;

function check(query: Query, schema: Schema, error: Report, warn: Report): Checked | undefined {
  if (query.kind === 'comparison') return checkComparison(query, schema, error, warn);
  const terms = query.terms.map((term) => check(term, schema, error, warn));
  const whole = terms.filter((term) => term !== undefined);
  return whole.length === terms.length ? { kind: 'chain', terms: whole, words: query.words } : undefined;
}

function checkComparison(
  query: Comparison,
  schema: Schema,
  error: Report,
  warn: Report,
): Condition | undefined {
  const found = findField(query, schema);
  if ('code' in found) {
    error(found);
    return undefined;
  }
  const { field } = found;
  const wrong = query.values.map((value) => wrongValue(field, value)).find((one) => one !== undefined);
  const refused =
    wrong ??
    pathProblem(query, field) ??
    query.values.map((value) => failingValue(field, query.operator, value)).find((one) => one !== undefined);
  if (refused) {
    error(refused);
    return undefined;
  }
  const condition = conditionOf(query, field);
  const useless = neverMatches(query, condition);
  if (useless) warn(useless);
  return condition;
}

/** The field that a name ends at, found as djangoql finds it: each part is looked up among the same fields. */
function findField({ name, values, operator }: Comparison, schema: Schema): { field: Field } | ProblemParts {
  const byName = (part: string) => schema.fields.find((field) => field.name === part);
  let field = byName(name.parts[0]!);
  if (field?.type === 'json') return { field };
  let offset = name.start;
  for (const [at, part] of name.parts.entries()) {
    field = byName(part);
    if (!field) return unknownField(part, offset, schema, name.parts);
    if (field.type === 'json') {
      // djangoql takes a JSON field here for a related object, which only None can be compared to.
      const path = name.parts.join('.');
      const isLast = at === name.parts.length - 1;
      const type = operator.endsWith('in') ? 'list' : pythonTypes[values[0]!.kind];
      return {
        ...partsOfPlainField(name.parts, name),
        authentik:
          isLast && type !== undefined
            ? `Related model ${path} can be compared to None only, but not to ${type}`
            : undefined,
      };
    }
    offset += part.length + 1;
  }
  return { field: field! };
}

const pythonTypes = {
  text: 'str',
  integer: 'int',
  decimal: 'Decimal',
  true: 'bool',
  false: 'bool',
  none: undefined,
};

function unknownField(part: string, start: number, schema: Schema, parts: readonly string[]): ProblemParts {
  const names = schema.fields.map(({ name }) => name);
  const message = `Unknown field: ${part}. Possible choices are: ${names.join(', ')}`;
  const near = nearest(part, names);
  const rest = parts.slice(1).join('.');
  let help: string | undefined;
  if (part === 'attribute' && names.includes('attributes')) {
    help = `authentik's documentation writes \`attribute.…\`, but the field is called \`attributes\`: write \`attributes.${rest || 'dept'}\`.`;
  } else if (part !== parts[0]) {
    help = `\`${parts[0]}\` has no parts; a path goes into JSON fields only.`;
  } else if (near === undefined && part in schema.ordered) {
    help = `${schema.type} can be ordered by \`${part}\`, but authentik cannot query it.`;
  } else if (part.startsWith('group') || part.startsWith('role')) {
    help = 'Groups and roles are not part of the query language.';
  }
  return { code: 'unknown-field', message, start, end: start + part.length, authentik: message, near, help };
}

/** What is wrong with the path of a field that exists. */
function pathProblem(query: Comparison, field: Field): ProblemParts | undefined {
  const { name } = query;
  if (field.type === 'json') return refusedPath(query);
  return name.parts.length > 1 ? partsOfPlainField(name.parts, name) : undefined;
}

function partsOfPlainField(
  parts: readonly string[],
  { start, end }: { start: number; end: number },
): ProblemParts {
  const message = `\`${parts[0]}\` has no parts, so there is no \`${parts.join('.')}\``;
  return {
    code: 'wrong-path',
    message,
    start,
    end,
    help: `Write \`${parts[0]}\` or \`${parts.at(-1)}\` alone.`,
  };
}

function conditionOf(query: Comparison, field: Field): Condition {
  const { operator, name } = query;
  const path = field.type === 'json' ? name.parts.slice(1) : [];
  let values = query.values.map(({ kind, text }) =>
    kind === 'text' ? text : kind === 'none' ? null : kind === 'true',
  );
  if (field.choices.length > 0) {
    const choiceOf = (text: unknown) =>
      field.choices.find(({ value, label }) => value === text || label === text)?.value;
    values = operator.endsWith('in')
      ? values.map(choiceOf).filter((value) => value !== undefined)
      : values.map((value) => choiceOf(value) ?? value);
  }
  return { kind: 'condition', field, path, operator, values };
}

/** A warning about a condition that selects the same for every object, since that is hardly what was meant. */
function neverMatches(query: Comparison, { field, operator, values }: Condition): ProblemParts | undefined {
  const { start, end } = query.values[0]!;
  const effect = operator.startsWith('not') || operator === '!=' ? 'everything' : 'nothing';
  const say = (message: string, help: string, near?: string) => ({
    code: 'never-matches' as const,
    message,
    start,
    end,
    help,
    near,
  });
  if (field.type === 'boolean' && values.every((value) => value === null)) {
    return say(`\`${field.name}\` is never None, so this selects ${effect}`, 'Write `True` or `False`.');
  }
  if (field.type === 'time' && operator.endsWith('swith')) {
    return say(`\`${operator}\` on a time selects ${effect}`, 'Use `~` for a day, or `>=` and `<`.');
  }
  const exact = operator.endsWith('=') || operator.endsWith('in');
  if (field.choices.length === 0 || !exact || /^[<>]/.test(operator)) return undefined;
  const known = (text: string) => field.choices.some(({ value, label }) => value === text || label === text);
  const odd = query.values.find(
    ({ text }) => !known(text) && !(text.startsWith('custom_') && !operator.endsWith('in')),
  );
  if (odd === undefined) return undefined;
  const all = field.choices.flatMap(({ value, label }) => [value, label]);
  const near = nearest(odd.text, all);
  return {
    ...say(
      operator.endsWith('in')
        ? `"${odd.text}" is not a value of \`${field.name}\` and is left out`
        : `"${odd.text}" is not a value of \`${field.name}\`, so this selects ${effect}`,
      `Values are: ${field.choices.map(({ value }) => value).join(', ')}.`,
      near,
    ),
    start: odd.start,
    end: odd.end,
  };
}
