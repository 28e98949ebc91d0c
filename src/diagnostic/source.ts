/** The text of a file, and lines and columns for offsets in it. */

/** One text with the name people know it by. Offsets everywhere are UTF-16 code units into `text`. */
export interface Source {
  /** The path as the user would write it (relative to where the command runs), or `<stdin>`. */
  readonly path: string;
  readonly text: string;
}

/** A stretch of a source: from `offset`, `length` code units long. */
export interface Place {
  readonly source: Source;
  readonly offset: number;
  readonly length?: number;
}

/** Offsets of a stretch of a text: of its first character, and behind its last. */
export type Range = readonly [start: number, end: number];

/** Line and column, both counted from 1, the column in code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineStarts = new WeakMap<Source, number[]>();

function startsOf(source: Source): number[] {
  let starts = lineStarts.get(source);
  if (!starts) {
    starts = [0];
    for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1)) {
      starts.push(at + 1);
    }
    lineStarts.set(source, starts);
  }
  return starts;
}

/** How many positions of a source were computed, and the last one: the same place is often asked for twice in a row. */
const asked = new WeakMap<Source, { times: number; offset: number; position: Position }>();
/** After this many, it pays to remember where all lines start. */
const fewTimes = 3;

/** Computes a single position; undefined once it pays to remember where the lines start. */
function alone(source: Source, offset: number): Position | undefined {
  const last = asked.get(source);
  if (last?.offset === offset) return last.position;
  const times = (last?.times ?? 0) + 1;
  if (times > fewTimes) return undefined;
  const position = counted(source.text, offset);
  asked.set(source, { times, offset, position });
  return position;
}

function counted(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', start)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The line and column of a place. Costs a scan of the text the first few times, a binary search after. */
export function positionOf(place: Place): Position {
  const { source, offset: given } = place;
  const offset = Math.max(0, Math.min(given, source.text.length));
  const position = lineStarts.has(source) ? undefined : alone(source, offset);
  if (position) return position;
  const starts = startsOf(source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low]! + 1 };
}

/** The text of a line (counted from 1) without its line break. */
export function lineText(source: Source, line: number): string {
  const starts = startsOf(source);
  const start = starts[line - 1] ?? source.text.length;
  const end = starts[line] ?? source.text.length + 1;
  return source.text.slice(start, end - 1).replace(/\r$/, '');
}

/** `path:line`, as plans and ledger records show a place. */
export function shortPlace(place: Place): string {
  return `${place.source.path}:${positionOf(place).line}`;
}

/** Orders places by file, then by where they stand in it. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.source.path !== b.source.path) return a.source.path < b.source.path ? -1 : 1;
  if (a.source === b.source) return a.offset - b.offset;
  return positionOf(a).line - positionOf(b).line;
}
