/** Events of a run in, the same events without names and emails of people out: every report is written from them alike. */
import type { Diagnostic } from '../diagnostic.js';
import { type Attributes, Deferred, isMap, type Json, type Kind, Ref, type Value } from '../model.js';
import type { Change, FieldChange, Plan } from '../plan/change.js';
import type { Place, Source } from '../source.js';
import { pseudonyms, type Sort, unescapedKey } from './redact-words.js';
import type { Run } from './run.js';

/** Hides people for the length of a run; the same person has the same pseudonym in all that it gives out. */
export interface Redaction {
  /** Hides a word that a blueprint says about a person. */
  readonly learn: (sort: Sort, word: string) => void;
  readonly run: (run: Run) => Run;
  readonly plan: (plan: Plan) => Plan;
  readonly diagnostics: (diagnostics: readonly Diagnostic[]) => Diagnostic[];
  readonly text: (text: string) => string;
}

const userKind = 'authentik_core.user';
const userAddress = 'user/';

/** The attributes of a user that say who it is, and what they say. */
export const personalFields: Readonly<Record<string, Sort>> = {
  username: 'person',
  name: 'name',
  email: 'email',
  path: 'path',
};

/** Kinds with a map in which attributes of a person stand. */
const personalMaps: Readonly<Record<Kind, string>> = {
  'authentik_stages_invitation.invitation': 'fixed_data',
};

/** What people write about a user beside that may be a phone number or a title; it is not shown either. */
const freeField = 'attributes';
const hiddenValue = '‹hidden›';

/** A redaction that knows nobody yet. `common` are words that our own sentences use. */
export function redaction(common: ReadonlySet<string>): Redaction {
  const known = pseudonyms(common);
  const refs = new Map<Ref, Ref>();
  const sources = new Map<Source, Source>();

  const learnAddress = (given: string): void => {
    if (given.startsWith(userAddress)) known.of('person', unescapedKey(given.slice(userAddress.length)));
  };
  const learnAttributes = (attributes: Attributes): void => {
    for (const [field, sort] of Object.entries(personalFields)) {
      const value = attributes[field];
      if (typeof value === 'string' && value !== '') known.of(sort, value);
    }
  };
  const learnValue = (value: Value | undefined): void => {
    if (value instanceof Ref) learnAddress(value.address);
    else if (Array.isArray(value)) value.forEach(learnValue);
    else if (isMap(value)) Object.values(value as Attributes).forEach(learnValue);
  };
  const learnChange = (change: Change): void => {
    learnAddress(change.ref.address);
    if (change.renamedFrom !== undefined) learnAddress(change.renamedFrom);
    for (const one of change.fields) {
      learnValue(one.before);
      learnValue(one.after);
      one.set?.added.forEach(learnValue);
      one.set?.removed.forEach(learnValue);
      if (change.kind !== userKind || one.path.length > 0) continue;
      for (const side of [one.before, one.after]) learnAttributes({ [one.field]: side ?? null });
    }
    if (change.kind === userKind) {
      learnAttributes(change.was);
      learnAttributes(change.write);
    }
    learnValue(change.was);
    learnValue(change.write);
  };

  const refOf = (ref: Ref): Ref => {
    let hidden = refs.get(ref);
    if (!hidden) {
      hidden = new Ref(ref.kind, known.text(ref.address));
      refs.set(ref, hidden);
    }
    return hidden;
  };
  const jsonOf = (value: Json): Json => {
    if (typeof value === 'string') return known.text(value);
    if (Array.isArray(value)) return value.map(jsonOf);
    return isMap(value)
      ? Object.fromEntries(Object.entries(value as Record<string, Json>).map(([key, one]) => [known.text(key), jsonOf(one)]))
      : value;
  };
  const valueOf = (value: Value, kind: Kind, path: readonly string[]): Value => {
    if (value instanceof Ref) return refOf(value);
    if (value instanceof Deferred) return new Deferred(jsonOf(value.recipe), [], () => null);
    const sort = sortOf(kind, path);
    if (sort === 'hidden' && (typeof value === 'number' || (typeof value === 'string' && value !== '')))
      return hiddenValue;
    if (typeof value === 'string') {
      return value === '' || sort === undefined || sort === 'hidden' ? known.text(value) : known.of(sort, value);
    }
    if (Array.isArray(value)) return value.map((one) => valueOf(one, kind, path));
    if (isMap(value)) {
      return Object.fromEntries(
        Object.entries(value as Attributes).map(([key, one]) => [
          known.text(key),
          valueOf(one, kind, [...path, key]),
        ]),
      );
    }
    return value;
  };

  const fieldOf = (one: FieldChange, kind: Kind): FieldChange => {
    const path = [one.field, ...one.path];
    const show = (value: Value): Value => valueOf(value, kind, path);
    return {
      ...one,
      path: one.path.map(known.text),
      ...(one.before === undefined ? {} : { before: show(one.before) }),
      ...(one.after === undefined ? {} : { after: show(one.after) }),
      ...(one.set ? { set: { added: one.set.added.map(show), removed: one.set.removed.map(show) } } : {}),
    };
  };
  const changeOf = (change: Change): Change => ({
    ...change,
    ref: refOf(change.ref),
    ...(change.partOf ? { partOf: refOf(change.partOf) } : {}),
    // Nothing is shown of these.
    write: {},
    was: {},
    record: undefined,
    fields: change.fields.map((one) => fieldOf(one, change.kind)),
    ...(change.place ? { place: placeOf(change.place) } : {}),
    ...(change.renamedFrom === undefined ? {} : { renamedFrom: known.text(change.renamedFrom) }),
    hazards: change.hazards.map(({ name, message }) => ({ name, message: known.text(message) })),
  });

  /** The same place in a text of which only the line breaks are left, so that no excerpt can show anything. */
  const placeOf = (place: Place): Place => {
    let hidden = sources.get(place.source);
    if (!hidden) {
      hidden = { path: place.source.path, text: place.source.text.replace(/[^\r\n]/g, ' ') };
      sources.set(place.source, hidden);
    }
    return { ...place, source: hidden };
  };

  const diagnostics = (given: readonly Diagnostic[]): Diagnostic[] =>
    given.map((one) => ({
      ...one,
      message: known.text(one.message),
      ...(one.help === undefined ? {} : { help: known.text(one.help) }),
      ...(one.place ? { place: placeOf(one.place) } : {}),
      ...(one.related
        ? {
            related: one.related.map(({ place, message }) => ({
              place: placeOf(place),
              message: known.text(message),
            })),
          }
        : {}),
    }));

  const plan = (given: Plan): Plan => {
    for (const change of [...given.changes, ...given.held]) learnChange(change);
    for (const { address } of [...given.orphans, ...given.refused]) learnAddress(address);
    return {
      ...given,
      changes: given.changes.map(changeOf),
      held: given.held.map(changeOf),
      orphans: given.orphans.map(({ address, place }) => ({ address: known.text(address), place })),
      refused: given.refused.map(({ address, hazard }) => ({
        address: known.text(address),
        hazard: { name: hazard.name, message: known.text(hazard.message) },
      })),
      diagnostics: diagnostics(given.diagnostics),
      records: [],
      stale: [],
      ...(given.pruneBlocked === undefined ? {} : { pruneBlocked: known.text(given.pruneBlocked) }),
    };
  };

  const run = (given: Run): Run => {
    const { outcome, failure } = given;
    // First the plan: it knows who is who.
    const hidden = given.plan && plan(given.plan);
    return {
      ...given,
      ...(hidden ? { plan: hidden } : {}),
      ...(outcome
        ? {
            outcome: {
              ...outcome,
              ...(hidden ? { plan: hidden } : {}),
              failed: outcome.failed.map(({ address, message }) => ({
                address: known.text(address),
                message: known.text(message),
              })),
              skipped: outcome.skipped.map(known.text),
              invitations: outcome.invitations.map(known.text),
              differences: outcome.differences?.map(known.text),
            },
          }
        : {}),
      ...(failure ? { failure: { code: failure.code, message: known.text(failure.message) } } : {}),
      diagnostics: diagnostics(given.diagnostics),
    };
  };

  return { learn: (sort, word) => void known.of(sort, word), run, plan, diagnostics, text: known.text };
}

/** What a text at this path of an attribute says about a person; undefined when it says nothing. */
function sortOf(kind: Kind, path: readonly string[]): Sort | 'hidden' | undefined {
  const [field, ...steps] = path;
  if (kind === userKind) {
    return field === freeField ? 'hidden' : steps.length === 0 ? sortNamed(field!) : undefined;
  }
  if (personalMaps[kind] !== field) return undefined;
  return steps[0] === freeField ? 'hidden' : steps.length === 1 ? sortNamed(steps[0]!) : undefined;
}

function sortNamed(name: string): Sort | undefined {
  return Object.hasOwn(personalFields, name) ? personalFields[name] : undefined;
}
