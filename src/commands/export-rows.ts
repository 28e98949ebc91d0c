/** `asbuilt export users`, `groups` and `events`: writes what a query selects to a CSV file, and keeps a copy. */
import { resolve } from 'node:path';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { writeReasonOf } from '../diagnostic/regular-file.js';
import type { Directory } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import { whoRuns } from '../ledger/run-history.js';
import { type Ask, understandAsk, type Wanted } from '../query/ask.js';
import { csvColumns, csvWriter } from '../query/csv.js';
import type { ObjectType, Row } from '../query/schema.js';
import { find } from '../reconcile/find.js';
import { type Request, withDirectory } from '../reconcile/request.js';
import { diagnosticJson, jsonText, resultJson } from '../report/json.js';
import { counted, visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { type FindOptions, failWithQuery, formulaText, wantedOf } from './find.js';
import {
  dropExpired,
  type ExportNote,
  exportsFolder,
  keepExport,
  keptForOf,
  writeWhole,
} from './kept-exports.js';
import { printQueryProblems, queryDiagnostics } from './query-problems.js';
import { isProblem, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

export interface ExportRowsOptions extends FindOptions {
  readonly query?: string;
  readonly server?: boolean;
}

/** Columns of authentik's export that are no columns of lists. */
const exported: Readonly<Record<ObjectType, readonly string[]>> = {
  users: ['roles_obj', 'avatar'],
  groups: [],
  events: [],
};

/** Exports users, groups or events to a file. */
export async function exportRows(
  surroundings: Surroundings,
  type: ObjectType,
  file: string,
  options: ExportRowsOptions,
): Promise<number> {
  // Whoever exports wants all events.
  const limit = options.limit ?? '0';
  const wanted = wantedOf(type, options.query, { ...options, limit });
  const wrong = isProblem(wanted) ? wanted : options.server ? serverProblem(options) : undefined;
  if (wrong) return failWith(surroundings, options, [wrong]);
  const { ask, problems } = understandAsk(wanted as Wanted, exported[type]);
  if (!ask) return failWithQuery(surroundings, options.json === true, problems);
  const work = async (request: Request): Promise<number> => {
    const path = resolve(surroundings.cwd, file);
    const made = await withDirectory(request, async (directory) => {
      const parts = options.server
        ? await serverParts(request, directory, wanted as Wanted)
        : await ownParts(request, directory, ask);
      request.progress('writing the file');
      try {
        writeWhole(path, parts.lines());
      } catch (error) {
        return diagnose('unwritable-file', `${file}: ${writeReasonOf(error)}`);
      }
      return { directory: directory.name, rows: parts.rows, formulas: parts.formulas() };
    });
    if (isProblem(made)) return failWith(surroundings, options, [made]);
    const kept = keep(request, wanted as Wanted, ask, { ...made, file: path, server: options.server });
    if (options.json) {
      const data = {
        ...JSON.parse(JSON.stringify(kept.note)),
        formulas: made.formulas,
        dropped: kept.dropped,
      };
      const diagnostics = [...queryDiagnostics(problems), ...kept.problems];
      surroundings.out(
        jsonText({ ...resultJson(true, data, []), diagnostics: diagnostics.map(diagnosticJson) }),
      );
      return exitCodes.done;
    }
    printQueryProblems(surroundings, problems);
    for (const line of summary(type, file, made, kept)) surroundings.err(`${visible(line)}\n`);
    return exitCodes.done;
  };
  return withRequest(surroundings, options, work, { says: !options.json });
}

/** What the server's own export cannot do. */
function serverProblem({ columns, limit }: ExportRowsOptions): Diagnostic | undefined {
  const option = columns !== undefined ? '--columns' : limit !== undefined ? '--limit' : undefined;
  if (option === undefined) return undefined;
  return usage(`authentik’s own export takes no ${option}`, 'Leave out --server, or that option.');
}

interface Parts {
  lines(): Iterable<string | Uint8Array>;
  /** Unknown for a file that the server made. */
  readonly rows?: number;
  formulas(): number;
}

async function ownParts(request: Request, directory: Directory, ask: Ask): Promise<Parts> {
  const columns = csvColumns(ask.type, ask.columns);
  const { rows } = await find(
    directory,
    ask,
    columns.map(({ name }) => name),
    request,
  );
  const csv = csvWriter(columns, ask.type);
  return { lines: () => linesOf(csv, rows, request), rows: rows.length, formulas: csv.formulas };
}

function* linesOf(
  csv: ReturnType<typeof csvWriter>,
  rows: readonly Row[],
  request: Request,
): Generator<string> {
  yield csv.head;
  // Few large pieces are written faster than many small ones.
  const some = 500;
  for (let at = 0; at < rows.length; at += some) {
    request.signal.throwIfAborted();
    request.progress('writing rows', at, rows.length);
    yield rows
      .slice(at, at + some)
      .map(csv.line)
      .join('');
  }
}

async function serverParts(
  request: Request,
  directory: Directory,
  { type, query, search, order, path }: Wanted,
): Promise<Parts> {
  if (!directory.serverExport) {
    const message = `${directory.name} has no export of its own; leave out --server`;
    throw new DirectoryError('unsupported', message);
  }
  const bytes = await directory.serverExport(
    type,
    { search: query ?? search, ordering: order, path_startswith: path },
    request.signal,
    () => request.progress('the server is exporting'),
  );
  return { lines: () => [bytes], formulas: () => 0 };
}

interface Kept {
  readonly note: Omit<ExportNote, 'id'> & Partial<Pick<ExportNote, 'id'>>;
  readonly keptFor?: number;
  readonly dropped: number;
  readonly problems: readonly Diagnostic[];
}

/** Keeps a copy; the file that was asked for is there even when that fails. */
function keep(
  { cwd, config, env }: Request,
  { type, query, search, order, path }: Wanted,
  { columns }: Ask,
  { directory, rows, file, server }: { directory: string; rows?: number; file: string; server?: boolean },
): Kept {
  const folder = exportsFolder(config?.folder ?? cwd);
  const keptFor = keptForOf(config);
  const now = new Date();
  const note = {
    time: now.toISOString(),
    type,
    directory,
    query,
    search,
    order,
    path,
    columns,
    rows,
    who: whoRuns(env),
    file,
    server,
  };
  try {
    const dropped = dropExpired(folder, keptFor, now);
    return { note: keepExport(folder, note), keptFor, dropped, problems: [] };
  } catch (error) {
    const problem = diagnose('unwritable-file', `no copy was kept: ${writeReasonOf(error)}`);
    return { note, keptFor, dropped: 0, problems: [{ ...problem, severity: 'warning' }] };
  }
}

function summary(
  type: ObjectType,
  file: string,
  { rows, formulas }: { rows?: number; formulas: number },
  { note, keptFor, dropped, problems }: Kept,
): string[] {
  const what = rows === undefined ? 'the server’s file' : counted(rows, type.slice(0, -1));
  const days = keptFor === undefined ? '' : ` for ${counted(Math.round(keptFor / 86_400_000), 'day')}`;
  return [
    `${what} written to ${file}`,
    ...(formulas > 0 ? [formulaText(formulas)] : []),
    ...(note.id === undefined ? [] : [`kept as ${note.id}${days}; see \`asbuilt exports list\``]),
    ...(dropped > 0 ? [`${counted(dropped, 'older export')} deleted`] : []),
    ...problems.map(({ message }) => `warning: ${message}`),
  ];
}
