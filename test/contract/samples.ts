/** A kind in; the least fields with which an object of it can be made out, and the objects they refer to made first. */

import type { Directory } from '../../src/directory/directory.js';
import { catalogue, type FieldFacts, type JsonSchema, type KindFacts } from '../../src/model/kinds.js';
import type { Fields, Id, Json, LiveObject } from '../../src/model/model.js';

const signal = new AbortController().signal;
let counter = 0;

/** What a kind needs beyond its required attributes, because of rules between them. */
const beyond: Readonly<Record<string, (directory: Directory) => Promise<Fields>>> = {
  blueprint: async () => ({ content: 'version: 1\nentries: []' }),
  'policy-binding': async (directory) => ({ group: (await make(directory, 'group')).id }),
  'device-user-binding': async (directory) => ({ group: (await make(directory, 'group')).id }),
  'agent-device-user-binding': async (directory) => ({ group: (await make(directory, 'group')).id }),
  'identification-stage': async () => ({ user_fields: ['username'] }),
  'redirect-stage': async () => ({ mode: 'static', target_static: 'https://example.org/' }),
  'proxy-provider': async () => ({ internal_host: 'http://localhost:8080' }),
};

/** Makes an object of a kind with as little as possible, and whatever it refers to. */
export async function make(directory: Directory, name: string, fields: Fields = {}): Promise<LiveObject> {
  const facts = catalogue().byName.get(name)!;
  const all = { ...(await minimalFields(directory, facts)), ...fields };
  return (await directory.create(facts.kind, all, signal)).object;
}

/** The attributes without which an object cannot be made. */
export async function minimalFields(directory: Directory, facts: KindFacts): Promise<Fields> {
  const fields: Fields = {};
  for (const field of Object.values(facts.fields)) {
    const isKey = facts.key.includes(field.name) && !field.nullable;
    if ((!field.required && !isKey) || field.retired !== undefined || field.default !== undefined) continue;
    if (field.computed) continue;
    fields[field.name] = await sample(directory, facts, field);
  }
  return { ...fields, ...(await beyond[facts.name]?.(directory)) };
}

async function sample(directory: Directory, facts: KindFacts, field: FieldFacts): Promise<Json> {
  if (!field.reference) return sampleValue(field.schema);
  const { kinds, families } = catalogue();
  const all = families.get(field.reference.to) ?? [kinds.get(field.reference.to)!];
  const candidates = all.filter((one) => directory.kinds.has(one.kind));
  const target =
    candidates.find((one) => one.kind !== facts.kind && Object.keys(one.fields).length < 12) ??
    candidates[0]!;
  const made = await make(directory, target.name);
  const id: Id = made.familyIds?.[field.reference.to] ?? made.id;
  return field.many ? [id] : id;
}

function sampleValue(schema: JsonSchema): Json {
  const options = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (options) return sampleValue(options.find((one) => one.type !== 'null')!);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum))
    return schema.enum.find((one) => one !== null && one !== '') ?? schema.enum[0]!;
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  counter++;
  switch (type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(1, typeof schema.minimum === 'number' ? schema.minimum : 1);
    case 'array':
      return typeof schema.minItems === 'number' && schema.minItems > 0
        ? [sampleValue((schema.items ?? {}) as JsonSchema)]
        : [];
    case 'object':
      return {};
    default:
      return sampleText(schema);
  }
}

function sampleText(schema: JsonSchema): string {
  if (schema.format === 'uuid') return crypto.randomUUID();
  if (schema.format === 'date-time') return '2031-05-06T07:08:09.100000+02:00';
  if (schema.format === 'date') return '2031-05-06';
  if (schema.format === 'email') return `someone${counter}@example.org`;
  if (schema.format === 'uri') return `https://host${counter}.example.org/`;
  const text = `sample-${counter}`;
  const duration = 'hours=1';
  const fits = (one: string): boolean =>
    typeof schema.pattern !== 'string' || new RegExp(schema.pattern, 'u').test(one);
  return [text, `sample${counter}`, duration, `app.model${counter}`, 'a'].find(fits) ?? text;
}
