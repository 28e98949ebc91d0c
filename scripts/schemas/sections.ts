/** Every kind's schema in; what the schema for editors says of the sections out. */

import type { reservedKeys } from '../../src/blueprint/sections-entry.js';
import { everyone } from '../../src/blueprint/sections-entry.js';
import { existingStage } from '../../src/blueprint/sections-stages.js';
import {
  familySections,
  sectionKinds,
  settingsKinds,
  stagesKey,
  stageWord,
  wordOf,
} from '../../src/model/section-names.js';
import type { KindSchema } from './kind.js';
import type { Schema } from './openapi.js';

/** The properties and definitions to add. */
export interface SectionSchemas {
  readonly properties: Record<string, Schema>;
  readonly definitions: Record<string, Schema>;
}

const text: Schema = { type: ['string', 'number'] };

/** Schemas of the sections; `shared` has those of what entries may say as well. */
export function sectionSchemas(
  kinds: ReadonlyMap<string, KindSchema>,
  shared: Record<'state' | 'labels' | 'permissions', Schema>,
): SectionSchemas {
  const definitions: Record<string, Schema> = {};
  const reserved: Record<(typeof reservedKeys)[number], Schema> = {
    state: shared.state,
    id: { type: 'string' },
    labels: shared.labels,
    was: text,
    conditions: { type: 'array' },
    object_permissions: shared.permissions,
  };
  const byName = new Map([...kinds].map(([kind, schema]) => [nameOf(schema), { kind, schema }]));
  const bindings = ref(define('policy-binding', { without: ['target'] }));
  const guards: Record<string, Schema> = {
    policies: { type: 'array', items: { anyOf: [{ type: 'string' }, bindings] } },
    access: {
      anyOf: [{ const: everyone }, { type: 'array', minItems: 1, items: { anyOf: [address(), bindings] } }],
    },
  };

  /** Defines the objects of a kind as a section has them, and gives the definition's name. */
  function define(name: string, more: { without?: string[]; extra?: Record<string, Schema> } = {}): string {
    const { kind, schema } = byName.get(name)!;
    const attributes = Object.entries(schema.properties)
      .filter(([attribute]) => !more.without?.includes(attribute))
      .map(([attribute, property]) => [attribute, attributeSchema(kind, attribute, property)]);
    definitions[`section:${name}`] = {
      type: ['object', 'null'],
      properties: { ...Object.fromEntries(attributes), ...reserved, ...more.extra },
      additionalProperties: false,
    };
    return `section:${name}`;
  }

  function stageItems(): Schema {
    const stages = [...byName].filter(([, { schema }]) => familiesOf(schema).includes('stage'));
    const prompt = ref(define('prompt'));
    const words = stages.map(([name, { schema }]) => {
      const lists = Object.entries(schema.properties).filter(
        ([, one]) => targetOf(one) === byName.get('prompt')!.kind,
      );
      const extra = lists.map(([field]) => [
        field,
        listOf({ anyOf: [{ type: ['string', 'array'] }, prompt] }),
      ]);
      return [stageWord({ name }), ref(define(name, { extra: Object.fromEntries(extra) }))];
    });
    const item = define('flow-stage-binding', {
      without: ['target', 'stage'],
      extra: { ...Object.fromEntries(words), [existingStage]: { type: ['string', 'array'] }, ...guards },
    });
    return { anyOf: [{ enum: words.map(([word]) => word!) }, ref(item)] };
  }

  const properties: Record<string, Schema> = {};
  for (const [section, name] of Object.entries(sectionKinds)) {
    const guarded = familiesOf(byName.get(name)!.schema).includes('policy-binding-target');
    const extra: Record<string, Schema> = {};
    if (section === 'flows') extra[stagesKey] = { type: 'array', items: stageItems() };
    if (guarded) Object.assign(extra, guards);
    properties[section] = objectsOf(define(name, { extra }));
  }
  for (const [section, { family, ending }] of Object.entries(familySections)) {
    const members = [...byName].filter(([, { schema }]) => familiesOf(schema).includes(family));
    const words = members.map(([name]) => [wordOf(name, ending), objectsOf(define(name))]);
    properties[section] = {
      type: ['object', 'null'],
      properties: Object.fromEntries(words),
      additionalProperties: false,
    };
  }
  properties.settings = {
    type: ['object', 'null'],
    properties: {
      system: ref(define(settingsKinds.system)),
      brands: objectsOf(define(settingsKinds.brands)),
    },
    additionalProperties: false,
  };
  return { properties, definitions };
}

function attributeSchema(kind: string, name: string, property: Schema): Schema {
  const own = { $ref: `#/definitions/${kind}/properties/${name}` };
  const facts = property['x-asbuilt'] as Schema | undefined;
  const texts = facts?.shorthand ? [{ type: 'array', items: { type: ['string', 'object', 'array'] } }] : [];
  const additions = facts?.set === 'exact' ? [onlyAdd({})] : [];
  const others = [...texts, ...additions];
  return others.length > 0 ? { anyOf: [own, ...others] } : own;
}

/** A list, a tag, or a list that claims only what it names. */
function listOf(items: Schema): Schema {
  return { anyOf: [{ type: ['string', 'array'], items }, onlyAdd(items)] };
}

function onlyAdd(items: Schema): Schema {
  return {
    type: 'object',
    required: ['only_add'],
    properties: { only_add: { type: 'array', items } },
    additionalProperties: false,
  };
}

function address(): Schema {
  return { type: 'string', pattern: '^(policy|group|user)/.' };
}

function objectsOf(definition: string): Schema {
  return { type: ['object', 'null'], additionalProperties: ref(definition) };
}

function nameOf(schema: KindSchema): string {
  return String(schema['x-asbuilt'].name);
}

function familiesOf(schema: KindSchema): string[] {
  return ((schema['x-asbuilt'].families ?? []) as { family: string }[]).map((one) => one.family);
}

function targetOf(property: Schema): unknown {
  return ((property['x-asbuilt'] as Schema | undefined)?.reference as Schema | undefined)?.to;
}

function ref(definition: string): Schema {
  return { $ref: `#/definitions/${definition}` };
}
