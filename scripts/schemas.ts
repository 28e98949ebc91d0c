/**
 * The published OpenAPI and `schemas/overlay.yaml` in; `schemas/kinds/`, `schemas/permissions.json`, `schemas/filters.json`,
 * `schemas/blueprint.schema.json` and `src/generated/kinds.ts` out. With `--check` nothing is written, and a difference is a failure.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { blueprintSchema } from './schemas/blueprint.js';
import { kindSchemas, knownPermissions } from './schemas/kind.js';
import { listFilters, readOpenApi } from './schemas/openapi.js';
import { readOverlay } from './schemas/overlay.js';
import { typesOf } from './schemas/typescript.js';

const root = new URL('../', import.meta.url);

/** Every generated file by its path from the root. */
async function generate(): Promise<Map<string, string>> {
  const overlay = readOverlay(new URL('schemas/overlay.yaml', root));
  const api = readOpenApi();
  const kinds = kindSchemas(api, overlay);
  const files = new Map<string, string>();
  for (const [kind, schema] of kinds) files.set(`schemas/kinds/${kind}.schema.json`, json(schema));
  const permissions = knownPermissions(kinds, overlay);
  files.set('schemas/permissions.json', json(permissions));
  files.set('schemas/filters.json', json(filtersOf(api, kinds)));
  files.set('schemas/blueprint.schema.json', json(blueprintSchema(kinds, permissions)));
  files.set('src/generated/kinds.ts', await typesOf(kinds));
  return files;
}

/** Attributes by which authentik's lists can be narrowed, by kind. */
function filtersOf(
  api: ReturnType<typeof readOpenApi>,
  kinds: ReturnType<typeof kindSchemas>,
): Record<string, readonly string[]> {
  const filters: Record<string, readonly string[]> = {};
  for (const [kind, schema] of kinds) {
    const { path } = schema['x-asbuilt'] as { path?: string };
    const properties = Object.keys(schema.properties as object);
    const named =
      path === undefined ? [] : listFilters(api, path).filter((name) => properties.includes(name));
    if (named.length > 0) filters[kind] = named.sort();
  }
  return filters;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
}

/** Kinds that are there and would not be generated. */
function leftovers(files: ReadonlyMap<string, string>): string[] {
  const folder = 'schemas/kinds/';
  return readdirSync(new URL(folder, root))
    .map((name) => folder + name)
    .filter((path) => !files.has(path));
}

const check = process.argv.includes('--check');
for (const folder of ['schemas/kinds/', 'src/generated/'])
  mkdirSync(new URL(folder, root), { recursive: true });
const files = await generate();
const stale = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const extra = leftovers(files);

if (check && stale.length + extra.length > 0) {
  console.error(
    `Generated files are out of date; run \`npm run schemas\`:\n  ${[...stale, ...extra].join('\n  ')}`,
  );
  process.exitCode = 1;
} else if (!check) {
  for (const path of stale) writeFileSync(new URL(path, root), files.get(path)!);
  for (const path of extra) rmSync(fileURLToPath(new URL(path, root)));
  console.log(`${files.size} files, ${stale.length} written, ${extra.length} removed`);
}
