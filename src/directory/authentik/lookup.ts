/** Looks for objects by what makes them unique: after a lost answer, and to say why a write was refused. */
import { catalogue, type KindFacts } from '../../model/kinds.js';
import type { Fields, Id, LiveObject } from '../../model/model.js';
import { uniqueGroups } from '../../model/unique-values.js';
import { DirectoryError } from '../errors.js';
import { labelOf } from '../label.js';
import { sameJson } from '../normal.js';
import { danglingError, duplicateError, uniqueKeys } from '../semantics.js';
import { normalForm, requestBody } from './body.js';
import { isBridged, kindsOf, shownFields } from './facts.js';
import { listKind } from './read.js';
import type { Session } from './session.js';

/** Objects of a kind that hold these values, without what other calls show of them. */
async function holding(
  session: Session,
  facts: KindFacts,
  values: Fields,
  signal: AbortSignal,
): Promise<readonly LiveObject[]> {
  const wanted = normalForm(facts, values);
  const [field, value] = Object.entries(wanted)[0] ?? [];
  if (field === undefined) return [];
  const only = { field, values: [value!] };
  const found = await listKind(session, facts, { only, without: new Set(['object_permissions']) }, signal);
  return found.filter((one) =>
    Object.entries(wanted).every(([name, held]) => sameJson(one.attributes[name], held)),
  );
}

/**
 * What a create has made whose answer was lost: its row; `none` when nothing is there under its key; `other` when
 * something is there that is not what was sent; `unknown` where no key tells.
 */
export async function foundAsSent(
  session: Session,
  facts: KindFacts,
  fields: Fields,
  signal: AbortSignal,
): Promise<Fields | 'none' | 'other' | 'unknown'> {
  if (!facts.keyUnique || facts.key.some((name) => fields[name] === undefined || fields[name] === null))
    return 'unknown';
  const found = await holding(
    session,
    facts,
    Object.fromEntries(facts.key.map((name) => [name, fields[name]!])),
    signal,
  );
  const [one] = found;
  if (!one) return 'none';
  const sent = normalForm(facts, fields);
  const shown = new Set(shownFields(facts).map((field) => field.name));
  const equal = Object.entries(sent).every(
    ([name, value]) =>
      !shown.has(name) || isBridged(facts.kind, name) || sameJson(one.attributes[name], value),
  );
  if (found.length > 1 || !equal) return 'other';
  // As a row, so that whoever made it goes on as if the answer had come.
  const ids = facts.families.flatMap(({ family, idName }) => {
    const id = idName === undefined ? undefined : one.familyIds?.[family];
    return id === undefined ? [] : [[idName!, id] as const];
  });
  return {
    ...one.computed,
    ...requestBody(facts, one.attributes, session.release),
    pk: one.id,
    [facts.idName]: one.id,
    ...Object.fromEntries(ids),
  };
}

/**
 * The error for a refused write, sharpened: a value that another object has is `duplicate`, a reference to nothing
 * `dangling`. The server's texts differ by kind and language, so they are not read; the objects are.
 */
export async function refusedError(
  session: Session,
  facts: KindFacts,
  fields: Fields,
  error: DirectoryError,
  signal: AbortSignal,
  id?: Id,
): Promise<DirectoryError> {
  const { kind } = facts;
  if (error.code !== 'invalid') return named(facts, fields, error);
  const field = fieldNamed(facts, error.field);
  const normal = normalForm(facts, fields);
  for (const key of uniqueKeys(facts, normal)) {
    if (field !== undefined && !key.fields.includes(field)) continue;
    const group = uniqueGroups(facts).find((one) => one.scope === key.scope);
    const values = Object.fromEntries(key.fields.map((name) => [name, normal[name]!]));
    const members = membersSharing(facts, group?.scope ?? kind, session.release);
    for (const member of members) {
      if (!key.fields.every((name) => member.fields[name])) continue;
      const found = await holding(session, member, values, signal);
      if (found.some((one) => member.kind !== kind || one.id !== id))
        return withCause(duplicateError(facts, normal, key), error);
    }
  }
  const reference = field === undefined ? undefined : facts.fields[field]?.reference;
  if (reference && normal[field!] !== null && normal[field!] !== undefined)
    return withCause(danglingError(facts, normal, field!, reference.to), error);
  return named(facts, fields, error, field);
}

/** The kinds among which a value is unique. */
function membersSharing(facts: KindFacts, scope: string, release: number): readonly KindFacts[] {
  const family = facts.families.find((one) => scope.includes(one.family))?.family;
  const members = family === undefined ? undefined : catalogue().families.get(family);
  return members?.filter((one) => kindsOf(release).has(one.kind)) ?? [facts];
}

/** The attribute that the server names, by our name for it. */
function fieldNamed(facts: KindFacts, name: string | undefined): string | undefined {
  if (name === undefined || facts.fields[name]) return name;
  return Object.keys(facts.fields).find((one) => requestBody(facts, { [one]: [] }, 0)[name] !== undefined);
}

function withCause(error: DirectoryError, { cause }: DirectoryError): DirectoryError {
  const { code, message, kind, field } = error;
  return new DirectoryError(code, message, { kind, field, cause });
}

/** The error with the object's name before what the server said. */
function named(facts: KindFacts, fields: Fields, error: DirectoryError, field = error.field): DirectoryError {
  const { code, message, cause, uncertain, retryAfter } = error;
  return new DirectoryError(code, `${labelOf(facts, fields)}: ${message}`, {
    kind: facts.kind,
    field,
    cause,
    uncertain,
    retryAfter,
  });
}
