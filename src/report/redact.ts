/** Events of a run in, the same events without names and emails of people out: every report is written from them alike. */
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Place, Source } from '../diagnostic/source.js';
import { type Attributes, Deferred, isMap, type Json, type Kind, Ref, type Value } from '../model/model.js';
import type { Change, FieldChange, Plan } from '../plan/change.js';
import { pseudonyms, type Sort, unescapedKey } from './redact-words.js';
import type { Run } from './run.js';

/** Hides people for the length of a run; the same person has the same pseudonym in all that it gives out. */
export interface Redaction {
  readonly run: (run: Run) => Run;
  readonly plan: (plan: Plan) => Plan;
  readonly diagnostics: (diagnostics: readonly Diagnostic[]) => Diagnostic[];
  readonly text: (text: string) => string;
}

/** What a file says about people; undefined when it cannot be read, so that nobody knows. */
export type PeopleIn = (
  source: Source,
) => readonly { readonly sort: Sort; readonly word: string }[] | undefined;

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
export function redaction(common: ReadonlySet<string>, peopleIn: PeopleIn): Redaction {
  const known = pseudonyms(common);
  const refs = new Map<Ref, Ref>();
  const sources = new Map<Source, Source>();
  const unreadable = new Set<Source>();

  const learnSource = (source: Source): void => {
    if (sources.has(source)) return;
    sources.set(source, { path: source.path, text: source.text.replace(/[^\r\n]/g, ' ') });
    const people = peopleIn(source);
    if (!people) unreadable.add(source);
    for (const { sort, word } of people ?? []) known.of(sort, word);
  };

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
      if (personalMaps[change.kind] === one.field && one.path.length === 0)
        for (const side of [one.before, one.after]) if (isMap(side)) learnAttributes(side);
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

  /** Learns who is who before anything is shown: first from the files by name, so that runs number people alike. */
  const learn = (diagnostics: readonly Diagnostic[], plan?: Plan): void => {
    const changes = [...(plan?.changes ?? []), ...(plan?.held ?? [])];
    const places = [
      ...diagnostics.flatMap(({ place, related }) => [place, ...(related ?? []).map((one) => one.place)]),
      ...changes.map((one) => one.place),
    ];
    for (const source of inOrderOfPaths(places)) learnSource(source);
    for (const change of changes) learnChange(change);
    for (const { address } of [...(plan?.orphans ?? []), ...(plan?.refused ?? [])]) learnAddress(address);
  };

  const shownRef = (ref: Ref): Ref => {
    let hidden = refs.get(ref);
    if (!hidden) {
      hidden = new Ref(ref.kind, known.text(ref.address));
      refs.set(ref, hidden);
    }
    return hidden;
  };
  const shownJson = (value: Json): Json => {
    if (typeof value === 'string') return known.text(value);
    if (Array.isArray(value)) return value.map(shownJson);
    return isMap(value)
      ? Object.fromEntries(
          Object.entries(value as Record<string, Json>).map(([key, one]) => [
            known.text(key),
            shownJson(one),
          ]),
        )
      : value;
  };
  const shownValue = (value: Value, kind: Kind, path: readonly string[]): Value => {
    if (value instanceof Ref) return shownRef(value);
    if (value instanceof Deferred) return new Deferred(shownJson(value.recipe), [], () => null);
    const sort = sortOf(kind, path);
    if (sort === 'hidden' && (typeof value === 'number' || (typeof value === 'string' && value !== '')))
      return hiddenValue;
    if (typeof value === 'string') {
      return value === '' || sort === undefined || sort === 'hidden'
        ? known.text(value)
        : known.of(sort, value);
    }
    if (Array.isArray(value)) return value.map((one) => shownValue(one, kind, path));
    if (isMap(value)) {
      return Object.fromEntries(
        Object.entries(value as Attributes).map(([key, one]) => [
          known.text(key),
          shownValue(one, kind, [...path, key]),
        ]),
      );
    }
    return value;
  };

  const shownField = (one: FieldChange, kind: Kind): FieldChange => {
    const path = [one.field, ...one.path];
    const show = (value: Value): Value => shownValue(value, kind, path);
    return {
      ...one,
      path: one.path.map(known.text),
      ...(one.before === undefined ? {} : { before: show(one.before) }),
      ...(one.after === undefined ? {} : { after: show(one.after) }),
      ...(one.set ? { set: { added: one.set.added.map(show), removed: one.set.removed.map(show) } } : {}),
    };
  };
  const shownChange = (change: Change): Change => ({
    ...change,
    ref: shownRef(change.ref),
    ...(change.partOf ? { partOf: shownRef(change.partOf) } : {}),
    // Nothing is shown of these.
    write: {},
    was: {},
    record: undefined,
    fields: change.fields.map((one) => shownField(one, change.kind)),
    ...(change.place ? { place: shownPlace(change.place) } : {}),
    ...(change.renamedFrom === undefined ? {} : { renamedFrom: known.text(change.renamedFrom) }),
    hazards: change.hazards.map(({ name, message }) => ({ name, message: known.text(message) })),
  });

  /** The same place in a text of which only the line breaks are left, so that no excerpt can show anything. */
  const shownPlace = (place: Place): Place => {
    learnSource(place.source);
    return { ...place, source: sources.get(place.source)! };
  };
  /** Of a file that cannot be read nobody knows who is in it, so that nothing is quoted from it. */
  const shownMessage = (text: string, place: Place | undefined): string => {
    const hidden = known.text(text);
    return place && unreadable.has(place.source)
      ? hidden.replace(/`[^`]*[\p{L}\p{N}][^`]*`/gu, hiddenValue)
      : hidden;
  };

  const diagnostics = (given: readonly Diagnostic[]): Diagnostic[] => {
    learn(given);
    return given.map((one) => ({
      ...one,
      message: shownMessage(one.message, one.place),
      ...(one.help === undefined ? {} : { help: shownMessage(one.help, one.place) }),
      ...(one.place ? { place: shownPlace(one.place) } : {}),
      ...(one.related
        ? {
            related: one.related.map(({ place, message }) => ({
              place: shownPlace(place),
              message: shownMessage(message, place),
            })),
          }
        : {}),
    }));
  };

  const plan = (given: Plan): Plan => {
    learn(given.diagnostics, given);
    return {
      ...given,
      changes: given.changes.map(shownChange),
      held: given.held.map(shownChange),
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
    learn(given.diagnostics, given.plan);
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

  return { run, plan, diagnostics, text: known.text };
}

function inOrderOfPaths(places: readonly (Place | undefined)[]): Source[] {
  const sources = new Set(places.flatMap((place) => (place ? [place.source] : [])));
  return [...sources].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
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
