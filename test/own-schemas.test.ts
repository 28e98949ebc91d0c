/** The schemas that the program takes as they are: by the schema of schemas they are right. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { ownSchemas } from '../src/model/ajv-options.js';
import type { JsonSchema } from '../src/model/kinds.js';

const folder = new URL('../schemas/', import.meta.url);
const names = readdirSync(folder, { recursive: true }).map(String);

test.each(names.filter((name) => name.endsWith('.schema.json') || name.startsWith('kinds/')))(
  '%s is a schema',
  (name) => {
    const schema = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as JsonSchema;
    const ajv = String(schema.$schema).includes('2020-12') ? new Ajv2020(ownSchemas) : new Ajv(ownSchemas);
    ajv.validateSchema(schema);
    expect(ajv.errors).toBe(null);
  },
);

test('a schema that is none would be noticed', () => {
  const ajv = new Ajv2020(ownSchemas);
  expect(ajv.validateSchema({ type: 'word' })).toBe(false);
});
