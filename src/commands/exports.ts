/** `asbuilt exports list|open|delete`: the exports of people that are kept here. */
import { readFileSync } from 'node:fs';
import { diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { jsonText } from '../report/json.js';
import { tableText } from '../report/table.js';
import { counted } from '../report/terminal.js';
import { failWith } from './fail.js';
import {
  deleteExport,
  dropExpired,
  type ExportNote,
  exportFile,
  exportsFolder,
  keptForOf,
  listExports,
} from './kept-exports.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

/** Lists the exports that are kept, newest first. Those that were kept for long enough are deleted. */
export async function exportsList(surroundings: Surroundings, options: SharedOptions): Promise<number> {
  return within(surroundings, options, (folder) => {
    const notes = listExports(folder);
    if (options.json) {
      surroundings.out(jsonText({ version: 1, ok: true, exports: JSON.parse(JSON.stringify(notes)) }));
      return exitCodes.done;
    }
    const cells = notes.map((note) => [
      note.id,
      note.time,
      `${note.rows ?? ''}`,
      note.who,
      note.directory,
      asked(note),
    ]);
    if (cells.length > 0)
      surroundings.out(
        tableText(
          ['export', 'time', 'rows', 'who', 'directory', 'asked for'],
          cells,
          surroundings.outLook,
          surroundings.outIsTerminal,
        ),
      );
    surroundings.err(`${counted(notes.length, 'export')}\n`);
    return exitCodes.done;
  });
}

function asked({ query, search, order, path, server }: ExportNote): string {
  return [
    query,
    search && `--search ${search}`,
    path && `--path ${path}`,
    order && `--order ${order}`,
    server && 'by the server',
  ]
    .filter((one) => one)
    .join(' ');
}

/** Writes an export to standard output; the newest one unless its name is given. */
export async function exportsOpen(
  surroundings: Surroundings,
  id: string | undefined,
  options: SharedOptions,
): Promise<number> {
  return within(surroundings, options, (folder) => {
    const notes = listExports(folder);
    const note = id === undefined ? notes[0] : notes.find((one) => one.id === id);
    const file = note && exportFile(folder, note);
    if (!file) return unknown(surroundings, options, id, notes);
    surroundings.out(readFileSync(file, 'utf8'));
    return exitCodes.done;
  });
}

/** Deletes exports. */
export async function exportsDelete(
  surroundings: Surroundings,
  ids: readonly string[],
  options: SharedOptions,
): Promise<number> {
  return within(surroundings, options, (folder) => {
    const notes = listExports(folder);
    const missing = ids.find((id) => !notes.some((one) => one.id === id));
    if (missing !== undefined) return unknown(surroundings, options, missing, notes);
    for (const note of notes) if (ids.includes(note.id)) deleteExport(folder, note);
    if (options.json) surroundings.out(jsonText({ version: 1, ok: true, deleted: [...ids] }));
    else
      surroundings.err(`${counted(ids.length, 'export')} deleted; files that were written elsewhere stay\n`);
    return exitCodes.done;
  });
}

function unknown(
  surroundings: Surroundings,
  options: SharedOptions,
  id: string | undefined,
  notes: readonly ExportNote[],
): number {
  const message = id === undefined ? 'no export is kept here' : `there is no export \`${id}\``;
  const near =
    id === undefined
      ? undefined
      : didYouMean(
          id,
          notes.map((one) => one.id),
        );
  const help = near ?? 'See `asbuilt exports list`.';
  return failWith(surroundings, options, [diagnose('usage', message, undefined, { help })]);
}

/** Runs `work` with the folder of exports, after dropping what was kept for long enough. */
async function within(
  surroundings: Surroundings,
  options: SharedOptions,
  work: (folder: string) => number,
): Promise<number> {
  const request = requestOf(surroundings, [], options, { blueprints: false, directory: false });
  if (areProblems(request)) return failWith(surroundings, options, request);
  const { config, cwd } = request;
  const folder = exportsFolder(config?.folder ?? cwd);
  dropExpired(folder, keptForOf(config), new Date());
  return work(folder);
}
