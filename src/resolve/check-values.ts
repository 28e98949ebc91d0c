/** Checks resolved values against the kind's JSON Schema and its constraints between attributes. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ownSchemas } from '../model/ajv-options.js';
import type { JsonSchema, KindFacts } from '../model/kinds.js';
import { type Attributes, Deferred, isMap, Ref, Unavailable, type Value } from '../model/model.js';
import { remembered } from '../model/remembered.js';
import { hasReference } from '../plan/values.js';

/** A problem with one attribute, or with several together when `field` is absent. */
export interface ValueProblem {
  readonly field?: string;
  readonly message: string;
}

let ajv: Ajv2020 | undefined;
const validator = remembered((schema: JsonSchema): ValidateFunction => {
  if (!ajv) {
    ajv = new Ajv2020({ allErrors: true, ...ownSchemas, validateFormats: true });
    addFormats.default(ajv);
  }
  return ajv.compile(schema);
});

/** Checks against the kind's schema without references (resolve checks those) and without required (see `missing`). */
const validatorOf = remembered((facts: KindFacts): ValidateFunction => {
  const properties: JsonSchema = {};
  for (const field of Object.values(facts.fields)) {
    if (!field.reference && !field.retired) properties[field.name] = field.schema;
  }
  return validator({ type: 'object', properties });
});

/** Do all attributes fit the kind's schema? */
export function areValid(facts: KindFacts, attributes: Attributes): boolean {
  return validatorOf(facts)(attributes);
}

/** Problems of single attributes. Values that are not known yet are not judged. */
export function valueProblems(facts: KindFacts, attributes: Attributes): ValueProblem[] {
  const validate = validatorOf(facts);
  if (validate(attributes)) return [];
  const problems = new Map<string, ValueProblem>();
  // "Must be this constant" helps less than the other messages, so it comes last.
  const errors = [...(validate.errors ?? [])].sort((a, b) => vague(a) - vague(b));
  for (const error of errors) {
    const [, name = '', ...rest] = error.instancePath
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const value = attributes[name];
    if (value === undefined || hasReference(value)) continue;
    // The first plain error of an attribute helps more than those of the branches of an anyOf.
    if (problems.has(name)) continue;
    const message = messageOf(error, facts.fields[name]?.secret === true);
    problems.set(name, { field: name, message: rest.length > 0 ? `${rest.join('.')} ${message}` : message });
  }
  return [...problems.values()];
}

function vague({ keyword }: ErrorObject): number {
  return keyword === 'const' || keyword === 'anyOf' || keyword === 'oneOf' ? 1 : 0;
}

/** Rules between attributes, over what the object will hold (defaults and live values filled in). */
export function constraintProblems(
  facts: KindFacts,
  read: (name: string) => Value | undefined,
): ValueProblem[] {
  const problems: ValueProblem[] = [];
  for (const constraint of facts.constraints) {
    const judged: Attributes = {};
    for (const name of namesIn(constraint.schema)) {
      const value = read(name);
      if (value !== undefined) judged[name] = stand(value);
    }
    if (!validator(constraint.schema)(judged)) problems.push({ message: constraint.message });
  }
  return problems;
}

/** The attributes that a constraint mentions. */
const namesIn = remembered((schema: JsonSchema): ReadonlySet<string> => {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'properties') for (const name of Object.keys(inner as object)) names.add(name);
        if (key === 'required' && Array.isArray(inner)) for (const name of inner) names.add(String(name));
        visit(inner);
      }
    }
  };
  visit(schema);
  return names;
});

/** The value with a placeholder text for references and values that are not known yet. */
function stand(value: Value): Value {
  if (value instanceof Ref || value instanceof Deferred || value instanceof Unavailable)
    return '(known after apply)';
  if (Array.isArray(value)) return value.map(stand);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value as Attributes).map(([key, inner]) => [key, stand(inner)]));
}

function messageOf(error: ErrorObject, secret: boolean): string {
  const { params } = error;
  switch (error.keyword) {
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).filter((one) => one !== '' && one !== null).join(', ')}`;
    case 'type':
      return `needs ${Array.isArray(params.type) ? params.type.join(' or ') : params.type}`;
    case 'format':
      return `must be a valid ${params.format}`;
    case 'maxLength':
      return `must have at most ${params.limit} characters`;
    case 'minLength':
      return params.limit === 1 ? 'may not be empty' : `must have at least ${params.limit} characters`;
    case 'minimum':
      return `must be at least ${params.limit}`;
    case 'maximum':
      return `must be at most ${params.limit}`;
    case 'pattern':
      return secret ? 'does not have the required format' : patternWords(params.pattern as string);
    case 'additionalProperties':
      return `may not have the key \`${params.additionalProperty}\``;
    case 'required':
      return `needs the key \`${params.missingProperty}\``;
    default:
      return error.message ?? 'is not valid';
  }
}

/** Describes a pattern in words, where it is a known one. */
function patternWords(pattern: string): string {
  if (pattern.includes('microseconds|')) return 'is not a valid duration; write it like `hours=1;minutes=30`';
  if (pattern === '^[-a-zA-Z0-9_]+$') return 'may only contain letters, digits, `-` and `_`';
  if (pattern === '^[^/]+(/[^/]+)*$') return 'may not have empty parts between slashes';
  return `must match ${pattern}`;
}
