/** A kind in, its objects as a directory gives them back out: one statement for a page of them, references included. */
import { type FieldFacts, type KindFacts, objectPermissions } from '../../catalogue.js';
import type { Id, Json, Kind } from '../../model.js';
import { DirectoryError, type Fields, type LiveObject, type Selector } from '../directory.js';
import { type Grant, grantsJson, readGrants } from '../grants.js';
import { normalValue } from '../normal.js';
import { factsOf, idType, isExpired, isSelected, layoutOf, userKind } from '../semantics.js';
import { type Connection, chunks, placeholders, type Row } from './connection.js';
import { candidatesOf, idColumn, idFrom } from './find.js';
import { superuserRows } from './superusers.js';

/** An object with what only the store knows of it. */
export interface StoredObject {
  readonly row: number;
  readonly live: LiveObject;
  /** Values worked out when it was made or last changed. */
  readonly computed: Fields;
  readonly secrets: string;
  readonly created: string;
}

const noRows: ReadonlySet<number> = new Set();
const pageSize = 2_000;
const familySeparator = ' ';

/** How the statement that reads a kind is laid out. */
interface Reading {
  readonly select: string;
  /** Fields whose ids stand in the columns after the fixed ones. */
  readonly references: readonly FieldFacts[];
  readonly defaults: readonly (readonly [string, Json])[];
  readonly hasOwnIds: boolean;
}

const fixedColumns = 7;
const readings = new WeakMap<KindFacts, Reading>();

function readingOf(facts: KindFacts): Reading {
  let reading = readings.get(facts);
  if (!reading) {
    const { references, inverses, plain } = layoutOf(facts);
    const hasOwnIds = facts.families.some((one) => one.ownId);
    const columns = [
      'o.row, o.id, o.attributes, o.computed, o.secrets, o.created, o.updated',
      ...references.map(outwards),
      ...inverses.map(inwards),
      `(SELECT string_agg(p.permission || ' ' || h.kind || ' ' || h.id, ',') FROM object_permission p
        JOIN object h ON h.row = p.holder WHERE p.object = o.row)`,
    ];
    if (hasOwnIds) {
      columns.push(
        `(SELECT string_agg(f.family || '${familySeparator}' || f.id, ',') FROM family_id f WHERE f.object = o.row)`,
      );
    }
    reading = {
      select: `SELECT ${columns.join(', ')} FROM object o`,
      references: [...references, ...inverses],
      defaults: plain.flatMap((field) =>
        field.default === undefined ? [] : [[field.name, field.default] as const],
      ),
      hasOwnIds,
    };
    readings.set(facts, reading);
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

/** Objects of a kind in the order they were made. Expired and hidden ones are not live. */
export async function* readObjects(
  connection: Connection,
  kind: Kind,
  only: Selector | undefined,
  now: string,
  signal?: AbortSignal,
): AsyncGenerator<StoredObject> {
  const facts = factsOf(kind);
  const { select } = readingOf(facts);
  const parse = parserOf(connection, facts, kind === userKind ? await superuserRows(connection) : noRows);
  const live = (rows: readonly Row[]): StoredObject[] =>
    rows
      .map(parse)
      .filter((one) => !isExpired(facts, one.live.attributes, now))
      .filter((one) => !only || isSelected(facts, one.live.id, one.live.attributes, only));

  const candidates = only && (await candidatesOf(connection, facts, only));
  if (candidates) {
    for (const rows of chunks(candidates)) {
      signal?.throwIfAborted();
      const where = `o.kind = ? AND o.hidden = 0 AND o.row IN (${placeholders(rows.length)})`;
      yield* live(await connection.all(`${select} WHERE ${where} ORDER BY o.row`, [kind, ...rows]));
    }
    return;
  }
  for (let after = 0; ; ) {
    signal?.throwIfAborted();
    const page = await connection.all<Row>(
      `${select} WHERE o.kind = ? AND o.hidden = 0 AND o.row > ? ORDER BY o.row LIMIT ${pageSize}`,
      [kind, after],
    );
    yield* live(page);
    if (page.length < pageSize) return;
    after = page.at(-1)![0] as number;
  }
}

/** One object by its row, whether or not it is live. Whether a user is a superuser is not looked up. */
export async function readRow(
  connection: Connection,
  kind: Kind,
  row: number,
): Promise<StoredObject | undefined> {
  const facts = factsOf(kind);
  const found = await connection.first<Row>(`${readingOf(facts).select} WHERE o.kind = ? AND o.row = ?`, [
    kind,
    row,
  ]);
  return found && parserOf(connection, facts, noRows)(found);
}

function parserOf(
  connection: Connection,
  facts: KindFacts,
  superusers: ReadonlySet<number>,
): (row: Row) => StoredObject {
  const reading = readingOf(facts);
  return (row) => {
    const [number, id, attributesText, computedText, secrets, created, updated] = row as [
      number,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const attributes = parseJson(connection, facts, id, attributesText);
    const stored = parseJson(connection, facts, id, computedText);
    for (const [name, value] of reading.defaults) {
      if (attributes[name] === undefined)
        attributes[name] = typeof value === 'object' ? structuredClone(value) : value;
    }
    reading.references.forEach((field, at) => {
      attributes[field.name] = referenceValue(field, row[fixedColumns + at] as string | null);
    });
    const next = fixedColumns + reading.references.length;
    attributes[objectPermissions] = readPermissions(row[next] as string | null);
    const computed = computedOf(facts, stored, created, updated, superusers.has(number));
    const live: LiveObject = {
      kind: facts.kind,
      id: idFrom(id, facts.idType),
      ...(reading.hasOwnIds && { familyIds: familyIds(row[next + 1] as string | null) }),
      attributes,
      computed,
    };
    return { row: number, live, computed: stored, secrets, created };
  };
}

/** A map that stands in the database as text. */
function parseJson(connection: Connection, facts: KindFacts, id: string, text: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch (cause) {
    const shown = facts.spends ? '' : ` ${id}`;
    throw new DirectoryError('corrupt', `${connection.name}: ${facts.name}${shown} holds no JSON`, {
      cause,
      kind: facts.kind,
    });
  }
}

function referenceValue(field: FieldFacts, text: string | null): Json {
  const type = idType(field.reference!.to);
  if (!field.many) return text === null ? null : idFrom(text, type);
  if (text === null) return [];
  const ids: Json[] = type === 'integer' ? text.split(',').map(Number) : text.split(',');
  return field.set ? normalValue(field, ids) : ids;
}

function readPermissions(text: string | null): Json {
  if (text === null) return [];
  const grants = text.split(',').map((one): Grant => {
    const [permission, kind, id] = one.split(' ') as [string, Grant['kind'], string];
    return { permission, kind, id: idFrom(id, idType(kind)) };
  });
  return grantsJson(readGrants(grantsJson(grants)));
}

function familyIds(text: string | null): Record<string, Id> {
  const pairs =
    text === null ? [] : text.split(',').map((one) => one.split(familySeparator) as [string, string]);
  return Object.fromEntries(pairs);
}

/** The read-only values of an object. */
export function computedOf(
  facts: KindFacts,
  stored: Fields,
  created: string,
  updated: string,
  isSuperuser: boolean,
): Fields {
  const computed = { ...stored };
  for (const name of facts.readOnly) {
    if (name === 'last_updated') computed[name] = updated;
    else if (name === 'created' || name === 'date_joined') computed[name] = created;
    else if (name === 'is_superuser' && facts.kind === userKind) computed[name] = isSuperuser;
  }
  return computed;
}
