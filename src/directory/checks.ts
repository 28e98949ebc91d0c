/** Checks fields against their kind's schema before they are written. */

import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { ownSchemas } from '../model/ajv-options.js';
import type { KindFacts } from '../model/kinds.js';
import type { Fields, Json } from '../model/model.js';
import { DirectoryError } from './errors.js';
import { labelOf } from './label.js';
import { layoutOf } from './semantics.js';

/** Checks what is written against the facts of a kind. */
export interface Checker {
  /** Checks each field by itself. */
  fields(facts: KindFacts, written: Fields): void;
  /** Checks the rules between fields, over everything that the object will have. */
  together(facts: KindFacts, all: Fields): void;
}

let loading: Promise<Checker> | undefined;

/** The checker; the validator behind it is only loaded when something is written. */
export function checker(): Promise<Checker> {
  loading ??= loadChecker();
  return loading;
}

async function loadChecker(): Promise<Checker> {
  const [{ Ajv2020 }, formats] = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats')]);
  const ajv = new Ajv2020({ ...ownSchemas, allErrors: false, validateFormats: true });
  formats.default.default(ajv, ['uuid', 'date-time', 'date', 'email', 'uri']);
  allowBlank(ajv);
  const values = new WeakMap<KindFacts, ValidateFunction>();
  const rules = new WeakMap<KindFacts, { holds: ValidateFunction; message: string }[]>();
  return {
    fields: (facts, written) => {
      checkReferences(facts, written);
      let validate = values.get(facts);
      if (!validate) values.set(facts, (validate = ajv.compile(valueSchema(facts))));
      if (!validate(written)) throw invalid(facts, written, validate.errors![0]!);
    },
    together: (facts, all) => {
      if (facts.constraints.length === 0) return;
      let list = rules.get(facts);
      if (!list) {
        list = facts.constraints.map(({ schema, message }) => ({ holds: ajv.compile(schema), message }));
        rules.set(facts, list);
      }
      const broken = list.find(({ holds }) => !holds(all));
      if (broken) {
        throw new DirectoryError('invalid', `${labelOf(facts, all)}: ${broken.message}`, {
          kind: facts.kind,
        });
      }
    },
  };
}

/** Allows blank optional addresses and links; those that must not be blank have a `minLength`. */
function allowBlank(ajv: Ajv2020): void {
  for (const name of ['email', 'uri']) {
    const format = ajv.formats[name];
    const test = typeof format === 'object' && 'validate' in format ? format.validate : format;
    const passes = (text: string): boolean =>
      test instanceof RegExp ? test.test(text) : (test as (text: string) => boolean)(text);
    ajv.addFormat(name, (text: string) => text === '' || passes(text));
  }
}

function valueSchema(facts: KindFacts): { type: 'object'; properties: Record<string, unknown> } {
  const { plain, unreadable } = layoutOf(facts);
  const properties = [...plain, ...unreadable].map((field) => [field.name, field.schema]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

/** Checks that references have the form of ids; the store checks whether they exist. */
function checkReferences(facts: KindFacts, written: Fields): void {
  const { references, inverses } = layoutOf(facts);
  for (const field of [...references, ...inverses]) {
    const value = written[field.name];
    if (value === undefined) continue;
    const fine = field.many
      ? Array.isArray(value) && value.every(isId)
      : value === null
        ? field.nullable
        : isId(value);
    if (fine) continue;
    const needs = field.many ? 'a list of ids' : value === null ? 'set, not null' : 'an id';
    const message = `${labelOf(facts, written)}: \`${field.name}\` must be ${needs}`;
    throw new DirectoryError('invalid', message, { kind: facts.kind, field: field.name });
  }
}

function isId(value: Json): boolean {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

function invalid(facts: KindFacts, written: Fields, error: ErrorObject): DirectoryError {
  const [field = '', ...inside] = error.instancePath.slice(1).split('/');
  const where = inside.length > 0 ? ` (at ${inside.join('/')})` : '';
  const allowed = error.keyword === 'enum' ? `: ${(error.params.allowedValues as unknown[]).join(', ')}` : '';
  const message = `${labelOf(facts, written)}: \`${field}\`${where} ${error.message}${allowed}`;
  return new DirectoryError('invalid', message, { kind: facts.kind, field });
}
