/** Writes single changes to a directory, and works out what the ledger records of them. Remembers the ids of what it made. */
import { shortPlace } from '../diagnostic/source.js';
import type { Created, Directory } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import type { LedgerRecord } from '../ledger/ledger.js';
import { type Fingerprints, unsettled, withOrigins } from '../model/fingerprint.js';
import { catalogue } from '../model/kinds.js';
import { idIn, type LiveModel } from '../model/live-model.js';
import {
  type Attributes,
  Deferred,
  type Fields,
  type Id,
  type IdOf,
  isMap,
  type Json,
  Ref,
  Unavailable,
  type Value,
} from '../model/model.js';
import type { Change, LedgerEntry } from '../plan/change.js';
import { pathFingerprints } from '../plan/ledger-entry.js';
import { originsBelow } from '../plan/origins.js';

/** What writing needs to know. */
export interface WriterInput {
  readonly live: LiveModel;
  /** Gets the ids as objects are created. */
  readonly fingerprints: (idOf: (ref: Ref, family?: string) => Id | undefined) => Fingerprints;
  /** A salted hash of a password, for the ledger. */
  readonly hashPassword: (password: string) => Promise<string>;
  readonly signal: AbortSignal;
}

/** Errors about what was asked for, not about the directory. */
const ofTheChange = new Set(['invalid', 'duplicate', 'dangling', 'unsupported', 'in-use', 'missing']);

/** Writes changes and keeps the ids of created objects. */
export class ChangeWriter {
  private readonly ids = new Map<Ref, { id: Id; familyIds?: Readonly<Record<string, Id>> }>();
  private readonly unfinished = new Map<Ref, ReadonlySet<string>>();
  private readonly passwords = new Map<string, Promise<string>>();
  private readonly fingerprints: Fingerprints;

  constructor(private readonly input: WriterInput) {
    this.fingerprints = input.fingerprints(this.idOf);
  }

  private readonly idOf = (ref: Ref, family?: string): Id | undefined => {
    const made = this.ids.get(ref);
    if (made) return (family === undefined ? undefined : made.familyIds?.[family]) ?? made.id;
    return idIn(this.input.live.of(ref), family);
  };

  private readonly knownId: IdOf = (ref, family) => {
    const id = this.idOf(ref, family);
    if (id === undefined) throw new DirectoryError('dangling', `${ref.address} does not exist`);
    return id;
  };

  /** Hashes the passwords of records beforehand, because it is slow and a transaction should not wait for it. */
  async hashPasswords(entries: Iterable<LedgerEntry>): Promise<void> {
    for (const entry of entries) this.startHash(entry);
    await Promise.all(this.passwords.values());
  }

  private startHash(entry: LedgerEntry): void {
    for (const [name, value] of Object.entries(entry.applied)) {
      if (typeof value !== 'string' || this.passwords.has(value)) continue;
      if (catalogue().kinds.get(entry.kind)!.fields[name]?.unreadable !== 'password') continue;
      this.passwords.set(value, this.input.hashPassword(value));
    }
  }

  /**
   * Writes a change; returns what a create left unfinished. A change that the directory rejects is an error with the
   * place of its entry.
   */
  async write(directory: Directory, change: Change): Promise<Created['unfinished']> {
    try {
      return await this.writeChange(directory, change);
    } catch (error) {
      throw error instanceof DirectoryError && ofTheChange.has(error.code) ? placed(change, error) : error;
    }
  }

  private async writeChange(directory: Directory, change: Change): Promise<Created['unfinished']> {
    const { signal } = this.input;
    switch (change.verb) {
      case 'create': {
        const fields = this.fields(change, change.write);
        if (change.wantedId !== undefined) fields.pk = change.wantedId;
        const { object, unfinished } = await directory.create(change.kind, fields, signal);
        this.ids.set(change.ref, { id: object.id, familyIds: object.familyIds });
        if (!unfinished) return undefined;
        this.unfinished.set(change.ref, new Set(unfinished.fields));
        return { ...unfinished, error: placed(change, unfinished.error) };
      }
      case 'update':
      case 'adopt': {
        if (Object.keys(change.write).length === 0) return undefined;
        const id = change.id ?? this.knownId(change.ref);
        const before = this.fields(change, change.was);
        await directory.update(change.kind, id, before, this.fields(change, change.write), signal);
        return undefined;
      }
      case 'delete':
        await directory.delete(change.kind, change.id!, signal);
        return undefined;
      case 'forget':
        return undefined;
    }
  }

  private fields(change: Change, attributes: Attributes): Fields {
    const facts = catalogue().kinds.get(change.kind)!;
    const fields: Fields = {};
    for (const [name, value] of Object.entries(attributes)) {
      const to = facts.fields[name]?.reference?.to;
      const family = to !== undefined && catalogue().families.has(to) ? to : undefined;
      fields[name] = this.plain(value, family);
    }
    return fields;
  }

  private plain(value: Value, family: string | undefined): Json {
    if (value instanceof Ref) return this.knownId(value, family);
    if (value instanceof Deferred) return value.compute(this.knownId);
    if (value instanceof Unavailable) throw new Error('an unavailable value reached the apply');
    if (Array.isArray(value)) return value.map((one) => this.plain(one, family));
    if (!isMap(value)) return value as Json;
    return Object.fromEntries(
      Object.entries(value as Record<string, Value>).map(([key, inner]) => [
        key,
        this.plain(inner, undefined),
      ]),
    );
  }

  /** What the ledger records of an object. Attributes that a create left unfinished were not applied. */
  async recordOf(given: LedgerEntry): Promise<LedgerRecord> {
    const left = this.unfinished.get(given.ref);
    const entry = left ? withoutFields(given, left) : given;
    this.startHash(entry);
    const facts = catalogue().kinds.get(entry.kind)!;
    const paths = {
      ...entry.keep?.paths,
      ...pathFingerprints(facts, entry.applied, this.fingerprints, this.idOf, entry.origins),
    };
    for (const field of Object.values(facts.fields)) {
      const value = entry.applied[field.name];
      if (field.unreadable !== 'password' || typeof value !== 'string') continue;
      const origins = entry.origins && originsBelow(entry.origins, `/${field.name}`);
      paths[`/${field.name}`] = withOrigins(await this.passwords.get(value)!, origins);
    }
    const whole = this.fingerprints.whole(facts, entry.applied, entry.labels);
    return {
      address: entry.ref.address,
      kind: entry.kind,
      id: entry.id ?? this.knownId(entry.ref),
      ownership: entry.ownership,
      place: entry.keep?.place ?? shortPlace(entry.place),
      labels: entry.labels,
      whole: entry.unsettled ? unsettled(whole) : whole,
      paths,
      ...(entry.formerly && entry.formerly.length > 0 ? { formerly: entry.formerly } : {}),
    };
  }
}

/** The entry of an object that lacks some of its attributes: they are not applied, so the whole is not complete. */
function withoutFields(entry: LedgerEntry, left: ReadonlySet<string>): LedgerEntry {
  const applied = Object.fromEntries(Object.entries(entry.applied).filter(([name]) => !left.has(name)));
  return { ...entry, applied, unsettled: true };
}

function placed(change: Change, error: DirectoryError): DirectoryError {
  if (!change.place) return error;
  const { code, message, cause, kind, id, field, uncertain, retryAfter } = error;
  const text = `${shortPlace(change.place)}: ${message}`;
  return new DirectoryError(code, text, { cause, kind, id, field, uncertain, retryAfter });
}
