/** Measured answers of a real authentik, where they lie beside the repository or where `ACCESS_VECTORS` names a folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = resolve(fileURLToPath(new URL('../../../shared/cases/access', import.meta.url)));
/** A worktree lies one folder deeper than a clone. */
const deeper = resolve(fileURLToPath(new URL('../../../../shared/cases/access', import.meta.url)));

/** Folders with vectors: the one beside the repository, and another that is named in the environment. */
export const vectorFolders: readonly string[] = [
  ...[beside, deeper].filter((one) => existsSync(one)).slice(0, 1),
  ...(process.env.ACCESS_VECTORS ? [process.env.ACCESS_VECTORS] : []),
];

/** Why tests of the vectors are skipped. */
export const withoutVectors = 'skipped: the measured access vectors are not beside the repository';

/** The vectors of one file, from all folders. */
export function vectorsOf<T>(name: string): T[] {
  return vectorFolders.flatMap((folder) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as T);
  });
}

/** The users and groups that the vectors about signing in and applications share. */
export function sharedWorld(): string {
  const folder = vectorFolders.find((one) => existsSync(join(one, 'world.yaml')))!;
  return readFileSync(join(folder, 'world.yaml'), 'utf8');
}
