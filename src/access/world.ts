/**
 * The small read-only view of a model that access is worked out on. Both the directory as it is and the directory as a
 * plan would leave it can be shown as one.
 */
import { type Attributes, type Kind, Ref, type Value } from '../model/model.js';

/** A model that can be asked for its objects. It must not change while somebody asks questions of it. */
export interface AccessWorld {
  /** When the questions are asked; password ages count from it. */
  readonly now: Date;
  /** The objects of a kind or family. */
  all(kindOrFamily: string): readonly Ref[];
  /** The attributes of an object, references as Refs; undefined when there is no such object. */
  attributes(ref: Ref): Attributes | undefined;
  /** Would an object of this kind be in the view, if there were one? Otherwise its absence says nothing. */
  knows(kind: Kind): boolean;
  /** Does the object not exist yet, so that what nobody wrote is what authentik fills in? */
  isNew(ref: Ref): boolean;
}

/** A flag of an object. `otherwise`: what authentik fills in. */
export function flag(value: Value | undefined, otherwise: boolean): boolean {
  if (value === undefined || value === null) return otherwise;
  return value === true || value === 1;
}

/** A text of an object, empty where there is none. */
export function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A number of an object. `otherwise`: what authentik fills in. */
export function number(value: Value | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** The reference that an attribute holds. */
export function refOf(value: Value | undefined): Ref | undefined {
  return value instanceof Ref ? value : undefined;
}

/** The references that an attribute holds. */
export function refsOf(value: Value | undefined): readonly Ref[] {
  return Array.isArray(value) ? value.filter((one) => one instanceof Ref) : [];
}

/** The texts that an attribute holds. `otherwise`: what authentik fills in. */
export function texts(value: Value | undefined, otherwise: readonly string[] = []): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : otherwise;
}

/** Does an account have a password that can be typed? A directory seldom tells. */
export type PasswordState = 'set' | 'none' | 'unknown';

/** Whether the account has a password: as written, none for a new account without one, otherwise unknown. */
export function passwordState(
  world: AccessWorld,
  user: Ref,
  attributes: Attributes = world.attributes(user) ?? {},
): PasswordState {
  for (const name of ['password', 'password_hash']) {
    const value = attributes[name];
    if (value !== undefined && value !== null && value !== '') return 'set';
  }
  if (attributes.password === null && !world.isNew(user)) return 'unknown';
  return world.isNew(user) || attributes.password === '' ? 'none' : 'unknown';
}

/** When the password was last set: a new account's is set as it is made (authentik's `password_change_date`). */
export function passwordChanged(world: AccessWorld, user: Ref): Date | undefined {
  const known = world.attributes(user)?.password_change_date;
  if (typeof known === 'string') return new Date(known);
  return world.isNew(user) ? world.now : undefined;
}
