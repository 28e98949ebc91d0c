/** `asbuilt ledger export` and `import`: what a project owns, to a file and back. */

import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { diagnose } from '../diagnostic/diagnostic.js';
import { isFileProblem, readRegularFile, writeReasonOf } from '../diagnostic/regular-file.js';
import { exportedRecords, importedRecords } from '../ledger/transfer.js';
import { type Request, withLock, withStore } from '../reconcile/request.js';
import { jsonText } from '../report/json.js';
import { counted, visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

/** In bytes: the records of millions of objects. */
const maximumLedgerSize = 1024 * 1024 * 1024;

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
    withStore(request, async ({ directory, ledger }) => {
      const records = await ledger.read(request.project);
      const text = jsonText(exportedRecords(directory.name, request.project, ledger.key, records.values()));
      // Ids of invitations are secrets, so they must not get into a terminal or log.
      const problem = writeSecret(resolve(surroundings.cwd, file), text);
      if (problem !== undefined) {
        return failWith(surroundings, options, [diagnose('unwritable-file', `${file}: ${problem}`)]);
      }
      if (options.json) surroundings.out(jsonText({ version: 1, ok: true, records: records.size }));
      else surroundings.out(`wrote ${counted(records.size, 'record')} to ${visible(file)}\n`);
      return exitCodes.done;
    }),
  );
}

/** Writes a file that only its owner may read, even if it exists. Returns what went wrong, if anything. */
function writeSecret(path: string, text: string): string | undefined {
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      if (fstatSync(file).isFile()) fchmodSync(file, 0o600);
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
    return undefined;
  } catch (error) {
    return writeReasonOf(error);
  }
}

/** Imports records. Existing ones are replaced only with `--replace`. */
export async function ledgerImport(
  surroundings: Surroundings,
  file: string,
  options: ImportOptions,
): Promise<number> {
  const fail = (message: string, help?: string): number => {
    return failWith(surroundings, options, [usage(`${file}: ${message}`, help)]);
  };
  const bytes = readRegularFile(resolve(surroundings.cwd, file), maximumLedgerSize);
  if (isFileProblem(bytes)) return fail(bytes.reason);
  const imported = importedRecords(bytes.toString('utf8'));
  if ('problem' in imported) return fail(imported.problem);
  const imports = (request: Request): Promise<number> =>
    withStore(request, (store) =>
      withLock(request, store, 'ledger import', async () => {
        const { directory, ledger } = store;
        const known = await ledger.read(request.project);
        if (known.size > 0 && !options.replace) {
          return fail(
            `project ${request.project} has ${known.size} records already`,
            'Add --replace to put these in their place.',
          );
        }
        const strangers = imported.records.filter((one) => !directory.kinds.has(one.kind));
        if (strangers.length > 0)
          return fail(`${directory.name} has no objects of kind ${strangers[0]!.kind}`);
        // With another key the fingerprints are useless, so everything is compared again.
        const same = ledger.key.toString('base64') === imported.key;
        const records = same ? imported.records : imported.records.map((one) => ({ ...one, whole: '' }));
        await ledger.remove(request.project, [...known.keys()]);
        await ledger.put(request.project, records);
        if (options.json) surroundings.out(jsonText({ version: 1, ok: true, records: records.length }));
        else
          surroundings.out(`imported ${counted(records.length, 'record')} for project ${request.project}\n`);
        return exitCodes.done;
      }),
    );
  // Records may come back before the directory does.
  return withRequest(surroundings, options, imports, { reads: false });
}
