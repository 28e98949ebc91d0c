/** Exports a directory, and makes the project the owner of what was exported. */
import { join } from 'node:path';
import { environmentOf } from '../config/environment.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { type Choice, kindsToRead } from '../export/choose.js';
import type { Format } from '../export/entry.js';
import { type Exported, exportModel } from '../export/export.js';
import { adopt, readWholeDirectory } from './read-directory.js';
import type { Request } from './request.js';

/** The options of an export. */
export interface Asked extends Omit<Choice, 'others'> {
  readonly format: Format;
  /** All in one file? */
  readonly oneFile: boolean;
  /** Leave out what other projects own? */
  readonly ownOnly: boolean;
}

/** Reads a directory and writes it as blueprints. */
export async function exportFrom(request: Request, asked: Asked): Promise<Exported> {
  const { live, others, applied, diagnostics } = await readWholeDirectory(request, kindsToRead(asked.kinds));
  const environment = environmentOf(request);
  const exported = exportModel(
    live,
    { ...asked, others: asked.ownOnly ? others : undefined },
    {
      applied,
      current: ({ type, name }) =>
        type === 'env' ? environment.env(name) : environment.file(name, '')?.toString(),
    },
  );
  return { ...exported, diagnostics: [...diagnostics, ...exported.diagnostics] };
}

/** Makes the project the owner of what was exported to a folder. */
export async function adoptExported(
  request: Request,
  { files, variables, known }: Exported,
  folder: string,
): Promise<{ readonly adopted: number; readonly diagnostics: readonly Diagnostic[] }> {
  if (files.length === 0) return { adopted: 0, diagnostics: [] };
  // Use the live secrets, so that setting the variables to the same values later changes nothing.
  const env = { ...request.env, ...Object.fromEntries(known) };
  const allowed = variables.map((one) => one.name);
  const { adopted, diagnostics } = await adopt({
    ...request,
    paths: files.map((file) => join(folder, file.name)),
    env,
    config: request.config && { ...request.config, env: [...request.config.env, ...allowed] },
    strict: false,
    prune: false,
    pruneBlocked: 'only exported objects are considered',
  });
  // Warnings are left out: what would not work did not work before, and unset variables are listed in the files.
  return { adopted, diagnostics: diagnostics.filter((one) => one.severity === 'error') };
}
