/** Every kind's schema in; TypeScript interfaces of their attributes and a map from kind to interface out. */
import { compile } from 'json-schema-to-typescript';
import { type KindSchema, plain } from './kind.js';
import type { Schema } from './openapi.js';

const banner =
  '/** Attributes of every kind. Made from `schemas/kinds/` by `npm run schemas`; do not edit. */';

/** The text of `src/generated/kinds.ts`. */
export async function typesOf(kinds: ReadonlyMap<string, KindSchema>): Promise<string> {
  const interfaces: string[] = [];
  const map: string[] = [];
  for (const [kind, schema] of kinds) {
    const name = interfaceName(schema['x-asbuilt'].name as string);
    const properties = Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([, value]) => (value['x-asbuilt'] as Schema | undefined)?.retired === undefined)
        .map(([property, value]) => [property, typed(value)]),
    );
    const plainSchema = {
      type: 'object' as const,
      additionalProperties: false,
      properties,
      required: schema.required,
    };
    interfaces.push(await compile(structuredClone(plainSchema) as never, name, options));
    map.push(`  '${kind}': ${name};`);
  }
  const kindMap = `/** Full kind name to the interface of its attributes. */\nexport interface KindAttributes {\n${map.join('\n')}\n}\n`;
  return `${banner}\n\n${interfaces.join('\n')}\n${kindMap}`;
}

/** What says something about a type; a choice between formats does not. */
function typed(schema: Schema): Schema {
  const { anyOf, ...rest } = plain(schema);
  return anyOf === undefined || rest.type !== undefined ? rest : { ...rest, anyOf };
}

const options = {
  bannerComment: '',
  style: { singleQuote: true, printWidth: 110 },
  declareExternallyReferenced: true,
  ignoreMinAndMaxItems: true,
};

function interfaceName(short: string): string {
  return short.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}
