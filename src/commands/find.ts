/** `asbuilt users`, `groups` and `events`: finds them by a query, a search or a folder, and prints a table, CSV or JSON. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { Json } from '../model/model.js';
import { type Ask, type AskProblem, understandAsk, type Wanted } from '../query/ask.js';
import { columnReader, columnsOf } from '../query/columns.js';
import { csvColumns, csvWriter } from '../query/csv.js';
import type { ObjectType, Row } from '../query/schema.js';
import { type Found, find } from '../reconcile/find.js';
import { withDirectory } from '../reconcile/request.js';
import { diagnosticJson, jsonText, resultJson } from '../report/json.js';
import { cellText, tableText } from '../report/table.js';
import { counted } from '../report/terminal.js';
import { failWith } from './fail.js';
import { printQueryProblems, queryDiagnostics } from './query-problems.js';
import { isProblem, type SharedOptions, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

export interface FindOptions extends SharedOptions {
  readonly search?: string;
  readonly order?: string;
  readonly columns?: string;
  readonly path?: string;
  readonly limit?: string;
  readonly format?: string;
}

const formats = ['table', 'csv', 'json'] as const;
type Format = (typeof formats)[number];

/** Events are many: so many of the newest are shown unless `--limit` says otherwise. */
const usualEvents = 100;

/** What the options ask for, or what is wrong with one of them. */
export function wantedOf(
  type: ObjectType,
  query: string | undefined,
  { search, order, columns, path, limit }: FindOptions,
): Wanted | Diagnostic {
  if (limit !== undefined && !/^\d{1,9}$/.test(limit)) {
    const help = 'Write a whole number, such as `--limit 50`; 0 is no limit.';
    return usage(`--limit \`${limit}\` is not a number of rows`, help);
  }
  const most = limit === undefined ? (type === 'events' ? usualEvents : 0) : Number(limit);
  return { type, query, search, order, columns, path, ...(most > 0 && { limit: most }) };
}

/** Prints problems of a question, or what of them `--json` shows, and gives the exit code. */
export function failWithQuery(
  surroundings: Surroundings,
  asJson: boolean,
  problems: readonly AskProblem[],
): number {
  printQueryProblems(surroundings, problems);
  if (asJson) surroundings.out(jsonText(resultJson(false, {}, queryDiagnostics(problems))));
  return exitCodes.failed;
}

/** Finds users, groups or events. */
export async function findObjects(
  surroundings: Surroundings,
  type: ObjectType,
  query: string | undefined,
  options: FindOptions,
): Promise<number> {
  const format = formatOf(options);
  if (typeof format === 'object') return failWith(surroundings, options, [format]);
  const json = format === 'json';
  const wanted = wantedOf(type, query, options);
  if (isProblem(wanted)) return failWith(surroundings, { json }, [wanted]);
  const { ask, problems } = understandAsk(wanted);
  if (!ask) return failWithQuery(surroundings, json, problems);
  return withRequest(
    surroundings,
    { ...options, json },
    (request) =>
      withDirectory(request, async (directory) => {
        const columns = ask.columns ?? usualColumns(type, format);
        const found = await find(directory, ask, columns, request);
        if (json) {
          surroundings.out(jsonText(foundJson(directory.name, ask, found, columns, problems)));
          return exitCodes.done;
        }
        printQueryProblems(surroundings, problems);
        print(surroundings, type, format, columns, found.rows);
        surroundings.err(`${countText(ask, found)}\n`);
        return exitCodes.done;
      }),
    { says: format === 'table' },
  );
}

function formatOf({ format, json }: FindOptions): Format | Diagnostic {
  if (format === undefined) return json ? 'json' : 'table';
  const found = formats.find((one) => one === format);
  if (!found)
    return usage(
      `unknown format \`${format}\``,
      didYouMean(format, formats) ?? `The formats are ${formats.join(', ')}.`,
    );
  return found;
}

function usualColumns(type: ObjectType, format: Format): readonly string[] {
  if (format === 'csv') return csvColumns(type).map(({ name }) => name);
  return format === 'json' ? columnsOf[type].all : columnsOf[type].table;
}

function print(
  { out, err, outLook, outIsTerminal }: Surroundings,
  type: ObjectType,
  format: 'table' | 'csv',
  columns: readonly string[],
  rows: readonly Row[],
): void {
  if (format === 'csv') {
    const csv = csvWriter(csvColumns(type, columns), type);
    out(csv.head);
    for (const row of rows) out(csv.line(row));
    if (csv.formulas() > 0) err(`${formulaText(csv.formulas())}\n`);
    return;
  }
  if (rows.length === 0) return;
  const readers = columns.map(columnReader);
  const cells = rows.map((row) => readers.map((read) => cellText(read(row))));
  out(tableText(columns, cells, outLook, outIsTerminal));
}

/** What was done about cells that a spreadsheet would take for formulas. */
export function formulaText(count: number): string {
  const cells = count === 1 ? '1 cell begins' : `${count} cells begin`;
  return `${cells} like a formula and got a ' before it`;
}

function countText({ type }: Ask, { rows, total }: Found): string {
  const noun = type.slice(0, -1);
  if (total === undefined) return `the newest ${counted(rows.length, noun)}; --limit 0 shows all`;
  if (total > rows.length) return `${rows.length} of ${counted(total, noun)}`;
  return rows.length === 0 ? `no ${type}` : counted(rows.length, noun);
}

function foundJson(
  directory: string,
  { type }: Ask,
  { rows, total }: Found,
  columns: readonly string[],
  problems: readonly AskProblem[],
): Json {
  const readers = columns.map((column) => [column, columnReader(column)] as const);
  const data = rows.map((row) =>
    Object.fromEntries(readers.map(([column, read]) => [column, (read(row) ?? null) as Json])),
  );
  return {
    version: 1,
    ok: true,
    directory,
    ...(total !== undefined && { total }),
    [type]: data,
    diagnostics: queryDiagnostics(problems).map(diagnosticJson),
  };
}
