/** Suggests the known word that a misspelt one probably means. */

/**
 * The candidate that a word probably means, or undefined: the nearest in spelling (Damerau-Levenshtein, up to a third of
 * the length), else the nearest in its parts (`description` for `meta_description`, `user_email` for `email`).
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  return nearestSpelling(word, all) ?? nearestParts(word, all);
}

/** `Did you mean …?` or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(word, candidates);
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}

/** The candidate nearest in spelling, or undefined when none is near. */
export function nearestSpelling(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  const lower = word.toLowerCase();
  const letters = lettersOf(lower);
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const other = candidate.toLowerCase();
    // An edit brings in or takes away no more than one letter.
    const others = lettersOf(other);
    if (bitsOf(letters & ~others) >= bestDistance || bitsOf(others & ~letters) >= bestDistance) continue;
    const distance = editDistance(lower, other);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The candidate that has all parts of the word and the fewest others; else the one whose parts the word has, its last
 * among them, and the fewest beside.
 */
function nearestParts(word: string, candidates: readonly string[]): string | undefined {
  const parts = partsOf(word);
  if (parts.join('').length < 3) return undefined;
  let best: string | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const others = partsOf(candidate);
    const isLonger = parts.every((part) => others.includes(part));
    const isShorter = others.at(-1) === parts.at(-1) && others.every((part) => parts.includes(part));
    if (!isLonger && !isShorter) continue;
    const rank = (isLonger ? 0 : 100) + Math.abs(others.length - parts.length);
    if (rank < bestRank) {
      best = candidate;
      bestRank = rank;
    }
  }
  return best;
}

/** `metaLaunchURLs` and `meta_launch_url` are both meta, launch, url. */
function partsOf(word: string): string[] {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
    .map((part) => (part.length > 3 ? part.replace(/s$/, '') : part));
}
/** Which letters a word has, a bit for each; some share a bit. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) & 31);
  return letters;
}

function bitsOf(number: number): number {
  let count = 0;
  for (let rest = number; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function editDistance(from: string, to: string): number {
  const width = to.length + 1;
  let beforeLast = new Array<number>(width).fill(0);
  let last = Array.from({ length: width }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column < width; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
