/** Files that are missing at each reading in; whether their absence is to be believed yet out. */

/** How long a file must be missing before anything is pruned or reverted for it, in milliseconds. */
export const believedAfter = 5_000;

/** Remembers since when files are missing. */
export interface Vanished {
  /** Takes the files missing from a reading; why nothing may be pruned for them yet, or undefined. */
  distrust(missing: ReadonlySet<string>): string | undefined;
  /** In how many milliseconds another reading can settle it; undefined when nothing is open. */
  readonly settledIn: number | undefined;
}

/** A file is believed to be gone when a second reading, at least `patience` after the first, misses it too. */
export function vanishedFiles(
  patience = believedAfter,
  now: () => number = () => performance.now(),
): Vanished {
  let since = new Map<string, number>();
  const isOpen = (first: number): boolean => now() - first < patience;
  return {
    distrust(missing) {
      const at = now();
      since = new Map([...missing].map((path) => [path, since.get(path) ?? at]));
      const open = [...since].filter(([, first]) => isOpen(first)).map(([path]) => path);
      if (open.length === 0) return undefined;
      const names = open.length === 1 ? open[0] : `${open[0]} and ${open.length - 1} more`;
      return `${names} is not there any more; a second look ${patience / 1000} seconds later decides`;
    },
    get settledIn() {
      const open = [...since.values()].filter(isOpen);
      return open.length === 0 ? undefined : Math.max(...open.map((first) => first + patience - now()));
    },
  };
}
