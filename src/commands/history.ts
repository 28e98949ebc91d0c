/** `asbuilt history`: past runs in the directory's store, as a list or one in full. */
import type { Run } from '../ledger/run-history.js';
import { type Request, withStore } from '../reconcile/request.js';
import { jsonText } from '../report/json.js';
import { visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

export interface HistoryOptions extends SharedOptions {
  readonly limit?: string;
}

/** Lists the latest runs. */
export async function historyList(surroundings: Surroundings, options: HistoryOptions): Promise<number> {
  const limit = numberOf(options.limit ?? '20');
  if (limit === undefined) {
    const message = `--limit \`${options.limit}\` is not a number of runs`;
    const help = 'Write a whole number of 1 or more, such as `--limit 50`.';
    return failWith(surroundings, options, [usage(message, help)]);
  }
  const list = (request: Request): Promise<number> =>
    withStore(request, async ({ directory, ledger: { history } }) => {
      const runs = await history.list(limit);
      if (options.json) {
        const data = runs.map((one) => JSON.parse(JSON.stringify(one)));
        surroundings.out(jsonText({ version: 1, directory: directory.name, runs: data }));
      } else if (runs.length === 0) surroundings.out('no runs yet\n');
      else surroundings.out(runs.map(line).join(''));
      return exitCodes.done;
    });
  return withRequest(surroundings, options, list, { says: !options.json });
}

/** Shows one run. */
export async function historyShow(
  surroundings: Surroundings,
  number: string,
  options: HistoryOptions,
): Promise<number> {
  return withRequest(surroundings, options, (request) =>
    withStore(request, async ({ ledger: { history } }) => {
      const id = numberOf(number);
      const run = id === undefined ? undefined : await history.get(id);
      if (!run) {
        const help = 'See `asbuilt history` for the existing runs.';
        const problem = usage(`there is no run ${number}`, help);
        return failWith(surroundings, options, [problem]);
      }
      surroundings.out(options.json ? jsonText(JSON.parse(JSON.stringify(run))) : full(run));
      return exitCodes.done;
    }),
  );
}

/** Parses a whole number of 1 or more; undefined for anything else. */
function numberOf(written: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(written) ? Number(written) : undefined;
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
    `finished  ${run.finished ?? (run.outcome === 'died' ? 'never: the process ended without a word' : 'not yet')}`,
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
