/** Two texts of a file in, what is different between them and the layout of the newer one out. */
import { layoutOf, type Part } from './chunk-layout.js';
import { borderOf } from './chunk-read.js';

/** What became of a text. */
export interface Edit {
  readonly before: string;
  readonly after: string;
  /** How many code units both begin with, and how many behind those both end with. */
  readonly same: number;
  readonly sameEnd: number;
}

/** The edit that makes one text of another. */
export function editBetween(before: string, after: string): Edit {
  const most = Math.min(before.length, after.length);
  const same = sameUpTo(most, (from, to) => before.slice(from, to) === after.slice(from, to));
  const sameEnd = sameUpTo(
    most - same,
    (from, to) =>
      before.slice(before.length - to, before.length - from) ===
      after.slice(after.length - to, after.length - from),
  );
  return { before, after, same, sameEnd };
}

/** How far something holds that is asked of one stretch after the other: big ones first, the one where it ends in halves. */
function sameUpTo(most: number, holds: (from: number, to: number) => boolean): number {
  let at = 0;
  for (let step = 64 * 1024; step >= 1; step >>= 1) {
    while (at + step <= most && holds(at, at + step)) at += step;
  }
  return at;
}

/** What a part's items are put behind to be laid out by themselves. */
const key = 'entries:\n';

/**
 * The layout of the text after an edit, which is what `layoutOf` gives for it. Where all that was edited is items of
 * one part, only these are looked at: how a line is taken depends on the lines before it by nothing but how the
 * part's items are written.
 */
export function layoutAfter(layout: readonly Part[], edit: Edit): readonly Part[] | undefined {
  return relaid(layout, edit) ?? layoutOf(edit.after);
}

function relaid(layout: readonly Part[], { before, after, same, sameEnd }: Edit): Part[] | undefined {
  const end = before.length - sameEnd;
  const moved = after.length - before.length;
  const number = layout.findIndex((one) => one.to >= end);
  const part = layout[number];
  if (!part || part.items.length === 0 || part.items[0]! > same) return undefined;
  // The items from `first` up to `past` were edited.
  let first = part.items.length - 1;
  while (part.items[first]! > same) first--;
  let past = first + 1;
  while (borderOf(part, past) < end) past++;
  const from = part.items[first]!;
  const to = borderOf(part, past) + moved;
  if (to < after.length && after[to - 1] !== '\n') return undefined;
  const laid = layoutOf(key + after.slice(from, to));
  const again = laid?.[0];
  if (laid?.length !== 1 || !again || again.items.length === 0) return undefined;
  if (again.indent !== part.indent || again.list !== part.list) return undefined;
  const behind = part.items.slice(past);
  const items = part.items.slice(0, first);
  for (const start of again.items) items.push(start - key.length + from);
  for (const start of behind) items.push(start + moved);
  return layout.map((one, at): Part => {
    if (at < number) return one;
    if (at === number) return { ...one, to: one.to + moved, items };
    return {
      ...one,
      from: one.from + moved,
      to: one.to + moved,
      items: one.items.map((start) => start + moved),
    };
  });
}
