/** Works out which values of a kind must be unique, and describes clashes. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { comparePlaces, type Place } from '../diagnostic/source.js';
import { canonical } from './canonical.js';
import type { KindFacts } from './kinds.js';
import {
  Deferred,
  type DesiredResource,
  type Json,
  Masked,
  type Ref,
  Unavailable,
  type Value,
} from './model.js';
import { remembered } from './remembered.js';

/** Attributes whose values together must be unique within a kind or family. */
export interface UniqueGroup {
  /** Names the group: the same for all kinds of a family that share it. */
  readonly scope: string;
  /** The kind or family whose objects it is about. */
  readonly within: string;
  readonly fields: readonly string[];
  /** Only this value must be unique (a brand's `default: true`). */
  readonly only?: Json;
  /** Is it the natural key of the kind? Entries that share it describe the same object. */
  readonly isAddress: boolean;
}

/** Attributes whose values must be unique within the kind or its families. */
export const uniqueGroups = remembered((facts: KindFacts): readonly UniqueGroup[] => {
  const { kind, key, keyUnique, unique, fields } = facts;
  const isKey = (names: readonly string[]): boolean => names.join() === key.join();
  const isMissing = keyUnique && key.length > 0 && !unique.some((one) => isKey(one.fields));
  const tuples: KindFacts['unique'] = isMissing ? [...unique, { fields: key }] : unique;
  return [
    ...tuples.map(({ fields: names, within = kind }) => ({
      scope: `${within} ${names.join()}`,
      within,
      fields: names,
      isAddress: keyUnique && within === kind && isKey(names),
    })),
    ...Object.values(fields).flatMap(({ name, exclusive }) =>
      exclusive === undefined
        ? []
        : [{ scope: `${kind} ${name}=`, within: kind, fields: [name], only: exclusive, isAddress: false }],
    ),
  ];
});

/**
 * A text that is equal for objects with equal values in a group; undefined when a value is null, as in SQL, or not known
 * yet.
 */
export function uniqueText(
  { scope, fields, only }: UniqueGroup,
  read: (name: string) => Value | undefined,
): string | undefined {
  let text = scope;
  for (const name of fields) {
    const value = read(name);
    if (value === undefined || value === null || (only !== undefined && value !== only)) return undefined;
    if (value instanceof Deferred || value instanceof Unavailable || value instanceof Masked)
      return undefined;
    text += ` ${canonical(value, (ref) => ref.serial)}`;
  }
  return text;
}

/** One of two objects that share a value: its reference, and what entries ask of it, if any. */
export interface Sharer {
  readonly ref: Ref;
  readonly described?: DesiredResource;
}

/** The diagnostic for two objects that would share a unique value, at the later of their entries. */
export function notUnique(group: UniqueGroup, one: Sharer, other: Sharer): Diagnostic {
  const [earlier, later] = [placed(group, one), placed(group, other)].sort(compare) as [Placed, Placed];
  const names = group.fields.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const what = group.only === undefined ? `the same ${names} as` : `${names}: ${group.only} like`;
  const isNamesake = earlier.ref.address === later.ref.address;
  const whom = isNamesake ? 'another object' : earlier.ref.address;
  const message = `${later.ref.address} would have ${what} ${whom}, but it must be unique`;
  if (earlier.place) {
    const related = [{ place: earlier.place, message: `${whom} is described here` }];
    return diagnose('not-unique', message, later.place, { related });
  }
  const help = `Give it another value, or change that of ${whom}.`;
  return diagnose('not-unique', message, later.place, { help });
}

interface Placed {
  readonly ref: Ref;
  /** Where the value is written, or else where the object is described. */
  readonly place?: Place;
  /** 2: an entry writes it; 1: an entry describes the object; 0: none does. */
  readonly says: number;
}

function placed({ fields }: UniqueGroup, { ref, described }: Sharer): Placed {
  const place = fields.map((name) => described?.places[name]).find((one) => one !== undefined);
  return { ref, place: place ?? described?.place, says: place ? 2 : described ? 1 : 0 };
}

function compare(a: Placed, b: Placed): number {
  return a.says - b.says || (a.place && b.place ? comparePlaces(a.place, b.place) : 0);
}
