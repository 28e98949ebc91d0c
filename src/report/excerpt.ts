/** A place in a source in, its line with a caret run under the place out; values of secret keys masked. */
import { lineText, type Place, positionOf, type Source } from '../source.js';
import { cellsOf, displayWidth, type Paints, visible } from './terminal.js';

const tab = 4;
const mask = '(secret)';

/** What an excerpt needs to know beside the place. */
export interface ExcerptOptions {
  /** Columns for the whole line, gutter included. */
  readonly width: number;
  /** Columns of the line number. */
  readonly numbers: number;
  /** Attributes whose values must not be shown, whatever the kind. */
  readonly secretKeys: ReadonlySet<string>;
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

/** The two lines of an excerpt: the source line with its number, and the carets. */
export function excerptLines(place: Place, options: ExcerptOptions): string[] {
  const { line, column } = positionOf(place);
  const text = lineText(place.source, line);
  const start = Math.min(column - 1, text.length);
  const end = Math.min(text.length, start + Math.max(1, place.length ?? 1));
  const room = Math.max(20, options.width - options.numbers - 6);
  const shown = window(
    pieces(text, secretRanges(place.source, line, text, options.secretKeys)),
    start,
    end,
    room,
  );
  const { dim } = options.paints;
  const gutter = (number: string) => dim(`  ${number.padStart(options.numbers)} | `);
  const carets = `${' '.repeat(shown.before)}${options.paintCaret('^'.repeat(Math.max(1, shown.under)))}`;
  return [`${gutter(String(line))}${shown.text}`.trimEnd(), `${gutter('')}${carets}`];
}

/** Cuts the line into what a terminal shows for it: tabs to spaces, controls escaped, secrets masked. */
function pieces(text: string, hidden: readonly (readonly [number, number])[]): Piece[] {
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

const keyBefore = /(?:^|[\s,{?-])["']?([A-Za-z_][\w-]*)["']?\s*:(?=\s|$)/g;

/** Values that say where a secret is, and not what: a tag with one name, an alias, the head of a block. */
const harmless = /^(?:!(?:Env|File|Context|KeyOf|Value)\s+[\w./-]+|\*\S+|[|>][-+\d]*)\s*(?:#.*)?$/;

/** The stretches of a line that hold the value of a secret key, in order. */
function secretRanges(
  source: Source,
  line: number,
  text: string,
  secretKeys: ReadonlySet<string>,
): (readonly [number, number])[] {
  if (secretKeys.size === 0) return [];
  if (insideSecretBlock(source, line, text, secretKeys)) {
    const start = text.length - text.trimStart().length;
    return start < text.length ? [[start, text.length]] : [];
  }
  const ranges: (readonly [number, number])[] = [];
  let past = 0;
  for (const match of text.matchAll(keyBefore)) {
    if (match.index < past || !secretKeys.has(match[1]!)) continue;
    const after = match.index + match[0].length;
    const start = after + (text.slice(after).length - text.slice(after).trimStart().length);
    const end = endOfValue(text, start);
    if (end > start && !harmless.test(text.slice(start, end))) ranges.push([start, end]);
    past = end;
  }
  return ranges;
}

/** Where a value that starts here ends: at its quote, or at the comma or bracket of the flow map around it. */
function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"' || first === "'") {
    const quoted = /^(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')/.exec(text.slice(start));
    return quoted ? start + quoted[0].length : text.length;
  }
  // A nested value, or a tag with a list of arguments, may hold commas: all of the line goes.
  if (/^(?:![\w!]*\s*)?[{[]/.test(text.slice(start)) || !/[{[]/.test(text.slice(0, start)))
    return text.length;
  const stop = text.slice(start).search(/,\s|[}\]]/);
  return stop === -1 ? text.length : start + stop;
}

/** Is the line part of a value over several lines whose key is secret? Looks at the nearest lines that are indented less. */
function insideSecretBlock(
  source: Source,
  line: number,
  text: string,
  secretKeys: ReadonlySet<string>,
): boolean {
  let indent = indentOf(text);
  for (let above = line - 1; above >= 1 && line - above < 500 && indent > 0; above--) {
    const candidate = lineText(source, above);
    if (candidate.trim() === '' || indentOf(candidate) >= indent) continue;
    const key = /^[\s-]*["']?([A-Za-z_][\w-]*)["']?\s*:/.exec(candidate);
    if (key && secretKeys.has(key[1]!)) return true;
    // Only a value without keys of its own goes on over lines; a key above that is not secret ends the search.
    if (key) return false;
    indent = indentOf(candidate);
  }
  return false;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
