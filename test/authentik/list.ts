/** Answers a list: filters, order and pages as authentik has them. Filters, order and sizes that it does not know are passed over in silence. */
import { badRequest, type Context, Refusal } from './answers.js';
import { groupsOf, isSuperuser, membersOf } from './computed.js';
import type { Json, JsonObject } from './json.js';
import type { Kind } from './kinds.js';
import { parametersOf } from './openapi.js';
import { findRow, isShadow, type Row, type State } from './state.js';

const pageWords = new Set(['page', 'page_size', 'ordering', 'search']);

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
  const known = new Set(parametersOf('get', kind.path).map(({ name }) => name));
  for (const name of extraFilters[kind.kind] ?? []) known.add(name);
  let found = rows;
  for (const name of new Set(query.keys())) {
    if (pageWords.has(name) || !known.has(name) || name.startsWith('include_')) continue;
    const wanted = query.getAll(name);
    const own = filters[`${kind.kind}.${name}`];
    const test = own ? own(state, wanted) : attributeFilter(state, kind, name, wanted);
    if (test) found = found.filter(test);
  }
  const search = query.get('search');
  if (search) found = found.filter((row) => matches(row, search));
  return sorted(found, kind, query.get('ordering'));
}

/** Filters that 2025.12 knows under another name than the OpenAPI in use. */
const extraFilters: Record<string, readonly string[]> = { 'authentik_rbac.role': ['ak_groups'] };

type Test = (row: Row) => boolean;

const isTrue = (text: string) =>
  /^(true|1|yes)$/i.test(text) ? true : /^(false|0|no)$/i.test(text) ? false : undefined;

/** Filters that look beyond the row's own attributes. */
const filters: Record<string, (state: State, wanted: string[]) => Test | undefined> = {
  'authentik_core.user.is_superuser': (state, [text = '']) => {
    const wanted = isTrue(text);
    return wanted === undefined ? undefined : (row) => isSuperuser(state, row) === wanted;
  },
  'authentik_core.user.groups_by_pk': (_state, wanted) => (row) =>
    wanted.some((id) => (row.values.groups as Json[]).includes(id)),
  'authentik_core.user.groups_by_name': (state, wanted) => (row) =>
    groupsOf(state, row).some(
      (group) =>
        (row.values.groups as Json[]).includes(group.id) && wanted.includes(String(group.values.name)),
    ),
  'authentik_core.user.roles_by_pk': (_state, wanted) => (row) =>
    wanted.some((id) => (row.values.roles as Json[]).includes(id)),
  'authentik_core.user.path_startswith':
    (_state, [text = '']) =>
    (row) =>
      String(row.values.path).startsWith(text),
  'authentik_core.user.attributes': (_state, [text = '{}']) => attributesTest(text),
  'authentik_core.group.attributes': (_state, [text = '{}']) => attributesTest(text),
  'authentik_core.group.members_by_pk': (_state, wanted) => (row) =>
    membersOf(_state, row).some((user) => wanted.includes(String(user.id))),
  'authentik_core.group.members_by_username': (state, wanted) => (row) =>
    membersOf(state, row).some((user) => wanted.includes(String(user.values.username))),
  'authentik_core.token.user__username': (state, wanted) => (row) =>
    wanted.includes(String(findRow(state, 'authentik_core.user', row.values.user)?.values.username)),
  'authentik_rbac.role.users': (state, wanted) => (row) =>
    wanted.some((id) =>
      ((findRow(state, 'authentik_core.user', id)?.values.roles ?? []) as Json[]).includes(row.id),
    ),
  'authentik_rbac.role.groups': groupRoles,
  'authentik_rbac.role.ak_groups': groupRoles,
  'authentik_policies.policybinding.target': bindingTarget,
  'authentik_policies.policybinding.target_in': (state, wanted) =>
    bindingTarget(
      state,
      wanted.flatMap((text) => text.split(',')),
    ),
};

function groupRoles(state: State, wanted: string[]): Test {
  return (row) =>
    wanted.some((id) =>
      ((findRow(state, 'authentik_core.group', id)?.values.roles ?? []) as Json[]).includes(row.id),
    );
}

/** Knows targets by the family's id alone: a flow's own id is refused (recorded). */
function bindingTarget(state: State, wanted: string[]): Test {
  const ids = wanted.map((text) => {
    if (!isUuid(text)) throw new Refusal(badRequest({ target: [`“${text}” is not a valid UUID.`] }));
    const row = findRow(state, 'policy-binding-target', text);
    const own = row?.kind.families.find(({ family, ownId }) => family === 'policy-binding-target' && ownId);
    const isKnown = row !== undefined && (own ? row.values[own.idName!] === text : row.id === text);
    if (!isKnown) {
      const words = 'Select a valid choice. That choice is not one of the available choices.';
      throw new Refusal(badRequest({ target: [words] }));
    }
    return row.id;
  });
  return (row) => ids.includes(row.values.target as string);
}

/** `attributes={"a": 1}` in the query: each path must be there with the value. */
function attributesTest(text: string): Test {
  let wanted: Json;
  try {
    wanted = JSON.parse(text) as Json;
  } catch {
    throw new Refusal(badRequest(['filter: failed to parse JSON']));
  }
  return (row) =>
    Object.entries((wanted ?? {}) as JsonObject).every(([path, value]) => {
      const found = path
        .split('__')
        .reduce<Json | undefined>((at, key) => (at as JsonObject | undefined)?.[key], row.values.attributes);
      return found === value;
    });
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text);
}

/** A filter by one of the kind's own values: `name`, `name__iexact`, `managed__isnull`, `user`, … */
function attributeFilter(state: State, kind: Kind, name: string, wanted: string[]): Test | undefined {
  const [attribute = '', lookup] = name.split('__') as [string, string?];
  if (isShadow(kind, attribute)) return undefined;
  const known = kind.attributes.get(attribute);
  const isOwn =
    known ||
    attribute === 'managed' ||
    attribute === 'pk' ||
    attribute === kind.idName ||
    kind.shown.has(attribute);
  if (!isOwn) return undefined;
  const value = (row: Row): Json =>
    attribute === 'pk' || attribute === kind.idName ? row.id : (row.values[attribute] ?? null);
  if (lookup === 'isnull') {
    const isNull = isTrue(wanted[0] ?? '');
    return isNull === undefined ? undefined : (row) => (value(row) === null) === isNull;
  }
  if (known?.property.type === 'boolean') {
    const wants = isTrue(wanted[0] ?? '');
    return wants === undefined ? undefined : (row) => value(row) === wants;
  }
  if (
    known?.property.choices &&
    wanted.some((text) => text !== '' && !known.property.choices!.includes(text))
  ) {
    const words = `Select a valid choice. ${wanted[0]} is not one of the available choices.`;
    throw new Refusal(badRequest({ [attribute]: [words] }));
  }
  if (known?.reference)
    return referenceFilter(state, attribute, known.reference.to, known.property.type, wanted, value);
  const texts = wanted
    .flatMap((text) => (lookup === 'in' ? text.split(',') : [text]))
    .filter((text) => text !== '');
  if (texts.length === 0) return undefined;
  const same = comparison(lookup);
  return (row) => texts.some((text) => same(String(value(row)), text));
}

function referenceFilter(
  state: State,
  attribute: string,
  to: string,
  type: string,
  wanted: string[],
  value: (row: Row) => Json,
): Test {
  const bad = wanted.find((text) => type === 'string' && !isUuid(text));
  if (bad !== undefined) throw new Refusal(badRequest({ [attribute]: [`“${bad}” is not a valid UUID.`] }));
  const ids = wanted.map((text) => {
    const row = findRow(state, to, text);
    const words = 'Select a valid choice. That choice is not one of the available choices.';
    if (!row) throw new Refusal(badRequest({ [attribute]: [words] }));
    return row.id;
  });
  return (row) => {
    const own = value(row);
    return Array.isArray(own) ? ids.some((id) => own.includes(id)) : ids.includes(own as string);
  };
}

function comparison(lookup: string | undefined): (own: string, text: string) => boolean {
  if (lookup === 'iexact') return (own, text) => own.toLowerCase() === text.toLowerCase();
  if (lookup === 'icontains') return (own, text) => own.toLowerCase().includes(text.toLowerCase());
  if (lookup === 'startswith') return (own, text) => own.startsWith(text);
  if (lookup === 'istartswith') return (own, text) => own.toLowerCase().startsWith(text.toLowerCase());
  return (own, text) => own === text;
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
