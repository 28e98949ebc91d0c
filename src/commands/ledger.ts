/** `asbuilt ledger export` and `import`: what a project owns, to a file and back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { diagnose } from '../diagnostic.js';
import { exportedRecords, importedRecords } from '../ledger/transfer.js';
import { jsonText } from '../report/json.js';
import { withDirectory } from '../request.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

export interface ImportOptions extends SharedOptions {
  readonly replace?: boolean;
}

/** Writes the records of a project, readable for its owner only. */
export async function ledgerExport(
  surroundings: Surroundings,
  file: string,
  options: SharedOptions,
): Promise<number> {
  return withRequest(surroundings, options, (request) =>
    withDirectory(request, async ({ directory, ledger }) => {
      const records = await ledger.read(request.project);
      const text = jsonText(exportedRecords(directory.name, request.project, ledger.key, records.values()));
      // Ids of invitations are secrets, so they go to no terminal or log.
      writeFileSync(resolve(surroundings.cwd, file), text, { mode: 0o600 });
      surroundings.out(`wrote ${records.size} records to ${file}\n`);
      return exitCodes.done;
    }),
  );
}

/** Takes records up. Where there are some already, only with `--replace`. */
export async function ledgerImport(
  surroundings: Surroundings,
  file: string,
  options: ImportOptions,
): Promise<number> {
  const fail = (message: string, help?: string): number => {
    printDiagnostics(surroundings, [diagnose('usage', `${file}: ${message}`, undefined, { help })]);
    return exitCodes.failed;
  };
  let text: string;
  try {
    text = readFileSync(resolve(surroundings.cwd, file), 'utf8');
  } catch (error) {
    return fail((error as Error).message);
  }
  const imported = importedRecords(text);
  if ('problem' in imported) return fail(imported.problem);
  return withRequest(surroundings, options, (request) =>
    withDirectory(request, async ({ directory, ledger, lock }) => {
      const held = await lock?.('ledger import', request.lockTimeout ?? 0, request.signal);
      try {
        const known = await ledger.read(request.project);
        if (known.size > 0 && !options.replace) {
          return fail(
            `project ${request.project} has ${known.size} records already`,
            'Add --replace to put these in their place.',
          );
        }
        const strangers = imported.records.filter((one) => !directory.kinds.has(one.kind));
        if (strangers.length > 0) return fail(`${directory.name} holds no ${strangers[0]!.kind}`);
        // Under another key the fingerprints say nothing, so everything is compared afresh.
        const same = ledger.key.toString('base64') === imported.key;
        const records = same ? imported.records : imported.records.map((one) => ({ ...one, whole: '' }));
        await ledger.remove(request.project, [...known.keys()]);
        await ledger.put(request.project, records);
        surroundings.out(`imported ${records.length} records for project ${request.project}\n`);
        return exitCodes.done;
      } finally {
        held?.release();
      }
    }),
  );
}
