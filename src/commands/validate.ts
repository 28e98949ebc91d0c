/** `asbuilt validate`: checks blueprints without a directory. */
import * as spine from '../reconcile/reconcile.js';
import { counted } from '../report/terminal.js';
import { type ReportOptions, withReports } from './reports.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, type Surroundings } from './surroundings.js';

/** Checks blueprints without a directory. */
export function validate(
  surroundings: Surroundings,
  paths: readonly string[],
  options: SharedOptions & ReportOptions,
): Promise<number> {
  return withReports(surroundings, 'validate', options, async (reports) => {
    const request = requestOf(surroundings, paths, options, { blueprints: true, directory: false });
    if (areProblems(request)) {
      reports.print(request);
      return { run: { ok: false, diagnostics: request }, code: exitCodes.failed };
    }
    const { ok, diagnostics, files, entries } = await spine.validate(request);
    if (reports.text) {
      reports.print(diagnostics);
      if (ok) {
        if (diagnostics.length > 0) surroundings.err('\n');
        const count = counted(entries, 'entry', 'entries');
        surroundings.out(`valid: ${count} in ${counted(files, 'blueprint')}\n`);
      }
    }
    const code = ok ? exitCodes.done : exitCodes.failed;
    return { run: { ok, diagnostics, checked: { files, entries } }, code };
  });
}
