/**
 * Fills in what a new object gets without being written: constant defaults, and values that a directory generates
 * (keys, client ids, expiry dates).
 */

import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { userKind } from '../model/kind-names.js';
import type { FieldFacts, JsonSchema, KindFacts } from '../model/kinds.js';
import type { Fields, Id, Json } from '../model/model.js';
import { DirectoryError } from './errors.js';
import { labelOf } from './label.js';
import { copyOf } from './normal.js';
import { layoutOf } from './semantics.js';

/** What computing values needs. */
export interface Circumstances {
  readonly now: Date;
  /** The fields of the system settings. */
  readonly settings: Fields;
  /** authentik's anonymous user; absent only while it is itself being created. */
  readonly anonymous?: Id;
}

/**
 * The fields of a new object: what was written, the defaults, and computed values. A written value wins even where the
 * directory always computes it: an import knows better.
 */
export function completeFields(facts: KindFacts, written: Fields, circumstances: Circumstances): Fields {
  const fields: Fields = { ...written };
  for (const field of layoutOf(facts).all) {
    const given = fields[field.name];
    if (field.computed && (given === undefined || given === null)) {
      const value = workedOut(facts, field, fields, circumstances);
      if (value !== undefined) fields[field.name] = value;
    }
    if (fields[field.name] !== undefined) continue;
    if (field.default !== undefined) fields[field.name] = copyOf(field.default);
    else if (field.required && !facts.singleton) {
      const message = `${labelOf(facts, written)}: \`${field.name}\` is needed`;
      throw new DirectoryError('invalid', message, { kind: facts.kind, field: field.name });
    } else if (field.many || field.set) fields[field.name] = [];
    else if (field.nullable && field.unreadable === false) fields[field.name] = null;
  }
  return fields;
}

/** Lengths of authentik's random texts, where not 40. */
const lengths: Readonly<Record<string, number>> = { client_secret: 128, shared_secret: 128 };

function workedOut(
  facts: KindFacts,
  field: FieldFacts,
  fields: Fields,
  circumstances: Circumstances,
): Json | undefined {
  const { now, settings, anonymous } = circumstances;
  if (field.reference) return field.reference.to === userKind ? anonymous : undefined;
  if (field.name === facts.expires) {
    if (fields.expiring === false) return undefined;
    const duration = durationOf(settings.default_token_duration) ?? 86_400_000;
    return `${new Date(now.getTime() + duration).toISOString().slice(0, 19)}Z`;
  }
  // Nullable values stay null until something happens (a user's last login).
  if (field.nullable) return undefined;
  const { type, format, maxLength } = shapeOf(field.schema);
  if (format === 'uuid') return randomUUID();
  if (format === 'date-time') return `${now.toISOString().slice(0, 19)}Z`;
  if (type !== undefined && type !== 'string') return undefined;
  const tokenLength = typeof settings.default_token_length === 'number' ? settings.default_token_length : 60;
  const wanted = field.name === 'key' ? tokenLength : (lengths[field.name] ?? 40);
  return randomText(typeof maxLength === 'number' ? Math.min(wanted, maxLength) : wanted);
}

function shapeOf(schema: JsonSchema): JsonSchema {
  const options = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  return options?.find((one) => one.type !== 'null') ?? schema;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random letters and digits from a secure source. */
export function randomText(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** A key for keyed hashes. */
export function randomKey(): Buffer {
  return randomBytes(32);
}

const units: Readonly<Record<string, number>> = {
  microseconds: 0.001,
  milliseconds: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

/** Milliseconds of a duration such as `days=1;hours=2`, or undefined for an unknown unit. */
export function durationOf(value: Json | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  let total: number | undefined;
  for (const part of value.split(';')) {
    const [unit = '', amount = ''] = part.split('=');
    const factor = units[unit.trim().toLowerCase()];
    const number = Number(amount);
    if (factor !== undefined && amount.trim() !== '' && Number.isFinite(number))
      total = (total ?? 0) + number * factor;
  }
  return total;
}
