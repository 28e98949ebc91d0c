/**
 * A small directory and ledger in memory, for tests. It is not atomic: what was written before a failure stays. Hooks
 * let a test fail before or after the n-th write, or look at what is written.
 */

import { randomUUID } from 'node:crypto';
import { checker } from '../../src/directory/checks.js';
import { completeFields } from '../../src/directory/computed.js';
import type { Directory } from '../../src/directory/directory.js';
import { DirectoryError } from '../../src/directory/errors.js';
import { checkGrants, grantsJson, readGrants } from '../../src/directory/grants.js';
import { labelOf } from '../../src/directory/label.js';
import {
  copyOf,
  mergedValue,
  normalFields,
  normalValue,
  sameJson,
  sorted,
} from '../../src/directory/normal.js';
import {
  danglingError,
  duplicateError,
  factsOf,
  isExpired,
  isSelected,
  layoutOf,
  planDeletion,
  type Referrer,
  realFields,
  refuseSingleton,
  superuserGroups,
  uniqueKeys,
} from '../../src/directory/semantics.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { groupKind, settingsKind, userKind } from '../../src/model/kind-names.js';
import { catalogue, type KindFacts, kindsOf, objectPermissions } from '../../src/model/kinds.js';
import type { Fields, Id, Json, Kind, LiveObject } from '../../src/model/model.js';
import { memoryLedger } from './memory-ledger.js';

/** One write, counted from 1. */
export interface Write {
  readonly number: number;
  readonly verb: 'create' | 'update' | 'delete';
  readonly kind: Kind;
  readonly id?: Id;
}

/** Called around each write; what they throw, the write throws. */
export interface Hooks {
  before?: (write: Write) => void;
  after?: (write: Write) => void;
}

export interface MemoryStore {
  readonly directory: Directory;
  readonly ledger: Ledger;
  /** What was written to an attribute that is never given back. */
  secretOf(kind: Kind, id: Id, field: string): Json | undefined;
  /** May be changed while the store is in use. */
  readonly hooks: Hooks;
  transaction<T>(work: (within: { directory: Directory; ledger: Ledger }) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Held {
  readonly kind: Kind;
  readonly id: Id;
  readonly familyIds: Record<string, Id>;
  /** Own references included, other sides left out. */
  attributes: Fields;
  secrets: Fields;
  readonly hidden: boolean;
  readonly created: string;
}

/** An empty directory with its settings, and an empty ledger. `clock` gives the time by which objects are made. */
export async function memoryStore(hooks: Hooks = {}, clock = () => new Date()): Promise<MemoryStore> {
  const check = await checker();
  const held: Held[] = [];
  let lastId = 0;
  let writes = 0;

  const of = (kind: Kind): Held[] => held.filter((one) => one.kind === kind);
  const find = (to: string, id: Id): Held | undefined =>
    held.find((one) => kindsOf(to).includes(one.kind) && one.familyIds[to] === id) ??
    held.find((one) => kindsOf(to).includes(one.kind) && String(one.id) === String(id));
  const now = (): string => `${clock().toISOString().slice(0, 19)}Z`;
  const isLive = (one: Held): boolean => !one.hidden && !isExpired(factsOf(one.kind), one.attributes, now());
  const membersOf = (group: Held, holder: Kind, field: string): Json[] =>
    sorted(
      of(holder)
        .filter((one) => (one.attributes[field] as Json[]).includes(group.id))
        .map((one) => one.id),
    );

  const superusers = (): Set<Id> => {
    const groups = of(groupKind);
    const children = (id: Id) =>
      groups.filter((one) => (one.attributes.parents as Json[]).includes(id)).map((one) => one.id);
    return superuserGroups(
      groups.filter((one) => one.attributes.is_superuser === true).map((one) => one.id),
      children,
    );
  };

  const shown = (one: Held): LiveObject => {
    const facts = factsOf(one.kind);
    const attributes: Fields = { ...(copyOf(one.attributes) as Fields) };
    for (const { name, inverseOf } of layoutOf(facts).inverses) {
      attributes[name] = membersOf(one, inverseOf!.kind, inverseOf!.field);
    }
    const isSuperuser = (): boolean => {
      const groups = superusers();
      return (one.attributes.groups as Id[]).some((group) => groups.has(group));
    };
    const { kind, id } = one;
    return {
      kind,
      id,
      ...(Object.keys(one.familyIds).length > 0 && { familyIds: one.familyIds }),
      created: one.created,
      attributes,
      computed: kind === userKind ? { is_superuser: isSuperuser() } : {},
    };
  };

  const written = (facts: KindFacts, fields: Fields): Fields => {
    const real = realFields(facts, fields);
    for (const [name, value] of Object.entries(real)) {
      if (name === objectPermissions) {
        checkGrants(facts, real, value);
        real[name] = grantsJson(readGrants(value));
      } else real[name] = normalValue(facts.fields[name]!, value);
    }
    return real;
  };

  /** Replaces ids by those that references give back; an id of nothing is an error. */
  const resolve = (facts: KindFacts, fields: Fields, ownId: Id): void => {
    const { references, inverses } = layoutOf(facts);
    for (const field of [...references, ...inverses]) {
      const value = fields[field.name];
      if (value === undefined || value === null) continue;
      const to = field.inverseOf?.kind ?? field.reference!.to;
      const known = (id: Id): Id => {
        const target = find(to, id);
        if (target) return target.familyIds[to] ?? target.id;
        if (id === ownId && to === facts.kind) return id;
        throw danglingError(facts, fields, field.name, to);
      };
      fields[field.name] = Array.isArray(value)
        ? normalValue(
            field,
            value.map((id) => known(id as Id)),
          )
        : known(value as Id);
    }
    for (const grant of readGrants(fields[objectPermissions])) {
      if (!find(grant.kind, grant.id)) throw danglingError(facts, fields, objectPermissions, grant.kind);
    }
  };

  const refuseDuplicates = (facts: KindFacts, fields: Fields, except?: Held): void => {
    for (const key of uniqueKeys(facts, fields)) {
      const taken = held.some(
        (one) =>
          one !== except &&
          uniqueKeys(factsOf(one.kind), one.attributes).some(
            (its) => its.scope === key.scope && its.value === key.value,
          ),
      );
      if (taken) throw duplicateError(facts, fields, key);
    }
  };

  const linkInverses = (facts: KindFacts, fields: Fields, id: Id): void => {
    for (const { name, inverseOf } of layoutOf(facts).inverses) {
      if (fields[name] === undefined) continue;
      const members = (fields[name] as Id[]).map(String);
      for (const holder of of(inverseOf!.kind)) {
        const others = (holder.attributes[inverseOf!.field] as Json[]).filter((one) => one !== id);
        const list = members.includes(String(holder.id)) ? [...others, id] : others;
        holder.attributes[inverseOf!.field] = sorted(list);
      }
    }
  };

  const pick = (fields: Fields, names: readonly { name: string }[]): Fields =>
    Object.fromEntries(
      names.flatMap(({ name }) => (fields[name] === undefined ? [] : [[name, fields[name]!]])),
    );

  const create = (kind: Kind, asked: Fields, hidden = false): Held => {
    const facts = factsOf(kind);
    const { pk, ...rest } = asked;
    const anonymous = held.find((one) => one.hidden)?.id;
    const settings = catalogue().kinds.has(settingsKind) ? (of(settingsKind)[0]?.attributes ?? {}) : {};
    const fields = completeFields(facts, written(facts, rest), {
      now: clock(),
      settings,
      ...(anonymous !== undefined && { anonymous }),
    });
    check.fields(facts, fields);
    const id = (pk ?? (facts.idType === 'integer' ? lastId + 1 : randomUUID())) as Id;
    if (typeof id === 'number') lastId = Math.max(lastId, id);
    if (find(kind, id))
      throw new DirectoryError('duplicate', `${labelOf(facts, fields)}: its \`pk\` is taken`, {
        kind,
        field: 'pk',
      });
    if (facts.fields[facts.idName]) fields[facts.idName] = id;
    resolve(facts, fields, id);
    check.together(facts, fields);
    refuseDuplicates(facts, fields);
    const { plain, references, unreadable } = layoutOf(facts);
    const one: Held = {
      kind,
      id,
      familyIds: Object.fromEntries(
        facts.families.filter((its) => its.ownId).map((its) => [its.family, randomUUID()]),
      ),
      attributes: {
        ...pick(fields, [...plain, ...references]),
        [objectPermissions]: fields[objectPermissions] ?? [],
      },
      secrets: pick(fields, unreadable),
      hidden,
      created: now(),
    };
    held.push(one);
    linkInverses(facts, fields, id);
    return one;
  };

  const update = (kind: Kind, id: Id, before: Fields, asked: Fields): void => {
    const facts = factsOf(kind);
    const one = of(kind).find((its) => String(its.id) === String(id) && isLive(its));
    if (!one) throw new DirectoryError('missing', `${facts.name} ${id} is not there`, { kind, id });
    const fields = written(facts, asked);
    const was = written(facts, before);
    check.fields(facts, fields);
    resolve(facts, fields, id);
    const current = shown(one).attributes;
    for (const [name, value] of Object.entries(fields)) {
      const set = name === objectPermissions ? ({ set: 'exact' } as const) : facts.fields[name]!;
      fields[name] = mergedValue(set, current[name], was[name], value);
    }
    const next: Fields = { ...current, ...fields };
    check.together(facts, next);
    refuseDuplicates(facts, next, one);
    const { plain, references, unreadable } = layoutOf(facts);
    one.attributes = {
      ...pick(next, [...plain, ...references]),
      [objectPermissions]: next[objectPermissions] ?? [],
    };
    one.secrets = { ...one.secrets, ...pick(fields, unreadable) };
    linkInverses(facts, fields, id);
  };

  const remove = async (kind: Kind, id: Id): Promise<void> => {
    const facts = factsOf(kind);
    refuseSingleton(facts);
    const one = of(kind).find((its) => String(its.id) === String(id) && isLive(its));
    if (!one) return;
    const { deleted } = await planDeletion(one, async (targets) => targets.flatMap(referrersOf));
    for (const gone of deleted) {
      for (const { source, field } of referrersOf(gone)) release(source, field, gone);
      for (const other of held) {
        const grants = readGrants(other.attributes[objectPermissions]);
        other.attributes[objectPermissions] = grantsJson(
          grants.filter((grant) => grant.kind !== gone.kind || grant.id !== gone.id),
        );
      }
      held.splice(held.indexOf(gone), 1);
    }
  };

  const idsOf = (target: Held, to: string): Json => target.familyIds[to] ?? target.id;

  const referrersOf = (target: Held): Referrer<Held>[] =>
    held.flatMap((source) =>
      layoutOf(factsOf(source.kind))
        .references.filter(({ name, reference }) => {
          const value = source.attributes[name];
          const id = idsOf(target, reference!.to);
          const isTarget = kindsOf(reference!.to).includes(target.kind);
          return (
            isTarget && (Array.isArray(value) ? value.some((one) => sameJson(one, id)) : sameJson(value, id))
          );
        })
        .map(({ name }) => ({ source, kind: source.kind, field: name, target })),
    );

  const release = (source: Held, name: string, target: Held): void => {
    const id = idsOf(target, factsOf(source.kind).fields[name]!.reference!.to);
    const value = source.attributes[name];
    source.attributes[name] = Array.isArray(value) ? value.filter((one) => one !== id) : null;
  };

  const around = async <T>(
    verb: Write['verb'],
    kind: Kind,
    id: Id | undefined,
    work: () => T | Promise<T>,
  ): Promise<T> => {
    const write = { number: ++writes, verb, kind, ...(id !== undefined && { id }) };
    hooks.before?.(write);
    const result = await work();
    hooks.after?.(write);
    return result;
  };

  const directory: Directory = {
    name: 'memory:',
    kinds: new Set([...catalogue().kinds.values()].filter((facts) => !facts.meta).map((facts) => facts.kind)),
    atomic: false,
    normalize: (kind, attributes) => normalFields(factsOf(kind), attributes),
    concurrency: 4,
    fields: () => 'all',
    list: async function* (kind, { only }, signal) {
      const facts = factsOf(kind);
      for (const one of of(kind).filter(isLive)) {
        signal.throwIfAborted();
        const live = shown(one);
        if (!only || isSelected(facts, live.id, live.attributes, only)) yield live;
      }
    },
    create: (kind, fields) =>
      around('create', kind, undefined, () => {
        refuseSingleton(factsOf(kind));
        return { object: shown(create(kind, fields)) };
      }),
    update: (kind, id, before, after) => around('update', kind, id, () => update(kind, id, before, after)),
    delete: (kind, id) => around('delete', kind, id, () => remove(kind, id)),
    transaction: (work) => work(directory),
    close: async () => {},
  };
  create(userKind, { username: 'AnonymousUser', name: 'AnonymousUser' }, true);
  for (const facts of catalogue().kinds.values()) if (facts.singleton) create(facts.kind, {});
  const ledger = memoryLedger();
  return {
    directory,
    ledger,
    hooks,
    secretOf: (kind, id, field) => of(kind).find((one) => one.id === id)?.secrets[field],
    transaction: (work) => work({ directory, ledger }),
    close: async () => {},
  };
}
