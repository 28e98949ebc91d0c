/** Decides when to believe that a missing file is really gone. */

/** How long a file must be missing before anything is pruned or reverted for it, in milliseconds. */
export const believedAfter = 5_000;

/** Remembers since when files are missing. */
export interface Vanished {
  /** Notes the files that a reading missed. Gives the reason why nothing may be pruned for them yet, or undefined. */
  distrust(missing: ReadonlySet<string>): string | undefined;
  /** The same for a set that was read before: it says nothing new about the files, so it settles nothing. */
  distrustStill(missing: ReadonlySet<string>): string | undefined;
  /** In how many milliseconds another reading can settle it; undefined when the last one left nothing open. */
  readonly settledIn: number | undefined;
}

/** A file counts as deleted when a second reading, at least `patience` milliseconds after the first, misses it too. */
export function vanishedFiles(
  patience = believedAfter,
  now: () => number = () => performance.now(),
): Vanished {
  let since = new Map<string, number>();
  /** The files that the last reading did not settle. Time alone settles none of them: it takes another reading. */
  let open: readonly string[] = [];
  const reason = (paths: readonly string[]): string | undefined => {
    if (paths.length === 0) return undefined;
    const names = paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`;
    return `${names} is not there any more; a second look ${patience / 1000} seconds later decides`;
  };
  return {
    distrust(missing) {
      const at = now();
      since = new Map([...missing].map((path) => [path, since.get(path) ?? at]));
      open = [...since].filter(([, first]) => at - first < patience).map(([path]) => path);
      return reason(open);
    },
    distrustStill(missing) {
      return reason([...missing].filter((path) => !since.has(path) || open.includes(path)));
    },
    get settledIn() {
      if (open.length === 0) return undefined;
      return Math.max(0, ...open.map((path) => since.get(path)! + patience - now()));
    },
  };
}
