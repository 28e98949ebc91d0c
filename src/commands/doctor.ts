/** `asbuilt doctor`: a directory in, what would not work in it out. Writes nothing. */
import { type Diagnostic, hasErrors } from '../diagnostic.js';
import type { Request } from '../reconcile.js';
import { diagnosticJson, jsonText } from '../report/json.js';
import { counted } from '../report/terminal.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';

/** What was looked at, and what is not well. */
export interface Examined {
  /** How many objects were read. */
  readonly objects: number;
  /** With `--strict`, warnings are errors here already. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Examines the directory and prints what it finds; only errors fail. */
export async function doctor(
  surroundings: Surroundings,
  options: SharedOptions,
  examine: (request: Request) => Promise<Examined>,
): Promise<number> {
  const request = requestOf(surroundings, [], options, { blueprints: false, directory: true });
  if (areProblems(request)) {
    printDiagnostics(surroundings, request);
    return exitCodes.failed;
  }
  const { objects, diagnostics } = await examine(request);
  const ok = !hasErrors(diagnostics);
  if (options.json) {
    surroundings.out(jsonText({ version: 1, ok, objects, diagnostics: diagnostics.map(diagnosticJson) }));
  } else {
    // A note is as much a part of the examination as a warning.
    printDiagnostics({ ...surroundings, verbosity: Math.max(1, surroundings.verbosity) }, diagnostics);
    if (diagnostics.length === 0) surroundings.out(`healthy: ${counted(objects, 'object')} examined\n`);
  }
  return ok ? exitCodes.done : exitCodes.failed;
}
