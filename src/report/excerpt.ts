/** Shows the line of a source that a diagnostic is about, with carets below its place and secret values masked. */

import { lineText, type Place, positionOf, type Range, type Source } from '../diagnostic/source.js';
import { cellsOf, displayWidth, type Paints, visible } from './terminal.js';

const tab = 4;
const mask = '(hidden)';

/** What of a source an excerpt must hide, in order; undefined when no line of it may be shown. */
export type Hidden = (source: Source) => readonly Range[] | undefined;

/** What an excerpt needs to know beside the place. */
export interface ExcerptOptions {
  /** Columns for the whole line, gutter included. */
  readonly width: number;
  /** Columns of the line number. */
  readonly numbers: number;
  readonly paintCaret: (text: string) => string;
  readonly paints: Paints;
}

/** A piece of the line as it is shown: some code units, the text for them, its columns. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly columns: number;
}

/** The two lines of an excerpt: the source line with its number, and the carets. None where nothing may be shown. */
export function excerptLines(place: Place, hidden: Hidden | undefined, options: ExcerptOptions): string[] {
  const ranges = hidden?.(place.source);
  if (!ranges) return [];
  const { line, column } = positionOf(place);
  const text = lineText(place.source, line);
  const start = Math.min(column - 1, text.length);
  const end = Math.min(text.length, start + Math.max(1, place.length ?? 1));
  const room = Math.max(20, options.width - options.numbers - 6);
  const shown = window(pieces(text, hiddenIn(ranges, place, column, text)), start, end, room);
  const { dim } = options.paints;
  const gutter = (number: string) => dim(`  ${number.padStart(options.numbers)} | `);
  const carets = `${' '.repeat(shown.before)}${options.paintCaret('^'.repeat(Math.max(1, shown.under)))}`;
  return [`${gutter(String(line))}${shown.text}`.trimEnd(), `${gutter('')}${carets}`];
}

/** Cuts the line into what a terminal shows for it: tabs to spaces, controls escaped, secrets masked. */
function pieces(text: string, hidden: readonly Range[]): Piece[] {
  const found: Piece[] = [];
  let column = 0;
  const add = (start: number, end: number, shown: string, columns: number) => {
    found.push({ start, end, text: shown, columns });
    column += columns;
  };
  let from = 0;
  const plain = (until: number) => {
    for (const cell of cellsOf(text.slice(from, until))) {
      const start = from + cell.index;
      if (cell.text === '\t') {
        const columns = tab - (column % tab);
        add(start, start + 1, ' '.repeat(columns), columns);
      } else {
        const shown = visible(cell.text);
        add(start, start + cell.text.length, shown, shown === cell.text ? cell.columns : displayWidth(shown));
      }
    }
  };
  for (const [start, end] of hidden) {
    plain(start);
    add(start, end, mask, mask.length);
    from = end;
  }
  plain(text.length);
  return found;
}

/** The part of the line that fits around the place, with the columns before and under the place. */
function window(
  line: readonly Piece[],
  start: number,
  end: number,
  room: number,
): { text: string; before: number; under: number } {
  let first = 0;
  let past = line.length;
  const at = line.findIndex((piece) => piece.end > start);
  const focus = at === -1 ? line.length : at;
  const total = columnsBetween(line, 0, line.length);
  if (total > room) {
    // A third of the room goes to what stands before the place, unless nothing is left to show behind it.
    const behind = columnsBetween(line, focus, line.length);
    const before = Math.max(Math.floor(room / 3), room - 2 - behind);
    first = focus;
    for (let used = 0; first > 0 && used + line[first - 1]!.columns <= before; )
      used += line[--first]!.columns;
    let left = room - (first > 0 ? 1 : 0);
    past = first;
    while (past < line.length && left - line[past]!.columns >= 1) left -= line[past++]!.columns;
  }
  const visiblePieces = line.slice(first, past);
  const lead = first > 0 ? '…' : '';
  const trail = past < line.length ? '…' : '';
  let under = 0;
  for (const piece of visiblePieces) if (piece.end > start && piece.start < end) under += piece.columns;
  return {
    text: `${lead}${visiblePieces.map((piece) => piece.text).join('')}${trail}`,
    before: lead.length + columnsBetween(line, first, focus),
    under,
  };
}

function columnsBetween(line: readonly Piece[], from: number, to: number): number {
  let columns = 0;
  for (let index = from; index < to; index++) columns += line[index]!.columns;
  return columns;
}

/** The ranges that lie in the line of a place, by its columns. */
function hiddenIn(ranges: readonly Range[], place: Place, column: number, line: string): Range[] {
  const lineStart = Math.min(place.offset, place.source.text.length) - (column - 1);
  const indent = line.search(/\S|$/);
  const hidden: Range[] = [];
  for (const [start, end] of ranges) {
    if (start >= lineStart + line.length) break;
    if (end > lineStart)
      hidden.push([Math.max(indent, start - lineStart), Math.min(line.length, end - lineStart)]);
  }
  return hidden;
}
