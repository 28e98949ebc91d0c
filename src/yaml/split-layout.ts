/** A file's text in, the stretches of whole lines out that can be read one by one; nothing where that is in doubt. */

/** One top-level key with all that belongs to it. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** Where its items start, each at the start of a line; empty for a part that is read as one. */
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

/** The line of a key whose value may be long and stands below it. */
const opening = /^[a-z_]+:(?: *| +#.*)\r?$/;
const documentMarker = /^--- *(?:#.*)?\r?$/;
/** How the lines of top-level keys begin; whatever else stands there has a meaning of its own. */
const keyStart = /["'\w]/;

interface Draft extends Part {
  readonly from: number;
  to: number;
  readonly items: number[];
  indent: number;
  list: boolean;
  /** Whether its value may be split. */
  splits: boolean;
}

/**
 * Looks at how lines are indented and at nothing else: whoever reads a stretch checks that it holds the items
 * that were expected in it. A hundred megabytes take a fifth of a second.
 */
export function layoutOf(text: string): Part[] | undefined {
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
