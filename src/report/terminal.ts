/** Makes text safe for a terminal and fits it in: escapes, display widths, cutting, wrapping. */
import picocolors from 'picocolors';
import { replaceHidden, withoutInnerCommands } from '../diagnostic/hidden-characters.js';

/** The form of a report. */
export interface Look {
  /** Columns to fill. */
  readonly width: number;
  readonly colour: boolean;
}

/** The paints of a report; they leave the text as it is when colour is off. */
export type Paints = ReturnType<typeof picocolors.createColors>;

export function paintsOf(look: Look): Paints {
  return picocolors.createColors(look.colour);
}

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (shortEscapes[character]) return shortEscapes[character];
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** The text with every character a terminal would act on, or not show, written as an escape, and with no command of CI in it. */
export function visible(text: string): string {
  return withoutInnerCommands(replaceHidden(text, escapeOf), '\\x23');
}

/** Would `visible` change the text? */
export function hasUnsafe(text: string): boolean {
  return visible(text) !== text;
}

/** The text as a JSON string that is safe to print. */
export function quoted(text: string): string {
  return safeJson(JSON.stringify(text));
}

/** A word for a POSIX shell, quoted where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${visible(word).replaceAll("'", "'\\''")}'`;
}

/** JSON text whose strings hold nothing that a terminal or CI would act on; still the same JSON. */
export function safeJson(json: string): string {
  const safe = replaceHidden(json, (character) => {
    if (character === '\n') return character;
    let escaped = '';
    for (let index = 0; index < character.length; index++) {
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
  return withoutInnerCommands(safe, '\\u0023');
}

const asciiOnly = /^[\x20-\x7e]*$/;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\ufe0f|\p{Emoji_Presentation}/u;
/** In code units. */
const pieceLength = 512;
const highSurrogate = /[\ud800-\udbff]/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One character as people see it, with the columns it fills. */
export interface Cell {
  readonly text: string;
  readonly columns: number;
  /** Where it starts in the text, in code units. */
  readonly index: number;
}

/** The characters of a text, as people see them. */
export function* cellsOf(text: string): Generator<Cell> {
  if (asciiOnly.test(text)) {
    for (let index = 0; index < text.length; index++) yield { text: text[index]!, columns: 1, index };
    return;
  }
  // Finding the next character takes the longer the longer the text is, so a long one is looked at in pieces.
  for (let from = 0; from < text.length; ) {
    let past = from + pieceLength;
    if (highSurrogate.test(text[past - 1] ?? '')) past++;
    const cells = [...graphemes.segment(text.slice(from, past))];
    // What stands at the end of a piece may go on in the next.
    if (past < text.length && cells.length > 1) cells.pop();
    for (const { segment, index } of cells) {
      const columns = zeroWidth.test(segment) ? 0 : wide.test(segment) ? 2 : 1;
      yield { text: segment, columns, index: from + index };
    }
    const last = cells[cells.length - 1]!;
    from += last.index + last.segment.length;
  }
}

/** How many columns a terminal gives a text without control characters. */
export function displayWidth(text: string): number {
  if (asciiOnly.test(text)) return text.length;
  let columns = 0;
  for (const cell of cellsOf(text)) columns += cell.columns;
  return columns;
}

/** Fills up with spaces on the right. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** The text, or as much of it as fits with `…` at the end. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let taken = '';
  let used = 0;
  for (const cell of cellsOf(text)) {
    if (used + cell.columns > columns - 1) break;
    taken += cell.text;
    used += cell.columns;
  }
  return `${taken}…`;
}

/** As much of the text as fits around the code unit `index`, `…` where something is left out. */
export function cutAround(text: string, index: number, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const cells = [...cellsOf(text)];
  const at = Math.max(
    0,
    cells.findLastIndex((cell) => cell.index <= index),
  );
  let before = 0;
  let start = at;
  while (start > 0 && before + cells[start - 1]!.columns <= columns / 3) before += cells[--start]!.columns;
  if (start === 0) return cut(text, columns);
  const rest = text.slice(cells[start]!.index);
  if (displayWidth(rest) <= columns - 1) {
    let used = displayWidth(rest);
    while (start > 0 && used + cells[start - 1]!.columns <= columns - 1) used += cells[--start]!.columns;
    return `…${text.slice(cells[start]!.index)}`;
  }
  return `…${cut(rest, columns - 1)}`;
}

/** Words, and `code between backticks` that is to stay together. */
const words = /`[^`]+`[^\s`]*|\S+|(?<= )(?= )/g;

/**
 * Lines of at most `columns`, broken at spaces, code between backticks only where it does not fit into a line. A word
 * that is longer has a line of its own.
 */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  const parts = text.match(words) ?? [];
  for (const word of parts.flatMap((one) => (displayWidth(one) > columns ? one.split(' ') : one))) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** `1 change`, `3 changes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
