/** A kind's facts in, what no two objects may share out: an attribute, several together, or one value of an attribute. */

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

/** Attributes whose values together no two objects of a kind or family may share. */
export interface UniqueGroup {
  /** Names the group: the same for all kinds of a family that share it. */
  readonly scope: string;
  /** The kind or family whose objects it is about. */
  readonly within: string;
  readonly fields: readonly string[];
  /** Only this value is one that no two may have (a brand's `default: true`). */
  readonly only?: Json;
  /** Is it the natural key of the kind? Objects that share it have one address, and are one. */
  readonly isAddress: boolean;
}

/** What no two objects may share, of one of which the kind is. */
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
 * The text that two objects share exactly when they have the same in a group; undefined where one of the values is
 * nothing, as in SQL, or is not known yet.
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

/** An object that has what another has: its reference, and what the entries ask of it, if any does. */
export interface Sharer {
  readonly ref: Ref;
  readonly described?: DesiredResource;
}

/** The diagnostic for two objects that would have the same in a group, at the later of the entries that say so. */
export function notUnique(group: UniqueGroup, one: Sharer, other: Sharer): Diagnostic {
  const [earlier, later] = [placed(group, one), placed(group, other)].sort(compare) as [Placed, Placed];
  const names = group.fields.join(', ').replace(/, ([^,]*)$/, ' and $1');
  const what = group.only === undefined ? `the same ${names} as` : `${names}: ${group.only} like`;
  const isNamesake = earlier.ref.address === later.ref.address;
  const whom = isNamesake ? 'another object' : earlier.ref.address;
  const message = `${later.ref.address} would have ${what} ${whom}, and no two may share it`;
  if (earlier.place) {
    const related = [{ place: earlier.place, message: `${whom} is described here` }];
    return diagnose('not-unique', message, later.place, { related });
  }
  const help = `Give it another value, or describe ${whom} with another one.`;
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
