/** What the store needs of a database: statements with bound values in, rows out. */

/** A value that every database takes as it is. */
export type Bindable = string | number | null;
export type Row = readonly Bindable[];

/** Many rows: a statement that gives them in the order of their first column, and whose last placeholder is what they come after. */
export interface Paged {
  readonly sql: string;
  /** For the placeholders before the last one. */
  readonly values: readonly Bindable[];
  /** What the first row comes after. */
  readonly after: string | number;
}

/** How many rows a page has. */
export const pageSize = 2_000;

/** One connection to a database. Placeholders are `?`. Failures are DirectoryErrors. */
export interface Connection {
  /** For people, without credentials. */
  readonly name: string;
  all<Result extends Row>(sql: string, values?: readonly Bindable[]): Promise<Result[]>;
  first<Result extends Row>(sql: string, values?: readonly Bindable[]): Promise<Result | undefined>;
  /** The rows of a statement in pages, all of them full but the last. */
  pages<Result extends Row>(paged: Paged): AsyncGenerator<Result[]>;
  /** Begins to read what `pages` will be asked for, beside whatever else this process does. Absent where that does not pay. */
  ahead?(paged: Paged): void;
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

/** Pages as they are read one after the other; `first` are those that were read before. */
export async function* pagesOf<Result extends Row>(
  { sql, values, after }: Paged,
  all: Connection['all'],
  first?: AsyncIterable<Row[]>,
): AsyncGenerator<Result[]> {
  let last = after;
  for await (const page of first ?? []) {
    yield page as unknown as Result[];
    if (page.length < pageSize) return;
    last = page.at(-1)![0] as typeof after;
  }
  for (;;) {
    const page = await all<Result>(`${sql} LIMIT ${pageSize}`, [...values, last]);
    yield page;
    if (page.length < pageSize) return;
    last = page.at(-1)![0] as typeof after;
  }
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
