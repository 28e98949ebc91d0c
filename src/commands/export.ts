/** `asbuilt export`: writes blueprints that describe a directory, in a folder or on standard output. */
import { type Diagnostic, hasErrors, strictly } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import type { Exported } from '../export/export.js';
import { catalogue } from '../model/kinds.js';
import type { Json, Kind } from '../model/model.js';
import { type Asked, adoptExported, exportFrom } from '../reconcile/export.js';
import type { Request } from '../reconcile/request.js';
import { jsonText, resultJson } from '../report/json.js';
import { counted, visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { areProblems, isProblem, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';
import { directoryName, missingDirectory } from './which-directory.js';
import { writeNew } from './write-files.js';

export interface ExportOptions extends SharedOptions {
  readonly kind?: readonly string[];
  readonly format?: string;
  readonly output?: string;
  readonly adopt?: boolean;
  readonly all?: boolean;
  readonly passwords?: boolean;
}

/** Exports a directory, and adopts what was exported when asked to. */
export async function exportDirectory(surroundings: Surroundings, options: ExportOptions): Promise<number> {
  const request = requestOf(surroundings, [], options, {
    blueprints: false,
    directory: true,
    says: !options.json,
  });
  const asked = askedFor(options);
  const wrong = areProblems(request) ? request : isProblem(asked) ? [asked] : undefined;
  if (wrong || areProblems(request) || isProblem(asked)) return failWith(surroundings, options, wrong ?? []);
  const missing = missingDirectory(request);
  if (missing) return failWith(surroundings, options, [missing]);
  const { output } = options;
  const exported = await exportFrom(request, asked);
  const found = [...exported.diagnostics];
  let adopted: number | undefined;
  if (output !== undefined) found.push(...writeNew(surroundings.cwd, output, exported.files).problems);
  if (options.adopt && output !== undefined && !hasErrors(found)) {
    const taken = await adoptExported({ ...request, command: 'export' }, exported, output);
    adopted = taken.adopted;
    found.push(...taken.diagnostics);
  }
  const judged = options.strict ? strictly(found) : found;
  if (options.json) {
    surroundings.out(jsonText(exportJson(request, exported, judged, output === undefined, adopted)));
  } else {
    printDiagnostics(surroundings, judged);
    if (output === undefined) surroundings.out(exported.files.map((file) => file.text).join(''));
    if (!hasErrors(judged)) surroundings.err(exportText(exported, { output, adopted }));
  }
  return hasErrors(judged) ? exitCodes.failed : exitCodes.done;
}

/** What the options ask for, or what is wrong with them. */
function askedFor(options: ExportOptions): Asked | Diagnostic {
  const { format = 'sections', output } = options;
  if (format !== 'sections' && format !== 'entries') {
    const help = didYouMean(format, ['sections', 'entries']) ?? 'Use `sections` or `entries`.';
    return usage(`unknown format \`${format}\``, help);
  }
  if (options.adopt && output === undefined) {
    const help = 'Add --output with a folder, such as `--output blueprints`.';
    return usage('--adopt records where objects are described, so it needs files', help);
  }
  const kinds = kindsNamed(options.kind);
  if (kinds && isProblem(kinds)) return kinds;
  return {
    kinds,
    all: options.all === true,
    passwords: options.passwords === true,
    format,
    oneFile: output === undefined,
    ownOnly: options.adopt === true,
  };
}

function kindsNamed(names: readonly string[] | undefined): ReadonlySet<Kind> | Diagnostic | undefined {
  if (!names) return undefined;
  const { kinds, byName } = catalogue();
  const found = new Set<Kind>();
  for (const name of names) {
    const facts = byName.get(name) ?? kinds.get(name);
    if (!facts || facts.meta) {
      const help = didYouMean(name, [...byName.keys(), ...kinds.keys()]) ?? 'See `asbuilt explain kinds`.';
      return usage(`unknown kind \`${name}\``, help);
    }
    found.add(facts.kind);
  }
  return found;
}

/** What was exported, for people: files, what was left out, what must be set. */
export function exportText(
  exported: Exported,
  { output, adopted }: { readonly output?: string; readonly adopted?: number },
): string {
  const lines: string[] = [];
  const { files, leftOut, variables } = exported;
  const objects = counted(
    files.reduce((sum, file) => sum + file.objects, 0),
    'object',
  );
  if (output === undefined) lines.push(`${objects} exported`);
  else lines.push(`${objects} exported to ${counted(files.length, 'file')} in ${output}`);
  if (adopted !== undefined) lines.push(`${counted(adopted, 'object')} adopted`);
  const quiet = leftOut.filter((one) => one.why !== 'nameless');
  if (quiet.length > 0) {
    lines.push(`left out ${counted(quiet.length, 'object')}:`);
    lines.push(...quiet.map((one) => `  ${one.address} ${one.message}`));
  }
  if (variables.length > 0) {
    lines.push('set before applying, and list below `env:` in asbuilt.yaml:');
    const width = Math.max(...variables.map((one) => one.name.length));
    lines.push(...variables.map((one) => `  ${one.name.padEnd(width)}  ${one.field} of ${one.address}`));
  }
  return lines.map((line) => `${visible(line)}\n`).join('');
}

function exportJson(
  { directory = '' }: Request,
  { files, leftOut, variables }: Exported,
  diagnostics: readonly Diagnostic[],
  withText: boolean,
  adopted: number | undefined,
): Json {
  const data = {
    directory: directoryName(directory),
    files: files.map(({ name, objects, text }): Json => ({ name, objects, ...(withText && { text }) })),
    ...(adopted === undefined ? {} : { adopted }),
    left_out: leftOut.map(({ address, why }): Json => ({ address, why })),
    variables: variables.map(({ name, address, field }): Json => ({ name, address, field })),
  };
  return resultJson(!hasErrors(diagnostics), data, diagnostics);
}
