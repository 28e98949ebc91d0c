/** `asbuilt convert`: rewrites a blueprint in the compact form, on standard output or in a file. */
import { renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { load } from '../blueprint/load.js';
import { convert as converted } from '../convert/convert.js';
import { diagnose, hasErrors, withoutRepeats } from '../diagnostic/diagnostic.js';
import { writeReasonOf } from '../diagnostic/regular-file.js';
import type { Json } from '../model/model.js';
import { jsonText, resultJson } from '../report/json.js';
import { counted } from '../report/terminal.js';
import { failWith } from './fail.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

export interface ConvertOptions {
  readonly output?: string;
  readonly json?: boolean;
}

/** Rewrites one file. */
export async function convert(
  surroundings: Surroundings,
  path: string,
  options: ConvertOptions,
): Promise<number> {
  const { sources, diagnostics: loading } = await load([path], surroundings.cwd);
  const diagnostics = [...loading];
  const [source, ...more] = sources;
  if (more.length > 0 || (source && !source.named)) {
    const help = 'Name one file: `asbuilt convert staff.yaml`.';
    diagnostics.push(usage(`${path} is a folder`, help));
  }
  if (!source || hasErrors(diagnostics)) return failWith(surroundings, options, diagnostics);
  const result = converted(source);
  const found = withoutRepeats([...diagnostics, ...result.diagnostics]);
  const { text, moved, kept } = result;
  if (text !== undefined && options.output !== undefined) {
    const problem = written(resolve(surroundings.cwd, options.output), text);
    if (problem) found.push(diagnose('unwritable-file', `${options.output}: ${problem}`));
  }
  const ok = text !== undefined && !hasErrors(found);
  if (options.json) {
    const shown: Record<string, Json> = options.output === undefined && text !== undefined ? { text } : {};
    surroundings.out(jsonText(resultJson(ok, { moved, kept, ...shown }, found)));
    return ok ? exitCodes.done : exitCodes.failed;
  }
  printDiagnostics(surroundings, found);
  if (!ok) return exitCodes.failed;
  if (options.output === undefined) surroundings.out(text);
  const stayed = kept > 0 ? `; ${counted(kept, 'entry', 'entries')} stayed` : '';
  const where = options.output === undefined ? '' : ` in ${options.output}`;
  surroundings.err(`${counted(moved, 'entry', 'entries')} moved into sections${where}${stayed}\n`);
  return exitCodes.done;
}

/** Replaces a file in one step, as it may be the one that was read. Returns what went wrong, if anything. */
function written(path: string, text: string): string | undefined {
  const beside = `${path}.asbuilt-new`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
    return undefined;
  } catch (error) {
    return writeReasonOf(error);
  }
}
