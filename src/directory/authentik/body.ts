/** What authentik's REST API shows of an object as a live object, and attributes as a request's body. */
import { normalDateTime } from '../../model/datetime.js';
import type { FieldFacts, KindFacts } from '../../model/kinds.js';
import { type Fields, type Id, isMap, type Json, type LiveObject } from '../../model/model.js';
import { normalFields, normalValue } from '../normal.js';
import { formerNameOf, isBridged, shownFields, singletonId } from './facts.js';
import { creationTimes } from './oddities.js';

/** The id of a row. */
export function idOf(facts: KindFacts, row: Fields): Id {
  if (facts.singleton) return singletonId;
  return (row.pk ?? row[facts.idName]) as Id;
}

/** A row of a list, or the answer to a read or a write, as a live object. What this release does not have is left out. */
export function liveObject(facts: KindFacts, row: Fields, release: number): LiveObject {
  const attributes: Fields = {};
  for (const field of shownFields(facts)) {
    const former = formerNameOf(facts.kind, field.name, release);
    const shown = row[former?.name ?? field.name];
    if (shown === undefined) continue;
    const value = former?.one ? (shown === null ? [] : [shown]) : shown;
    attributes[field.name] = normalValue(field, field.reference ? idsIn(value) : value);
  }
  const ownIds = facts.families.flatMap(({ family, ownId, idName }) => {
    const id = ownId && idName !== undefined ? row[idName] : undefined;
    return id === undefined || id === null ? [] : [[family, id as Id] as const];
  });
  const computed: Fields = {};
  for (const name of facts.readOnly) {
    const value = row[name];
    if (value !== undefined && !isExpansion(name, value)) computed[name] = value;
  }
  const made = row[creationTimes[facts.kind] ?? ''];
  return {
    kind: facts.kind,
    id: idOf(facts, row),
    ...(ownIds.length > 0 && { familyIds: Object.fromEntries(ownIds) }),
    attributes,
    computed,
    ...(typeof made === 'string' && { created: normalDateTime(made) ?? made }),
  };
}

/** Is this a whole other object, a picture, or the id: nothing that tells about the object itself? */
function isExpansion(name: string, value: Json): boolean {
  if (name === 'pk' || name === 'avatar' || name.endsWith('_obj') || isMap(value)) return true;
  return Array.isArray(value) && value.some((one) => isMap(one));
}

/** References are ids; where a whole object is shown in their place (the creator of an invitation), its id. */
function idsIn(value: Json): Json {
  if (Array.isArray(value)) return value.map(idsIn);
  return isMap(value) ? ((value as Fields).pk ?? null) : value;
}

/** Attributes under the names of this release; those that calls of their own set are left out. */
export function requestBody(facts: KindFacts, fields: Fields, release: number): Fields {
  const body: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    const field = facts.fields[name];
    if (!field || isBridged(facts.kind, name)) continue;
    const former = formerNameOf(facts.kind, name, release);
    body[former?.name ?? name] = former?.one && Array.isArray(value) ? (value[0] ?? null) : value;
  }
  return body;
}

/**
 * What the server would give back. Its serializers strip white space around every text (also that of expressions and
 * templates), but not inside of JSON.
 */
export function normalForm(facts: KindFacts, fields: Fields): Fields {
  const normal = normalFields(facts, fields);
  for (const [name, value] of Object.entries(normal)) {
    const field = facts.fields[name];
    if (field) normal[name] = stripped(field, value);
  }
  return normal;
}

/** White space as Python's `str.strip` has it. */
const around = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g;

function stripped(field: FieldFacts, value: Json): Json {
  if (field.json || field.map || field.reference) return value;
  if (typeof value === 'string') return value.replace(around, '');
  return Array.isArray(value)
    ? value.map((one) => (typeof one === 'string' ? one.replace(around, '') : one))
    : value;
}
