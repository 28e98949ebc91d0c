/** Shows what is wrong with, or odd about, a query, an order or a list of columns. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { diagnose } from '../diagnostic/diagnostic.js';
import type { AskProblem } from '../query/ask.js';
import { renderQueryError } from '../query/problem.js';
import { shellWord } from '../report/terminal.js';
import type { Surroundings } from './surroundings.js';

const names = { query: '<query>', order: '<order>', columns: '<columns>' } as const;

/** Prints problems with the line that they are about and a mark below the place. */
export function printQueryProblems({ err }: Surroundings, problems: readonly AskProblem[]): void {
  for (const { part, text, problem } of problems) {
    err(`${renderQueryError(problem, text)}\n`);
    if (part === 'query' && problem.severity === 'error' && isPlain(text))
      err(`  For a plain search write \`--search ${shellWord(text)}\`.\n`);
  }
}

/** The problems as every `--json` shows them. */
export function queryDiagnostics(problems: readonly AskProblem[]): Diagnostic[] {
  return problems.map(({ part, text, problem }) => {
    const { severity, message, start, end, near, help } = problem;
    const place = { source: { path: names[part], text }, offset: start, length: Math.max(1, end - start) };
    const all = [near === undefined ? undefined : `Did you mean \`${near}\`?`, help].filter(
      (one) => one !== undefined,
    );
    return diagnose(severity === 'error' ? 'invalid-query' : 'odd-query', message, place, {
      help: all.length > 0 ? all.join(' ') : undefined,
    });
  });
}

/** Words without anything that a query has: probably meant as a search. */
function isPlain(text: string): boolean {
  return !/[=<>~"'()]/.test(text);
}
