/**
 * The filters that a list's query can have. Those that the OpenAPI does not name are passed over in silence, as authentik does; one that it
 * names and that nobody has built here is refused with 501, so that no test takes a whole list for a part of it.
 */
import { badRequest, Refusal } from './answers.js';
import { groupsOf, isSuperuser, membersOf } from './computed.js';
import { isObject, type Json, type JsonObject } from './json.js';
import type { Kind } from './kinds.js';
import { parametersOf } from './openapi.js';
import { findRow, isShadow, type Row, type State } from './state.js';

/** Whether a row passes a filter. */
export type Test = (row: Row) => boolean;

/** Filters that 2025.12 knows under another name than the OpenAPI in use. */
const extraFilters: Record<string, readonly string[]> = { 'authentik_rbac.role': ['ak_groups'] };

/** The test for a filter of a list, or undefined where it changes nothing. */
export function filterOf(state: State, kind: Kind, name: string, wanted: string[]): Test | undefined {
  const isKnown =
    parametersOf('get', kind.path).some((parameter) => parameter.name === name) ||
    extraFilters[kind.kind]?.includes(name) === true;
  if (!isKnown) return undefined;
  const own = filters[`${kind.kind}.${name}`] ?? filters[name];
  return own ? own(state, wanted) : attributeFilter(state, kind, name, wanted);
}

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
  'authentik_core.user.roles_by_name': (state, wanted) => (row) =>
    ((row.values.roles ?? []) as Json[]).some((id) =>
      wanted.includes(String(findRow(state, 'authentik_rbac.role', id)?.values.name)),
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
  'authentik_crypto.certificatekeypair.has_key': (_state, [text = '']) => {
    const wanted = isTrue(text);
    return wanted === undefined ? undefined : (row) => (row.values.private_key_available === true) === wanted;
  },
  'authentik_events.event.actions': (_state, wanted) => (row) => wanted.includes(String(row.values.action)),
  'authentik_events.event.username': (_state, wanted) => (row) =>
    wanted.includes(String(partOf(row.values.user, 'username'))),
  'authentik_events.event.context_model_app': modelFilter('app'),
  'authentik_events.event.context_model_name': modelFilter('model_name'),
  'authentik_events.event.context_model_pk': modelFilter('pk'),
  'authentik_outposts.outpost.providers_by_pk': (_state, wanted) => (row) =>
    (row.values.providers as Json[]).some((id) => wanted.includes(String(id))),
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

function partOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

/** A filter by what an event says of the model that it is about; ids are compared without dashes. */
function modelFilter(name: string): (state: State, wanted: string[]) => Test {
  const plain = (value: Json | undefined) => String(value).replaceAll('-', '');
  return (_state, wanted) => (row) =>
    wanted.some((text) => plain(text) === plain(partOf(partOf(row.values.context, 'model'), name)));
}

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

const lookups = new Set([
  'isnull',
  'in',
  'iexact',
  'icontains',
  'startswith',
  'istartswith',
  'gt',
  'gte',
  'lt',
  'lte',
]);

/** A filter by one of the kind's own values, or one of an object that it refers to: `name`, `name__iexact`, `user__username`, … */
function attributeFilter(state: State, kind: Kind, name: string, wanted: string[]): Test | undefined {
  const [attribute = '', ...rest] = name.split('__');
  const reference = kind.references.find((one) => one.name === attribute)?.reference;
  if (reference && rest[0] !== undefined && !lookups.has(rest[0])) {
    const target = (row: Row) => findRow(state, reference.to, row.values[attribute]);
    const same = comparison(rest[1]);
    return (row) =>
      wanted.some((text) => same(String(target(row)?.values[rest[0]!] ?? target(row)?.id), text));
  }
  const known = kind.attributes.get(attribute);
  const isId = attribute === 'pk' || attribute === kind.idName;
  const isOwn = known || isId || attribute === 'managed' || kind.shown.has(attribute);
  if (!isOwn || isShadow(kind, attribute)) {
    const detail = `The test server has no filter ${name} at ${kind.path}; add it to test/authentik/filters.ts.`;
    throw new Refusal({ status: 501, json: { detail } });
  }
  const [lookup] = rest;
  const value = (row: Row): Json => (isId ? row.id : (row.values[attribute] ?? null));
  if (lookup === 'isnull') {
    const isNull = isTrue(wanted[0] ?? '');
    return isNull === undefined ? undefined : (row) => (value(row) === null) === isNull;
  }
  if (known?.property.type === 'boolean') {
    const wants = isTrue(wanted[0] ?? '');
    return wants === undefined ? undefined : (row) => value(row) === wants;
  }
  const choices = known?.property.choices;
  const odd = choices && wanted.find((text) => text !== '' && !choices.includes(text));
  if (odd !== undefined) {
    const words = `Select a valid choice. ${odd} is not one of the available choices.`;
    throw new Refusal(badRequest({ [attribute]: [words] }));
  }
  if (known?.reference) {
    return referenceFilter(state, attribute, known.reference.to, known.property.type, wanted, value);
  }
  const parts = wanted.flatMap((text) => (lookup === 'in' ? text.split(',') : [text]));
  const texts = parts.filter((text) => text !== '');
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
  if (lookup === 'gt' || lookup === 'gte')
    return (own, text) => own > text || (lookup === 'gte' && own === text);
  if (lookup === 'lt' || lookup === 'lte')
    return (own, text) => own < text || (lookup === 'lte' && own === text);
  return (own, text) => own === text;
}
