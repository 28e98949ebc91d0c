/** Tells from what the file system says about a file whether its content can have changed, so that it need not be read. */

/** What a file was like at one moment. */
export interface FileStamp {
  /** Differs whenever the file was written or replaced, unless it was young. */
  readonly stamp: string;
  /** It was written so recently that another write might leave the same stamp. */
  readonly young: boolean;
}

/**
 * The coarsest clock of a file system in use, in milliseconds: FAT keeps times to two seconds, ext3 to one, Linux'
 * others to a few milliseconds.
 */
const coarsestClock = 2_000;

/** The part of Node's `Stats` that a stamp is made of; times in milliseconds since 1970. */
type Facts = Readonly<Record<'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs', number>>;

/** The stamp of a file, by its number, size and times. */
export function stampOf(facts: Facts, now = Date.now()): FileStamp {
  const { dev, ino, size, mtimeMs, ctimeMs } = facts;
  return { stamp: `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`, young: ctimeMs > now - coarsestClock };
}
