/** A run as workflow commands of GitHub Actions: annotations on the lines of the blueprints that ask for something. */

import { codes } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { type Place, positionOf } from '../diagnostic/source.js';
import type { Change, Hazard, Plan } from '../plan/change.js';
import { inOrder } from './diagnostics.js';
import { fateText } from './orphans.js';
import { endOf, type PathOf } from './places.js';
import type { Run } from './run.js';
import { acceptedHazards, allowedBy } from './stances.js';
import { counted, cut, visible } from './terminal.js';
import { countsText, shownChanges, wordsOf } from './text.js';
import { fieldName } from './value.js';

/** GitHub shows ten annotations of a level per step; more errors and warnings still stand in the log. */
const most: Readonly<Record<Level, number>> = { error: 50, warning: 50, notice: 10 };
const mostDifferences = 20;
const mostFields = 8;
/** What goes beyond this is cut: GitHub takes 4 KiB for a message. */
const longestMessage = 1000;

type Level = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
  readonly place?: Place;
}

/** One command per line, errors first. */
export function githubReport(run: Run, pathOf: PathOf = (path) => path): string {
  const { plan } = run;
  const found = [
    ...(run.failure
      ? [{ level: 'error', title: `asbuilt ${run.command} failed`, message: run.failure.message } as const]
      : []),
    ...outcomeAnnotations(run),
    ...(plan ? hazardAnnotations(plan) : []),
    ...inOrder(run.diagnostics).map(diagnosticAnnotation),
  ];
  const of = (level: Level): Annotation[] => found.filter((one) => one.level === level);
  const notices = [
    ...summaryAnnotations(run),
    ...of('notice'),
    ...(plan ? [...orphanAnnotations(plan), ...changeAnnotations(plan)] : []),
  ];
  return [...limited(of('error')), ...limited(of('warning')), ...limited(notices)]
    .map((one) => `${commandOf(one, pathOf)}\n`)
    .join('');
}

function commandOf({ level, title, message, place }: Annotation, pathOf: PathOf): string {
  const properties = [
    ...(place ? positionProperties(place, pathOf) : []),
    `title=${property(cut(visible(title), 200))}`,
  ];
  // Each line by itself: `visible` would spell the line breaks out.
  const lines = message.split('\n').map((line) => cut(visible(line), longestMessage));
  return `::${level} ${properties.join(',')}::${data(lines.join('\n'))}`;
}

function positionProperties(place: Place, pathOf: PathOf): string[] {
  const start = positionOf(place);
  const end = endOf(place);
  const file = `file=${property(visible(pathOf(place.source.path)))}`;
  // Columns are only taken for a stretch of one line.
  if (end.line > start.line) return [file, `line=${start.line}`, `endLine=${end.line}`];
  return [
    file,
    `line=${start.line}`,
    `col=${start.column}`,
    ...(end.column > start.column ? [`endColumn=${end.column}`] : []),
  ];
}

function diagnosticAnnotation(one: Diagnostic): Annotation {
  const level = one.severity === 'note' ? 'notice' : one.severity;
  const message = [one.message, ...(one.related ?? []).map(relatedLine), one.help ?? codes[one.code].remedy];
  return { level, title: one.code, message: message.map(oneLine).join('\n'), place: one.place };
}

function relatedLine({ place, message }: NonNullable<Diagnostic['related']>[number]): string {
  return `${place.source.path}:${positionOf(place).line}: ${message}`;
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}

/** Refused hazards are errors, all others warnings; each stands where the blueprint asks for the change. */
function hazardAnnotations(plan: Plan): Annotation[] {
  const changes = [...shownChanges(plan), ...plan.held];
  const places = new Map(changes.map((one) => [one.ref.address, one.place]));
  const annotation = (level: Level, how: string, address: string, { name, message }: Hazard): Annotation => ({
    level,
    title: `${how}${name}: ${address}`,
    message: oneLine(message),
    place: places.get(address),
  });
  const errors = plan.refused.map(({ address, hazard }) => annotation('error', 'refused, ', address, hazard));
  const warnings = (list: readonly Change[], how: string): Annotation[] =>
    acceptedHazards(plan, list).map(({ change, hazard }) =>
      annotation('warning', how, change.ref.address, hazard),
    );
  const allowed = plan.allowed.map(({ address, hazard, by }) =>
    annotation('warning', `allowed by ${allowedBy(by, hazard.name)}, `, address, hazard),
  );
  return [...allowed, ...errors, ...warnings(shownChanges(plan), ''), ...warnings(plan.held, 'held back, ')];
}

/** What an apply failed to do. */
function outcomeAnnotations({ outcome }: Run): Annotation[] {
  if (!outcome) return [];
  const level = 'error';
  return [
    ...outcome.failed.map(
      ({ address, message }) => ({ level, title: `failed: ${address}`, message }) as const,
    ),
    ...(outcome.skipped.length > 0
      ? [{ level, title: 'skipped', message: list(outcome.skipped) } as const]
      : []),
    ...(outcome.differences?.length
      ? [
          {
            level,
            title: 'the plan differs from the approved one',
            message: outcome.differences.slice(0, mostDifferences).join('\n'),
          } as const,
        ]
      : []),
  ];
}

/** One line about the whole run. */
function summaryAnnotations({ command, plan, outcome, checked, ok }: Run): Annotation[] {
  const title = `asbuilt ${command}`;
  if (checked && ok) {
    const message = `valid: ${counted(checked.entries, 'entry', 'entries')} in ${counted(checked.files, 'blueprint')}`;
    return [{ level: 'notice', title, message }];
  }
  if (!plan) return [];
  const what = outcome ? `${outcome.outcome}: ` : plan.refused.length > 0 ? 'refused: ' : '';
  return [{ level: 'notice', title, message: `${what}${countsText(plan.counts)}` }];
}

/** What nothing describes any more, accounts first. */
function orphanAnnotations({ orphans }: Plan): Annotation[] {
  if (orphans.length === 0) return [];
  const lines = orphans.slice(0, mostDifferences).map((one) => {
    const words = fateText(one);
    return words === '' ? one.address : `${one.address}: ${words}`;
  });
  const more = orphans.length - lines.length;
  const message = [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
  return [{ level: 'notice', title: 'in no blueprint any more, and kept', message }];
}

function changeAnnotations(plan: Plan): Annotation[] {
  return shownChanges(plan).map((change) => {
    const parts = [wordsOf(change), list(change.fields.map(fieldName))].filter((one) => one !== '');
    return {
      level: 'notice',
      title: `${change.verb} ${change.ref.address}`,
      message: parts.join(': ') || change.verb,
      place: change.place,
    };
  });
}

function list(names: readonly string[]): string {
  const more = names.length - mostFields;
  return more > 0 ? `${names.slice(0, mostFields).join(', ')} and ${more} more` : names.join(', ');
}

/** As many as GitHub shows, the last one with a count of the rest. */
function limited(all: readonly Annotation[]): readonly Annotation[] {
  const level = all[0]?.level ?? 'notice';
  if (all.length <= most[level]) return all;
  const shown = all.slice(0, most[level] - 1);
  const title = counted(all.length - shown.length, `more ${level}`);
  return [...shown, { level, title, message: 'asbuilt prints all of them as text, JSON or Markdown' }];
}

/** The escapes that the runner takes back; they keep a message from being read as another command. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
