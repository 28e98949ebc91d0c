/** Finds where a large file can be split into pieces that can be parsed one by one. */

/** A top-level key with all that belongs to it. */
export interface TopKey {
  readonly from: number;
  readonly to: number;
  /** Where its items start, each at the start of a line; empty when it is read in one piece. */
  readonly items: readonly number[];
  /** How far the items are indented. */
  readonly indent: number;
  /** The items are those of a list, and not the pairs of a map. */
  readonly list: boolean;
}

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const hash = 35;
const dash = 45;

/** The line of a key whose value is below it. */
const opening = /^[a-z_]+:(?: *| +#.*)\r?$/;
const documentMarker = /^--- *(?:#.*)?\r?$/;
/** How lines of top-level keys begin; anything else there has a special meaning. */
const keyStart = /["'\w]/;

interface Draft extends TopKey {
  readonly from: number;
  to: number;
  readonly items: number[];
  indent: number;
  list: boolean;
  /** Whether its value may be split. */
  splits: boolean;
}

/**
 * Looks only at how lines are indented; the reader of a piece checks that it holds the expected items. A hundred
 * megabytes take a fifth of a second.
 */
export function layoutOf(text: string): TopKey[] | undefined {
  const parts: Draft[] = [];
  let part: Draft | undefined;
  let marked = false;
  for (let line = 0, next: number; line < text.length; line = next) {
    const end = text.indexOf('\n', line);
    next = end === -1 ? text.length : end + 1;
    let at = line;
    while (text.charCodeAt(at) === space) at++;
    const first = text.charCodeAt(at);
    if (at >= text.length || first === lineFeed || first === carriageReturn || first === hash) continue;
    const indent = at - line;
    const isItem = first === dash && endsWord(text, at + 1);
    if (part?.splits && (indent > 0 || isItem)) {
      if (part.items.length === 0) Object.assign(part, { indent, list: isItem });
      if (indent === part.indent && isItem === part.list) part.items.push(line);
      else if (indent <= part.indent) unsplit(part);
    } else if (indent === 0) {
      if (!part && !marked && documentMarker.test(text.slice(line, next - 1))) {
        marked = true;
        continue;
      }
      if (!keyStart.test(text[at]!)) return undefined;
      if (part) part.to = line;
      part = {
        from: parts.length === 0 ? 0 : line,
        to: text.length,
        items: [],
        indent: 0,
        list: false,
        splits: opening.test(text.slice(line, end === -1 ? text.length : end)),
      };
      parts.push(part);
    } else if (!part) return undefined;
  }
  return parts.length > 0 ? parts : undefined;
}

function unsplit(part: Draft): void {
  part.items.length = 0;
  part.splits = false;
}

function endsWord(text: string, at: number): boolean {
  const character = text.charCodeAt(at);
  return (
    Number.isNaN(character) || character === space || character === lineFeed || character === carriageReturn
  );
}
