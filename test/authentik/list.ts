/** Answers a list: filters, order and pages as authentik has them. Filters, order and sizes that it does not know are passed over in silence. */
import { type Context, Refusal } from './answers.js';
import { filterOf } from './filters.js';
import type { Json, JsonObject } from './json.js';
import type { Kind } from './kinds.js';
import type { Row } from './state.js';

/** Parameters that choose no rows. */
const pageWords = new Set(['page', 'page_size', 'ordering', 'search', 'superuser_full_list']);

/** A page of rows as the envelope that every list has. */
export function listAnswer(context: Context, rows: Row[], show: (row: Row) => Json): JsonObject {
  const found = paged(context, rows);
  return envelope(found.pagination, found.page.map(show));
}

/** The few lists that no search can be made in. */
export function bareEnvelope(pagination: JsonObject, results: Json[]): JsonObject {
  return { pagination, results };
}

export function envelope(pagination: JsonObject, results: Json[]): JsonObject {
  return { pagination, results, autocomplete: {} };
}

/** The page that the query asks for; one beyond the end is a 404. */
export function paged<T>(
  { query, state }: Context,
  rows: readonly T[],
): { page: T[]; pagination: JsonObject } {
  const standard = Number(state.settings.pagination_default_page_size ?? 20);
  const most = Number(state.settings.pagination_max_page_size ?? 100);
  const asked = /^\d+$/.test(query.get('page_size') ?? '') ? Number(query.get('page_size')) : 0;
  const size = asked > 0 ? Math.min(asked, most) : standard;
  const total = Math.max(1, Math.ceil(rows.length / size));
  const text = query.get('page') ?? '1';
  const current = text === 'last' ? total : /^\d+$/.test(text) ? Number(text) : 0;
  if (current < 1 || current > total) throw new Refusal({ status: 404, json: { detail: 'Invalid page.' } });
  const start = (current - 1) * size;
  const page = rows.slice(start, start + size);
  return {
    page,
    pagination: {
      next: current < total ? current + 1 : 0,
      previous: current > 1 ? current - 1 : 0,
      count: rows.length,
      current,
      total_pages: total,
      start_index: page.length > 0 ? start + 1 : 0,
      end_index: start + page.length,
    },
  };
}

/** The rows that the query's filters let through, in the order that it asks for. */
export function selected(context: Context, kind: Kind, rows: Row[]): Row[] {
  const { query, state } = context;
  let found = rows;
  for (const name of new Set(query.keys())) {
    if (pageWords.has(name) || name.startsWith('include_')) continue;
    const test = filterOf(state, kind, name, query.getAll(name));
    if (test) found = found.filter(test);
  }
  const search = query.get('search');
  if (search) found = found.filter((row) => matches(row, search));
  return sorted(found, kind, query.get('ordering'));
}

/** Without a licence a search is for words only: every one of them must occur somewhere. */
function matches({ values }: Row, search: string): boolean {
  const searched = ['name', 'slug', 'username', 'email', 'identifier', 'domain', 'expression', 'title'];
  const own = searched.map((name) => String(values[name] ?? '').toLowerCase());
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => own.some((text) => text.includes(word)));
}

/** What a list is ordered by when nothing is asked for: the first of these that the kind has. */
const usualOrder = ['name', 'username', 'identifier', 'domain', 'slug', 'order', 'created'];

function sorted(rows: Row[], kind: Kind, ordering: string | null): Row[] {
  const descending = ordering?.startsWith('-') === true;
  const asked = ordering?.replace(/^-/, '') ?? '';
  const isKnown =
    asked === 'pk' || asked === kind.idName || kind.attributes.has(asked) || kind.shown.has(asked);
  const by = isKnown ? asked : usualOrder.find((name) => kind.attributes.has(name));
  const value = (row: Row): Json =>
    by === 'pk' || by === kind.idName ? row.id : (row.values[by ?? ''] ?? null);
  const result = [...rows].sort((one, other) => {
    const [first, second] = [value(one), value(other)];
    if (typeof first === 'number' && typeof second === 'number')
      return first - second || one.serial - other.serial;
    const texts = [String(first ?? ''), String(second ?? '')] as const;
    return texts[0] < texts[1] ? -1 : texts[0] > texts[1] ? 1 : one.serial - other.serial;
  });
  return descending && isKnown ? result.reverse() : result;
}
