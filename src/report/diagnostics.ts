/** Diagnostics as people read them: place, source line with carets, help, and a closing count. */

import { codes, type Severity } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { type Place, positionOf } from '../diagnostic/source.js';
import { type ExcerptOptions, excerptLines, type Hidden } from './excerpt.js';
import { counted, displayWidth, type Look, type Paints, paintsOf, visible, wrapped } from './terminal.js';

export interface DiagnosticsLook extends Look {
  /** What lines of a source must hide. Without it no lines are shown. */
  readonly hidden?: Hidden;
  /** Show every note in full; otherwise a note is one line, and many of a code are counted. */
  readonly allNotes?: boolean;
}

/** Columns before the further lines of a message: more than those of what explains it. */
const messageIndent = 4;
/** Of one code, this many notes are shown before the rest is counted. */
const fewNotes = 3;

/** All diagnostics grouped by file in order of position, then the count. Empty when there are none. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], look: DiagnosticsLook): string {
  if (diagnostics.length === 0) return '';
  const paints = paintsOf(look);
  const blocks: string[] = [];
  const helped = new Set<string>();
  const notes = new Map<string, number>();
  let previousShort = false;
  for (const one of inOrder(diagnostics)) {
    const short = one.severity === 'note' && !look.allNotes;
    if (short) {
      const seen = (notes.get(one.code) ?? 0) + 1;
      notes.set(one.code, seen);
      if (seen > fewNotes) continue;
    }
    const text = short ? headLines(one, look, paints).join('\n') : blockOf(one, look, paints, helped);
    // Notes in a row stand close together.
    if (short && previousShort) blocks[blocks.length - 1] += `\n${text}`;
    else blocks.push(text);
    previousShort = short;
  }
  const more = [...notes].filter(([, count]) => count > fewNotes);
  const rest = more.map(([code, count]) =>
    paints.dim(`${count - fewNotes} more note[${code}]; -v shows all`),
  );
  if (rest.length > 0) blocks.push(rest.join('\n'));
  // A single one about the command line needs no counting.
  if (diagnostics.length > 1 || diagnostics[0]!.place) blocks.push(summary(diagnostics, paints));
  return `${blocks.join('\n\n')}\n`;
}

/** `2 errors, 1 warning in 3 files`. */
export function diagnosticsCount(diagnostics: readonly Diagnostic[]): string {
  const numbers: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
  const files = new Set<string>();
  for (const one of diagnostics) {
    numbers[one.severity]++;
    if (one.place) files.add(one.place.source.path);
  }
  const parts = (['error', 'warning', 'note'] as const)
    .filter((severity) => numbers[severity] > 0)
    .map((severity) => counted(numbers[severity], severity));
  return parts.join(', ') + (files.size > 0 ? ` in ${counted(files.size, 'file')}` : '');
}

function summary(diagnostics: readonly Diagnostic[], paints: Paints): string {
  const worst = (['error', 'warning', 'note'] as const).find((severity) =>
    diagnostics.some((one) => one.severity === severity),
  );
  return paints.bold(paintOf(worst ?? 'note', paints)(diagnosticsCount(diagnostics)));
}

/** Those without a place first, then by file in the order of first mention, then by position. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = new Map<string, number>();
  for (const { place } of diagnostics) {
    if (place && !files.has(place.source.path)) files.set(place.source.path, files.size);
  }
  const fileOf = (one: Diagnostic) => (one.place ? files.get(one.place.source.path)! : -1);
  return [...diagnostics].sort(
    (a, b) => fileOf(a) - fileOf(b) || (a.place?.offset ?? 0) - (b.place?.offset ?? 0),
  );
}

function blockOf(one: Diagnostic, look: DiagnosticsLook, paints: Paints, helped: Set<string>): string {
  const places = [...(one.place ? [one.place] : []), ...(one.related ?? []).map(({ place }) => place)];
  const numbers = Math.max(3, ...places.map((place) => String(positionOf(place).line).length));
  const options: ExcerptOptions = {
    width: look.width,
    numbers,
    paintCaret: paintOf(one.severity, paints),
    paints,
  };
  const lines = headLines(one, look, paints);
  if (one.place) lines.push(...excerptLines(one.place, look.hidden, options));
  for (const related of one.related ?? []) {
    lines.push(`  ${where(related.place)}: ${visible(related.message)}`);
    lines.push(...excerptLines(related.place, look.hidden, { ...options, paintCaret: paints.cyan }));
  }
  const help = helpOf(one, helped);
  if (help !== undefined) {
    const words = wrapped(`help: ${visible(help)}`, Math.max(40, look.width - 2));
    lines.push(
      ...words.map((line, index) =>
        index === 0 ? `  ${paints.cyan('help:')}${line.slice(5)}` : `        ${line}`,
      ),
    );
  }
  return lines.join('\n');
}

/** Its own help always; the general remedy of a code once. */
export function helpOf(one: Diagnostic, helped: Set<string>): string | undefined {
  if (one.help !== undefined) return one.help;
  if (helped.has(one.code)) return undefined;
  helped.add(one.code);
  return codes[one.code].remedy;
}

/** Place, code and message: on one line that programs can read, or wrapped for people at a terminal. */
function headLines(one: Diagnostic, look: Look, paints: Paints): string[] {
  const place = one.place ? where(one.place) : '';
  const code = `${one.severity}[${one.code}]`;
  const start = `${place === '' ? '' : `${paints.bold(place)}: `}${paints.bold(paintOf(one.severity, paints)(code))}:`;
  const message = visible(one.message);
  if (!look.colour) return [`${start} ${message}`];
  const used = displayWidth(`${place === '' ? '' : `${place}: `}${code}:`);
  const [first = '', ...rest] = wrapped(message, Math.max(20, look.width - used - 1));
  if (rest.length === 0) return [`${start} ${first}`];
  // What does not fit behind the place goes on below it, over all columns.
  const room = Math.max(40, look.width - messageIndent);
  const fits = displayWidth(first) <= look.width - used - 1 && look.width - used > room / 2;
  const below = wrapped(fits ? message.slice(first.length).trimStart() : message, room);
  const margin = ' '.repeat(messageIndent);
  return [fits ? `${start} ${first}` : start, ...below.map((line) => `${margin}${line}`)];
}

/** `file:line:column`. */
export function where(place: Place): string {
  const { line, column } = positionOf(place);
  return `${visible(place.source.path)}:${line}:${column}`;
}

function paintOf(severity: Severity, paints: Paints): (text: string) => string {
  if (severity === 'error') return paints.red;
  return severity === 'warning' ? paints.yellow : paints.cyan;
}
