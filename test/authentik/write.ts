/** Creates, changes and deletes objects: checks the body as the serializer does, keeps what it may, and does what else happens then. */
import { type Answer, badRequest, type Context, crashed, noContent, Refusal } from './answers.js';
import { checksOf } from './checks.js';
import { companionsOf, followCompanions } from './companions.js';
import { recordEvent } from './events.js';
import { checkAttribute } from './fields.js';
import { computedValues } from './fill.js';
import { isObject, type Json, type JsonObject } from './json.js';
import type { Attribute, Kind, Unique } from './kinds.js';
import { familyNames, verboseName } from './names.js';
import {
  createCrashes,
  emptiedByPut,
  needsLicence,
  otherDefaults,
  otherRequired,
  otherWords,
  plainUnique,
  uniqueNamedByClass,
} from './oddities.js';
import { showRow } from './show.js';
import {
  changeRow,
  deleteRow,
  findRow,
  holderOf,
  type Id,
  insertRow,
  isShadow,
  type Row,
  rowsOf,
} from './state.js';

export function createObject(context: Context, kind: Kind): Answer {
  const row = createRow(context, kind, bodyOf(context));
  return { status: 201, json: showRow(context, row, 'create', bodyOf(context)) };
}

/** Creates an object from a body, under an id of its own unless one is given, or throws the refusal. */
export function createRow(context: Context, kind: Kind, body: JsonObject, id?: Id): Row {
  const { state } = context;
  const given = checkBody(context, kind, body, undefined, false);
  if (createCrashes.has(kind.kind)) throw new Refusal(crashed);
  const values: JsonObject = {};
  for (const attribute of kind.attributes.values()) {
    values[attribute.name] = given[attribute.name] ?? defaultOf(kind, attribute);
  }
  Object.assign(values, computedValues(context, kind, { ...values, ...given }, given, undefined));
  const row = insertRow(state, kind, unshadowed(kind, values), id ?? idOf(kind, body));
  setMembers(context, row, given);
  companionsOf(context, row);
  recordEvent(context, 'model_created', row);
  return row;
}

export function updateObject(context: Context, row: Row): Answer {
  updateRow(context, row, bodyOf(context), context.method === 'PATCH');
  return { status: 200, json: showRow(context, row, 'update', bodyOf(context)) };
}

/** Saves an object with what a body gives; a PATCH that gives nothing is saved and logged like any other. */
export function updateRow(context: Context, row: Row, body: JsonObject, partial: boolean): void {
  const { kind } = row;
  const given = checkBody(context, kind, body, row, partial);
  const values: JsonObject = { ...given };
  if (!partial) {
    for (const name of emptiedByPut[kind.kind] ?? []) values[name] ??= [];
  }
  Object.assign(values, computedValues(context, kind, { ...row.values, ...values }, given, row));
  changeRow(context.state, row, { ...staleValues(context, row), ...unshadowed(kind, values) });
  setMembers(context, row, values);
  followCompanions(context, row);
  recordEvent(context, 'model_updated', row);
}

/**
 * A save writes the whole row as it was read, so that what another request has written meanwhile is lost; lists of references are
 * written only when they are given. (Recorded: of 48 PATCHes of different attributes, eight at a time, 33 were lost.)
 */
function staleValues({ before }: Context, row: Row): JsonObject {
  if (!before || before.row !== row) return {};
  const isKept = ([name]: [string, Json]) => row.kind.attributes.get(name)?.many !== true;
  return Object.fromEntries(Object.entries(before.values).filter(isKept));
}

export function deleteObject(context: Context, row: Row): Answer {
  const refusal = checksOf(row.kind.kind)?.remove?.(context, row);
  if (refusal) return badRequest(refusal);
  for (const gone of deleteRow(context.state, row)) recordEvent(context, 'model_deleted', gone);
  return noContent;
}

/** The body as an object; anything else is refused as the serializer refuses it. */
export function bodyOf({ body }: Context): JsonObject {
  if (body === undefined || body === null) return {};
  if (isObject(body)) return body;
  const type = Array.isArray(body)
    ? 'list'
    : { string: 'str', number: 'int', boolean: 'bool' }[typeof body as 'string'];
  throw new Refusal(
    badRequest({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] }),
  );
}

/** What a body gives a kind's attributes, checked; unknown keys are passed over. */
export function checkBody(
  context: Context,
  kind: Kind,
  body: JsonObject,
  existing: Row | undefined,
  partial: boolean,
): JsonObject {
  const { state } = context;
  const checks = checksOf(kind.kind);
  const given: JsonObject = {};
  const errors: JsonObject = {};
  const about = { find: (to: string, id: Json) => findRow(state, to, id)?.id, version: state.version };
  for (const attribute of kind.attributes.values()) {
    const { name } = attribute;
    const value = body[name];
    if (value === undefined) {
      const required = otherRequired[`${kind.kind}.${name}`] ?? attribute.property.required;
      if (required && !partial) errors[name] = ['This field is required.'];
      continue;
    }
    const checked = checkAttribute(attribute, value, about);
    if ('error' in checked) errors[name] = otherWords[`${kind.kind}.${name}`] ?? checked.error;
    else {
      const words = checks?.fields?.[name]?.(checked.value, { context, existing });
      if (words !== undefined) errors[name] = typeof words === 'string' ? [words] : words;
      else given[name] = checked.value;
    }
  }
  for (const unique of kind.unique.filter(({ fields }) => fields.length === 1)) {
    const [field] = unique.fields as [string];
    if (errors[field] !== undefined || given[field] === undefined) continue;
    const holder = holderOf(state, kind, unique, given);
    if (holder && holder !== existing) errors[field] = [takenWords(kind, unique)];
  }
  if (Object.keys(errors).length > 0) throw new Refusal(badRequest(errors));
  checkTogether(context, kind, given, existing);
  const problem = checks?.whole?.({ context, body, given, existing, partial });
  if (problem === 'crash') throw new Refusal(crashed);
  if (problem !== undefined) throw new Refusal(badRequest(problem));
  if (needsLicence.has(kind.kind) && !context.options.licensed) {
    throw new Refusal(
      badRequest({ non_field_errors: ['Enterprise is required to create/update this object.'] }),
    );
  }
  if (containsNul(given)) throw new Refusal(crashed);
  return given;
}

function checkTogether({ state }: Context, kind: Kind, given: JsonObject, existing: Row | undefined): void {
  for (const unique of kind.unique.filter(({ fields }) => fields.length > 1)) {
    const holder = holderOf(state, kind, unique, { ...existing?.values, ...given });
    if (holder && holder !== existing) {
      const words = `The fields ${unique.fields.join(', ')} must make a unique set.`;
      throw new Refusal(badRequest({ non_field_errors: [words] }));
    }
  }
}

function takenWords(kind: Kind, { fields, within }: Unique): string {
  if (plainUnique.has(kind.kind)) return 'This field must be unique.';
  const field = fields[0] === 'client_id' ? 'Client ID' : fields[0];
  if (uniqueNamedByClass.has(kind.kind)) {
    return `authentik.stages.email.flow.EmailTokenRevocationConsentStageView with this ${field} already exists.`;
  }
  const holder = within === undefined ? verboseName(kind) : (familyNames[within] ?? within);
  return `${holder} with this ${field} already exists.`;
}

/** A NUL passes the check of a JSON field and breaks in the database. */
function containsNul(value: Json): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, one]) => key.includes('\0') || containsNul(one));
}

function defaultOf(kind: Kind, { name, property, fallback }: Attribute): Json {
  const other = otherDefaults[`${kind.kind}.${name}`];
  if (other !== undefined) return other;
  if (fallback !== undefined) return fallback;
  if (property.nullable) return null;
  const blank: Record<string, Json> = {
    array: [],
    object: {},
    boolean: false,
    integer: 0,
    number: 0,
    any: {},
  };
  return blank[property.type] ?? (property.choices?.includes('') === false ? property.choices[0]! : '');
}

/** The id in a create's body is ignored, except an agent connector's (recorded: "connector with own uuid"). */
function idOf({ idName, attributes }: Kind, body: JsonObject): string | undefined {
  const id = attributes.has(idName) ? body[idName] : undefined;
  return typeof id === 'string' ? id : undefined;
}

function unshadowed(kind: Kind, values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isShadow(kind, name)));
}

/** A group's `users` is kept as its users' `groups`. */
function setMembers({ state }: Context, row: Row, values: JsonObject): void {
  if (row.kind.kind !== 'authentik_core.group' || !Array.isArray(values.users)) return;
  const wanted = new Set(values.users);
  for (const user of rowsOf(state, 'authentik_core.user')) {
    const groups = user.values.groups as Json[];
    if (wanted.has(user.id) === groups.includes(row.id)) continue;
    const others = groups.filter((id) => id !== row.id);
    changeRow(state, user, { groups: wanted.has(user.id) ? [...others, row.id].sort() : others });
  }
}
