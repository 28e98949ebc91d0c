/** `asbuilt history`: past runs in the directory's store, as a list or one in full. */
import { diagnose } from '../diagnostic.js';
import type { Run } from '../history.js';
import { jsonText } from '../report/json.js';
import { visible } from '../report/terminal.js';
import { type Request, withDirectory } from '../request.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

export interface HistoryOptions extends SharedOptions {
  readonly limit?: string;
}

/** Lists the latest runs. */
export async function historyList(surroundings: Surroundings, options: HistoryOptions): Promise<number> {
  const limit = Math.max(1, Math.trunc(Number(options.limit ?? 20)) || 20);
  const list = (request: Request): Promise<number> =>
    withDirectory(request, async ({ directory, history }) => {
      const runs = await history.list(limit);
      if (options.json) {
        const data = runs.map((one) => JSON.parse(JSON.stringify(one)));
        surroundings.out(jsonText({ version: 1, directory: directory.name, runs: data }));
      } else if (runs.length === 0) surroundings.out('no runs yet\n');
      else surroundings.out(runs.map(line).join(''));
      return exitCodes.done;
    });
  return withRequest(surroundings, options, list, !options.json);
}

/** Shows one run. */
export async function historyShow(
  surroundings: Surroundings,
  number: string,
  options: HistoryOptions,
): Promise<number> {
  return withRequest(surroundings, options, (request) =>
    withDirectory(request, async ({ history }) => {
      const run = await history.get(Number(number));
      if (!run) {
        const help = 'See `asbuilt history` for the runs there are.';
        printDiagnostics(surroundings, [diagnose('usage', `there is no run ${number}`, undefined, { help })]);
        return exitCodes.failed;
      }
      surroundings.out(options.json ? jsonText(JSON.parse(JSON.stringify(run))) : full(run));
      return exitCodes.done;
    }),
  );
}

function line(run: Run): string {
  const changes = run.changes.length === 1 ? '1 change' : `${run.changes.length} changes`;
  const what = `${run.outcome}, ${changes}`.padEnd(24);
  const text = `${String(run.id).padStart(4)}  ${run.started}  ${what}  ${run.who}  ${revisionText(run)}`;
  return `${visible(text)}\n`;
}

function revisionText({ revision }: Run): string {
  return revision
    ? `${revision.commit.slice(0, 10)}${revision.dirty ? ' (with uncommitted changes)' : ''}`
    : 'no git commit';
}

const signs = { create: '+', update: '~', delete: '-', adopt: '=', forget: '·' } as const;

function full(run: Run): string {
  const lines = [
    `run ${run.id}: ${run.outcome}`,
    `started   ${run.started}`,
    `finished  ${run.finished ?? 'not, or not yet'}`,
    `by        ${run.who}`,
    `commit    ${revisionText(run)}`,
    `project   ${run.project}`,
    ...run.changes.map(
      ({ verb, address, fields }) =>
        `${signs[verb]} ${address}${verb === 'update' || verb === 'adopt' ? `  ${[...new Set(fields)].join(', ')}` : ''}`,
    ),
    ...run.failures.map(({ address, message }) => `! ${address ? `${address}: ` : ''}${message}`),
  ];
  return lines.map((one) => `${visible(one)}\n`).join('');
}
