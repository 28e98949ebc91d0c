/** Runs a command and writes its reports: the one on standard output and those that go to files. */
import { appendFileSync, closeSync, openSync, writeFileSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { withoutCommands } from '../diagnostic/hidden-characters.js';
import { writeReasonOf } from '../diagnostic/regular-file.js';
import type { Json } from '../model/model.js';
import { packageVersion } from '../model/version.js';
import type { Plan } from '../plan/change.js';
import { diagnosticsText } from '../report/diagnostics.js';
import { githubReport } from '../report/github.js';
import { failureJson, jsonText, outcomeJson, planJson, resultJson } from '../report/json.js';
import { markdownReport } from '../report/markdown.js';
import type { PathOf } from '../report/places.js';
import { redaction } from '../report/redact.js';
import { type Format, formats, isRefused, type Run } from '../report/run.js';
import { sarifReport } from '../report/sarif.js';
import { counted, visible } from '../report/terminal.js';
import { type Outcome, outcomeText, planText } from '../report/text.js';
import { hiddenValues } from '../yaml/hidden-values.js';
import { failureOf } from './failure.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';

/** The options of commands that write reports. */
export interface ReportOptions {
  readonly format?: string;
  /** Short for `--format json`. */
  readonly json?: boolean;
  readonly report?: readonly string[];
  readonly redact?: boolean;
  /** The file for something else that the command writes. */
  readonly out?: string;
}

/** How a command prints while it runs. */
export interface Reports {
  /** Is standard output for people? Otherwise the report is all that goes there. */
  readonly text: boolean;
  /** The plan as it may be shown. */
  readonly shown: (plan: Plan) => Plan;
  /** What an apply did, as it may be shown. */
  readonly shownOutcome: <T extends Outcome>(outcome: T) => T;
  /** Prints diagnostics for people, to standard error. */
  readonly print: (diagnostics: readonly Diagnostic[]) => void;
}

/** What a command ends with: the run for the reports, and the exit code. */
export interface Ended {
  readonly run: Omit<Run, 'command'>;
  readonly code: number;
}

interface Chosen {
  readonly format: Format;
  readonly files: readonly { readonly format: Format; readonly path: string }[];
}

/** The run as it may be shown. */
interface Shown {
  readonly run: Run;
  readonly redacted: boolean;
}

/** The width of a text report in a file. */
const fileWidth = 120;

/**
 * Runs a command and writes its reports, also of a run that could not do its work. With `text` on standard output,
 * `work` prints what people read; every other form is printed here when the run has ended.
 */
export async function withReports(
  surroundings: Surroundings,
  command: Run['command'],
  options: ReportOptions,
  work: (reports: Reports) => Promise<Ended>,
): Promise<number> {
  const chosen = chosenReports(options, surroundings);
  if ('code' in chosen) {
    printDiagnostics(surroundings, [chosen]);
    return exitCodes.failed;
  }
  const people = options.redact ? redaction() : undefined;
  const print = (diagnostics: readonly Diagnostic[]): void => {
    printDiagnostics(surroundings, people?.diagnostics(diagnostics) ?? diagnostics, !people);
  };
  let ended: Ended;
  try {
    ended = await work({
      text: chosen.format === 'text',
      shown: (plan) => people?.plan(plan) ?? plan,
      shownOutcome: (outcome) => people?.outcome(outcome) ?? outcome,
      print,
    });
  } catch (error) {
    const failure = failureOf(error, surroundings.signal.aborted, surroundings.verbosity > 0);
    const { code, message } = failure;
    ended = { run: { ok: false, diagnostics: [], failure: { code, message } }, code: failure.exitCode };
    surroundings.err(people ? `error: ${visible(people.failure(code, message))}\n` : failure.text);
  }
  const run: Run = { ...ended.run, command };
  const shown: Shown = people ? { run: people.run(run), redacted: true } : { run, redacted: false };
  const problems = write(surroundings, chosen, shown);
  printDiagnostics(surroundings, problems);
  const unharmed = ended.code === exitCodes.done || ended.code === exitCodes.pending;
  return problems.length > 0 && unharmed ? exitCodes.failed : ended.code;
}

/** Writes every report; returns what went wrong. */
function write(surroundings: Surroundings, chosen: Chosen, shown: Shown): Diagnostic[] {
  const { cwd, env } = surroundings;
  const problems: Diagnostic[] = [];
  const attempt = (path: string, writing: () => void): void => {
    try {
      writing();
    } catch (error) {
      problems.push(diagnose('unwritable-file', `${path}: ${writeReasonOf(error)}`));
    }
  };
  if (chosen.format === 'github')
    (surroundings.commands ?? surroundings.out)(reportIn(chosen.format, shown, surroundings));
  else if (chosen.format !== 'text') surroundings.out(reportIn(chosen.format, shown, surroundings));
  for (const { format, path } of chosen.files)
    attempt(path, () => writeFileSync(resolve(cwd, path), reportIn(format, shown, surroundings)));
  const summary = env.GITHUB_STEP_SUMMARY;
  const forGithub = [chosen, ...chosen.files].some((one) => one.format === 'github');
  // Other commands of the same step write there too.
  if (summary && forGithub)
    attempt(summary, () => appendFileSync(summary, `${withoutCommands(markdownReport(shown.run))}\n`));
  return problems;
}

function reportIn(format: Format, { run, redacted }: Shown, surroundings: Surroundings): string {
  const pathOf = repositoryPath(surroundings);
  switch (format) {
    case 'json':
      return jsonText(jsonOf(run));
    case 'markdown':
      return withoutCommands(markdownReport(run));
    case 'github':
      return githubReport(run, pathOf);
    case 'sarif':
      return jsonText(sarifReport(run, { version: packageVersion() }, pathOf));
    case 'text':
      return withoutCommands(textOf(run, redacted));
  }
}

function jsonOf(run: Run): Json {
  const { ok, diagnostics, failure } = run;
  if (failure) return failureJson(failure);
  switch (run.command) {
    case 'validate':
      return resultJson(ok, { ...(run.checked ?? { files: 0, entries: 0 }) }, diagnostics);
    case 'plan':
      return planJson(run.plan, diagnostics, ok);
    case 'apply':
      return outcomeJson(run.outcome ?? nothingDone, diagnostics, ok);
  }
}

/** The outcome of an apply that never had a plan. */
const nothingDone = {
  outcome: 'invalid',
  done: 0,
  failed: [],
  skipped: [],
  invitations: [],
  milliseconds: 0,
} as const;

function textOf(run: Run, redacted: boolean): string {
  const look = { width: fileWidth, colour: false };
  const { checked, plan, outcome, failure } = run;
  const valid =
    checked && run.ok
      ? `valid: ${counted(checked.entries, 'entry', 'entries')} in ${counted(checked.files, 'blueprint')}\n`
      : '';
  const parts = [
    failure ? `error: ${visible(failure.message)}\n` : '',
    diagnosticsText(run.diagnostics, { ...look, hidden: redacted ? undefined : hiddenValues }),
    plan && (run.ok || outcome || isRefused(run)) ? planText(plan, look) : '',
    ...(outcome?.differences?.length ? [outcome.differences.map((line) => `  ${line}\n`).join('')] : []),
    outcome ? outcomeText(outcome, look) : '',
    valid,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The reports that the options ask for, or what is wrong with them. */
function chosenReports(options: ReportOptions, { cwd }: Surroundings): Chosen | Diagnostic {
  const format = formatOf(options.format ?? (options.json ? 'json' : 'text'));
  if (typeof format !== 'string') return format;
  if (options.json && format !== 'json')
    return usage(`--json and --format ${format} contradict each other`, 'Leave one of them out.');
  const files: { format: Format; path: string }[] = [];
  const taken = new Set(options.out === undefined ? [] : [resolve(cwd, options.out)]);
  for (const written of options.report ?? []) {
    const at = written.indexOf('=');
    const path = written.slice(at + 1);
    if (at < 1 || path === '') {
      return usage(
        `--report \`${written}\` must have the form format=file`,
        'Write `--report sarif=asbuilt.sarif`.',
      );
    }
    const own = formatOf(written.slice(0, at));
    if (typeof own !== 'string') return own;
    if (taken.has(resolve(cwd, path)))
      return usage(`${path} would be written twice`, 'Give each report a file of its own.');
    taken.add(resolve(cwd, path));
    files.push({ format: own, path });
  }
  // Fail before anything is done, not when the result cannot be written.
  for (const { path } of files) {
    try {
      closeSync(openSync(resolve(cwd, path), 'a'));
    } catch (error) {
      return diagnose('unwritable-file', `${path}: ${writeReasonOf(error)}`);
    }
  }
  return { format, files };
}

function formatOf(name: string): Format | Diagnostic {
  const found = formats.find((one) => one === name);
  if (found) return found;
  return usage(
    `unknown report format \`${name}\``,
    didYouMean(name, formats) ?? `The formats are ${formats.join(', ')}.`,
  );
}

/** Paths as the repository has them, where the command runs in a folder of it: what annotations are found by. */
function repositoryPath({ cwd, env }: Surroundings): PathOf {
  const root = env.GITHUB_WORKSPACE || cwd;
  return (path) => {
    const inside = relative(root, resolve(cwd, path));
    const outside = inside === '' || inside.startsWith('..') || isAbsolute(inside);
    if (path.startsWith('<')) return path;
    return outside ? path : inside.split(sep).join('/');
  };
}
