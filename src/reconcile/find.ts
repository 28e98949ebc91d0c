/** Finds users, groups and events in a directory: reads as little as its filters allow, and selects and orders here. */
import type { Directory } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import { groupKind, roleKind, userKind } from '../model/kind-names.js';
import { objectPermissions } from '../model/kinds.js';
import type { Fields, Id, Kind, LiveObject } from '../model/model.js';
import type { Ask } from '../query/ask.js';
import { columnsOf } from '../query/columns.js';
import { orderRows } from '../query/order.js';
import type { Row } from '../query/schema.js';
import type { Request } from './request.js';

export interface Found {
  readonly rows: readonly Row[];
  /** How many were selected, those beyond the limit too; undefined where reading ended at the limit. */
  readonly total?: number;
}

/** Finds what is asked for. `columns`: what will be looked at, so that only names that are wanted are read. */
export async function find(
  directory: Directory,
  ask: Ask,
  columns: readonly string[],
  { signal, progress }: Pick<Request, 'signal' | 'progress'>,
): Promise<Found> {
  if (ask.type === 'events') return findEvents(directory, ask, { signal, progress });
  const kind = ask.type === 'users' ? userKind : groupKind;
  const wanted = new Set(columns);
  const [parents, roles] = await Promise.all([
    wanted.has('groups') || wanted.has('parents') ? namesOf(directory, groupKind, signal) : nobody,
    wanted.has('roles') || wanted.has('roles_obj') ? namesOf(directory, roleKind, signal) : nobody,
  ]);
  const names: Names = { groups: parents, roles };
  const without = new Set([
    'permissions',
    objectPermissions,
    ...(kind === groupKind && !wanted.has('members') ? ['users'] : []),
  ]);
  const selected: ObjectRow[] = [];
  let read = 0;
  for await (const object of directory.list(kind, { without, narrow: ask.narrow }, signal)) {
    if (++read % 1_000 === 0) progress(`reading ${ask.type}`, read);
    const row = new ObjectRow(object, names);
    // The fields of the language are attributes; reading them needs no row.
    if (ask.matches(ask.searches ? (row as unknown as Row) : object.attributes)) selected.push(row);
  }
  signal.throwIfAborted();
  const rows = orderRows(selected as unknown as Row[], ask.order);
  return { rows: ask.limit === undefined ? rows : rows.slice(0, ask.limit), total: rows.length };
}

/** Events come newest first, so that the usual order with a limit needs only the newest ones. */
async function findEvents(
  directory: Directory,
  ask: Ask,
  { signal, progress }: Pick<Request, 'signal' | 'progress'>,
): Promise<Found> {
  if (!directory.events)
    throw new DirectoryError('unsupported', `${directory.name} keeps no events that can be read`);
  const selected: Row[] = [];
  let read = 0;
  for await (const event of directory.events({ narrow: ask.narrow }, signal)) {
    if (++read % 100 === 0) progress('reading events', read);
    if (!ask.matches(event)) continue;
    if (ask.usualOrder && selected.length === ask.limit) return { rows: selected };
    selected.push(event);
  }
  signal.throwIfAborted();
  const rows = ask.usualOrder ? selected : orderRows(selected, ask.order);
  return { rows: ask.limit === undefined ? rows : rows.slice(0, ask.limit), total: rows.length };
}

/** What references are called, by their ids. */
interface Names {
  readonly groups: ReadonlyMap<Id, string>;
  readonly roles: ReadonlyMap<Id, string>;
}

const nobody: ReadonlyMap<Id, string> = new Map();

async function namesOf(
  directory: Directory,
  kind: Kind,
  signal: AbortSignal,
): Promise<ReadonlyMap<Id, string>> {
  const names = new Map<Id, string>();
  const without = new Set(['users', 'permissions', objectPermissions]);
  for await (const { id, attributes } of directory.list(kind, { without }, signal))
    names.set(id, String(attributes.name));
  return names;
}

/** A user or group as a row: columns are read when somebody looks at them, since most rows are only passed by. */
class ObjectRow {
  constructor(
    readonly object: LiveObject,
    readonly names: Names,
  ) {}

  get pk(): Id {
    return this.object.id;
  }

  get groups(): string[] {
    return named(this.object.attributes.groups, this.names.groups);
  }

  get parents(): string[] {
    return named(this.object.attributes.parents, this.names.groups);
  }

  get roles(): string[] {
    return named(this.object.attributes.roles, this.names.roles);
  }

  /** As authentik's own export has them. */
  get roles_obj(): Fields[] {
    const { roles } = this.object.attributes;
    return idsIn(roles).map((id) => ({ pk: id, name: this.names.roles.get(id) ?? String(id) }));
  }

  /** How many users were put into the group. */
  get members(): number {
    return idsIn(this.object.attributes.users).length;
  }
}

/** Every other column is an attribute, or a value that the directory works out. */
for (const column of new Set([...columnsOf.users.all, ...columnsOf.groups.all])) {
  if (column in ObjectRow.prototype) continue;
  Object.defineProperty(ObjectRow.prototype, column, {
    get(this: ObjectRow) {
      const { attributes } = this.object;
      return attributes[column] === undefined ? this.object.computed[column] : attributes[column];
    },
  });
}

function idsIn(value: unknown): Id[] {
  return Array.isArray(value) ? value : [];
}

function named(value: unknown, names: ReadonlyMap<Id, string>): string[] {
  return idsIn(value)
    .map((id) => names.get(id) ?? String(id))
    .sort();
}
