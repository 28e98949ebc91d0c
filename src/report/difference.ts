/** Compares the two sides of a changed value: texts of several lines as a unified diff, others from where they differ. */
import { structuredPatch } from 'diff';
import type { Value } from '../model/model.js';
import type { FieldChange } from '../plan/change.js';
import { counted } from './terminal.js';
import { isNested, valueLines } from './value.js';

/** One line of a diff; `removed` and `added` lines are shown with `-` and `+`. */
export interface DiffLine {
  readonly type: 'context' | 'added' | 'removed' | 'position' | 'remark';
  readonly text: string;
}

// Comparing two long texts that have nothing in common takes seconds; nobody would read the result.
const patience = 200;

/** How two texts differ, three lines of context around each difference. */
export function differenceLines(before: string, after: string): DiffLine[] {
  if (before === '') return linesOf(after).map((text) => ({ type: 'added', text }));
  if (after === '') return linesOf(before).map((text) => ({ type: 'removed', text }));
  const patch = structuredPatch('', '', ...comparable(before, after), '', '', {
    context: 3,
    timeout: patience,
  });
  if (patch === undefined) {
    const [old, young] = [linesOf(before).length, linesOf(after).length];
    return [
      { type: 'remark', text: `(differs throughout: ${counted(old, 'line')} → ${counted(young, 'line')})` },
    ];
  }
  return patch.hunks.flatMap((hunk): DiffLine[] => [
    { type: 'position', text: `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@` },
    ...hunk.lines.map(lineOf),
  ]);
}

/**
 * The texts as they are compared. Whether a text ends with a line break is told where that alone is the difference of
 * its last line; anywhere else it would only be noise.
 */
function comparable(before: string, after: string): [string, string] {
  const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
  const isOnlyThat =
    before.endsWith('\n') !== after.endsWith('\n') && linesOf(before).at(-1) === linesOf(after).at(-1);
  return isOnlyThat ? [before, after] : [ended(before), ended(after)];
}

/** Both sides as texts of several lines, where that is how people read them. `tooLong`: they do not fit into one line. */
export function severalLines({ before, after }: FieldChange, tooLong: boolean): [string, string] | undefined {
  // A new map or list has nothing to be compared with, and is read as easily line by line.
  const nested = tooLong && isNested(after) && (before === undefined || isNested(before));
  return nested || isLong(before) || isLong(after) ? [valueLines(before), valueLines(after)] : undefined;
}

function isLong(value: Value | undefined): boolean {
  return typeof value === 'string' && value.trimEnd().includes('\n');
}

/** How many code units two texts have in common at their start. */
export function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

function lineOf(line: string): DiffLine {
  const text = line.slice(1);
  if (line.startsWith('+')) return { type: 'added', text };
  if (line.startsWith('-')) return { type: 'removed', text };
  if (line.startsWith('\\')) return { type: 'remark', text: '(no line break at the end)' };
  return { type: 'context', text };
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}
