/**
 * Writes rows as CSV (RFC 4180) for spreadsheets and scripts: authentik's columns and values, but JSON stays JSON, where
 * authentik writes Python, and no cell can be a formula, where authentik passes formulas through.
 */
import { valueAt } from './json-value.js';
import { fieldReader, type ObjectType, type Row, type Schema, schemas } from './schema.js';
import { timeOfRow } from './times.js';

export interface CsvColumn {
  /** A property of a row, or a path into one: `attributes.dept`. */
  readonly name: string;
  readonly heading: string;
}

/** The columns of authentik 2025.12's export of users, in its order; of groups and events what their REST answers hold. */
const defaults: Readonly<Record<ObjectType, readonly string[]>> = {
  users: [
    'pk',
    'username',
    'name',
    'is_active',
    'last_login',
    'date_joined',
    'is_superuser',
    'groups',
    'roles',
    'roles_obj',
    'email',
    'avatar',
    'attributes',
    'uid',
    'path',
    'type',
    'uuid',
    'password_change_date',
    'last_updated',
  ],
  groups: ['pk', 'name', 'is_superuser', 'attributes'],
  events: ['pk', 'created', 'action', 'app', 'user', 'client_ip', 'brand', 'context'],
};

/** Headings that are not made of the name. */
const headings: Readonly<Record<string, string>> = { pk: 'ID', is_active: 'Active', email: 'Email address' };

/** The columns to write: the given names, or authentik's. A path keeps its name as the heading. */
export function csvColumns(type: ObjectType, names: readonly string[] = defaults[type]): CsvColumn[] {
  return names.map((name) => ({
    name,
    heading: headings[name] ?? (name.includes('.') ? name : titled(name)),
  }));
}

function titled(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

export interface Csv {
  /** The headings, with the line end. */
  readonly head: string;
  /** A row, with the line end. */
  readonly line: (row: Row) => string;
  /** How many cells so far began like a formula and got a `'` before it. */
  readonly formulas: () => number;
}

/**
 * A writer of CSV: comma, CRLF, quotes where needed. True and false are `True` and `False`, nothing and null an empty cell,
 * times ISO 8601 in UTC with microseconds, lists and objects JSON.
 */
export function csvWriter(columns: readonly CsvColumn[], type: ObjectType): Csv {
  let formulas = 0;
  const cells = columns.map(({ name }) => cellReader(name, schemas[type]));
  const text = (value: unknown): string => {
    const cell = cellText(value);
    if (typeof value !== 'string' || !isFormula(cell)) return cell;
    formulas++;
    return `'${cell}`;
  };
  return {
    head: csvLine(columns.map(({ heading }) => text(heading))),
    line: (row) => csvLine(cells.map((read) => text(read(row)))),
    formulas: () => formulas,
  };
}

function cellReader(name: string, schema: Schema): (row: Row) => unknown {
  const known = schema.fields.find((field) => field.name === name);
  const read = fieldReader(known ?? { name });
  const [root = '', ...path] = name.split('.');
  if (path.length > 0) return (row) => row[name] ?? valueAt(row[root], path);
  if (schema.type === 'users' && name === 'groups') return (row) => joined(row.groups);
  if (schema.type === 'users' && name === 'roles') return (row) => roleIds(row) ?? row.roles;
  const type = Object.hasOwn(schema.ordered, name) ? schema.ordered[name] : known?.type;
  return type === 'time' ? (row) => timeCell(read(row)) : read;
}

/** Names of groups stand in one cell with commas between, as in authentik's export. */
function joined(value: unknown): unknown {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(',') : value;
}

/** authentik's column of roles holds their ids; their names are in the one behind it. */
function roleIds({ roles_obj: roles }: Row): unknown[] | undefined {
  return Array.isArray(roles) ? roles.map((role) => (role as { pk?: unknown }).pk) : undefined;
}

function timeCell(value: unknown): unknown {
  const time = timeOfRow(value);
  return time === undefined ? value : `${time.replace(' ', 'T')}Z`;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Date) return String(timeCell(value));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * Whether a spreadsheet could take a text for a formula: it begins with `=`, `+`, `-`, `@` (also in full width), a tab or
 * a line end. A plain number such as `-5` or a telephone number `+351210000` is none.
 */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]\d+(?:\.\d+)?$/.test(text);
}

function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  // A line of one empty cell would read as an empty line.
  return `${quoted.length === 1 && quoted[0] === '' ? '""' : quoted.join(',')}\r\n`;
}
