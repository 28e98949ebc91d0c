/** Reads whole lists, page by page and several pages at once, and notices when rows move between pages meanwhile. */
import type { Fields, Json } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import type { Query } from './client.js';
import { bodyOf, type Session } from './session.js';

/** How often a list that changes while it is read is read again. */
const tries = 4;

/** What is asked for. The server gives as many rows as its own setting lets it, 100 if nobody has raised it. */
const pageSize = 500;

interface Page {
  readonly rows: readonly Fields[];
  readonly count: number;
  readonly pages: number;
}

/**
 * All rows of a list, in the order of their ids: the only order in which rows that are added meanwhile do not move the
 * others (kinds that cannot be ordered by it ignore that). Throws DirectoryError `busy` when it never stands still.
 */
export async function readAll(
  session: Session,
  path: string,
  query: Query,
  signal: AbortSignal,
  idOf: (row: Fields) => Json | undefined,
): Promise<readonly Fields[]> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    const rows = await readOnce(session, path, query, signal, idOf);
    if (rows) return rows;
  }
  throw new DirectoryError('busy', `GET ${path}: the list changes faster than it can be read; try again`, {
    uncertain: false,
  });
}

/** The rows, or undefined when they moved while they were read. */
async function readOnce(
  session: Session,
  path: string,
  query: Query,
  signal: AbortSignal,
  idOf: (row: Fields) => Json | undefined,
): Promise<readonly Fields[] | undefined> {
  const read = (page: number): Promise<Page | undefined> =>
    session.limited(async () => {
      const asked = { ...query, ordering: 'pk', page_size: pageSize, page: page === 1 ? undefined : page };
      const answer = await session.client.get(path, { query: asked, expect: [404] }, signal);
      if (answer.status === 404 && page > 1) return undefined;
      if (answer.status === 404)
        throw new DirectoryError('unsupported', `GET ${path}: this authentik has no such list (404)`);
      // A few lists have no pages.
      if (Array.isArray(answer.body))
        return { rows: answer.body as Fields[], count: answer.body.length, pages: 1 };
      const body = bodyOf(answer);
      const { count = 0, total_pages: pages = 1 } = (body.pagination ?? {}) as {
        count?: number;
        total_pages?: number;
      };
      return { rows: (body.results ?? []) as Fields[], count, pages };
    });
  const first = await read(1);
  if (!first) return undefined;
  const others = await Promise.all(Array.from({ length: first.pages - 1 }, (_, at) => read(at + 2)));
  const pages = [first, ...others];
  if (!pages.every((page): page is Page => page !== undefined && page.count === first.count))
    return undefined;
  const rows = pages.flatMap((page) => page.rows);
  const ids = new Set(rows.map((row) => String(idOf(row))));
  return ids.size === rows.length && rows.length === first.count ? rows : undefined;
}
