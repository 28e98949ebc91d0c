/** Reads the objects of a kind, with one statement per page, references included. */
import { userKind } from '../../model/kind-names.js';
import { type FieldFacts, type KindFacts, objectPermissions } from '../../model/kinds.js';
import { type Fields, type Id, isMap, type Json, type Kind, type LiveObject } from '../../model/model.js';
import type { Narrowing } from '../../query/narrow.js';
import type { ListOptions } from '../directory.js';
import { DirectoryError } from '../errors.js';
import { type Grant, grantsJson, readGrants } from '../grants.js';
import { copyOf, sorted } from '../normal.js';
import { factsOf, idType, isExpired, isSelected, layoutOf } from '../semantics.js';
import { type Connection, chunks, placeholders, type Row } from './connection.js';
import { candidatesOf, idColumn, idFrom } from './find.js';
import { superuserRows } from './superusers.js';

type FixedColumns = [
  row: number,
  id: string,
  attributes: string,
  computed: string,
  created: string,
  updated: string,
];

const noRows: ReadonlySet<number> = new Set();
const pageSize = 2_000;

/** The statement that reads a kind, and the layout of its columns. */
interface Reading {
  readonly select: string;
  /** The same without object permissions, which are rare. */
  readonly selectUngranted: string;
  /** Fields whose ids stand in the columns after the fixed ones. */
  readonly references: readonly (readonly [field: FieldFacts, type: 'uuid' | 'integer'])[];
  readonly defaults: readonly (readonly [string, Json])[];
  /** Families that know the object by an id of their own, and under which name that id is kept. */
  readonly ownIds: readonly (readonly [family: string, name: string])[];
}

const fixedColumns = 6;
const readings = new WeakMap<KindFacts, Reading>();

function readingOf(facts: KindFacts, without: ReadonlySet<string> = new Set()): Reading {
  const { references, inverses: all, plain } = layoutOf(facts);
  const inverses = all.filter((field) => !without.has(field.name));
  // Only whole statements are kept; there is at most one other for each kind and run.
  const isWhole = inverses.length === all.length;
  let reading = isWhole ? readings.get(facts) : undefined;
  if (!reading) {
    const columns = [
      'o.row, o.id, o.attributes, o.computed, o.created, o.updated',
      ...references.map(outwards),
      ...inverses.map(inwards),
    ].join(', ');
    const granted = `(SELECT string_agg(p.permission || ' ' || h.kind || ' ' || h.id, ',') FROM object_permission p
      JOIN object h ON h.row = p.holder WHERE p.object = o.row)`;
    reading = {
      select: `SELECT ${columns}, ${granted} FROM object o`,
      selectUngranted: `SELECT ${columns}, NULL FROM object o`,
      references: [...references, ...inverses].map((field) => [field, idType(field.reference!.to)] as const),
      defaults: plain.flatMap((field) =>
        field.default === undefined ? [] : [[field.name, field.default] as const],
      ),
      ownIds: ownIdNames(facts),
    };
    if (isWhole) readings.set(facts, reading);
  }
  return reading;
}

/** The ids that a field of an object points to. */
function outwards(field: FieldFacts): string {
  const id = idColumn(field.reference!.to, 't');
  const found = `FROM reference r JOIN object t ON t.row = r.target WHERE r.source = o.row AND r.field = '${field.name}'`;
  if (!field.many) return `(SELECT ${id} ${found} LIMIT 1)`;
  return field.set
    ? `(SELECT string_agg(${id}, ',') ${found})`
    : `(SELECT string_agg(${id}, ',' ORDER BY r.position) ${found})`;
}

/** The ids of the objects whose list holds an object. */
function inwards(field: FieldFacts): string {
  const { kind, field: name } = field.inverseOf!;
  return `(SELECT string_agg(s.id, ',') FROM reference r JOIN object s ON s.row = r.source
    WHERE r.target = o.row AND r.field = '${name}' AND s.kind = '${kind}' AND s.hidden = 0)`;
}

/** Objects of a kind, some at a time, in the order they were made. Expired and hidden ones are not live. */
export async function* readPages(
  connection: Connection,
  kind: Kind,
  { only, without, narrow }: ListOptions,
  now: string,
  signal?: AbortSignal,
): AsyncGenerator<LiveObject[]> {
  const facts = factsOf(kind);
  const reading = readingOf(facts, without);
  const { select, selectUngranted } = reading;
  const parse = parserOf(
    connection,
    facts,
    reading,
    kind === userKind ? await superuserRows(connection) : noRows,
  );
  const live = (rows: readonly Row[]): LiveObject[] => {
    const objects: LiveObject[] = [];
    for (const row of rows) {
      // A model keeps objects as they are; other readers take them apart.
      const one = without ? parse(row) : wholeOf(parse(row));
      if (isExpired(facts, one.attributes, now)) continue;
      if (!only || isSelected(facts, one.id, one.attributes, only)) objects.push(one);
    }
    return objects;
  };

  const candidates = await firstCandidates(connection, facts, [only, ...(narrow ?? [])]);
  if (candidates) {
    for (const rows of chunks(candidates)) {
      signal?.throwIfAborted();
      const where = `o.kind = ? AND o.hidden = 0 AND o.row IN (${placeholders(rows.length)})`;
      yield live(await connection.all(`${select} WHERE ${where} ORDER BY o.row`, [kind, ...rows]));
    }
    return;
  }
  const granted = await connection.first<[number]>('SELECT 1 FROM object_permission LIMIT 1');
  for (let after = 0; ; ) {
    signal?.throwIfAborted();
    const page = await connection.all<Row>(
      `${granted ? select : selectUngranted} WHERE o.kind = ? AND o.hidden = 0 AND o.row > ?
        ORDER BY o.row LIMIT ${pageSize}`,
      [kind, after],
    );
    yield live(page);
    if (page.length < pageSize) return;
    after = page.at(-1)![0] as number;
  }
}

/** Rows that include all wanted objects, by the first of some conditions that an index knows; undefined when none does. */
async function firstCandidates(
  connection: Connection,
  facts: KindFacts,
  conditions: readonly (ListOptions['only'] | Narrowing)[],
): Promise<number[] | undefined> {
  for (const one of conditions) {
    if (!one?.values || ('path' in one && one.path.length > 0)) continue;
    const found = await candidatesOf(connection, facts, { field: one.field, values: one.values });
    if (found) return found;
  }
  return undefined;
}

/** One object by its row, whether or not it is live. Whether a user is a superuser is not looked up. */
export async function readRow(
  connection: Connection,
  kind: Kind,
  row: number,
): Promise<LiveObject | undefined> {
  const facts = factsOf(kind);
  const found = await connection.first<Row>(`${readingOf(facts).select} WHERE o.kind = ? AND o.row = ?`, [
    kind,
    row,
  ]);
  return found && wholeOf(parserOf(connection, facts, readingOf(facts), noRows)(found));
}

function parserOf(
  connection: Connection,
  facts: KindFacts,
  reading: Reading,
  superusers: ReadonlySet<number>,
): (row: Row) => StoredObject {
  let lastCreated = '';
  let lastUpdated = '';
  // Many objects name the same few: one text for each saves memory.
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  const store: Store = { connection, facts, ownIds: reading.ownIds };
  return (row) => {
    const [number, id, attributesText, computedText, created, updated] = row as FixedColumns;
    // Many objects were created at the same time.
    if (created !== lastCreated) lastCreated = created;
    if (updated !== lastUpdated) lastUpdated = updated;
    const made = lastCreated;
    const attributes = parseJson(connection, facts, id, attributesText);
    for (const [name, value] of reading.defaults) {
      if (attributes[name] === undefined) attributes[name] = copyOf(value);
    }
    let next = fixedColumns;
    for (const [field, type] of reading.references) {
      attributes[field.name] = referenceValue(field, type, row[next++] as string | null, shared);
    }
    attributes[objectPermissions] = readPermissions(row[next] as string | null);
    return new StoredObject(
      store,
      idFrom(id, facts.idType),
      attributes,
      made,
      lastUpdated,
      superusers.has(number),
      computedText,
    );
  };
}

/** What the objects of one kind have in common. */
interface Store {
  readonly connection: Connection;
  readonly facts: KindFacts;
  readonly ownIds: Reading['ownIds'];
}

/** A stored object. Its read-only values are rarely needed, so they are parsed on demand. */
class StoredObject implements LiveObject {
  constructor(
    private readonly store: Store,
    readonly id: Id,
    readonly attributes: Fields,
    readonly created: string,
    private readonly updated: string,
    private readonly isSuperuser: boolean,
    private rest: string | Fields,
  ) {}

  get kind(): Kind {
    return this.store.facts.kind;
  }

  get computed(): Fields {
    if (typeof this.rest === 'string') {
      const { connection, facts } = this.store;
      const stored = parseJson(connection, facts, String(this.id), this.rest);
      this.rest = computedOf(facts, stored, this.created, this.updated, this.isSuperuser);
    }
    return this.rest;
  }

  get familyIds(): Record<string, Id> | undefined {
    const { ownIds } = this.store;
    return ownIds.length === 0 ? undefined : familyIdsIn(ownIds, this.computed);
  }
}

/** The object with all of its values as properties of its own. */
function wholeOf({ kind, id, attributes, computed, created, familyIds }: StoredObject): LiveObject {
  const object = { kind, id, attributes, computed, created };
  return familyIds ? { ...object, familyIds } : object;
}

/** A map that stands in the database as text. */
function parseJson(connection: Connection, facts: KindFacts, id: string, text: string): Fields {
  try {
    const value = JSON.parse(text) as unknown;
    if (!isMap(value)) throw new SyntaxError('it is not a map');
    return value as Fields;
  } catch (cause) {
    const shown = facts.spends ? '' : ` ${id}`;
    throw new DirectoryError('corrupt', `${connection.name}: ${facts.name}${shown} is not valid JSON`, {
      cause,
      kind: facts.kind,
    });
  }
}

function referenceValue(
  field: FieldFacts,
  type: 'uuid' | 'integer',
  text: string | null,
  shared: (text: string) => string,
): Json {
  if (!field.many) return text === null ? null : idFrom(text, type);
  if (text === null) return [];
  const ids: Json[] = type === 'integer' ? numbersIn(text) : text.split(',').map(shared);
  return field.set ? sorted(ids) : ids;
}

/** Numbers separated by commas. Ids written by hand may not be numbers. */
function numbersIn(text: string): number[] {
  return /^[1-9]\d*(?:,[1-9]\d*)*$/.test(text)
    ? (JSON.parse(`[${text}]`) as number[])
    : text.split(',').map(Number);
}

function readPermissions(text: string | null): Json {
  if (text === null) return [];
  const grants = text.split(',').map((one): Grant => {
    const [permission, kind, id] = one.split(' ') as [string, Grant['kind'], string];
    return { permission, kind, id: idFrom(id, idType(kind)) };
  });
  return grantsJson(readGrants(grantsJson(grants)));
}

/** The names under which the ids are kept by which families know objects of a kind. */
export function ownIdNames(facts: KindFacts): readonly (readonly [family: string, name: string])[] {
  return facts.families
    .filter((one) => one.ownId)
    .map((one) => [one.family, one.idName ?? one.family] as const);
}

function familyIdsIn(ownIds: Reading['ownIds'], stored: Fields): Record<string, Id> {
  const ids: Record<string, Id> = {};
  for (const [family, name] of ownIds) ids[family] = stored[name] as string;
  return ids;
}

/** The read-only values of an object. They are added to those that are stored. */
export function computedOf(
  facts: KindFacts,
  stored: Fields,
  created: string,
  updated: string,
  isSuperuser: boolean,
): Fields {
  const computed = stored;
  for (const name of facts.readOnly) {
    if (name === 'last_updated') computed[name] = updated;
    else if (name === 'created' || name === 'date_joined') computed[name] = created;
    else if (name === 'is_superuser' && facts.kind === userKind) computed[name] = isSuperuser;
  }
  return computed;
}
