/** Plans, diagnostics and outcomes as JSON for scripts. The form is stable within a `version`. */

import { codes } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { type Place, positionOf } from '../diagnostic/source.js';
import {
  Deferred,
  isMap,
  type Json,
  Masked,
  type Origin,
  Ref,
  Unavailable,
  type Value,
} from '../model/model.js';
import type { Change, Counts, FieldChange, Orphan, Plan } from '../plan/change.js';
import { safeJson } from './terminal.js';
import { type Outcome, shownChanges } from './text.js';

export type JsonMap = { [key: string]: Json };

/** The version of every form below. */
const version = 1;

/** JSON for standard output: indented, safe to print, with a line break at the end. */
export function jsonText(data: Json): string {
  return `${safeJson(JSON.stringify(data, null, 2))}\n`;
}

/** What a command prints with `--json`: whether it went well, what it found or did, and what is wrong. */
export function resultJson(ok: boolean, data: JsonMap, diagnostics: readonly Diagnostic[]): JsonMap {
  return { version, ok, ...data, diagnostics: diagnostics.map(diagnosticJson) };
}

/** What `plan --json` prints. Without a plan (the blueprints have errors) only the diagnostics. */
export function planJson(
  plan: Plan | undefined,
  diagnostics: readonly Diagnostic[],
  ok = plan !== undefined,
): JsonMap {
  return resultJson(ok, plan ? planParts(plan) : {}, diagnostics);
}

/** What `apply --json` prints: the plan, and what became of it. */
export function outcomeJson(applied: Outcome, diagnostics: readonly Diagnostic[], ok: boolean): JsonMap {
  const data = {
    outcome: applied.outcome,
    done: applied.done,
    failed: applied.failed.map(({ address, message }) => ({ address, message })),
    skipped: [...applied.skipped],
    invitations: [...applied.invitations],
    ...(applied.differences ? { differences: [...applied.differences] } : {}),
    milliseconds: Math.round(applied.milliseconds),
    ...(applied.plan ? { plan: planParts(applied.plan) } : {}),
  };
  return resultJson(ok, data, diagnostics);
}

/** What any command prints with `--json` when it could not do its work. */
export function failureJson(error: { readonly code: string; readonly message: string }): JsonMap {
  return { version, ok: false, error: { code: error.code, message: error.message }, diagnostics: [] };
}

/** One diagnostic; `help` is always there. */
export function diagnosticJson(one: Diagnostic): JsonMap {
  return {
    code: one.code,
    severity: one.severity,
    message: one.message,
    ...(one.place ? { place: placeJson(one.place) } : {}),
    help: one.help ?? codes[one.code].remedy,
    ...(one.related?.length
      ? { related: one.related.map(({ place, message }) => ({ place: placeJson(place), message })) }
      : {}),
  };
}

function planParts(plan: Plan): JsonMap {
  return {
    allowed: plan.allowed.map(({ address, hazard: { name, message }, by }) => ({
      address,
      name,
      message,
      by,
    })),
    directory: plan.directory,
    project: plan.project,
    counts: countsJson(plan.counts),
    changes: shownChanges(plan).map(changeJson),
    orphans: plan.orphans.map(orphanJson),
    held: plan.held.map(changeJson),
    refused: plan.refused.map(({ address, hazard }) => ({
      address,
      name: hazard.name,
      message: hazard.message,
    })),
    stances: { ...plan.stances },
    locked: [...plan.locked],
    ...(plan.pruneBlocked === undefined ? {} : { pruneBlocked: plan.pruneBlocked }),
  };
}

function orphanJson({ address, place, active, fate }: Orphan): JsonMap {
  return {
    address,
    place,
    ...(active === undefined ? {} : { active }),
    ...(fate === undefined ? {} : { prune: fate }),
  };
}

function countsJson(counts: Counts): JsonMap {
  const { create, update, delete: gone, adopt, forget, unchanged, orphaned, spent, held } = counts;
  return { create, update, delete: gone, adopt, forget, unchanged, orphaned, spent, held };
}

function changeJson(change: Change): JsonMap {
  return {
    verb: change.verb,
    address: change.ref.address,
    kind: change.kind,
    ...(change.place ? { place: placeJson(change.place) } : {}),
    ...(change.formerPlace === undefined ? {} : { formerPlace: change.formerPlace }),
    ...(change.renamedFrom === undefined ? {} : { renamedFrom: change.renamedFrom }),
    reasons: [...change.reasons],
    fields: change.fields.map(fieldJson),
    unchanged: change.unchanged,
    hazards: change.hazards.map(({ name, message }) => ({ name, message })),
  };
}

/** One changed attribute. */
export function fieldJson(change: FieldChange): JsonMap {
  const hidden = maskJson(change);
  const show = (value: Value): Json => hidden ?? valueJson(value);
  // Of a value that is not there yet, what is there now may be just as secret.
  const unavailable = change.after instanceof Unavailable ? valueJson(change.after) : undefined;
  return {
    path: [change.field, ...change.path],
    ...(change.before === undefined || unavailable !== undefined ? {} : { before: show(change.before) }),
    ...(change.after === undefined ? {} : { after: unavailable ?? show(change.after) }),
    ...(change.set ? { added: change.set.added.map(show), removed: change.set.removed.map(show) } : {}),
    secret: change.secret,
    reason: change.reason,
  };
}

/** What stands in for values that are not shown: `{"secret": true}`, `{"env": NAME}`, `{"file": PATH}`. */
function maskJson(change: FieldChange): Json | undefined {
  if (change.origins && change.origins.length > 0) return originsJson(change.origins);
  return change.secret ? { secret: true } : undefined;
}

function originsJson(origins: readonly Origin[]): JsonMap {
  return origins.length === 1 ? originJson(origins[0]!) : { origins: origins.map(originJson) };
}

function originJson(origin: Origin): JsonMap {
  return { [origin.type]: origin.name };
}

/** A value, references and origins in words. */
export function valueJson(value: Value): Json {
  if (value instanceof Ref) return { ref: value.address };
  if (value instanceof Deferred) return { deferred: value.recipe };
  if (value instanceof Unavailable) return { ...originJson(value.origin), available: false };
  if (value instanceof Masked) return originsJson(value.origins);
  if (Array.isArray(value)) return value.map(valueJson);
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value as Record<string, Value>).map(([key, one]) => [key, valueJson(one)]),
    );
  }
  return value as Json;
}

function placeJson(place: Place): JsonMap {
  const { line, column } = positionOf(place);
  return { file: place.source.path, line, column };
}
