/**
 * What a directory keeps of one person beside attributes and references, and what can be done for them that no attribute
 * says: an optional part of a `Directory`. A driver implements `listed` and `run` for what its service has, and says
 * why it lacks the rest.
 */
import type { Id, Json } from '../model/model.js';

/** The person that a record or an operation is about, as the directory knows them now. */
export interface Person {
  readonly id: Id;
  readonly username: string;
  /** Empty when there is none. */
  readonly email: string;
}

/** What can be listed of a person. */
export const recordKinds = [
  'session',
  'consent',
  'access-token',
  'refresh-token',
  'app-token',
  'authenticator',
  'event',
  'invitation',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/** One session, token, event, …: plain data without secrets. All times are ISO 8601. */
export interface PersonRecord {
  readonly of: RecordKind;
  /** What `end` takes. Never a secret: invitations and tokens have the name here under which they are known. */
  readonly id: string;
  /** What it is or is for, for people: `Firefox on Linux`, an application, `totp: Phone`, `login_failed`. */
  readonly what: string;
  /** When it was made or happened. */
  readonly when?: string;
  readonly lastUsed?: string;
  /** The IP address that it came from. */
  readonly from?: string;
  /** When it ends; null when it does not, absent when the directory does not tell. */
  readonly expires?: string | null;
  /** The one in use by whoever asks (a session). */
  readonly current?: boolean;
  /** Whatever else is worth telling, for `--json`. */
  readonly details: Readonly<Record<string, Json>>;
}

/** What can be ended, one by one or all at once. */
export type Endable = Exclude<RecordKind, 'event' | 'invitation'>;

/**
 * Something to do for a person that is not a change of an attribute. What is one (password, `is_active`, deletion) goes
 * through `Directory.update` and `delete`, under the hazards of a plan.
 */
export type Operation =
  /** A link with which a person sets a new password. `lifetime` as authentik writes durations: `minutes=30`. */
  | { readonly name: 'recovery-link'; readonly lifetime?: string }
  /** The same by mail. `stage`: the email stage (its name) whose template and server are used. */
  | { readonly name: 'recovery-email'; readonly stage?: string; readonly lifetime?: string }
  /** A link with which a new person begins (Okta: activate, or reactivate when it was sent before). */
  | { readonly name: 'activation-link' }
  | { readonly name: 'activation-email' }
  /** The password has to be changed at the next login. */
  | { readonly name: 'expire-password' }
  /** Sets a password that the directory makes up and that has to be changed. */
  | { readonly name: 'temporary-password'; readonly endSessions: boolean }
  | { readonly name: 'remove-password' }
  /** Lets a person in again who was locked out after wrong passwords. */
  | { readonly name: 'unlock' }
  | { readonly name: 'reset-factors' }
  /** Ends every session, where sessions cannot be listed. */
  | { readonly name: 'clear-sessions'; readonly tokens: boolean; readonly devices: boolean }
  /** Enrols a security key for the person. `key`: what the key or its maker gave, as JSON. */
  | { readonly name: 'enrol-security-key'; readonly key?: Json }
  /** Ends sessions, revokes consents and tokens, resets authenticators: those with these ids, or all. */
  | { readonly name: 'end'; readonly of: Endable; readonly ids: 'all' | readonly string[] };

export type OperationName = Operation['name'];

/** What an operation gave. */
export interface Result {
  /** A link or a temporary password, for whoever asked and nobody else: printed alone, kept nowhere. */
  readonly secret?: string;
  /** When that dies, ISO 8601. */
  readonly expires?: string;
  /** Where mail goes to. */
  readonly sentTo?: string;
  /** How many were ended. */
  readonly ended?: number;
  /** What else whoever asked should know, as sentences. */
  readonly notes: readonly string[];
}

/** Something that an operation needs and that is not there. */
export interface Obstacle {
  readonly problem: string;
  /** What to write, and where. */
  readonly help: string;
}

/** What a directory keeps of people and does for them. Every method may throw DirectoryError. */
export interface People {
  /**
   * Why it does not have a record or an operation, for people: `SQLite keeps no sessions`. Undefined when it has it.
   */
  lacks(what: RecordKind | OperationName): string | undefined;
  /**
   * What it keeps of a person, newest first. Throws `unsupported`, with the reason, where it keeps no such thing.
   * `limit`: how many at most; all when absent.
   */
  list(
    person: Person,
    of: RecordKind,
    options: { readonly limit?: number },
    signal: AbortSignal,
  ): Promise<readonly PersonRecord[]>;
  /** Everything that an operation would fail for, as far as it can be read beforehand; empty when nothing is in the way. */
  obstacles(person: Person, operation: Operation, signal: AbortSignal): Promise<readonly Obstacle[]>;
  /** The slug of the flow that a recovery link leads into, where the directory has flows; its bindings decide who may use it. */
  recoveryFlow?(signal: AbortSignal): Promise<string | undefined>;
  /** Does it. Throws `unsupported`, with the reason, where the directory cannot. */
  run(person: Person, operation: Operation, signal: AbortSignal): Promise<Result>;
}
