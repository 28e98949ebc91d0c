/** Real blueprints that authentik ships, where they lie beside the repository; tests without them say so and skip. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('../../../shared/corpus/authentik', import.meta.url)));

/** The corpus' folder, or undefined. */
export const corpus: string | undefined = existsSync(root) ? root : undefined;

/** Why a test of the corpus is skipped. */
export const withoutCorpus = 'skipped: the corpus of authentik blueprints is not beside the repository';

/** The example files' paths by name. */
export function examples(): Map<string, string> {
  const folder = join(root, 'example');
  return new Map(readdirSync(folder).map((name) => [name, join(folder, name)]));
}
