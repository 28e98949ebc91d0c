/** What the store needs of a database: a connection that runs statements with bound values. */

/** A value that every database takes as it is. */
export type Bindable = string | number | null;
export type Row = readonly Bindable[];

/** One connection to a database. Placeholders are `?`. Failures are DirectoryErrors. */
export interface Connection {
  /** For people, without credentials. */
  readonly name: string;
  all<Result extends Row>(sql: string, values?: readonly Bindable[]): Promise<Result[]>;
  first<Result extends Row>(sql: string, values?: readonly Bindable[]): Promise<Result | undefined>;
  /** Runs a statement; the number of rows it changed. */
  run(sql: string, values?: readonly Bindable[]): Promise<number>;
  /**
   * Runs `work` as the only writer: all that it writes stays, or nothing. One transaction at a time; another
   * waits for its turn.
   */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** A number that changes when another connection has written. */
  revision(): Promise<number>;
  close(): Promise<void>;
}

/** As many placeholders as there are values: `?,?,?`. */
export function placeholders(count: number): string {
  return new Array(count).fill('?').join();
}

/** How many values a list in a statement holds at most; longer lists are split. */
export const chunkSize = 500;

/** Splits a list into pieces that fit into a statement. */
export function* chunks<T>(list: readonly T[], size = chunkSize): Generator<T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}

/** Inserts rows, many with one statement. `ending` goes after the values (`ON CONFLICT DO NOTHING`). */
export async function insertRows(
  connection: Connection,
  into: string,
  rows: readonly (readonly Bindable[])[],
  ending = '',
): Promise<void> {
  for (const some of chunks(rows, 200)) {
    // Full pieces and small ones are frequent; both find their statement prepared.
    const values = new Array(some.length).fill(`(${placeholders(some[0]!.length)})`).join();
    await connection.run(`INSERT INTO ${into} VALUES ${values} ${ending}`, some.flat());
  }
}
